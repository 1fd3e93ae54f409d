"""Building a model of one's own without code: which part is being changed, what it may be, in words."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any, get_args

from traitlets import HasTraits, Instance, Int, Unicode

from spice.declaration.mechanisms import ACTION, ALL, CHOSEN, NOT_CHOSEN, POSITION, REWARD, Arm, Input, Mechanism, State
from spice.exceptions import SpiceError
from spice_nb.state.declaration import Declaration
from spice_nb.state.model_choice import OWN
from spice_nb.state.outline import input_word, word
from spice_nb.state.parameters import read_number
from spice_nb.state.polynomial_text import read_polynomial, write_polynomial
from spice_nb.state.settings import SettingsModel

_LEARNED = {"shared": "learned, the same for all", "participant": "learned for each person"}
LEARNED = {"fixed": "given", "equations": "fitted in the equations", **_LEARNED}
TEMPERATURES = {"none": "1", **_LEARNED}
STARTS_AGAIN = {"block": "with each block", "sequence": "with each session only"}
OTHERS = {"keep": "keep their values", "zero": "are set to 0"}
_OPTIONS = {CHOSEN: "the chosen option", NOT_CHOSEN: "options not chosen", ALL: "all options"}


class Kind(Enum):
    """What the equation of a mechanism is."""

    FOUND = "found"
    RATE = "found, within 0 and 1"
    GIVEN = "given"

    @classmethod
    def of(cls, mechanism: Mechanism) -> "Kind":
        """What it is in a mechanism.

        Parameters
        ----------
        mechanism : Mechanism

        Returns
        -------
        Kind
        """
        if not mechanism.is_learned:
            return cls.GIVEN
        return cls.RATE if mechanism.activation == "sigmoid" else cls.FOUND

    def apply(self, mechanism: Mechanism) -> Mechanism:
        """The mechanism with an equation of this kind.

        Parameters
        ----------
        mechanism : Mechanism

        Returns
        -------
        Mechanism
            The same where it is of this kind already; else what belongs to the kind has its defaults: a given equation
            leaves the state as it is, a rate has bounds of 0 and 1.
        """
        if self is Kind.of(mechanism):
            return mechanism
        if self is Kind.GIVEN:
            return replace(mechanism, equation={mechanism.state: 1.0}, activation=None, update="residual", bounds=None)
        if self is Kind.RATE:
            return replace(mechanism, equation=None, activation="sigmoid", update="direct", bounds=(0.0, 1.0))
        return replace(mechanism, equation=None, activation=None, update="residual", bounds=None)


class BuilderModel(HasTraits):
    """State of a `Builder`: the state and the mechanism that are being changed.

    Every change is checked at once; one that cannot be leaves the model as it was, and the settings' `problem` says
    why.

    Attributes
    ----------
    settings : SettingsModel
        Holds the model of one's own.
    state : str
    mechanism : int
        Place in the order.
    """

    settings = Instance(SettingsModel)
    state = Unicode()
    mechanism = Int(0)

    def __init__(self, settings: SettingsModel) -> None:
        super().__init__(settings=settings)
        self._typed = ""
        settings.observe(lambda _: self._keep_in_range(), ["own", "model"])
        self._keep_in_range()

    def _keep_in_range(self) -> None:
        own = self.settings.own
        if own is not None:
            with self.hold_trait_notifications():
                self.state = self.state if self.state in own.states else next(iter(own.states))
                self.mechanism = min(self.mechanism, len(own.mechanisms) - 1)

    @property
    def is_active(self) -> bool:
        """Whether the model of one's own is the one chosen."""
        return self.settings.model == OWN and self.settings.own is not None

    @property
    def own(self) -> Declaration:
        """The model of one's own."""
        assert self.settings.own is not None
        return self.settings.own

    # What is there, as fields of a form ------------------------------------------------------------------------

    def state_fields(self) -> dict[str, Any]:
        """Value of each field of the state.

        Returns
        -------
        dict
            By the fields of `State`, and `name`; numbers as text.
        """
        state = self.own.states[self.state]
        return {
            "name": self.state,
            "initial": f"{state.initial:g}",
            "learned": state.learned,
            "inverse_temperature": state.inverse_temperature,
            "resets": state.resets,
            "readout": state.readout,
        }

    def mechanism_fields(self) -> dict[str, Any]:
        """Value of each field of the mechanism.

        Returns
        -------
        dict
            By the fields of `Mechanism`, where `kind` is a `Kind`, `equation` text and `inputs` a tuple of `Input`.
        """
        mechanism = self.own.mechanisms[self.mechanism]
        return {
            "name": mechanism.name,
            "state": mechanism.state,
            "applies_to": mechanism.applies_to,
            "others": mechanism.others,
            "kind": Kind.of(mechanism),
            "equation": self._typed if self._says(mechanism) else write_polynomial(mechanism.equation or {}),
            "inputs": mechanism.entries,
        }

    def _says(self, mechanism: Mechanism) -> bool:
        """Whether what was typed last is the equation of the mechanism; then it stays as it was typed."""
        try:
            return _with(mechanism, "equation", self._typed).equation == mechanism.equation
        except SpiceError:
            return False

    def options(self) -> dict[str, str]:
        """Options that a mechanism may apply to, in words; what it does apply to is always among them.

        Returns
        -------
        dict of str to str
            Words by what `Mechanism.applies_to` is then.
        """
        own = self.own.mechanisms[self.mechanism].applies_to
        signals = dict.fromkeys((ACTION, REWARD, *self.settings.inputs, *({own} - set(_OPTIONS))))
        return _OPTIONS | {signal: f"where {word(signal)} is not 0" for signal in signals}

    def inputs(self) -> list[tuple[str, Input]]:
        """What the mechanism may read beside the value that it changes, in words; what it does read is among them.

        Returns
        -------
        list of (str, Input)
            Words and input; a state that an earlier mechanism updates is offered as before and as after that.
        """
        mechanism = self.own.mechanisms[self.mechanism]
        updated = {m.state for m in self.own.mechanisms[: self.mechanism]}
        offered = (
            *_entries((REWARD, ACTION, *self.own.states), updated), *map(Input, (POSITION, *self.settings.inputs))
        )  # fmt: skip
        entries = [entry for entry in offered if entry != Input(mechanism.state)]
        return [(input_word(entry), entry) for entry in dict.fromkeys((*entries, *mechanism.entries))]

    # Changes ---------------------------------------------------------------------------------------------------

    def set_state(self, field: str, value: Any) -> None:
        """Give a field of the state another value.

        Parameters
        ----------
        field : str
            One of those of `state_fields`.
        value : str or bool
            As its widget holds it: a number is text.
        """
        old = self.state
        if field == "name":
            self._change(lambda own: own.with_state(value, own.states[old], instead_of=old), state=value)
            return

        def changed(own: Declaration) -> Declaration:
            given: Any = read_number("Starts at", value) if field == "initial" else value
            return own.with_state(old, replace(own.states[old], **{field: given}), instead_of=old)

        self._change(changed)

    def set_mechanism(self, field: str, value: Any) -> None:
        """Give a field of the mechanism another value.

        Parameters
        ----------
        field : str
            One of those of `mechanism_fields`.
        value : str, Kind, or sequence of Input
            As its widget holds it.
        """
        at = self.mechanism
        if field == "equation":
            self._typed = value
        self._change(lambda own: own.with_mechanism(_with(own.mechanisms[at], field, value), at))

    def set_model(self, field: str, value: Any) -> None:
        """Give the model another `name`, or people equations `per_person` or not.

        Parameters
        ----------
        field : {"name", "per_person"}
        value : str or bool
        """
        self._change(lambda own: own.called(value) if field == "name" else replace(own, per_person=value))

    def add_state(self) -> None:
        """Add a state."""
        name = _free("x_state", self.own.states)
        self._change(lambda own: own.with_state(name, State(inverse_temperature="participant")), state=name)

    def remove_state(self) -> None:
        """Remove the state."""
        self._change(lambda own: own.without_state(self.state))

    def add_mechanism(self) -> None:
        """Add a mechanism: for a state that none changes yet, else for options that are left, else for all."""
        self._change(lambda own: own.with_mechanism(_new_mechanism(own)), mechanism=len(self.own.mechanisms))

    def remove_mechanism(self) -> None:
        """Remove the mechanism."""
        self._change(lambda own: own.without_mechanism(self.mechanism))

    def move(self, step: int) -> None:
        """Let the mechanism run earlier (-1) or later (1).

        Parameters
        ----------
        step : {-1, 1}
            Beyond either end nothing moves.
        """
        to = self.mechanism + step
        if 0 <= to < len(self.own.mechanisms):
            self._change(lambda own: own.moved(self.mechanism, to), mechanism=to)

    def _change(self, change: Callable[[Declaration], Declaration], **chosen: Any) -> None:
        """Change the model, and let another part be the one that is being changed where that succeeded."""
        with self.hold_trait_notifications():
            if self.settings.change(change):
                for name, value in chosen.items():
                    setattr(self, name, value)


def _with(mechanism: Mechanism, field: str, value: Any) -> Mechanism:
    if field == "kind":
        kind: Kind = value
        return kind.apply(mechanism)
    if field == "equation":
        return replace(mechanism, equation=read_polynomial(value, (mechanism.state, *mechanism.input_names)))
    if field == "state" and mechanism.equation is not None:
        return replace(mechanism, state=value, equation={value: 1.0})
    return replace(mechanism, **{field: value})


def _entries(signals: Collection[str], updated: Collection[str]) -> Iterator[Input]:
    for signal in signals:
        for arm in get_args(Arm):
            yield Input(signal, arm)
            if signal in updated:
                yield Input(signal, arm, "after")


def _new_mechanism(own: Declaration) -> Mechanism:
    done = {(m.state, m.applies_to) for m in own.mechanisms}
    left = [(state, arms) for state in own.states for arms in (CHOSEN, NOT_CHOSEN) if (state, arms) not in done]
    changed = {state for state, _ in done}
    state, arms = min(left, key=lambda pair: pair[0] in changed, default=(next(iter(own.states)), ALL))
    return Mechanism(_free(f"{state}_{arms}", [m.name for m in own.mechanisms]), state, arms)


def _free(name: str, taken: Mapping[str, Any] | Collection[str]) -> str:
    """The name, with a number where it is taken."""
    k = 1
    while (name if k == 1 else f"{name}_{k}") in taken:
        k += 1
    return name if k == 1 else f"{name}_{k}"
