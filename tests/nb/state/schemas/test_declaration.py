"""Models of one's own in files."""

import pytest

from spice.exceptions import ConfigError
from spice.precoded import ForgettingRNN
from spice_nb.state.declaration import Declaration
from spice_nb.state.schemas.declaration import DeclarationFile
from spice_nb.state.schemas.plain import read_plain


def plain() -> dict[str, object]:
    declared = Declaration.of(ForgettingRNN, "OwnRNN")
    return {"model": declared.name, "declaration": ForgettingRNN.declaration(), "context_size": 0}


def test_a_declaration_is_read_as_the_class_has_it() -> None:
    read = read_plain(DeclarationFile, plain(), "a model", "")
    assert read.declaration.mechanisms == ForgettingRNN.mechanisms
    assert read.declaration.states == ForgettingRNN.declared_states()


def test_a_misspelt_name_is_not_passed_over() -> None:
    changed = plain()
    changed["declaration"] = changed["declaration"] | {"mechanism": []}
    with pytest.raises(ConfigError, match="only names that are known"):
        read_plain(DeclarationFile, changed, "a model", "Mend it.")
