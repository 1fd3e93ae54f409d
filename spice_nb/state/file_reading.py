"""How files are read: the sheet, the encoding and what names of files say, where they leave that open."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from spice.data.reading.file_names import SESSION, name_people
from spice.data.reading.read_limits import ReadLimits
from spice.data.reading.read_table import read_table, sheet_names
from spice.data.reading.text_encoding import guessed_encoding
from spice.data.table.table import Table
from spice.exceptions import DataError, SpiceError
from spice_nb.state.columns import Guess, Role, guess_columns

ENCODINGS = {
    "utf-8": "Unicode (utf-8)", "utf-16": "Unicode (utf-16)", "cp1252": "Western European (cp1252)",
    "cp1250": "Central European (cp1250)", "cp1251": "Cyrillic (cp1251)", "koi8_r": "Cyrillic (koi8_r)",
    "cp1253": "Greek (cp1253)", "gb18030": "Chinese, simplified (gb18030)", "big5": "Chinese, traditional (big5)",
    "cp932": "Japanese (cp932)", "euc_jp": "Japanese (euc_jp)", "cp949": "Korean (cp949)",
}  # fmt: skip
"""Encodings to choose from, and what they are called."""


@dataclass(frozen=True)
class FileReading:
    """How files are read; see the arguments of `convert_dataset`. Empty where nobody said so."""

    encoding: str = ""
    sheet: str = ""
    file_pattern: str = ""

    def arguments(self) -> dict[str, str]:
        """What was said, as arguments of `convert_dataset`.

        Returns
        -------
        dict of str to str
        """
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class OpenPoints:
    """What files leave open.

    Attributes
    ----------
    sheets : tuple of str
        To choose from; empty where there are not several.
    encoding : str
        That was recognised, "?" where none could be; empty where there was no need to.
    file_name : str
        The first name of several files of which the names say who; otherwise empty.
    """

    sheets: tuple[str, ...] = ()
    encoding: str = ""
    file_name: str = ""


@dataclass(frozen=True)
class ChosenFiles:
    """Files that a person chose.

    Attributes
    ----------
    name : str
        Of them all, for people.
    path : str or list of str
        As a script calls them.
    open : function
        Gives what `read_table` takes, each time anew.
    """

    name: str
    path: str | list[str]
    open: Callable[[], Any]


@dataclass(frozen=True)
class ReadFiles:
    """A table that was read, its guessed columns, how it was read, and what else could be said about that."""

    table: Table
    guess: Guess
    reading: FileReading
    open_points: OpenPoints


def read_files(files: ChosenFiles, reading: FileReading, limits: ReadLimits) -> ReadFiles:
    """Read files; of several sheets, where nobody chose one, the first that has all columns that are needed.

    Parameters
    ----------
    files : ChosenFiles
    reading : FileReading
        What was said about them.
    limits : ReadLimits
        How large a table may be.

    Returns
    -------
    ReadFiles

    Raises
    ------
    SpiceError
    """
    sheets = sheet_names(files.open(), limits)
    several = sheets if len(sheets) > 1 else ()
    if several and not reading.sheet:
        reading, table, guess = _first_with_trials(files, reading, several, limits)
    else:
        table, guess = _read(files, reading, limits)
    table, who = name_people(table, guess.columns.participant or SESSION, SESSION)
    if who in table.frame.columns:
        guess = replace(guess, columns=guess.columns.with_role(Role.PARTICIPANT, (who,)))
    are_named = len(table.files) > 1 and (reading.file_pattern or table.who == guess.columns.participant)
    encoding = guessed_encoding(table.notes) or reading.encoding
    return ReadFiles(table, guess, reading, OpenPoints(several, encoding, files_named(table) if are_named else ""))


def open_after(error: SpiceError, reading: FileReading, before: OpenPoints) -> OpenPoints:
    """What can be said otherwise after files could not be read.

    Parameters
    ----------
    error : SpiceError
        What reading them ended in.
    reading : FileReading
        How they were read.
    before : OpenPoints
        What was open before.

    Returns
    -------
    OpenPoints
    """
    asks = isinstance(error, DataError) and error.argument == "encoding"
    return replace(before, encoding=before.encoding or reading.encoding or ("?" if asks else ""))


def files_named(table: Table) -> str:
    """The name of the first file, without its ending.

    Parameters
    ----------
    table : Table
        Of at least one file.

    Returns
    -------
    str
    """
    return table.files[0][1].rpartition(".")[0] or table.files[0][1]


def _read(files: ChosenFiles, reading: FileReading, limits: ReadLimits) -> tuple[Table, Guess]:
    table = read_table(files.open(), limits=limits, **reading.arguments())
    return table, guess_columns(table.frame)


def _first_with_trials(
    files: ChosenFiles, reading: FileReading, sheets: tuple[str, ...], limits: ReadLimits
) -> tuple[FileReading, Table, Guess]:
    first: tuple[FileReading, Table, Guess] | None = None
    for sheet in sheets:
        of_sheet = replace(reading, sheet=sheet)
        try:
            table, guess = _read(files, of_sheet, limits)
        except DataError:
            continue
        if not {Role.CHOICE, Role.REWARD} & set(guess.columns.missing):
            return of_sheet, table, guess
        if first is None and table.frame.shape[1] > 1:
            first = of_sheet, table, guess
    # Where none is a table the reader says so.
    return first or (reading, *_read(files, reading, limits))
