"""How much is read from files, and which files are not read at all."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spice.exceptions import DataError

UNPACKED = 2_000_000_000
"""Bytes that compressed files may have once they are unpacked, where no other limit is given."""
COLUMNS = 5_000
_STEP = 1_000_000
_LINES_OF_A_ROW, _MARKS_OF_A_COLUMN = 4, 20
"""Most lines that a row has, and most commas that a column has, as a rule: cells in quotes may hold some."""
_KINDS = (
    (stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)  # fmt: skip


class RefusedError(DataError):
    """A file that may not be read, unlike one that cannot be."""


@dataclass(frozen=True)
class ReadLimits:
    """What may be read at once.

    Attributes
    ----------
    size : int, optional
        Bytes of all files together, as they are once unpacked. None: what is on disk as it is has no limit, and what
        is compressed that of `UNPACKED`.
    rows : int, optional
        Of all files together. Where there is a limit, `COLUMNS` is that of columns.
    """

    size: int | None = None
    rows: int | None = None

    def check_size(self, name: str, size: int, is_packed: bool = False) -> None:
        """Check the size of what is read.

        Parameters
        ----------
        name : str
            Of the file, for the error.
        size : int
            Bytes so far.
        is_packed : bool
            Whether they come out of something compressed.

        Raises
        ------
        RefusedError
            They are more than may be read.
        """
        limit = self.size if self.size is not None else UNPACKED if is_packed else None
        if limit is not None and size > limit:
            what = "unpacked" if is_packed else "in all"
            raise RefusedError(
                "file", f"at most {limit / 1e6:,.0f} MB {what}", f"more in {name}",
                "Leave out columns and rows that are not needed, or read fewer files at once."
                if self.size is not None
                else "If it is what it should be, unpack it first.",
            )  # fmt: skip

    def check_rows(self, name: str, rows: int) -> None:
        """Check the number of rows.

        Parameters
        ----------
        name : str
            Of the file, for the error.
        rows : int
            Of all files so far.

        Raises
        ------
        RefusedError
            They are more than may be read.
        """
        if self.rows is not None and rows > self.rows:
            raise RefusedError(
                "file", f"at most {self.rows:,} rows", f"{rows:,} in {name}", "Leave out people or trials."
            )

    def check_columns(self, name: str, columns: int) -> None:
        """Check the number of columns.

        Parameters
        ----------
        name : str
            Of the file, for the error.
        columns : int

        Raises
        ------
        RefusedError
            There is a limit, and they are more than `COLUMNS`.
        """
        if self.rows is not None and columns > COLUMNS:
            raise RefusedError(
                "file", f"at most {COLUMNS:,} columns", f"{columns:,} in {name}", "Keep those that are needed."
            )

    def check_text(self, name: str, text: str) -> None:
        """Check the size of a text, since looking at one needs many times its memory.

        Parameters
        ----------
        name : str
            Of the file, for the error.
        text : str

        Raises
        ------
        RefusedError
            It is too long.
        """
        if self.rows is None:
            return
        if (lines := text.count("\n")) > _LINES_OF_A_ROW * self.rows:
            self.check_rows(name, lines)
        first = text[: text.find("\n")]
        if (marks := max(map(first.count, ",;\t|"))) > _MARKS_OF_A_COLUMN * COLUMNS:
            self.check_columns(name, marks + 1)

    def unpack(self, name: str, stream: Any) -> bytes:
        """All that a decompressing stream gives, and never more than may be.

        Parameters
        ----------
        name : str
            Of the file, for errors.
        stream : file-like
            Decompresses as it is read.

        Returns
        -------
        bytes

        Raises
        ------
        RefusedError
            It gives more than may be read.
        OSError, EOFError
            It is damaged, or ends too early.
        """
        pieces, size = [], 0
        while piece := stream.read(_STEP):
            size += len(piece)
            self.check_size(name, size, is_packed=True)
            pieces.append(piece)
        return b"".join(pieces)

    def check_archive(self, name: str, archive: zipfile.ZipFile) -> None:
        """Check what an archive would become, and where its members would go.

        No more of a member is ever unpacked than its archive says.

        Parameters
        ----------
        name : str
            Of the file, for the error.
        archive : ZipFile

        Raises
        ------
        RefusedError
            It would become too large, or names places outside of it.
        """
        self.check_size(name, sum(member.file_size for member in archive.infolist()), is_packed=True)
        for member in archive.namelist():
            parts = member.replace("\\", "/").split("/")
            if ".." in parts or member.startswith("/"):
                raise RefusedError(
                    "file", "files inside the archive", f"{member} in {name}, which leads out of it",
                    "Make the archive again, from inside the folder.",
                )  # fmt: skip

    def check_packed(self, name: str, content: bytes) -> None:
        """Check what a file that is an archive inside, such as a workbook, would become.

        Parameters
        ----------
        name : str
            Of the file, for the error.
        content : bytes
            Of any file; one that is no archive passes.

        Raises
        ------
        RefusedError
            It would become too large.
        """
        if zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                self.check_size(name, sum(member.file_size for member in archive.infolist()), is_packed=True)


NO_LIMITS = ReadLimits()


def read_regular(path: Path) -> bytes:
    """Bytes of a file; what is no regular file is refused, and never waited for.

    Raises
    ------
    RefusedError
        It is a device, a pipe or a socket.
    OSError
        It cannot be read.
    """
    # A pipe would be waited for until somebody writes into it.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123 (of a descriptor)
        check_regular(path, os.fstat(descriptor))
        return file.read()


def check_regular(path: Path, status: os.stat_result) -> None:
    """Raise `RefusedError` where this is a device, a pipe or a socket."""
    if not stat.S_ISREG(status.st_mode):
        kind = next((name for is_kind, name in _KINDS if is_kind(status.st_mode)), "no file")
        raise RefusedError("file", "a regular file", f"{path.name}, {kind}", "Save the table in a file, and name that.")


def check_inside(paths: Iterable[Path], folder: Path) -> None:
    """Raise `RefusedError` where a link leads out of a folder."""
    root = folder.resolve()
    for path in paths:
        if not path.resolve().is_relative_to(root):
            raise RefusedError(
                "file", "files inside the folder", f"{path.name}, a link that leads out of it",
                "Copy the file into the folder, or give its own path.",
            )  # fmt: skip
