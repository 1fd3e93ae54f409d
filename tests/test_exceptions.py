import copy
import inspect
import pickle

import pytest
from sklearn.exceptions import NotFittedError as SklearnNotFittedError

from spice import exceptions
from spice.exceptions import (
    ColumnError,
    ConfigError,
    DataError,
    DatasetUnavailableError,
    FitCancelled,
    ModelFileError,
    NotFittedError,
    OutputError,
    RowError,
    SpiceError,
    TrainingDivergedError,
)

# What code that knows nothing of this package catches.
CAUGHT_AS = {
    DataError: ValueError,
    ColumnError: KeyError,
    RowError: DataError,
    ConfigError: ValueError,
    NotFittedError: SklearnNotFittedError,
    ModelFileError: ValueError,
    OutputError: OSError,
    DatasetUnavailableError: OSError,
    TrainingDivergedError: ArithmeticError,
    FitCancelled: SpiceError,
}
ARGUMENTS = ("epochs", "a whole number >= 0", -1, "Set epochs within its bounds.")


def test_every_error_of_the_package_is_tested_here() -> None:
    defined = {
        c
        for _, c in inspect.getmembers(exceptions, inspect.isclass)
        if c.__module__ == exceptions.__name__ and c is not SpiceError and not issubclass(c, Warning)
    }
    assert defined == set(CAUGHT_AS)


@pytest.mark.parametrize("error", CAUGHT_AS)
def test_can_be_caught_as_ours_and_as_pythons(error: type[SpiceError]) -> None:
    with pytest.raises(SpiceError):
        raise error(*ARGUMENTS)
    with pytest.raises(CAUGHT_AS[error]):
        raise error(*ARGUMENTS)


@pytest.mark.parametrize("error", [SpiceError, *CAUGHT_AS])
def test_one_sentence_shape(error: type[SpiceError]) -> None:
    # Also where KeyError would show a repr, and OSError a number.
    raised = error(*ARGUMENTS)
    assert str(raised) == ("epochs: expected a whole number >= 0, but got -1. Set epochs within its bounds.")
    assert (raised.argument, raised.expected, raised.got, raised.remedy) == ARGUMENTS


@pytest.mark.parametrize("error", [SpiceError, *CAUGHT_AS])
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling_as_between_processes(error: type[SpiceError], protocol: int) -> None:
    raised = error(*ARGUMENTS)
    for same in (pickle.loads(pickle.dumps(raised, protocol)), copy.copy(raised), copy.deepcopy(raised)):
        assert type(same) is error
        assert str(same) == str(raised)
        assert (same.argument, same.expected, same.got, same.remedy) == ARGUMENTS


def test_bases() -> None:
    assert issubclass(ColumnError, DataError)
    assert issubclass(NotFittedError, ValueError)  # as sklearn's
    for error in CAUGHT_AS:
        # Our base comes first: its sentence wins over what Python's classes would say.
        assert error.__mro__.index(SpiceError) < error.__mro__.index(Exception)
        assert error.__init__ is SpiceError.__init__
        assert error.__str__ is SpiceError.__str__
    assert not issubclass(FitCancelled, ValueError | OSError)
