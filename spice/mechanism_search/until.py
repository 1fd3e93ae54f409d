"""When a search is over, as all of its processes can see it."""

import time
from dataclasses import dataclass
from pathlib import Path

TIME_IS_UP, STOPPED = "time is up", "stopped"
STOP = "stop"
"""A file that ends a search, in the folder of its fits."""


class OverError(Exception):
    """Time is up, or somebody asked to stop; its text is the reason."""


@dataclass(frozen=True)
class Until:
    """A time, and a file that may appear sooner.

    Parameters
    ----------
    time : float
        On the clock, so that other processes read the same.
    stop : Path, optional
        The file.
    """

    time: float
    stop: Path | None = None

    @classmethod
    def of(cls, budget: float | None, folder: str | Path | None) -> "Until":
        """From now on.

        Parameters
        ----------
        budget : float, optional
            Seconds.
        folder : path, optional
            Where the file may appear; one that is there already is removed.

        Returns
        -------
        Until
        """
        stop = None if folder is None else Path(folder) / STOP
        if stop is not None:
            stop.unlink(missing_ok=True)
        return cls(float("inf") if budget is None else time.time() + budget, stop)

    @property
    def reason(self) -> str:
        """Why it is over; empty while it is not."""
        if self.stop is not None and self.stop.exists():
            return STOPPED
        return TIME_IS_UP if time.time() >= self.time else ""

    def check(self) -> None:
        """Go on only while it is not over.

        Raises
        ------
        OverError
            It is.
        """
        reason = self.reason
        if reason:
            raise OverError(reason)
