"""A declaration as tables of numbers."""

import numpy as np
import torch

from spice.declaration.terms import given_terms, polynomial_terms
from spice.resources.mechanisms import Input, Mechanism, State
from spice.rollout.networks import MechanismNetwork, NetworkForm
from spice.rollout.polynomials import VALUE_LIMIT, PolynomialForm
from spice.rollout.program import (
    ARM_CHOSEN,
    ARM_OTHER,
    ARM_OWN,
    ENTRY_AFTER,
    ENTRY_ARM,
    ENTRY_COLUMN,
    ENTRY_STATE,
    FIRST_COEFFICIENT,
    FIRST_INPUT,
    FIRST_TERM,
    FIRST_UNIT,
    HIDDEN,
    IS_NETWORK,
    N_INPUTS,
    N_TERMS,
    RESIDUAL,
    SIGMOID,
    STATE,
    ZERO_OTHERS,
    encode,
)

STATES = {"x_a": State(), "x_b": State()}
MECHANISMS = (
    Mechanism("m_0", "x_b", inputs=("c_reward", Input("x_a", "other", "after")), others="zero", update="direct"),
    Mechanism("m_1", "x_a", inputs=(Input("c_reward", "chosen"),), equation={"x_a": 0.5, "c_reward_chosen": 0.5}),
    Mechanism("m_2", "x_a", inputs=("c_reward",), activation="sigmoid"),
    Mechanism("m_3", "x_b", bounds=(-0.5, 2e3)),
)
FORMS = {
    "m_0": NetworkForm(MechanismNetwork(2, residual=False, hidden_size=3)),
    "m_1": PolynomialForm(given_terms(("x_a", "c_reward_chosen"), ("x_a", "c_reward_chosen")), torch.ones(1, 2)),
    "m_2": NetworkForm(MechanismNetwork(1, sigmoid=True, hidden_size=5)),
    "m_3": PolynomialForm(polynomial_terms(("m_3",), 2), torch.ones(1, 3)),
}


def test_columns_of_mechanisms() -> None:
    (mechanisms, _, _, _), n_variables, n_hidden = encode(MECHANISMS, FORMS, STATES)
    assert (n_variables, n_hidden) == (3, 5)
    for column, expected in {
        IS_NETWORK: [1, 0, 1, 0],
        STATE: [1, 0, 0, 1],
        ZERO_OTHERS: [1, 0, 0, 0],
        FIRST_INPUT: [0, 2, 3, 4],
        N_INPUTS: [2, 1, 1, 0],
        HIDDEN: [3, 0, 5, 0],
        N_TERMS: [0, 2, 0, 3],
    }.items():
        assert mechanisms[:, column].tolist() == expected
    networks, polynomials = mechanisms[[0, 2]], mechanisms[[1, 3]]
    assert networks[:, FIRST_UNIT].tolist() == [0, 3]
    assert networks[:, RESIDUAL].tolist() == [0, 1]
    assert networks[:, SIGMOID].tolist() == [0, 1]
    assert polynomials[:, FIRST_TERM].tolist() == polynomials[:, FIRST_COEFFICIENT].tolist() == [0, 2]


def test_entries_are_columns_of_the_data_or_states() -> None:
    entries = encode(MECHANISMS, FORMS, STATES).tables[2]
    assert entries[:, ENTRY_COLUMN].tolist() == [0, -1, 1, 0]
    assert entries[:, ENTRY_STATE].tolist() == [-1, 0, -1, -1]
    assert entries[:, ENTRY_ARM].tolist() == [ARM_OWN, ARM_OTHER, ARM_CHOSEN, ARM_OWN]
    assert entries[:, ENTRY_AFTER].tolist() == [0, 1, 0, 0]


def test_limits_are_the_bounds_and_those_of_polynomials() -> None:
    limits = encode(MECHANISMS, FORMS, STATES).tables[1]
    np.testing.assert_array_equal(
        limits, [(-np.inf, np.inf), (-VALUE_LIMIT, VALUE_LIMIT), (0.0, 1.0), (-0.5, VALUE_LIMIT)]
    )


def test_powers_of_value_and_inputs_are_filled_up_with_zeros() -> None:
    powers = encode(MECHANISMS, FORMS, STATES).tables[3]
    assert powers.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0], [1, 0, 0], [2, 0, 0]]


def test_a_model_without_inputs_or_equations_has_empty_tables() -> None:
    mechanism = Mechanism("m", "x_a")
    (mechanisms, _, entries, powers), n_variables, n_hidden = encode(
        [mechanism], {"m": NetworkForm(MechanismNetwork(0, hidden_size=2))}, STATES
    )
    assert (mechanisms.shape, entries.shape, powers.shape) == ((1, 12), (0, 4), (0, 1))
    assert (n_variables, n_hidden) == (1, 2)
