"""Parameters by the names that options have."""

from spice.parameters import PARAMETERS
from spice.precoded import MODELS
from spice_nb.estimator_options import DEFAULT_MODEL, ESTIMATOR_OPTIONS, value_type


def test_options_are_those_of_the_table() -> None:
    assert {p.name for p in ESTIMATOR_OPTIONS.values()} == {p.name for p in PARAMETERS.values() if p.option}
    assert all("-" not in name for name in ESTIMATOR_OPTIONS)


def test_an_option_takes_nothing_where_the_parameter_may_be_none() -> None:
    assert value_type(PARAMETERS["epochs"]) is int
    assert value_type(PARAMETERS["batch_size"]) == int | None


def test_the_default_model_is_there() -> None:
    assert DEFAULT_MODEL in MODELS
