"""A declaration and its forms as tables of numbers, which a compiled kernel can read."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spice.declaration.mechanisms import Mechanism, State
from spice.rollout.networks import NetworkForm
from spice.rollout.polynomials import VALUE_LIMIT
from spice.rollout.signals import signal_columns

ARM_OWN, ARM_CHOSEN, ARM_OTHER, ARM_MEAN = range(4)
_ARMS = {"own": ARM_OWN, "chosen": ARM_CHOSEN, "other": ARM_OTHER, "mean": ARM_MEAN}

# Columns of a program's mechanisms and entries.
(
    IS_NETWORK, STATE, ZERO_OTHERS, FIRST_INPUT, N_INPUTS,
    HIDDEN, FIRST_UNIT, RESIDUAL, SIGMOID, N_TERMS, FIRST_TERM, FIRST_COEFFICIENT,
) = range(12)  # fmt: skip
ENTRY_COLUMN, ENTRY_STATE, ENTRY_ARM, ENTRY_AFTER = range(4)


class Program(NamedTuple):
    """A model as a kernel sees it, and its sizes.

    Attributes
    ----------
    tables : tuple of arrays
        Mechanisms (M, 12), one column for each of the names above; limits (M, 2), the smallest and largest next value;
        entries (inputs of all mechanisms, 4), a column of the signals, or -1, a state, its arm and time; powers
        (terms of all polynomials, 1 + largest number of inputs) of value and inputs.
    n_variables, n_hidden : int
        Largest number of variables (value and inputs) and of hidden units.
    """

    tables: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]
    n_variables: int
    n_hidden: int


def encode(mechanisms: Sequence[Mechanism], forms: Mapping[str, Any], states: Mapping[str, State]) -> Program:
    """Number everything; hidden units and coefficients stand in the order of the mechanisms.

    Parameters
    ----------
    mechanisms, states
        The declaration.
    forms : mapping of mechanism to NetworkForm or PolynomialForm

    Returns
    -------
    Program
    """
    positions = {name: k for k, name in enumerate(states)}
    columns = signal_columns(mechanisms, states)
    width = 1 + max((len(m.entries) for m in mechanisms), default=0)
    rows: list[tuple[int, ...]] = []
    limits: list[tuple[float, float]] = []
    entries: list[tuple[int, ...]] = []
    powers: list[tuple[int, ...]] = []
    unit = coefficient = 0
    for m in mechanisms:
        form = forms[m.name]
        n_inputs = len(m.entries)
        common = (positions[m.state], m.others == "zero", len(entries), n_inputs)
        low, high = m.bounds or (-np.inf, np.inf)
        for entry in m.entries:
            column = columns.get((entry.signal, entry.arm), -1)
            entries.append((column, positions.get(entry.signal, -1), _ARMS[entry.arm], entry.when == "after"))
        if isinstance(form, NetworkForm):
            network = form.network
            rows.append((True, *common, network.n_hidden, unit, network.residual, network.sigmoid, 0, 0, 0))
            limits.append((low, high))
            unit += network.n_hidden
        else:
            n_terms = len(form.terms)
            rows.append((False, *common, *(0,) * 4, n_terms, len(powers), coefficient))
            limits.append(tuple(np.clip((-VALUE_LIMIT, VALUE_LIMIT), low, high)))
            powers += [(*row, *(0,) * (width - len(row))) for row in form.terms.powers]
            coefficient += n_terms
    tables = (
        np.array(rows, np.int64),
        np.array(limits, np.float64),
        np.array(entries, np.int64).reshape(-1, 4),
        np.array(powers, np.int64).reshape(-1, width),
    )
    return Program(tables, width, max((row[HIDDEN] for row in rows), default=0))
