"""Which terms the equations of each person have."""

import numpy as np
from numpy.typing import NDArray

from spice.equations.coefficients import Coefficients


def present(table: Coefficients) -> NDArray[np.bool_]:
    """Whether each parameter (R, P) is anything in each row.

    A mechanism that leaves its state where it is, V <- V, has no term; nor has anything of a state that choices do not
    depend on. What is no coefficient of a mechanism is absent with its state only.

    Parameters
    ----------
    table : Coefficients
        Of R rows and P parameters, in the order of `table.parameters`.

    Returns
    -------
    (R, P) bool
    """
    values, parameters = table.vectors(), table.parameters
    states = {m.name: m.state for m in table.mechanisms}
    found = np.ones(values.shape, dtype=bool)
    idle = {name: unchanging(table, name) for name in table.terms}
    for k, (kind, name, _) in enumerate(parameters):
        if kind == "values":
            found[:, k] = (values[:, k] != 0) & ~idle[name]
        state = states.get(name, name)
        if state in table.betas:
            found[:, k] &= table.betas[state] != 0
    return found


def unchanging(table: Coefficients, mechanism: str) -> NDArray[np.bool_]:
    """Rows (R,) in which a mechanism leaves its state where it is.

    Parameters
    ----------
    table : Coefficients
    mechanism : str

    Returns
    -------
    (R,) bool
    """
    terms, values = table.terms[mechanism], table.values[mechanism]
    if mechanism not in terms.names:
        return np.zeros(len(values), dtype=bool)
    nothing = np.zeros(len(terms))
    nothing[terms.names.index(mechanism)] = 1.0
    return np.asarray((values == nothing).all(1))
