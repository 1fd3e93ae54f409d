"""One table of the estimator's parameters; constructor, validation and documentation follow it."""

import inspect
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from spice import parameters
from spice._validation import check_parameters
from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError
from spice.parameters import PARAMETERS, Group, Parameter, as_numpydoc, documented


def test_the_constructor_has_the_same_parameters_in_the_same_order() -> None:
    signature = inspect.signature(SpiceEstimator).parameters
    assert list(signature) == list(PARAMETERS)
    defaults = {name: parameter.default for name, parameter in signature.items() if name != "rnn_class"}
    assert defaults == {name: p.default for name, p in PARAMETERS.items() if name != "rnn_class"}
    for name, parameter in signature.items():
        kind = PARAMETERS[name].kind
        if kind is not object and name != "random_state":
            annotation = parameter.annotation
            assert annotation in (kind, kind | None)
            assert (annotation != kind) == (PARAMETERS[name].optional or PARAMETERS[name].unlimited)


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=list(PARAMETERS))
def test_each_is_explained_and_its_default_allowed(parameter: Parameter) -> None:
    assert parameter.help.endswith(".")
    if parameter.name != "rnn_class":
        check_parameters({parameter.name: parameter.default})
        check_parameters({parameter.name: parameter.on_command_line})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"epochs": -1}, "epochs: expected a whole number of 0 or more, but got -1. Set epochs within its bounds."),
        ({"epochs": 1.5}, "epochs: expected a whole number of 0 or more, but got 1.5"),
        ({"epochs": True}, "but got True"),
        ({"dropout": 1}, "dropout: expected a number from 0 to 0.99, but got 1."),
        ({"learning_rate": 0}, "learning_rate: expected a number above 0, but got 0."),
        ({"learning_rate": float("inf")}, "but got inf"),
        ({"learning_rate": float("nan")}, "but got nan"),
        ({"batch_size": 0}, "batch_size: expected a whole number above 0, or none for no limit, but got 0. Use None"),
        ({"batch_size": -2}, "but got -2. Set batch_size within its bounds."),
        ({"random_state": -1}, "random_state: expected a whole number of 0 or more, or none, but got -1."),
        ({"spice_optim_threshold": -0.1}, "spice_optim_threshold: expected a number of 0 or more, but got -0.1."),
        ({"spice_optim_regularization": 0}, "spice_optim_regularization: expected a number above 0, but got 0."),
        ({"spice_optimizer_type": "lasso"}, "expected one of ['SR3_weighted_l1', 'SR3_L1', 'STLSQ'], but got 'lasso'."),
        ({"validation_share": 0.6}, "validation_share: expected a number from 0 to 0.5, but got 0.6."),
        ({"patience": 0}, "patience: expected a whole number of 1 or more, but got 0."),
        ({"polynomial_degree": 6}, "polynomial_degree: expected a whole number from 1 to 5, but got 6."),
    ],
)  # fmt: skip
def test_what_is_not_allowed_says_so(given: Mapping[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        check_parameters(given)
    assert said in str(raised.value)


@pytest.mark.parametrize("given", [{"batch_size": -1}, {"batch_size": None}, {"spice_participant_id": None}])
def test_no_limit_and_nothing_are_allowed(given: Mapping[str, Any]) -> None:
    check_parameters(given)


def test_the_documentation_of_the_estimator_is_made_of_it() -> None:
    text = inspect.getdoc(SpiceEstimator)
    assert parameters.PLACE_IN_DOCSTRING not in text
    section = text.split("Parameters\n----------\n")[1].split("\n\nAttributes\n")[0]
    assert section == as_numpydoc()
    assert "n_participants, n_experiments : int\n    0: as many as in the data." in section
    assert "batch_size : int, optional\n    Sequences in a mini-batch" in section
    assert 'spice_optimizer_type : {"SR3_weighted_l1", "SR3_L1", "STLSQ"}' in section
    assert max(map(len, section.splitlines())) <= 112
    assert text.index(section) < text.index("Attributes") < text.index("Examples")


def test_one_more_entry_is_validated_and_documented(monkeypatch: pytest.MonkeyPatch) -> None:
    warm_up = Parameter("warm_up", int, 10, Group.TRAINING, "Epochs of small steps.", low=1)
    monkeypatch.setitem(PARAMETERS, "warm_up", warm_up)
    with pytest.raises(ConfigError, match="warm_up: expected a whole number of 1 or more, but got 0"):
        check_parameters({"warm_up": 0})

    @documented
    class Estimator:
        """Estimate.

        Parameters
        ----------
        {parameters}
        """

    assert Estimator.__doc__.endswith("warm_up : int\n    Epochs of small steps.")


def test_it_loads_nothing() -> None:
    code = "import sys, spice.parameters; print([m for m in ('torch', 'sklearn', 'numpy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
