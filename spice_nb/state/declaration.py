"""A model of one's own as plain data: its states and mechanisms, changed one at a time, and as a class or script."""

import json
import keyword
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spice.declaration.mechanisms import SIGNALS, Mechanism, State, check_declaration
from spice.exceptions import ConfigError
from spice.model.base import BaseRNN
from spice.model.with_inputs import LEGAL_NAME
from spice.observation.find_observation import find_observation
from spice.observation.softmax import SOFTMAX
from spice_nb.state.python_call import python_call
from spice_nb.state.renamed_states import with_state_renamed
from spice_nb.state.schemas.declaration import DeclarationFile
from spice_nb.state.schemas.plain import read_plain

CONTEXT_SIZE = 8
"""Features of a person's embedding, where people have equations of their own."""


@dataclass(frozen=True)
class Declaration:
    """A model by its declaration; every change gives a new one, checked.

    Attributes
    ----------
    name : str
        Of its class.
    states : mapping of str to State
    mechanisms : tuple of Mechanism
        In the order in which they run.
    inputs : tuple of str
        Additional inputs of the data.
    per_person : bool
        Whether people have equations of their own.
    context_size : int
        Features of a person's embedding, where they have.
    observation : str
        Name of how choices follow from logits.
    """

    name: str
    states: Mapping[str, State]
    mechanisms: tuple[Mechanism, ...]
    inputs: tuple[str, ...] = ()
    per_person: bool = True
    context_size: int = CONTEXT_SIZE
    observation: str = SOFTMAX.name

    @classmethod
    def of(cls, model: type[BaseRNN], name: str) -> "Declaration":
        """The declaration of a class, under another name.

        Parameters
        ----------
        model : type of BaseRNN
        name : str

        Returns
        -------
        Declaration
        """
        return cls(
            name, model.declared_states(), tuple(model.mechanisms), model.additional_inputs, model.context_size > 0,
            model.context_size or CONTEXT_SIZE, model.observation.name,
        )  # fmt: skip

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Declaration":
        """Make a declaration of its plain form.

        Parameters
        ----------
        plain : mapping
            What `to_plain` gives.

        Returns
        -------
        Declaration

        Raises
        ------
        ConfigError
        """
        return cls.of_file(
            read_plain(DeclarationFile, plain, "a declaration of states and mechanisms", "Build it anew.")
        )

    @classmethod
    def of_file(cls, read: DeclarationFile) -> "Declaration":
        """Make a declaration of what a file says.

        Parameters
        ----------
        read : DeclarationFile

        Returns
        -------
        Declaration

        Raises
        ------
        ConfigError
        """
        said, size = read.declaration, read.context_size
        return cls(
            read.model, said.states, said.mechanisms, said.additional_inputs, size > 0, size or CONTEXT_SIZE,
            said.observation,
        )._checked()  # fmt: skip

    def to_plain(self) -> dict[str, Any]:
        """The plain form, as written into files; model files have it too.

        Returns
        -------
        dict
        """
        model = self.rnn_class()
        return {"model": self.name, "declaration": model.declaration(), "context_size": model.context_size}

    def to_json(self) -> str:
        """The plain form as text.

        Returns
        -------
        str
        """
        return json.dumps(self.to_plain())

    def rnn_class(self) -> type[BaseRNN]:
        """The model, to fit.

        Returns
        -------
        type of BaseRNN
        """
        body = {
            "__doc__": "A model of one's own.",
            "init_values": dict(self.states),
            "mechanisms": self.mechanisms,
            "additional_inputs": self.inputs,
            "context_size": self.context_size if self.per_person else 0,
            "observation": find_observation(self.observation),
        }
        return type(self.name, (BaseRNN,), body)

    # Changes ---------------------------------------------------------------------------------------------------

    def called(self, name: str) -> "Declaration":
        """The same model under another name.

        Parameters
        ----------
        name : str

        Returns
        -------
        Declaration

        Raises
        ------
        ConfigError
            A class cannot have that name.
        """
        return replace(self, name=name)._checked()

    def with_inputs(self, names: Sequence[str]) -> "Declaration":
        """The same model for data with these additional inputs.

        Parameters
        ----------
        names : sequence of str
            All of them, in order of their columns.

        Returns
        -------
        Declaration

        Raises
        ------
        ConfigError
            A mechanism reads one that is missing, or a name is taken.
        """
        return replace(self, inputs=tuple(names))._checked()

    def with_state(self, name: str, state: State, instead_of: str = "") -> "Declaration":
        """The same model with one more state, or with another in the place of one; mechanisms follow a new name.

        Parameters
        ----------
        name : str
        state : State
        instead_of : str
            Name of the state whose place it takes; empty where there is none.

        Returns
        -------
        Declaration

        Raises
        ------
        ConfigError
            Where the name is taken, or no name.
        """
        if name != instead_of and name in self.states:
            raise ConfigError("state", "a name of its own", repr(name), "Give it another name.")
        states = {name if old == instead_of else old: value for old, value in self.states.items()} | {name: state}
        mechanisms = self.mechanisms
        if instead_of and name != instead_of:
            mechanisms = tuple(with_state_renamed(mechanism, instead_of, name) for mechanism in mechanisms)
        return replace(self, states=states, mechanisms=mechanisms)._checked()

    def without_state(self, name: str) -> "Declaration":
        """The model without a state that no mechanism changes or reads.

        Parameters
        ----------
        name : str

        Returns
        -------
        Declaration

        Raises
        ------
        ConfigError
            Names the mechanisms that use it.
        """
        users = [m.name for m in self.mechanisms if name in (m.state, *(entry.signal for entry in m.entries))]
        if users:
            raise ConfigError(
                f"state {name!r}", "one that no mechanism uses", f"one used by {', '.join(users)}",
                "Remove or change these first.",
            )  # fmt: skip
        return replace(self, states={k: v for k, v in self.states.items() if k != name})._checked()

    def with_mechanism(self, mechanism: Mechanism, at: int | None = None) -> "Declaration":
        """The model with one more mechanism as the last, or with another in the place of one.

        Parameters
        ----------
        mechanism : Mechanism
        at : int, optional
            Place of the one that it stands in for.

        Returns
        -------
        Declaration

        Raises
        ------
        ConfigError
            Where it does not fit the others.
        """
        before = self.mechanisms if at is None else self.mechanisms[:at]
        after = () if at is None else self.mechanisms[at + 1 :]
        return replace(self, mechanisms=(*before, mechanism, *after))._checked()

    def without_mechanism(self, at: int) -> "Declaration":
        """The model without a mechanism.

        Parameters
        ----------
        at : int
            Its place, from 0.

        Returns
        -------
        Declaration

        Raises
        ------
        ConfigError
            Without it none is learned.
        """
        return replace(self, mechanisms=self.mechanisms[:at] + self.mechanisms[at + 1 :])._checked()

    def moved(self, at: int, to: int) -> "Declaration":
        """The model with a mechanism at another place in the order.

        Parameters
        ----------
        at, to : int
            Its place before and after, from 0.

        Returns
        -------
        Declaration

        Raises
        ------
        ConfigError
            Where it does not fit the others in that order.
        """
        order = list(self.mechanisms)
        order.insert(to, order.pop(at))
        return replace(self, mechanisms=tuple(order))._checked()

    def _checked(self) -> "Declaration":
        names = {"model": [self.name], "state": self.states, "mechanism": [m.name for m in self.mechanisms]}
        for what, given in names.items():
            for name in given:
                if not LEGAL_NAME.fullmatch(name) or keyword.iskeyword(name) or name in SIGNALS:
                    raise ConfigError(
                        f"name of a {what}",
                        "letters, digits and underscores, beginning with a letter, and no word of Python's own",
                        repr(name), "Choose a name such as x_value_choice.",
                    )  # fmt: skip
        if not any(m.is_learned for m in self.mechanisms):
            raise ConfigError("mechanisms", "at least one that is learned", "none", "Let one of them be learned.")
        check_declaration(self.states, self.mechanisms, self.inputs)
        find_observation(self.observation)
        return self

    # To take away ----------------------------------------------------------------------------------------------

    def python(self) -> str:
        """The lines of a script that declare it.

        Returns
        -------
        str
        """
        states = "".join(f"        {name!r}: {python_call(State, state)},\n" for name, state in self.states.items())
        mechanisms = "".join(f"        {python_call(Mechanism, mechanism)},\n" for mechanism in self.mechanisms)
        inputs = f"    additional_inputs = {self.inputs!r}\n" if self.inputs else ""
        context = f"    context_size = {self.context_size}\n" if self.per_person else ""
        used = "Input, Mechanism, State" if "Input(" in mechanisms else "Mechanism, State"
        imported, observation, kind = "", "", type(find_observation(self.observation))
        if self.observation != SOFTMAX.name:
            imported = f"from {kind.__module__} import {kind.__name__}\n"
            observation = f"    observation = {kind.__name__}()\n"
        return (
            f"{imported}from spice.resources.mechanisms import {used}\n"
            "from spice.resources.rnn import BaseRNN\n\n\n"
            f"class {self.name}(BaseRNN):\n"
            f"    init_values = {{\n{states}    }}\n"
            f"    mechanisms = (\n{mechanisms}    )\n{inputs}{context}{observation}"
        )
