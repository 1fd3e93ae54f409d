"""Which files a table is read from: one, several, those of a folder, a pattern or an archive."""

from __future__ import annotations

import bz2
import glob
import gzip
import io
import lzma
import os
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from spice._validation import check_kind
from spice.data.reading.read_limits import (
    NO_LIMITS,
    ReadLimits,
    RefusedError,
    check_inside,
    check_regular,
    read_regular,
)
from spice.exceptions import DataError

TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".dat", ".tab", ".psv", ".asc")
FORMAT_ENDINGS = (
    ".xlsx", ".xlsm", ".sav", ".zsav", ".dta", ".sas7bdat", ".xpt", ".mat", ".parquet", ".feather", ".json", ".jsonl",
    ".ndjson",
)  # fmt: skip
_COMPRESSED: dict[str, Callable[[Any], Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
_CHARACTERS = 100
"""The end of a path that a message names."""
_NAMED = 5
"""Files left out that a note names."""


@dataclass(frozen=True)
class File:
    """A file to read.

    Attributes
    ----------
    name : str
        As messages call it.
    label : str
        Its name without ending, by which people are told apart.
    content : function
        Gives its bytes, or its text where it is open as text.
    """

    name: str
    label: str
    content: Callable[[], Any]

    def read(self, limits: ReadLimits = NO_LIMITS) -> Any:
        """Its content, decompressed.

        Raises
        ------
        DataError
            It holds more than may be read.
        ValueError, OSError, EOFError
            It is damaged, ends too early, cannot be read, or needs a package that is not installed.
        """
        content = self.content()
        suffix = PurePath(self.name).suffix.lower()
        if suffix == ".zst":
            return limits.unpack(self.name, _zstandard(content))
        if suffix in _COMPRESSED:
            try:
                return limits.unpack(self.name, _COMPRESSED[suffix](io.BytesIO(content)))
            except (zlib.error, lzma.LZMAError) as error:
                raise ValueError(str(error)) from error
        return content


@dataclass(frozen=True)
class Files:
    """Files found, in natural order of their names.

    Attributes
    ----------
    found : tuple of File
    notes : tuple of str
        What was left out.
    are_chosen : bool
        Whether somebody named each of them; otherwise those that are no tables of trials are left out.
    """

    found: tuple[File, ...]
    notes: tuple[str, ...] = ()
    are_chosen: bool = True


def find_files(source: Any, limits: ReadLimits = NO_LIMITS) -> Files:
    """Files of a path, a buffer, a folder, a pattern, an archive, or several of these.

    Links out of a folder, devices, pipes and sockets are refused.

    Raises
    ------
    DataError
        Nothing is there, or it may not be read.
    """
    if isinstance(source, (list, tuple)) and len(source) > 1 and all(hasattr(one, "read") for one in source):
        # Files that came through a browser were chosen by the handful.
        return _tables_among([file for one in source for file in find_files(one, limits).found], "these files")
    if isinstance(source, (list, tuple)):
        parts = [find_files(one, limits) for one in source]
        if not parts:
            raise DataError("file", "one or more files", "none", "Name at least one.")
        found = [file for part in parts for file in part.found]
        notes = tuple(note for part in parts for note in part.notes)
        return Files(_in_order(found), notes, all(part.are_chosen for part in parts))
    if not isinstance(source, (str, os.PathLike)):
        check_kind(
            "file", source, ("read",), "a path, a buffer, a DataFrame, or several of these",
            "Pass the path of a table.", DataError,
        )  # fmt: skip
        name = str(getattr(source, "name", "the buffer"))
        return _of_archive(name, source, limits) if _is_zip(name) else Files((File(name, stem(name), source.read),))
    try:
        return _at(source, Path(source), limits)
    except OSError as error:
        got = f"{str(source)[-_CHARACTERS:]} ({error.strerror})"
        raise DataError("file", "a path that can be read", got, "Check the path and who may read it.") from error


def _at(source: Any, path: Path, limits: ReadLimits) -> Files:
    """Files of a path: of a folder, of a file, or those that match a pattern."""
    if path.is_dir():
        inside = sorted(other for other in path.iterdir() if _is_there(other))
        if not any(map(_is_table, inside)):
            inside = sorted(other for other in path.rglob("*") if _is_there(other))
        _check(inside, path, f"the folder {path.name}", limits)
        named = [_of_path(other, other.relative_to(path).as_posix()) for other in inside]
        return _tables_among(named, f"the folder {path}")
    if path.exists():
        check_regular(path, path.stat())
        limits.check_size(path.name, path.stat().st_size)
        return _of_archive(path.name, path, limits) if _is_zip(path.name) else Files((_of_path(path, path.name),))
    if glob.has_magic(str(source)):
        matching = _matching(path)
        _check(matching, fixed_part(path), path.name, limits)
        return _tables_among([_of_path(match, match.name) for match in matching], f"the files that match {source}")
    raise DataError(
        "file", "the path of a CSV file, or of a folder of such", f"no such file: {path}",
        "Check the path for typing errors.",
    )  # fmt: skip


def fixed_part(pattern: Path) -> Path:
    """The folder in which all that matches a pattern is looked for.

    Parameters
    ----------
    pattern : Path
        With wildcards in some of its parts, or in none.

    Returns
    -------
    Path
        All parts before the first with a wildcard.
    """
    parts = pattern.parts
    first = next((k for k, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    return Path(*parts[:first])


def _matching(pattern: Path) -> list[Path]:
    folder = fixed_part(pattern)
    if ".." in pattern.parts[len(folder.parts) :]:
        raise RefusedError(
            "file", "a pattern that stays in its folder", f"'..' in {pattern}", "Begin with the folder that holds all."
        )
    found = (Path(name) for name in glob.iglob(str(pattern), recursive=True))  # noqa: PTH207 (of any folder)
    return [match for match in found if _is_there(match)]


def _check(paths: Iterable[Path], folder: Path, name: str, limits: ReadLimits) -> None:
    """Raise `RefusedError` where tables of a folder may not be read; whatever else is there is not looked at."""
    tables = [path for path in paths if _is_table(path)]
    check_inside(tables, folder)
    limits.check_size(name, sum(table.stat().st_size for table in tables))


def stem(name: str) -> str:
    """The name of a file without its folder and endings; ids may have dots."""
    plain = PurePath(name).name
    for endings in ((*_COMPRESSED, ".zst", ".zip"), (*TEXT_ENDINGS, *FORMAT_ENDINGS)):
        suffix = PurePath(plain).suffix
        plain = plain[: -len(suffix)] if suffix.lower() in endings else plain
    return plain


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """Sorting key by which p2 comes before p10."""
    parts = re.split(r"([0-9]+)", name.lower())
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts]


def _of_path(path: Path, name: str) -> File:
    return File(name, stem(name), lambda: read_regular(path))


def _of_archive(name: str, source: Any, limits: ReadLimits) -> Files:
    """Tables of an archive; macOS adds files of its own, which are no tables."""
    content = read_regular(source) if isinstance(source, Path) else source.read()
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise DataError("file", "a table, or an archive of tables", f"{name} ({error})", "Make it again.") from error
    limits.check_archive(name, archive)
    members = [member for member in archive.namelist() if not member.endswith("/") and _is_seen(member)]

    def reader(member: str) -> Callable[[], bytes]:
        def read() -> bytes:
            try:
                return archive.read(member)
            except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
                raise ValueError(str(error)) from error

        return read

    files = [File(member, stem(member), reader(member)) for member in members]
    if len(files) == 1:
        # The only file of an archive need not have an ending; messages name the archive.
        return Files((File(files[0].name, files[0].label, files[0].content),))
    return _tables_among(files, f"the archive {name}")


def _tables_among(files: list[File], where: str) -> Files:
    tables = [file for file in files if _is_table(PurePath(file.name))]
    others = [file.name for file in files if file not in tables]
    kept: dict[str, File] = {}
    again: list[str] = []
    for file in sorted(tables, key=lambda file: (TEXT_ENDINGS + FORMAT_ENDINGS).index(_ending(file.name))):
        # PsychoPy saves the same trials as .csv and .xlsx.
        if kept.setdefault(str(PurePath(file.name).parent / stem(file.name)), file) is not file:
            again.append(file.name)
    if not kept:
        raise DataError(
            "file", "at least one table", f"none in {where}",
            f"Tables have one of the endings {', '.join(TEXT_ENDINGS + FORMAT_ENDINGS)}.",
        )  # fmt: skip
    notes = [left_out(names, why) for names, why in ((others, "no tables"), (again, "there in another form")) if names]
    return Files(_in_order(kept.values()), tuple(notes), False)


def left_out(names: list[str], why: str) -> str:
    """The note about files that were left out."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"Left out, {why}: {', '.join(names[:_NAMED])}{more}."


def _in_order(files: Iterable[File]) -> tuple[File, ...]:
    """Files in natural order, with labels that tell all of them apart."""
    ordered = sorted(files, key=lambda file: natural_key(file.name))
    labels = [file.label for file in ordered]
    if len(set(labels)) < len(labels):
        longer = [(PurePath(file.name).parent / file.label).as_posix() for file in ordered]
        if len(set(longer)) == len(longer):
            ordered = [File(file.name, label, file.content) for file, label in zip(ordered, longer, strict=True)]
    return tuple(ordered)


def _ending(name: str) -> str:
    path = PurePath(name)
    is_compressed = path.suffix.lower() in (*_COMPRESSED, ".zst", ".zip")
    return (path.suffixes[-2] if len(path.suffixes) > 1 else "").lower() if is_compressed else path.suffix.lower()


def _is_table(path: PurePath) -> bool:
    return _ending(path.name) in TEXT_ENDINGS + FORMAT_ENDINGS and path.suffix.lower() != ".zip"


def _is_there(path: Path) -> bool:
    """Whether this is a file that people see; devices, pipes and sockets are none."""
    return path.is_file() and _is_seen(path.name)


def _is_seen(name: str) -> bool:
    return "__MACOSX" not in name and not PurePath(name).name.startswith((".", "~$"))


def _is_zip(name: str) -> bool:
    return PurePath(name).suffix.lower() == ".zip"


def _zstandard(content: bytes) -> Any:
    try:
        import zstandard  # type: ignore[import-not-found]
    except ImportError as error:
        raise ValueError("to read .zst, run: pip install zstandard") from error
    return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(content))
