"""A choice of mechanisms from the library, as a model that can be fitted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from spice.declaration.mechanisms import NOT_CHOSEN, Input, Mechanism, State
from spice.exceptions import ConfigError
from spice.mechanism_search.library import OUTCOME, SLOW_VALUE, VALUE, LibraryMechanism, library_with
from spice.model.base import BaseRNN
from spice.observation.base import Observation
from spice.observation.softmax import SOFTMAX

CONTEXT_SIZE = 8
"""Of the embedding of people, where the model's network is trained."""


@dataclass(frozen=True)
class Candidate:
    """Mechanisms that a model has.

    Parameters
    ----------
    names : tuple of str
        In the order of the library; `Candidate.of` puts them so.
    inputs : tuple of str
        Additional inputs of the data, in order of their columns, whether a mechanism reads them or not.

    Raises
    ------
    ConfigError
        Names that are not in the library, or without what they build on.
    """

    names: tuple[str, ...]
    inputs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in self.names:
            if name not in self.library:
                raise ConfigError("library", f"names of {list(self.library)}", repr(name), "Choose from these.")
            missing = [other for other in self.library[name].builds_on if other not in self.names]
            if missing:
                raise ConfigError(
                    "library", f"{name!r} with what it builds on", f"no {missing[0]!r}", f"Add {missing[0]!r}."
                )

    @classmethod
    def of(cls, names: Iterable[str], inputs: tuple[str, ...] = ()) -> "Candidate":
        """Mechanisms in any order.

        Parameters
        ----------
        names : iterable of str
        inputs : tuple of str
            Additional inputs of the data.

        Returns
        -------
        Candidate
        """
        chosen = set(names)
        known = [name for name in library_with(inputs) if name in chosen]
        return cls((*known, *sorted(chosen - set(known))), inputs)

    @cached_property
    def library(self) -> Mapping[str, LibraryMechanism]:
        """What there is to choose from, by name."""
        return library_with(self.inputs)

    def with_one(self, name: str) -> "Candidate":
        """With one mechanism more, and what it builds on: either may be worth nothing without the other.

        Parameters
        ----------
        name : str

        Returns
        -------
        Candidate
        """
        more, wanted = set(self.names), [name]
        while wanted:
            one = wanted.pop()
            more.add(one)
            wanted += [other for other in self.library[one].builds_on if other not in more]
        return Candidate.of(more, self.inputs)

    def beside(self, other: "Candidate") -> tuple[str, ...]:
        """What it has and another has not.

        Parameters
        ----------
        other : Candidate

        Returns
        -------
        tuple of str
        """
        return tuple(name for name in self.names if name not in other.names)

    def without(self, name: str) -> "Candidate":
        """Without a mechanism and all that builds on it.

        Parameters
        ----------
        name : str

        Returns
        -------
        Candidate
        """
        gone = {name}
        for other in self.names:
            if gone & set(self.library[other].builds_on):
                gone.add(other)
        return Candidate.of(set(self.names) - gone, self.inputs)

    @property
    def entries(self) -> tuple[LibraryMechanism, ...]:
        """What the library says of each."""
        return tuple(self.library[name] for name in self.names)

    @property
    def states(self) -> dict[str, State]:
        """States of the model."""
        return {name: state for entry in self.entries for name, state in entry.states.items()}

    @property
    def mechanisms(self) -> tuple[Mechanism, ...]:
        """Mechanisms of the model, with all inputs that others give them."""
        found = []
        for mechanism in (m for entry in self.entries for m in entry.mechanisms):
            more: tuple[Input, ...] = ()
            for entry in self.entries:
                more += entry.inputs.get(mechanism.name, ())
            found.append(replace(mechanism, inputs=(*mechanism.entries, *more)))
        return tuple(found)

    @property
    def terms(self) -> dict[str, tuple[str, ...]]:
        """Terms that each mechanism has: linear ones, no constant where values drift, and what the library adds."""
        # A trace that outcomes feed too keeps its constant, which is what a choice adds.
        drifting = {VALUE, SLOW_VALUE, OUTCOME}
        found = {}
        for m in self.mechanisms:
            if not m.is_learned:
                continue
            drifts = m.applies_to == NOT_CHOSEN and m.state in drifting
            # What gates a mechanism is in no term by itself, unless the library says so.
            linear = (m.name, *(name for name in m.input_names if name not in self.inputs))
            found[m.name] = linear if drifts else ("1", *linear)
        for entry in self.entries:
            for mechanism, more in entry.terms.items():
                found[mechanism] += more
        return found

    @property
    def observation(self) -> Observation:
        """How choices come about: by a softmax, or as the last of its mechanisms has it that says."""
        return next((entry.observation for entry in reversed(self.entries) if entry.observation), SOFTMAX)

    @property
    def starts(self) -> Mapping[tuple[str, str], float]:
        """Where a fit starts, as the library says it."""
        return {name: value for entry in self.entries for name, value in entry.starts.items()}

    @property
    def degree(self) -> int:
        """Polynomial degree that its terms need, as `spice_library_polynomial_degree`."""
        return max(2 if " " in term else 1 for terms in self.terms.values() for term in terms)

    @cached_property
    def rnn_class(self) -> type[BaseRNN]:
        """The model, for a `SpiceEstimator`."""
        return type(
            "DiscoveredRNN", (BaseRNN,),
            {
                "__doc__": " ".join(entry.sentence for entry in self.entries),
                "init_values": self.states, "mechanisms": self.mechanisms, "context_size": CONTEXT_SIZE,
                "observation": self.observation, "additional_inputs": self.inputs,
            },
        )  # fmt: skip

    def code(self) -> str:
        """The declaration as Python code.

        Returns
        -------
        str
            Of a module that defines `DiscoveredRNN`.
        """
        names, kind = ", ".join(self.names), type(self.observation)
        imports, attributes = [], []
        if self.observation is not SOFTMAX:
            imports = [f"from {kind.__module__} import {kind.__name__}"]
            attributes = [f"    observation = {kind.__name__}()"]
        if self.inputs:
            attributes.append(f"    additional_inputs = {self.inputs!r}")
        lines = [
            "from spice.declaration.mechanisms import Input, Mechanism, State", "from spice.model.base import BaseRNN",
            *imports, "", "", "class DiscoveredRNN(BaseRNN):", f'    """Found by a search: {names}.', "",
            *(f"    {entry.name}: {entry.sentence} {entry.source}." for entry in self.entries), '    """', "",
            "    init_values = {", *(f"        {name!r}: {state!r}," for name, state in self.states.items()), "    }",
            "    mechanisms = (", *(f"        {_call(mechanism)}," for mechanism in self.mechanisms), "    )",
            f"    context_size = {CONTEXT_SIZE}", *attributes, "",
        ]  # fmt: skip
        return "\n".join(lines)


def _call(mechanism: Mechanism) -> str:
    inputs = ", ".join(repr(entry) for entry in mechanism.entries)
    closing = "," if len(mechanism.entries) == 1 else ""
    equation = "" if mechanism.equation is None else f", equation={dict(mechanism.equation)!r}"
    return (
        f"Mechanism({mechanism.name!r}, state={mechanism.state!r}, applies_to={mechanism.applies_to!r}, "
        f"inputs=({inputs}{closing}){equation})"
    )
