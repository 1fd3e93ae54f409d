"""Which public data sets there are, and how a file of one comes to this computer."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from spice.exceptions import DataError, DatasetUnavailableError

# A folder with <name>/<file> of each data set, read instead of the cache and the network.
FOLDER_VARIABLE = "SPICE_NB_DATA"

# Seconds to connect and between two parts of an answer. There are no retries.
_TIMEOUT = (5, 20)


@dataclass(frozen=True)
class DatasetInfo:
    """A public data set.

    Attributes
    ----------
    name : str
        Name of its folder; ``fetch_<name>`` reads it.
    people, choices, arms : int
    licence : str
    citation : str
    url : str
        Address of the file at a fixed version.
    sha256 : str
        Checksum of the file.
    """

    name: str
    people: int
    choices: int
    arms: int
    licence: str
    citation: str
    url: str
    sha256: str

    @property
    def file(self) -> str:
        """Name of the file."""
        return self.url.rsplit("/", 1)[-1]

    @property
    def place(self) -> Path:
        """Where the file is looked for, under ``SPICE_NB_DATA`` or in the user's cache."""
        folder = os.environ.get(FOLDER_VARIABLE)
        if folder:
            return Path(folder) / self.name / self.file
        import pooch

        return Path(pooch.os_cache("spice-nb")) / self.name / self.file

    @property
    def available(self) -> bool:
        """Whether the file is there, so that no network is needed."""
        return self.place.is_file()


DEZFOULI2019 = DatasetInfo(
    name="dezfouli2019",
    people=101,
    choices=132_251,
    arms=2,
    licence="Apache-2.0",
    citation="Dezfouli, Griffiths, Ramos, Dayan & Balleine (2019). Models that learn how humans learn: The "
    "case of decision-making and its disorders. PLoS Computational Biology 15(6), e1006903.",
    url="https://raw.githubusercontent.com/adezfouli/rnn_beh/99d942f9c6d6232b57b6dbb9f75aad60512740e8/"
    "data/BD/choices_diagno.csv.zip",
    sha256="4c88203aaa14303adeff1239d19b246a01f69b0376d7cbbed64b996f17fdf928",
)
ZOROWITZ2023 = DatasetInfo(
    name="zorowitz2023",
    people=406,
    choices=36_540,
    arms=3,
    licence="MIT",
    citation="Zorowitz, Solis, Niv & Bennett (2023). Inattentive responding can induce spurious associations "
    "between task behaviour and symptom measures. Nature Human Behaviour 7, 1667-1681.",
    url="https://raw.githubusercontent.com/nivlab/sciops/ed7ac3114f394e6942c053abce1e2a6da4742684/"
    "01_Original/data/data.csv",
    sha256="f303f8c2ee5b45dac8a72269cfe1d36ba493ef8618f65cbf0a4c2e2ac95a521d",
)
FONTANESI2019 = DatasetInfo(
    name="fontanesi2019",
    people=27,
    choices=6_464,
    arms=4,
    licence="MIT",
    citation="Fontanesi, Gluth, Spektor & Rieskamp (2019). A reinforcement learning diffusion decision model "
    "for value-based decisions. Psychonomic Bulletin & Review 26, 1099-1121.",
    url="https://raw.githubusercontent.com/laurafontanesi/rlssm/b8b8b590d31effee6b5309813196114f1c26fe27/"
    "data/data_experiment.csv",
    sha256="f8e8be533d4cace8977882e3ded8b91de41f677c61da15350243361bef937c24",
)


def list_datasets() -> tuple[DatasetInfo, ...]:
    """List the public data sets that this package can fetch.

    Returns
    -------
    tuple of DatasetInfo
    """
    return DEZFOULI2019, FONTANESI2019, ZOROWITZ2023


def locate(info: DatasetInfo) -> Path:
    """Find the file of a data set, downloading it to the cache if it is not there.

    Parameters
    ----------
    info : DatasetInfo

    Returns
    -------
    Path
        A file whose checksum is right.

    Raises
    ------
    DatasetUnavailableError
        Not there and not to be had; says what to put where.
    DataError
        A file with another checksum.
    """
    place = info.place
    if os.environ.get(FOLDER_VARIABLE):
        if not place.is_file():
            raise DatasetUnavailableError(
                FOLDER_VARIABLE,
                f"a folder with {info.name}/{info.file}",
                f"no {place}",
                f"Download {info.url} to {place}, or unset {FOLDER_VARIABLE}.",
            )
        _check(info, place)
    elif not (place.is_file() and _checksum(place) == info.sha256):
        _download(info, place)
    return place


def _download(info: DatasetInfo, place: Path) -> None:
    import pooch

    # Under another name until it is whole and checked, so that nobody reads half a file.
    partial = place.with_name(f"{place.name}.{os.getpid()}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        pooch.HTTPDownloader(progressbar=False, timeout=_TIMEOUT)(info.url, str(partial), None)
        _check(info, partial)
        partial.replace(place)
    except OSError as error:
        # requests' errors are OSErrors too.
        raise DatasetUnavailableError(
            info.name,
            f"the file in {place.parent}, or a network to fetch it",
            f"neither ({type(error).__name__})",
            f"Download {info.url} on a computer with a network and put it into {place.parent}; or into "
            f"DIR/{info.name} and set the environment variable {FOLDER_VARIABLE}=DIR.",
        ) from error
    finally:
        # Where its folder could not be made there is nothing to take away.
        with suppress(OSError):
            partial.unlink()


def _check(info: DatasetInfo, path: Path) -> None:
    found = _checksum(path)
    if found != info.sha256:
        raise DataError(
            info.name,
            f"{info.file} with sha256 {info.sha256}",
            f"sha256 {found}",
            f"The file was changed or cut short. Download it again from {info.url}.",
        )


def _checksum(path: Path) -> str:
    import pooch

    checksum: str = pooch.file_hash(str(path), alg="sha256")
    return checksum
