"""Read a table from files, buffers or memory, and know which row of which file is which."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import IO, Any, TypeAlias

import numpy as np
import pandas as pd

from spice.data.reading.file_formats import READERS, WORKBOOKS, declared_size, ending, sheets_of
from spice.data.reading.file_names import FilePattern
from spice.data.reading.read_limits import NO_LIMITS, ReadLimits
from spice.data.reading.several_files import stack
from spice.data.reading.table_files import File, find_files
from spice.data.reading.table_layout import table_of
from spice.data.reading.text_encoding import decode
from spice.data.reading.text_layout import read_grid
from spice.data.table.table import Table
from spice.exceptions import DataError

OneSource: TypeAlias = str | os.PathLike[str] | IO[Any]
TableSource: TypeAlias = OneSource | Sequence[OneSource] | pd.DataFrame | Table


def read_table(
    file: TableSource,
    *,
    encoding: str | None = None,
    sheet: str | None = None,
    file_pattern: str | None = None,
    limits: ReadLimits = NO_LIMITS,
) -> Table:
    """Read a table.

    Parameters
    ----------
    file : path, buffer, DataFrame, Table, or several paths or buffers
        Text with one row a trial (also compressed), in which what is between the columns, lines above the names and
        headings below them are recognised; or, with ``pip install 'spice-nb[formats]'``, a file of Excel, SPSS, Stata,
        SAS, MATLAB, Parquet or Feather; or JSON. Several files, a folder, a pattern such as ``data/*.csv`` or an
        archive are stacked in natural order of their names. Blank lines are skipped and still counted. A DataFrame is
        taken as it is, its rows counted as if it had been saved; a table that was read before, as it was read.
    encoding : str, optional
        Of text, where it cannot be recognised.
    sheet : str, optional
        Of a workbook, or the variable of a MATLAB file; the first that holds a table, if not given.
    file_pattern : str, optional
        What the names of files say: ``"sub-{participant}_task"``, or a regular expression with named groups; each name
        becomes a column. Without it, several files have a column ``file`` of their names.
    limits : ReadLimits, optional
        How much may be read.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        A file is not there, is empty, holds no rows, is no table, or is too large.
    """
    if isinstance(file, Table):
        return file
    if isinstance(file, pd.DataFrame):
        if len(file) == 0:
            raise DataError("file", "a table with one row a trial", "no rows in the DataFrame", "Fill it first.")
        return Table(file, np.arange(len(file)) + 2)
    files = find_files(file, limits)
    pattern = FilePattern.of(file_pattern)
    if len(files.found) == 1:
        (only,) = files.found
        table = replace(read_file(only, encoding, sheet, limits), name=only.label)
        return replace(pattern.applied(table) if pattern else table, notes=files.notes + table.notes)
    return stack(files, lambda one: read_file(one, encoding, sheet, limits), pattern, limits)


def sheet_names(file: OneSource | Sequence[OneSource], limits: ReadLimits = NO_LIMITS) -> tuple[str, ...]:
    """Sheets that all of these workbooks have, in order; none where some file is no workbook.

    Parameters
    ----------
    file, limits
        As for `read_table`.

    Returns
    -------
    tuple of str

    Raises
    ------
    DataError
        A file is not there, or is too large.
    """
    files = find_files(file, limits).found
    if any(ending(one.name) not in WORKBOOKS for one in files):
        return ()
    sheets = []
    for one in files:
        content = one.read(limits)
        limits.check_size(one.name, len(content))
        limits.check_packed(one.name, content)
        sheets.append(sheets_of(content, one.name))
    return tuple(name for name in sheets[0] if all(name in others for others in sheets))


def read_file(
    file: File, encoding: str | None = None, sheet: str | None = None, limits: ReadLimits = NO_LIMITS
) -> Table:
    """Read one file.

    Parameters
    ----------
    file : File
    encoding, sheet, limits
        As for `read_table`.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        It holds no table, or more than may be read.
    """
    try:
        content = file.read(limits)
        limits.check_size(file.name, len(content))
        reader = READERS.get(ending(file.name))
        if reader is not None:
            if isinstance(content, bytes):
                limits.check_packed(file.name, content)
                rows, columns = (0, 0) if limits.rows is None else declared_size(content, file.name)
                limits.check_rows(file.name, rows)
                limits.check_columns(file.name, columns)
            grid, notes = reader(content, file.name, sheet, encoding)
        else:
            text, notes = (content, ()) if isinstance(content, str) else decode(content, file.name, encoding)
            if not text.strip("\ufeff\r\n\t "):
                raise DataError("file", "a table with one row a trial", f"{file.name}, which is empty", _AS_CSV)
            limits.check_text(file.name, text)
            grid = read_grid(text)
    except DataError:
        raise
    except (ValueError, OSError, EOFError, pd.errors.ParserError) as error:
        reason = str(error).strip().removeprefix("Error tokenizing data. C error: ")
        raise DataError("file", "a table in text form", f"{file.name} ({reason})", _AS_CSV) from error
    limits.check_rows(file.name, len(grid.cells))
    limits.check_columns(file.name, grid.cells.shape[1])
    table = table_of(grid, file.name)
    return replace(table, notes=notes + table.notes)


_AS_CSV = "Save the table as CSV (comma-separated, UTF-8) with the column names in the first line."
