"""Whether the app is served to others, and what they may then do."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from spice.data.reading.read_limits import ReadLimits
from spice.data.reading.table_files import fixed_part
from spice.exceptions import ConfigError, DataError

HOSTED, FOLDERS = "SPICE_NB_HOSTED", "SPICE_NB_FOLDERS"
_LIMITS = {
    "SPICE_NB_MAX_MB": 50,
    "SPICE_NB_MAX_ROWS": 500_000,
    "SPICE_NB_MAX_PEOPLE": 1_000,
    "SPICE_NB_MAX_MINUTES": 30,
}
"""Limits that hold where the app is served to others, by the variable that sets each."""
_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
ELSEWHERE = "Use fewer, or run SPICE on a computer of your own, where there is no limit."


@dataclass(frozen=True)
class Hosting:
    """What the app may do for who sits before it; None is no limit.

    Attributes
    ----------
    is_hosted : bool
        Whether others than its owner use this computer by way of the app: they see nothing that is not theirs.
    folders : tuple of Path
        Below which files may be read by their path, where the app is hosted.
    megabytes, rows, people, minutes : float or int, optional
        Of a table, unpacked, and of a fit.
    """

    is_hosted: bool = False
    folders: tuple[Path, ...] = ()
    megabytes: float | None = None
    rows: int | None = None
    people: int | None = None
    minutes: float | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Hosting":
        """Read what whoever started Python has set.

        What Voila serves is hosted, unless SPICE_NB_HOSTED is 0.

        Parameters
        ----------
        environment : mapping of str to str, optional
            Variables; by default those of this process.

        Returns
        -------
        Hosting

        Raises
        ------
        ConfigError
            A variable cannot be read; nothing is taken for it, since it may have been meant to forbid.
        """
        given = os.environ if environment is None else environment
        said = given.get(HOSTED, "").strip().lower()
        if said not in ("", *_YES, *_NO):
            raise ConfigError(HOSTED, "1 or 0", repr(said), "Set it to one of these, or leave it out.")
        is_hosted = said in _YES or (not said and _is_by_voila(given))
        names = filter(None, given.get(FOLDERS, "").split(os.pathsep))
        limits = [_limit(given, name, default if is_hosted else None) for name, default in _LIMITS.items()]
        megabytes, rows, people, minutes = limits
        return cls(
            is_hosted, tuple(Path(name).expanduser().resolve() for name in names), megabytes,
            None if rows is None else int(rows), None if people is None else int(people), minutes,
        )  # fmt: skip

    @property
    def reads_paths(self) -> bool:
        """Whether files may be read by their path."""
        return not self.is_hosted or bool(self.folders)

    @property
    def read_limits(self) -> ReadLimits:
        """How much of files may be read."""
        return ReadLimits(None if self.megabytes is None else round(self.megabytes * 1e6), self.rows)

    def path(self, text: str) -> str | Path:
        """The path that somebody typed, where it may be read.

        Parameters
        ----------
        text : str

        Returns
        -------
        path

        Raises
        ------
        DataError
            It may not; whether something is there is not said.
        """
        if not self.is_hosted:
            try:
                return Path(text).expanduser()
            except RuntimeError:
                # A name that begins with ~ and is nobody's home.
                return text
        if not self.folders:
            raise DataError(
                "path", "an upload: paths are not read where the app is served to others", repr(text),
                f"Upload the file. A host can name folders in {FOLDERS}.",
            )  # fmt: skip
        inside = [path for folder in self.folders if (path := folder / text) and _is_below(path, folder)]
        if not inside:
            raise DataError(
                "path", "one below the folders of this server", repr(text), "Begin it without / and without .. in it."
            )
        return next(filter(_exists, inside), inside[0])

    def refusal(self, people: int, trials: int) -> str:
        """Why a data set is too large.

        Parameters
        ----------
        people, trials : int
            How many there are in all.

        Returns
        -------
        str
            Empty where it is not.
        """
        for what, got, limit in (("people", people, self.people), ("trials", trials, self.rows)):
            if limit is not None and got > limit:
                return f"These are {got:,} {what}; this server takes up to {limit:,}. {ELSEWHERE}"
        return ""


def _is_below(path: Path, folder: Path) -> bool:
    """Whether a path, or all that matches a pattern, is below a folder, also by its links."""
    try:
        return fixed_part(path).resolve().is_relative_to(folder) and path.resolve().is_relative_to(folder)
    except (OSError, ValueError, RuntimeError):
        return False


def _exists(path: Path) -> bool:
    try:
        return fixed_part(path).exists()
    except OSError:
        # A name that is too long, or a folder that may not be entered.
        return False


def _is_by_voila(environment: Mapping[str, str]) -> bool:
    """Whether this is a kernel of Voila, which tells it so; one that was started ahead of a page is told less."""
    return environment.get("SERVER_SOFTWARE", "").lower().startswith("voila/") or any(
        name.startswith("VOILA_") for name in environment
    )


def _limit(environment: Mapping[str, str], name: str, default: float | None) -> float | None:
    text = environment.get(name, "").strip()
    if not text:
        return default
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) or float(text) <= 0:
        raise ConfigError(name, "a number above 0", repr(text), "Set it to one, or leave it out.")
    return float(text)
