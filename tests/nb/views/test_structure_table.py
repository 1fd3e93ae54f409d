from dataclasses import replace

import pytest

from spice.equations.equations import SpiceEquations
from spice.estimator import SpiceEstimator
from spice.resources.rnn_utils import DatasetRNN
from spice_nb.state.equations import EquationsModel
from spice_nb.views.structure_table import StructureTable


@pytest.fixture
def equations(fitted: tuple[SpiceEstimator, DatasetRNN]) -> SpiceEquations:
    """Of four people, of whom the last forgets all at once."""
    found = fitted[0].equations_
    values = {name: of.copy() for name, of in found.coefficients.values.items()}
    name = "x_value_reward_not_chosen"
    values[name][3, found.coefficients.terms[name].index(name)] = 0.0
    return replace(found, coefficients=replace(found.coefficients, values=values))


def test_a_row_a_structure_with_its_people(equations: SpiceEquations) -> None:
    model = EquationsModel(equations=equations)
    table = StructureTable(model)
    table.fill()
    assert len(table.children) == 1 + len(model.structures)
    assert [button.description for button in table.buttons.values()] == [
        f"{s.name}: {s.people} {'person' if s.people == 1 else 'people'}" for s in model.structures
    ]
    assert sum(structure.people for structure in model.structures) == 4
    assert all("<math" in row.children[1].value for row in table.children[1:])


def test_one_structure_at_a_time_is_pressed(equations: SpiceEquations) -> None:
    model = EquationsModel(equations=equations)
    table = StructureTable(model)
    table.fill()
    first, second = list(table.buttons)[:2]
    table.buttons[first].value = True
    table.buttons[second].value = True
    assert model.group == second
    assert [name for name, button in table.buttons.items() if button.value] == [second]
    model.group = first
    assert [name for name, button in table.buttons.items() if button.value] == [first]
    table.buttons[first].value = False
    assert model.group == ""
