"""Every error a user can cause has a name here, and one sentence shape.

::

    SpiceError
    ├── DataError (ValueError)             the choices and rewards handed in
    │   ├── ColumnError (KeyError)         a column of the table that is not there
    │   └── RowError                       rows of the table that cannot be used
    ├── ConfigError (ValueError)           parameters, declarations, SpiceConfig
    ├── NotFittedError (sklearn)           asked for a result before `fit`
    ├── ModelFileError (ValueError)        a saved model that cannot be read
    ├── OutputError (OSError)              a place that cannot be written
    ├── DatasetUnavailableError (OSError)  a public data set that cannot be had now
    ├── TrainingDivergedError (ArithmeticError)
    └── FitCancelled

    FitWarning (UserWarning)               a fit that is there and should not be believed
    DataWarning (UserWarning)              something about a table that only its owner can know
"""

from collections.abc import Hashable, Mapping
from typing import Any

from sklearn.exceptions import NotFittedError as _SklearnNotFittedError


class SpiceError(Exception):
    """Base of all errors of this package.

    Parameters
    ----------
    argument : str
        What the error is about, by the name the user knows.
    expected : str
        What would have been right: the bound, the shape or the valid names.
    got : object
        What was there instead.
    remedy : str
        What to do now, as a sentence.
    """

    def __init__(self, argument: str, expected: str, got: object, remedy: str) -> None:
        self.argument, self.expected, self.got, self.remedy = argument, expected, got, remedy
        super().__init__(f"{argument}: expected {expected}, but got {got}. {remedy}")

    def __reduce__(self) -> tuple[type, tuple[str, str, object, str], dict[str, Any]]:
        return type(self), (self.argument, self.expected, self.got, self.remedy), self.__dict__

    def __str__(self) -> str:
        # KeyError would show the repr of the sentence.
        return str(self.args[0])


class DataError(SpiceError, ValueError):
    """The choices and rewards handed in cannot be used."""


class ColumnError(DataError, KeyError):
    """A named column is not in the table."""


class RowError(DataError):
    """Some rows of a table cannot be used; without them, the others might.

    Attributes
    ----------
    column : str
        That holds what cannot be used.
    rows : tuple of int
        All of these rows, numbered as in the file, the header being row 1.
    found : str
        What they hold.
    people : tuple
        Participants who have too few choices, where that is why.
    """

    column: str = ""
    rows: tuple[int, ...] = ()
    found: str = ""
    people: tuple[Hashable, ...] = ()

    def about(self, column: str, rows: tuple[int, ...], found: str, people: tuple[Hashable, ...] = ()) -> "RowError":
        """Say which rows the error is about.

        Parameters
        ----------
        column, rows, found, people
            See the attributes.

        Returns
        -------
        RowError
            Itself.
        """
        self.column, self.rows, self.found, self.people = column, rows, found, people
        return self


class ConfigError(SpiceError, ValueError):
    """A parameter, a declaration or a `SpiceConfig` contradicts itself or the data."""


class NotFittedError(SpiceError, _SklearnNotFittedError):  # type: ignore[misc]  # sklearn is untyped
    """A result was asked for before `fit`."""


class ModelFileError(SpiceError, ValueError):
    """A saved model cannot be read: not ours, truncated, newer, or of another model."""


class OutputError(SpiceError, OSError):
    """A file or folder cannot be written."""


class DatasetUnavailableError(SpiceError, OSError):
    """A public data set is neither in the cache nor to be fetched now."""


class TrainingDivergedError(SpiceError, ArithmeticError):
    """The loss became NaN or infinite.

    Attributes
    ----------
    weights : mapping of str to tensor
        State of the network after the last good epoch.
    """

    weights: Mapping[str, Any]


class DataWarning(UserWarning):
    """A table was read in one of several ways that make sense: a question for those who know the data."""


class FitCancelled(SpiceError):
    """A running fit was cancelled; the estimator stays as it was before."""


class FitWarning(UserWarning):
    """A fit came to its end, but its result is worse than that of trivial models."""
