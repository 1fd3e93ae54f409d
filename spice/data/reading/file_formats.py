"""Tables in files that are no text of rows and columns: workbooks, data of statistics programs, columns of Arrow.

What is needed to read them is imported when a file asks for it, and comes with ``pip install 'spice-nb[formats]'``.
"""

from __future__ import annotations

import importlib
import io
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any, TypeAlias

from spice.data.reading.json_table import read_json
from spice.data.reading.matlab_table import read_matlab
from spice.data.reading.table_layout import table_of
from spice.data.reading.text_layout import Grid
from spice.exceptions import DataError

Found: TypeAlias = tuple[Grid, tuple[str, ...]]
Reader: TypeAlias = Callable[[Any, str, str | None, str | None], Found]

_EXACT_IN_EXCEL = 1e15
"""Excel keeps fifteen digits of a number."""


def ending(name: str) -> str:
    """The ending by which a reader is found; that of what is compressed, where it is."""
    path = PurePath(name)
    is_compressed = path.suffix.lower() in (".gz", ".bz2", ".xz", ".zst")
    return PurePath(path.stem if is_compressed else path.name).suffix.lower()


def _needed(module: str, name: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise DataError(
            "file", f"{module.partition('.')[0]}, which reads {ending(name)} files", "none installed",
            "Run: pip install 'spice-nb[formats]', or save the table as CSV.",
        ) from error  # fmt: skip


def _read_workbook(content: bytes, name: str, sheet: str | None, _: str | None) -> Found:
    openpyxl = _needed("openpyxl", name)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever the parts of a broken file make it raise
        raise ValueError(f"no workbook: {error}") from error
    names = [page.title for page in book.worksheets]
    if sheet is not None:
        if sheet not in names:
            raise DataError("sheet", f"one of {', '.join(names)}", repr(sheet), "Name one of these.")
        return _read_sheet(book[sheet])
    for page in book.worksheets:
        grid, notes = _read_sheet(page)
        try:
            n_columns = table_of(grid, name).frame.shape[1]
        except DataError:
            continue
        if n_columns > 1:
            others = [other for other in names if other != page.title]
            left = (f"Sheet {page.title!r} was read; others are {', '.join(others)}.",) if others else ()
            return grid, left + notes
    raise DataError(
        "file", "a sheet with one row a trial", f"none in {name}: {', '.join(names)}",
        "Write the names of the columns in the first row, and one row a trial below.",
    )  # fmt: skip


def _read_sheet(page: Any) -> Found:
    rows = [list(row) for row in page.iter_rows(values_only=True)]
    is_rounded = any(isinstance(value, (int, float)) and abs(value) >= _EXACT_IN_EXCEL for row in rows for value in row)
    note = "Excel keeps 15 digits of a number; longer ones were rounded before they came here. Write such ids as text."
    return Grid.of_rows(rows), (note,) if is_rounded else ()


def _old(_: Any, name: str, *__: str | None) -> Found:
    raise DataError("file", "a workbook as .xlsx, or CSV", name, "Save it as .xlsx.")


def _statistics(function: str) -> Reader:
    def read(content: bytes, name: str, _: str | None, encoding: str | None) -> Found:
        pyreadstat = _needed("pyreadstat", name)
        with tempfile.TemporaryDirectory() as folder:
            # pyreadstat reads paths only.
            path = Path(folder) / f"table{ending(name)}"
            path.write_bytes(content)
            try:
                frame, _meta = getattr(pyreadstat, function)(str(path), encoding=encoding)
            except Exception as error:  # its errors have no common class
                raise ValueError(str(error)) from error
        return Grid.of_rows([list(frame.columns), *frame.astype(object).to_numpy().tolist()]), ()

    return read


def _arrow(module: str) -> Reader:
    def read(content: bytes, name: str, _: str | None, __: str | None) -> Found:
        table = _needed(module, name).read_table(io.BytesIO(content))
        # pandas' index is no column of the table.
        names = [column for column in table.column_names if not column.startswith("__index_level_")]
        # They stay Python's objects, as whole numbers with gaps would become floats in pandas.
        return Grid.of_rows([names, *map(list, zip(*(table[column].to_pylist() for column in names), strict=True))]), ()

    return read


WORKBOOKS = (".xlsx", ".xlsm")
READERS: dict[str, Reader] = {
    ".xlsx": _read_workbook, ".xlsm": _read_workbook, ".xls": _old, ".ods": _old,
    ".sav": _statistics("read_sav"), ".zsav": _statistics("read_sav"), ".dta": _statistics("read_dta"),
    ".sas7bdat": _statistics("read_sas7bdat"), ".xpt": _statistics("read_xport"),
    ".parquet": _arrow("pyarrow.parquet"), ".feather": _arrow("pyarrow.feather"),
    ".mat": read_matlab, ".json": read_json, ".jsonl": read_json, ".ndjson": read_json,
}  # fmt: skip
"""What reads a file, by its ending; everything else is text."""


def sheets_of(content: bytes, name: str) -> tuple[str, ...]:
    """Sheets of a workbook, in their order; none where it is no workbook, or cannot be read."""
    if ending(name) not in WORKBOOKS:
        return ()
    openpyxl = _needed("openpyxl", name)
    try:
        return tuple(page.title for page in openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets)
    except Exception:  # what is wrong with the file is said by who reads it
        return ()


def declared_size(content: bytes, name: str) -> tuple[int, int]:
    """Rows and columns that a file says it has, before they are read; 0 where it does not say so.

    A few bytes of such a file can stand for any number of rows.
    """
    count = _SIZES.get(ending(name))
    try:
        return (0, 0) if count is None else count(io.BytesIO(content), name)
    except DataError:
        raise
    except Exception:  # what is wrong with the file is said by who reads it
        return 0, 0


def _size_of_parquet(file: io.BytesIO, name: str) -> tuple[int, int]:
    found = _needed("pyarrow.parquet", name).ParquetFile(file).metadata
    return found.num_rows, found.num_columns


def _size_of_feather(file: io.BytesIO, name: str) -> tuple[int, int]:
    # No column is unpacked for this but one.
    table = _needed("pyarrow.feather", name).read_table(file, columns=[0])
    return table.num_rows, 0


def _size_of_workbook(file: io.BytesIO, name: str) -> tuple[int, int]:
    book = _needed("openpyxl", name).load_workbook(file, read_only=True)
    sizes = [(page.max_row or 0, page.max_column or 0) for page in book.worksheets]
    return max(rows for rows, _ in sizes), max(columns for _, columns in sizes)


def _size_of_matlab(file: io.BytesIO, _: str) -> tuple[int, int]:
    from scipy.io import whosmat

    return max(max(shape) for _, shape, _ in whosmat(file)), 0


_SIZES: dict[str, Callable[[io.BytesIO, str], tuple[int, int]]] = {
    ".xlsx": _size_of_workbook, ".xlsm": _size_of_workbook, ".parquet": _size_of_parquet,
    ".feather": _size_of_feather, ".mat": _size_of_matlab,
}  # fmt: skip
