"""What a model says before it is fitted: its mechanisms, what they read, and what each equation could be."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from spice.declaration.mechanisms import ACTION, ALL, Input, Mechanism, State
from spice.declaration.terms import polynomial_terms
from spice.equations.notation import Described, arms, as_mathml, general_mathml, rename_own
from spice.model.base import BaseRNN
from spice_nb.state.candidates import Candidates

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
    inputs : tuple of (str, str)
        Name and words of each input that candidate terms may use.
    in_choices : bool
        Whether what it changes counts in choices.
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
    inputs: tuple[tuple[str, str], ...]
    in_choices: bool
    is_learned: bool
    terms: tuple[str, ...]
    mathml: str


def outline(
    model: type[BaseRNN], degree: int, candidates: Mapping[str, Candidates] | None = None
) -> list[MechanismOutline]:
    """All mechanisms of a declared model, in the order in which they run.

    Parameters
    ----------
    model : type of BaseRNN
    degree : int
        Largest degree of a candidate term.
    candidates : mapping of mechanism to Candidates, optional
        Where equations may be made of other terms than the model declares.

    Returns
    -------
    list of MechanismOutline
    """
    given = candidates or {}
    states = model.declared_states()
    return [_outlined(m, states[m.state], degree, given.get(m.name, Candidates())) for m in model.mechanisms]


def _outlined(mechanism: Mechanism, state: State, degree: int, candidates: Candidates) -> MechanismOutline:
    described = Described.of(mechanism)
    # The options it applies to stand beside the equation, not in it.
    alone = replace(described, applies_to=ALL)
    if mechanism.equation is None:
        inputs = [name for name in mechanism.input_names if name not in candidates.left_out]
        terms = polynomial_terms((mechanism.name, *inputs), degree).names if candidates.is_found else ()
        mathml = general_mathml(alone, terms) if terms else ""
    else:
        given = rename_own(mechanism, mechanism.equation)
        terms, mathml = tuple(given), as_mathml(alone, given, digits=2)
    return MechanismOutline(
        name=mechanism.name,
        changes=word(mechanism.state),
        applies_to=arms(described) or "all options",
        reads=tuple(word(e.signal) + _ARMS[e.arm] for e in mechanism.entries),
        # SpiceConfig has the choice as a filter, not in its library.
        inputs=tuple((e.name, input_word(e)) for e in mechanism.entries if e.name != ACTION),
        in_choices=state.readout,
        is_learned=mechanism.is_learned,
        terms=terms,
        mathml=mathml,
    )


def input_word(entry: Input) -> str:
    """What people call an input of a mechanism.

    Parameters
    ----------
    entry : Input

    Returns
    -------
    str
        Such as "value of the chosen option, as updated in this trial".
    """
    return word(entry.signal) + _ARMS[entry.arm] + (", as updated in this trial" if entry.when == "after" else "")


def word(signal: str) -> str:
    """What people call a signal or state.

    Parameters
    ----------
    signal : str
        Such as `c_reward` or `x_value_choice`.

    Returns
    -------
    str
        "reward" and "choice value"; unknown ones lose their prefix.
    """
    return _SIGNALS.get(signal, signal.removeprefix("x_").removeprefix("c_").replace("_", " "))


def coefficient_words(mechanism: Mechanism, term: str) -> str:
    """What people call a coefficient: `value, chosen: reward`.

    Parameters
    ----------
    mechanism : Mechanism
    term : str
        Factors with spaces between them, or "1".

    Returns
    -------
    str
    """
    where = f", {arms(mechanism)}" if arms(mechanism) else ""
    factors = [word(mechanism.state if f.split("^")[0] == mechanism.name else f) for f in term.split()]
    return f"{word(mechanism.state)}{where}: {' times '.join(factors) if term != '1' else 'constant'}"
