"""Read a table from a file, a buffer or memory, and know which row of the file is which."""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path, PurePath
from typing import IO, Any, TypeAlias

import numpy as np
import pandas as pd

from spice.exceptions import DataError
from spice.utils.table import Table

TableSource: TypeAlias = str | os.PathLike[str] | IO[Any] | pd.DataFrame | Table

_WINDOWS = "cp1252"
_COMPRESSED = {".gz": "gzip", ".bz2": "bz2", ".xz": "xz", ".zst": "zstd"}

_AS_CSV = "Save the table as CSV (comma-separated, UTF-8) with the column names in the first line."


def read_table(file: TableSource) -> Table:
    """Read a table.

    Parameters
    ----------
    file : path, buffer, DataFrame or Table
        A CSV file, also compressed (``.zip``, ``.gz`` and others by their ending; a buffer by that of its ``name``),
        with comma, semicolon or tab between the columns, in UTF-8 or as Windows writes western languages; after
        semicolons and tabs numbers may have a decimal comma. Blank lines are skipped and still counted. A DataFrame
        is taken as it is, its rows counted as if it had been saved; a table that was read before, as it was read.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        The file is not there, is empty, holds no rows, or is no table.
    """
    if isinstance(file, Table):
        return file
    if isinstance(file, pd.DataFrame):
        frame, name = file, "the DataFrame"
        rows = np.arange(len(frame)) + 2
    else:
        frame, name = _read(file)
        blank = frame.isna().all(axis=1).to_numpy()
        rows = np.flatnonzero(~blank) + 2
        if blank.any():
            frame = _without_blank_lines(frame, blank)
    if len(frame) == 0:
        raise DataError("file", "a table with one row a trial", f"no rows in {name}", _AS_CSV)
    return Table(frame, rows)


def _read(file: str | os.PathLike[str] | IO[Any]) -> tuple[pd.DataFrame, str]:
    path = Path(file) if isinstance(file, (str, os.PathLike)) else None
    name = path.name if path is not None else str(getattr(file, "name", "the buffer"))
    if path is not None and not path.is_file():
        got = "a folder" if path.is_dir() else "no such file"
        raise DataError("file", "the path of a CSV file", f"{got}: {path}", "Check the path for typing errors.")
    try:
        if PurePath(name).suffix.lower() == ".zip":
            frame = _read_zip(file)
        else:
            # pandas finds the compression of paths only.
            compression = "infer" if path is not None else _COMPRESSED.get(PurePath(name).suffix.lower())
            frame = _read_separated(file, "\t" if ".tsv" in name.lower() else ",", compression)
    except pd.errors.EmptyDataError as error:
        raise DataError("file", "a table with one row a trial", f"{name}, which is empty", _AS_CSV) from error
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        # pandas' ParserError and Python's UnicodeDecodeError are ValueErrors.
        reason = str(error).strip().removeprefix("Error tokenizing data. C error: ")
        raise DataError("file", "a table in text form", f"{name} ({reason})", _AS_CSV) from error
    if not isinstance(frame.index, pd.RangeIndex):
        # pandas would take the first column for an index and shift all others by one.
        raise DataError(
            "file",
            "as many values in each row as there are column names",
            f"{name}, whose rows have more",
            "Name every column, and leave out a comma at the end of rows.",
        )
    return frame, name


def _read_separated(source: Any, separator: str, compression: Any = None) -> pd.DataFrame:
    start = source.tell() if hasattr(source, "seek") else None

    def parse(separator: str, encoding: str, decimal: str = ".") -> pd.DataFrame:
        if start is not None:
            source.seek(start)
        # Blank lines are kept at first, because skipped ones would shift the row numbers of error messages.
        return pd.read_csv(
            source, sep=separator, encoding=encoding, decimal=decimal, compression=compression,
            skip_blank_lines=False, low_memory=False,
        )  # fmt: skip

    encoding = "utf-8"
    try:
        frame = parse(separator, encoding)
    except UnicodeDecodeError:
        encoding = _WINDOWS
        try:
            frame = parse(separator, encoding)
        except UnicodeDecodeError:
            raise ValueError("not text") from None
        # Nearly any bytes are text to that encoding; those of pictures and spreadsheets hold control characters.
        if any(ord(character) < 32 for character in "".join([*map(str, frame.columns), *_words(frame.head(100))])):
            raise ValueError("not text") from None
    if frame.shape[1] == 1:
        separator = next((other for other in (";", "\t") if other in str(frame.columns[0])), separator)
        if separator != ",":
            frame = parse(separator, encoding)
    if separator != "," and any(_has_decimal_commas(frame[name]) for name in frame.columns):
        frame = parse(separator, encoding, decimal=",")
    return frame


def _words(frame: pd.DataFrame) -> list[str]:
    return [value for name in frame.columns for value in frame[name] if isinstance(value, str)]


def _has_decimal_commas(column: pd.Series[Any]) -> bool:
    if pd.api.types.is_numeric_dtype(column):
        return False
    text = column.dropna().astype(str)
    return len(text) > 0 and bool(text.str.fullmatch(r"\s*-?\d+(,\d+)?\s*").all())


def _read_zip(file: Any) -> pd.DataFrame:
    """Read the only table of an archive; macOS adds files of its own, which are no tables."""
    with zipfile.ZipFile(file) as archive:
        names = [
            name
            for name in archive.namelist()
            if not name.endswith("/") and "__MACOSX" not in name and not PurePath(name).name.startswith(".")
        ]
        if len(names) != 1:
            raise ValueError(f"{len(names)} files in the archive instead of one")
        with archive.open(names[0]) as member:
            return _read_separated(member, "\t" if names[0].lower().endswith(".tsv") else ",")


def _without_blank_lines(frame: pd.DataFrame, blank: np.ndarray[Any, np.dtype[np.bool_]]) -> pd.DataFrame:
    """Drop blank lines, and give whole numbers back the type that the blanks took from them."""
    frame = frame.loc[~blank].reset_index(drop=True).infer_objects()
    for name in frame.columns[frame.dtypes == np.float64]:
        column = frame[name]
        if np.isfinite(column).all() and (column % 1 == 0).all():
            frame[name] = column.astype(np.int64)
    return frame
