"""What a model says before it is fitted: its mechanisms, what they read, and what each equation could be."""

from dataclasses import dataclass, replace

from spice.resources.candidate_terms import polynomial_terms
from spice.resources.equation_notation import Described, arms, as_mathml, general_mathml, rename_own
from spice.resources.mechanisms import ALL, Mechanism
from spice.resources.rnn import BaseRNN

_SIGNALS = {
    "c_reward": "reward", "c_action": "choice", "x_value_reward": "value", "x_value_choice": "choice value",
    "x_learning_rate_reward": "learning rate",
}  # fmt: skip
_ARMS = {
    "own": "",
    "chosen": " of the chosen option",
    "other": " of the other options",
    "mean": ", mean of all options",
}


@dataclass(frozen=True)
class MechanismOutline:
    """A mechanism in words.

    Attributes
    ----------
    name, changes, applies_to : str
    reads : tuple of str
    is_learned : bool
        Whether its equation is found, not given.
    terms : tuple of str
        Candidate terms, or those of the given equation.
    mathml : str
    """

    name: str
    changes: str
    applies_to: str
    reads: tuple[str, ...]
    is_learned: bool
    terms: tuple[str, ...]
    mathml: str


def outline(model: type[BaseRNN], degree: int) -> list[MechanismOutline]:
    """All mechanisms of a declared model, in the order in which they run."""
    return [_outlined(mechanism, degree) for mechanism in model.mechanisms]


def _outlined(mechanism: Mechanism, degree: int) -> MechanismOutline:
    described = Described(
        mechanism.name, mechanism.state, mechanism.applies_to, mechanism.input_names, mechanism.bounds
    )
    # The options it applies to stand beside the equation, not in it.
    alone = replace(described, applies_to=ALL)
    if mechanism.equation is None:
        terms = polynomial_terms((mechanism.name, *mechanism.input_names), degree).names
        mathml = general_mathml(alone, terms)
    else:
        given = rename_own(mechanism, mechanism.equation)
        terms, mathml = tuple(given), as_mathml(alone, given, digits=2)
    return MechanismOutline(
        name=mechanism.name,
        changes=word(mechanism.state),
        applies_to=arms(described) or "all options",
        reads=tuple(word(entry.signal) + _ARMS[entry.arm] for entry in mechanism.entries),
        is_learned=mechanism.is_learned,
        terms=terms,
        mathml=mathml,
    )


def word(signal: str) -> str:
    """What people call a signal or state."""
    return _SIGNALS.get(signal, signal.removeprefix("x_").removeprefix("c_").replace("_", " "))
