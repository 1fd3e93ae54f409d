"""A second starting point for refinement: the learning rules of textbooks.

Equations of a network can lie in the basin of a poor optimum, above all where two states can stand in for each
other. Delta rules with middling rates lie in the basin of most models of learning.
"""

import numpy as np
from numpy.typing import NDArray

from spice.resources.coefficients import Coefficients
from spice.resources.mechanisms import CHOSEN, REWARD, Mechanism
from spice.resources.rnn import BaseRNN

LEARNING_RATE, TRACE_RATE = 0.3, 0.5
SCALE_WITHOUT_TEMPERATURE = 3.0
"""Values of models without inverse temperature carry it themselves."""


def textbook_values(model: BaseRNN, table: Coefficients) -> dict[str, NDArray[np.float64]]:
    """Coefficients (n_terms,) of each mechanism.

    A state that rewards feed is learned on the chosen arm and drifts to the middle elsewhere; one that no reward
    feeds is a trace of choices; one that is not read out, such as a learning rate, is constant.
    """
    fed = {m.state for m in table.mechanisms if _reward_of(m) is not None}
    found = {}
    for mechanism in table.mechanisms:
        if mechanism.name not in table.terms:
            continue
        terms = table.terms[mechanism.name]
        state = model.states.get(mechanism.state)
        scale = 1.0 if mechanism.state in table.betas else SCALE_WITHOUT_TEMPERATURE
        if state is not None and not state.readout:
            wanted = {"1": LEARNING_RATE}
        elif mechanism.state in fed:
            reward = _reward_of(mechanism)
            wanted = {mechanism.name: 1 - LEARNING_RATE}
            wanted |= {"1": 0.5 * scale * LEARNING_RATE} if reward is None else {reward: scale * LEARNING_RATE}
        else:
            wanted = {mechanism.name: 1 - TRACE_RATE}
            if mechanism.applies_to == CHOSEN:
                wanted["1"] = scale * TRACE_RATE
        values = np.zeros(len(terms))
        for name, value in wanted.items():
            values[terms.index(name)] = value
        found[mechanism.name] = np.where(table.allowed[mechanism.name], values, 0.0)
    return found


def _reward_of(mechanism: Mechanism) -> str | None:
    """Name of the first input that is a reward."""
    return next((entry.name for entry in mechanism.entries if entry.signal == REWARD), None)
