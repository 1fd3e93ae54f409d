"""Equations of two people, of coefficients by name."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spice.declaration.terms import polynomial_terms
from spice.equations.coefficients import Coefficients
from spice.equations.equations import SpiceEquations
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
) -> SpiceEquations:
    """Equations with the coefficients of each row; the last is the population's."""
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
        replace(coefficients, draws=draws_around(found, np.where(found != 0, 0.25, 0.0))),
        participants=(0, 1),
        labels=labels,
    )
