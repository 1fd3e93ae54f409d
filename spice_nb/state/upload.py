"""Files on their way from the browser to Python, piece by piece."""

import io
import math
from collections.abc import Callable, Sequence
from enum import Enum
from itertools import accumulate, pairwise

from traitlets import HasTraits, Int, Unicode, UseEnum

from spice_nb.hosting import ELSEWHERE, Hosting

LIMIT = 200_000_000
"""Bytes that an upload may have: a table takes several times as much memory once it is read."""
PIECE = 1_000_000
"""Bytes that are sent at once: servers cut the connection at 10 MiB."""
SILENCE = "Python does not answer just now. The upload goes on when it does; nothing is lost."


class UploadState(Enum):
    """What has become of an upload."""

    NONE = "none"
    COMING = "coming"
    READING = "reading"
    DONE = "done"
    STOPPED = "stopped"


class UploadModel(HasTraits):
    """State of the upload of one or several files.

    The browser announces files and sends a piece whenever it is asked for one, so that no more than one piece is
    ever on its way; several files come as one, one after the other. What was there before stays until all has come.

    Parameters
    ----------
    take : callable
        Called with names and contents of files that have come.
    hosting : Hosting, optional
        How much may be sent.

    Attributes
    ----------
    state : UploadState
    name : str
        Of the file, or how many they are.
    size, received : int
        Bytes in all, and so far.
    replaced : str
        Name of an upload that was given up for this one.
    problem : str
        Why the last upload came to nothing, and what to do.
    """

    state = UseEnum(UploadState, UploadState.NONE)
    name = Unicode()
    size = Int(0)
    received = Int(0)
    replaced = Unicode()
    problem = Unicode()

    def __init__(self, take: Callable[[Sequence[tuple[str, bytes]]], None], hosting: Hosting | None = None) -> None:
        super().__init__()
        self._take = take
        self._hosting = Hosting.from_environment() if hosting is None else hosting
        self._id = ""
        self._content = io.BytesIO()
        self._files: Sequence[tuple[str, int]] = ()

    def begin(self, upload_id: str, files: Sequence[tuple[str, int]]) -> bool:
        """Take notice of files that were chosen; one upload replaces another.

        Parameters
        ----------
        upload_id : str
            By which the browser tells it apart from others.
        files : sequence of (str, int)
            Name and bytes of each.

        Returns
        -------
        bool
            Whether the first piece is wanted; where not, `problem` says why.
        """
        problem = self._refusal(files)
        if problem:
            # An upload that is under way goes on.
            self.problem = problem
            return False
        replaced = self.name if self.is_active else ""
        self._id, self._content, self._files = upload_id, io.BytesIO(), files
        name, size = _called(files), sum(size for _, size in files)
        with self.hold_trait_notifications():
            self.name, self.size, self.received, self.replaced, self.problem = name, size, 0, replaced, ""
            self.state = UploadState.COMING
        return True

    def add(self, upload_id: str, offset: int, piece: bytes) -> bool:
        """Take a piece in.

        Parameters
        ----------
        upload_id : str
        offset : int
            Bytes of all files that come before it.
        piece : bytes

        Returns
        -------
        bool
            Whether another is wanted, from `received` on.
        """
        if not self.is_current(upload_id):
            return False
        if offset != self.received:
            # It came twice, since the answer to the first was late.
            return True
        if not piece or self.received + len(piece) > self.size:
            self.interrupt(upload_id, "it was changed meanwhile")
            return False
        self._content.write(piece)
        self.received += len(piece)
        if self.received < self.size:
            return True
        self._finish()
        return False

    def cancel(self) -> None:
        """Give up an upload that is under way."""
        if self.is_active:
            self._stop(f"The upload of {self.name} was cancelled. The data before it stay.")

    def interrupt(self, upload_id: str, reason: str = "") -> None:
        """The browser cannot go on with an upload.

        Parameters
        ----------
        upload_id : str
        reason : str
            What happened, as the end of a sentence.
        """
        if self.is_current(upload_id):
            why = f": {reason}" if reason else ""
            self._stop(
                f"The upload of {self.name} was interrupted after {_megabytes(self.received)} of "
                f"{_megabytes(self.size)}{why}. The data before it stay. Choose the file again."
            )

    def abandon(self) -> None:
        """The page that had the file is gone."""
        self.interrupt(self._id, "the page was closed or loaded again")

    def is_current(self, upload_id: str) -> bool:
        """Whether this upload is under way, and not one that it replaced.

        Parameters
        ----------
        upload_id : str

        Returns
        -------
        bool
        """
        return self.is_active and upload_id == self._id

    @property
    def is_active(self) -> bool:
        """Whether pieces are still to come."""
        return self.state is UploadState.COMING

    @property
    def share(self) -> float:
        """Received of all, 0 to 1."""
        return self.received / self.size if self.size else 0.0

    @property
    def sentence(self) -> str:
        """What is happening; empty where nothing is."""
        if self.state is UploadState.READING:
            return f"Reading {self.name} …"
        if not self.is_active:
            return ""
        instead = f"{self.replaced} was given up. " if self.replaced else ""
        return f"{instead}Uploading {self.name} … {self.share:.0%} of {_megabytes(self.size)}"

    def _finish(self) -> None:
        self.state = UploadState.READING
        content, self._content = self._content.getvalue(), io.BytesIO()
        try:
            ends = list(accumulate((size for _, size in self._files), initial=0))
            self._take(
                [(file[0], content[start:end]) for file, (start, end) in zip(self._files, pairwise(ends), strict=True)]
            )
        finally:
            self.state = UploadState.DONE

    @property
    def limit(self) -> int:
        """Bytes that an upload may have here."""
        size = self._hosting.read_limits.size
        return LIMIT if size is None else min(LIMIT, size)

    @property
    def hint(self) -> str:
        """What can be uploaded, and what becomes of it."""
        what = "or drop it here: CSV, Excel, SPSS, JSON …, one row a trial; one file, or one for each person; "
        gone = ", deleted when you leave unless kept" if self._hosting.is_hosted else ""
        return f"{what}up to {self.limit / 1e6:.0f}\u00a0MB{gone}"

    def _refusal(self, files: Sequence[tuple[str, int]]) -> str:
        name, size = _called(files), sum(size for _, size in files)
        # An announcement comes from outside: a size below 0 would make room for another.
        empty = next((name for name, size in files if size <= 0), "")
        if empty or not files:
            return (
                f"{empty or 'This'} is empty. Choose a table with the column names in its first line, "
                "and one row a trial."
            )
        if size > self.limit:
            has = "has" if len(files) == 1 else "have"
            remedy = ELSEWHERE if self._hosting.is_hosted else "Put it where Python runs, and give its path."
            return (
                f"{name} {has} {_megabytes(size)}; up to {_megabytes(self.limit)} can be uploaded. "
                f"{remedy} The data before it stay."
            )
        return ""

    def _stop(self, problem: str) -> None:
        self._content = io.BytesIO()
        with self.hold_trait_notifications():
            self.state, self.problem = UploadState.STOPPED, problem


def _called(files: Sequence[tuple[str, int]]) -> str:
    return files[0][0] if len(files) == 1 else f"{len(files)} files"


def _megabytes(size: int) -> str:
    """`0.2 MB`, `47 MB`; never less than it is."""
    tenths = math.ceil(size / 100_000)
    return f"{tenths / 10:.1f} MB" if tenths < 100 or tenths % 10 else f"{tenths // 10:,} MB"
