"""The declaration of a model: its states and the mechanisms that update them.

A mechanism is data, not a forward loop. The same declaration drives the network rollout, the signals that
equations are fitted on, the equation rollout, simulation, files and the typeset equations.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from spice.exceptions import ConfigError

Arm = Literal["own", "chosen", "other", "mean"]
When = Literal["before", "after"]
Temperature = Literal["none", "shared", "participant"]

CHOSEN, NOT_CHOSEN, ALL = "chosen", "not_chosen", "all"
ACTION, REWARD = "c_action", "c_reward"
POSITION = "c_position"
"""Where an arm stands, from -1/2 for the first to 1/2 for the last."""
SIGNALS = ACTION, REWARD, POSITION
"""What trials show every model."""


@dataclass(frozen=True)
class State:
    """A quantity that a model carries from trial to trial, one value per arm.

    Parameters
    ----------
    initial : float
        Value of every arm at the start of a sequence (the starting point where it is learned). In equations of states
        that rewards feed it is a place between 0, what no reward leads to, and 1, what always rewarding leads to,
        rewards being scaled to [0, 1]; of traces of choices between never and always chosen.
    learned : {"fixed", "equations", "shared", "participant"}
        Whether the initial value is given, for networks and equations; given to networks and fitted with the equations
        of each participant; learned for all; or learned per participant. Choices tell values only up to shift and
        scale, so equations of a start that is not fixed may put it outside the range that rewards lead to; it then
        stands for what the model has no mechanism for, such as perseveration. A start cannot be fixed in equations
        that are not refined, nor where that range is not defined: without a mechanism of chosen arms that
        rewards (or, for traces, a constant) feed, or in a `forward` of one's own.
    readout : bool
        Whether the state is part of the logits. A learning rate never is.
    inverse_temperature : {"none", "shared", "participant"}
        Factor of the state in the logits: 1, one learned number, or one per participant.
    resets : {"block", "sequence"}
        Whether it returns to its initial value when the block changes within a sequence. Every sequence
        starts from the initial value.
    """

    initial: float = 0.0
    learned: Literal["fixed", "equations", "shared", "participant"] = "fixed"
    readout: bool = True
    inverse_temperature: Temperature = "none"
    resets: Literal["block", "sequence"] = "block"

    def __post_init__(self) -> None:
        if not math.isfinite(self.initial):
            raise ConfigError("State.initial", "a finite number", self.initial, "Give a number such as 0.5.")
        _one_of("State.learned", self.learned, ("fixed", "equations", "shared", "participant"))
        _one_of("State.inverse_temperature", self.inverse_temperature, ("none", "shared", "participant"))
        _one_of("State.resets", self.resets, ("block", "sequence"))


@dataclass(frozen=True)
class Input:
    """One input of a mechanism.

    Parameters
    ----------
    signal : str
        `c_action`, `c_reward`, `c_position` (where the arm stands, from -1/2 for the first to 1/2 for the last), one of
        the model's additional inputs, or a state.
    arm : {"own", "chosen", "other", "mean"}
        The arm it is read from: the one being updated, the chosen one, the mean of the others, or of all.
    when : {"before", "after"}
        For a state: as it was before the trial, or after this trial's earlier updates.
    """

    signal: str
    arm: Arm = "own"
    when: When = "before"

    def __post_init__(self) -> None:
        _one_of("Input.arm", self.arm, ("own", "chosen", "other", "mean"))
        _one_of("Input.when", self.when, ("before", "after"))

    @property
    def name(self) -> str:
        """Its name in equations: the signal, and the arm where it is not the own one."""
        return self.signal if self.arm == "own" else f"{self.signal}_{self.arm}"


@dataclass(frozen=True)
class Mechanism:
    """One cognitive update: a tiny network that an equation replaces, or a given equation.

    Parameters
    ----------
    name : str
        Also the name of its own state in its equation, as in `x_value_reward_chosen`.
    state : str
        The state it updates.
    applies_to : str
        "chosen", "not_chosen", "all", or a signal: the arms (or trials) where that is not zero.
    inputs : sequence of str or Input
        In order; a string is the signal of the own arm before the trial.
    activation : {None, "sigmoid"}
        Last step of the network. A sigmoid bounds the state to [0, 1], in the equation by a clip.
    update : {"residual", "direct"}
        Whether the network gives the change of the state or its next value.
    equation : mapping of candidate term to coefficient, optional
        A given equation instead of a learned one. Terms are products of `state`, by the state's name, and
        input names, such as `{"x_value_reward": 1, "x_rate c_reward": 1}`. Empty stands for one in code.
    bounds : (float, float), optional
        The next value is clipped to them.
    others : {"keep", "zero"}
        What becomes of the arms it does not apply to.
    """

    name: str
    state: str
    applies_to: str = ALL
    inputs: Sequence[str | Input] = ()
    activation: Literal["sigmoid"] | None = None
    update: Literal["residual", "direct"] = "residual"
    equation: Mapping[str, float] | None = None
    bounds: tuple[float, float] | None = None
    others: Literal["keep", "zero"] = "keep"

    def __post_init__(self) -> None:
        if isinstance(self.inputs, str):
            raise ConfigError("Mechanism.inputs", "a sequence of names", repr(self.inputs), 'Write ("name",).')
        entries = tuple(Input(i) if isinstance(i, str) else i for i in self.inputs)
        object.__setattr__(self, "inputs", entries)
        _one_of("Mechanism.update", self.update, ("residual", "direct"))
        _one_of("Mechanism.others", self.others, ("keep", "zero"))
        _one_of("Mechanism.activation", self.activation, (None, "sigmoid"))
        names = [self.name, *(i.name for i in entries)]
        if len(set(names)) < len(names):
            raise ConfigError(
                f"inputs of mechanism {self.name!r}", "each name once, and another than its own", names[1:],
                "Remove the repeated input, or rename the mechanism.",
            )  # fmt: skip
        for name in names:
            # Terms are written as products of names, such as "x c_reward^2".
            if name.split() != [name] or "^" in name or name == "1":
                raise ConfigError(
                    f"inputs of mechanism {self.name!r}",
                    "names without spaces and ^",
                    repr(name),
                    "Join its words by underscores.",
                )
        if self.activation == "sigmoid" and self.bounds is None:
            object.__setattr__(self, "bounds", (0.0, 1.0))
        if self.bounds is not None and not self.bounds[0] < self.bounds[1]:
            raise ConfigError(
                "Mechanism.bounds", "(low, high) with low < high", self.bounds, "Give the smaller bound first."
            )

    @property
    def entries(self) -> tuple[Input, ...]:
        """The inputs, each as an `Input`."""
        return tuple(i for i in self.inputs if isinstance(i, Input))

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the inputs as they appear in equations."""
        return tuple(i.name for i in self.entries)

    @property
    def is_learned(self) -> bool:
        """Whether it is a network (later an equation found), not a given equation."""
        return self.equation is None


def check_declaration(
    states: Mapping[str, State], mechanisms: Sequence[Mechanism], additional_inputs: Sequence[str]
) -> None:
    """Check that the names of a declaration fit together.

    Parameters
    ----------
    states : mapping of str to State
    mechanisms : sequence of Mechanism
    additional_inputs : sequence of str

    Raises
    ------
    ConfigError
        Names the mechanism, and what it names that is not there or not allowed.
    """
    signals = (*SIGNALS, *additional_inputs)
    seen: set[str] = set()
    for mechanism in mechanisms:
        where = f"mechanism {mechanism.name!r}"
        if mechanism.name in seen:
            raise ConfigError(
                where, "a name of its own", "a second one of that name", "Give each mechanism its own name."
            )
        seen.add(mechanism.name)
        if mechanism.state not in states:
            raise ConfigError(
                f"state of {where}",
                f"one of {sorted(states)}",
                repr(mechanism.state),
                "Add it to init_values.",
            )
        if mechanism.applies_to not in (CHOSEN, NOT_CHOSEN, ALL, *signals):
            raise ConfigError(
                f"applies_to of {where}",
                f"one of {[CHOSEN, NOT_CHOSEN, ALL, *signals]}",
                repr(mechanism.applies_to),
                "Name a set of arms or a signal of the model.",
            )
        for entry in mechanism.entries:
            if entry.signal not in (*signals, *states):
                raise ConfigError(
                    f"input of {where}",
                    f"one of {[*signals, *states]}",
                    repr(entry.signal),
                    "Correct the name, or add it to additional_inputs.",
                )
        if mechanism.equation is not None:
            known = {mechanism.state, *mechanism.input_names}
            for term in mechanism.equation:
                unknown = {factor.split("^")[0] for factor in term.split()} - known - {"1"}
                if unknown:
                    raise ConfigError(
                        f"term {term!r} of {where}",
                        f"products of {sorted(known)}",
                        sorted(unknown),
                        "Make terms of the mechanism's own state and its inputs only.",
                    )
    if states and not any(state.readout for state in states.values()):
        raise ConfigError("init_values", "at least one state with readout=True", "none", "Let a state be read out.")


def declaration_to_dict(
    states: Mapping[str, State], mechanisms: Sequence[Mechanism], additional_inputs: Sequence[str]
) -> dict[str, Any]:
    """Plain form of a declaration, as written into files.

    Parameters
    ----------
    states : mapping of str to State
    mechanisms : sequence of Mechanism
    additional_inputs : sequence of str

    Returns
    -------
    dict
        As JSON can hold it.
    """
    return {
        "states": {name: asdict(state) for name, state in states.items()},
        "mechanisms": [{**asdict(m), "equation": None if m.equation is None else dict(m.equation)} for m in mechanisms],
        "additional_inputs": list(additional_inputs),
    }


def _one_of(argument: str, value: object, valid: tuple[object, ...]) -> None:
    if value not in valid:
        raise ConfigError(argument, f"one of {list(valid)}", repr(value), f"Set {argument} to one of these.")
