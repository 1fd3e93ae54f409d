"""Equations of two people, of coefficients by name, and those of a population that lacks some of them."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spice.declaration.terms import polynomial_terms
from spice.equations.coefficients import Coefficients
from spice.equations.equations import SpiceEquations
from spice.precoded import ChoiceRNN
from spice.resources.mechanisms import Mechanism
from spice.resources.rnn import BaseRNN

Floats = NDArray[np.float64]
Table = dict[str, dict[str, float]]


DELTA: Table = {
    "x_value_reward_chosen": {"x_value_reward_chosen": 0.69, "c_reward": 0.31},
    "x_value_reward_not_chosen": {"x_value_reward_not_chosen": 0.8, "1": 0.1},
}


def draws_around(values: Floats, errors: Floats, n_draws: int = 200) -> Floats:
    """Normal draws (R, D, P) around values (R, P), with exactly these means and standard deviations."""
    away = np.random.default_rng(0).normal(size=(len(values), n_draws, values.shape[1]))
    away -= away.mean(1, keepdims=True)
    return values[:, None] + away / away.std(1, keepdims=True) * errors[:, None]


def equations(
    mechanisms: tuple[Mechanism, ...] | type[BaseRNN],
    rows: list[Table],
    degree: int = 2,
    betas: dict[str, list[float]] | None = None,
    labels: tuple[str, ...] = ("Ann", "Bob"),
    error: float = 0.25,
) -> SpiceEquations:
    """Equations with the coefficients of each row, all with one standard error; the last is the population's."""
    declared = mechanisms if isinstance(mechanisms, tuple) else mechanisms.mechanisms
    terms = {m.name: polynomial_terms((m.name, *m.input_names), degree) for m in declared if m.is_learned}
    values = {name: np.zeros((len(rows), len(t))) for name, t in terms.items()}
    for row, of_mechanisms in enumerate(rows):
        for name, of_terms in of_mechanisms.items():
            for term, value in of_terms.items():
                values[name][row, terms[name].index(term)] = value
    states = {m.state for m in declared}
    coefficients = Coefficients(
        mechanisms=declared,
        terms=terms,
        values=values,
        betas={k: np.array(v) for k, v in (betas or {}).items()},
        initial={name: np.full(len(rows), 0.5) for name in states},
        allowed={k: np.ones(len(t), dtype=bool) for k, t in terms.items()},
        hidden=frozenset({"x_learning_rate_reward"}) & set(states),
    )
    found = np.concatenate([*values.values(), np.zeros((len(rows), len(betas or {}) + len(states)))], axis=1)
    return SpiceEquations(
        replace(coefficients, draws=draws_around(coefficients.vectors(), np.where(found != 0, error, 0.0))),
        participants=(0, 1),
        labels=labels,
    )


def with_probabilities(given: SpiceEquations, rows: list[dict[str, float]]) -> SpiceEquations:
    """Those equations, with who has what: {name: probability} of each row, 1 for what is not named.

    Names are those of mechanisms, of their terms as "mechanism: term", and of states. Prevalences have intervals of .2.
    """
    table = given.coefficients
    probability = np.ones((table.n_rows, len(table.parameters)))
    for k, (kind, name, term) in enumerate(table.parameters):
        for row, known in enumerate(rows):
            probability[row, k] = known.get(f"{name}: {term}", known.get(name, 1.0))
            if kind == "initial":
                probability[row, k] = np.nan
    interval = np.stack([probability[-1] - 0.1, probability[-1] + 0.1]).clip(0, 1)
    return replace(given, coefficients=replace(table, probability=probability, prevalence_interval=interval))


def who_lacks_what() -> SpiceEquations:
    """Ann forgets, learns more from rewards and shows no perseveration; Bob is the other way round."""
    ann: Table = {
        "x_value_reward_chosen": {
            "x_value_reward_chosen": 0.9, "c_reward": 0.4, "x_value_reward_chosen c_reward": -0.3,
        },
        "x_value_reward_not_chosen": {"x_value_reward_not_chosen": 0.75, "1": 0.1},
        "x_value_choice_chosen": {"x_value_choice_chosen": 1.0},
        "x_value_choice_not_chosen": {"x_value_choice_not_chosen": 1.0},
    }  # fmt: skip
    bob: Table = {
        "x_value_reward_chosen": {"x_value_reward_chosen": 0.5, "c_reward": 0.5},
        "x_value_reward_not_chosen": {"x_value_reward_not_chosen": 1.0},
        "x_value_choice_chosen": {"x_value_choice_chosen": 0.2, "1": 0.8},
        "x_value_choice_not_chosen": {"x_value_choice_not_chosen": 0.2},
    }
    betas = {"x_value_reward": [3.0, 4.0, 3.5], "x_value_choice": [0.0, 1.5, 1.5]}
    made = equations(ChoiceRNN, [ann, bob, bob], betas=betas, error=0.02)
    asymmetry = "x_value_reward_chosen: x_value_reward_chosen c_reward"
    forgetting, trace = "x_value_reward_not_chosen", ("x_value_choice_chosen", "x_value_choice_not_chosen")
    rows = [
        {asymmetry: 0.99, forgetting: 0.97, "x_value_choice": 0.02} | dict.fromkeys(trace, 0.02),
        {asymmetry: 0.2, forgetting: 0.04, "x_value_choice": 0.999} | dict.fromkeys(trace, 0.999),
        {asymmetry: 0.47, forgetting: 0.4, "x_value_choice": 0.6} | dict.fromkeys(trace, 0.6),
    ]
    return with_probabilities(made, rows)
