"""How many people have what: prevalences, in words."""

from dataclasses import dataclass
from typing import Any

from spice.declaration.mechanisms import ACTION, CHOSEN, REWARD, Mechanism
from spice.equations.equations import SpiceEquations
from spice_nb.state.certainty import as_share

LEARNING, ASYMMETRY = "learning from rewards", "asymmetry of learning"
FORGETTING, PERSEVERATION = "forgetting", "perseveration"


@dataclass(frozen=True)
class Effect:
    """Something that people do, or do not.

    Attributes
    ----------
    words : str
    prevalence, low, high : float
        Share of people who do, and its 95 % interval.
    terms : tuple of str
        By which it is in the equations, as "mechanism: term".
    """

    words: str
    prevalence: float
    low: float
    high: float
    terms: tuple[str, ...]

    @property
    def share(self) -> str:
        """How many people it is, in words."""
        return as_share(self.prevalence, self.low, self.high)


def effects(equations: SpiceEquations) -> list[Effect]:
    """What equations of some people have; terms that come and go together are one.

    Empty where all share one equation set, or where nobody has asked who has what.

    Parameters
    ----------
    equations : SpiceEquations

    Returns
    -------
    list of Effect
    """
    mechanisms = {m.name: m for m in equations.coefficients.mechanisms}
    groups: dict[tuple[Any, ...], list[tuple[str, str]]] = {}
    for name, term, *numbers in equations.prevalences().itertuples(index=False):
        state = mechanisms[name].state if name in mechanisms else name.removeprefix("beta_")
        groups.setdefault((state, *numbers), []).append((name, term))
    found = [
        Effect(_words(state, members, mechanisms), share, low, high, tuple(f"{name}: {term}" for name, term in members))
        for (state, share, low, high), members in groups.items()
    ]
    words = [one.words for one in found]
    # Two states of one kind are told apart by their names.
    states = [state for state, *_ in groups]
    return [
        Effect(f"{one.words} ({state})", one.prevalence, one.low, one.high, one.terms)
        if words.count(one.words) > 1
        else one
        for one, state in zip(found, states, strict=True)
    ]


def is_fed_by_rewards(state: str, mechanisms: dict[str, Mechanism]) -> bool:
    """Whether any mechanism of a state reads rewards.

    Parameters
    ----------
    state : str
    mechanisms : dict of str to Mechanism
        All of the model, by name.

    Returns
    -------
    bool
    """
    return any(entry.signal == REWARD for m in mechanisms.values() if m.state == state for entry in m.entries)


def is_trace_of_choices(state: str, mechanisms: dict[str, Mechanism]) -> bool:
    """Whether a state is made of nothing but what was chosen.

    Parameters
    ----------
    state : str
    mechanisms : dict of str to Mechanism
        All of the model, by name.

    Returns
    -------
    bool
        False for a state that no mechanism changes.
    """
    of_state = [m for m in mechanisms.values() if m.state == state]
    return bool(of_state) and all(entry.signal == ACTION for m in of_state for entry in m.entries)


def _words(state: str, members: list[tuple[str, str]], mechanisms: dict[str, Mechanism]) -> str:
    fed = is_fed_by_rewards(state, mechanisms)
    if (f"beta_{state}", "1") in members:
        if fed:
            return LEARNING
        return PERSEVERATION if is_trace_of_choices(state, mechanisms) else f"influence of {state}"
    for name, term in members:
        mechanism = mechanisms.get(name)
        if mechanism is None or not fed:
            continue
        rewards = [entry.name for entry in mechanism.entries if entry.signal == REWARD]
        if mechanism.applies_to == CHOSEN and term in [f"{name} {reward}" for reward in rewards]:
            return ASYMMETRY
        if mechanism.applies_to != CHOSEN and not rewards and term == name:
            return FORGETTING
        if mechanism.applies_to == CHOSEN and rewards and term == name:
            return LEARNING
    return " and ".join(f"{term} in {name}" for name, term in members)
