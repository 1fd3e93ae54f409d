"""Model classes of what files declare."""

import pytest

from spice.exceptions import ModelFileError
from spice.files.declared_model import declared_class, plain_mechanism, read_mechanism
from spice.precoded import MODELS, Weinhardt2024RNN


@pytest.mark.parametrize("name", MODELS)
def test_a_declared_class_is_declared_alike(name: str) -> None:
    model = MODELS[name]
    header = {"model": "Again", "declaration": model.declaration(), "context_size": model.context_size}
    again = declared_class(header)
    assert (again.__name__, again.context_size) == ("Again", model.context_size)
    assert again.declaration() == model.declaration()


def test_mechanisms_come_back_and_what_is_not_theirs_is_passed_over() -> None:
    for mechanism in Weinhardt2024RNN.mechanisms:
        again = read_mechanism(plain_mechanism(mechanism) | {"colour": "green"})
        assert plain_mechanism(again) == plain_mechanism(mechanism)


def test_a_forward_of_ones_own_is_in_no_file() -> None:
    header = {"model": "Own", "declaration": {"mechanisms": [], "states": {}}, "context_size": 0}
    with pytest.raises(ModelFileError, match="forward"):
        declared_class(header)
