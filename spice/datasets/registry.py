"""How the file of a public data set comes to this computer."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from spice.datasets.info import (
    DEZFOULI2019,
    FOLDER_VARIABLE,
    FONTANESI2019,
    ZOROWITZ2023,
    DatasetInfo,
    list_datasets,
)
from spice.exceptions import DataError, DatasetUnavailableError

__all__ = [
    "DEZFOULI2019",
    "FOLDER_VARIABLE",
    "FONTANESI2019",
    "ZOROWITZ2023",
    "DatasetInfo",
    "list_datasets",
    "locate",
]

# Seconds to connect and between two parts of an answer. There are no retries.
_TIMEOUT = (5, 20)


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
