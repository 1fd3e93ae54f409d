"""`SpiceConfig`: which mechanisms become equations, of which candidate terms, fitted on which trials."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from spice._validation import check_kind, check_names
from spice.declaration.mechanisms import ACTION, CHOSEN, NOT_CHOSEN
from spice.documents import bundle, document
from spice.exceptions import ConfigError

if TYPE_CHECKING:
    from spice.model.base import BaseRNN


class SpiceConfig:
    """Which mechanisms become equations, and of what.

    Parameters
    ----------
    library_setup : mapping of mechanism to list of str
        Inputs that its candidate terms may use beside its own value: control parameters or states.
    filter_setup : mapping of mechanism to [signal, value, bool], or a list of these
        Trials and arms that its equation is fitted on: those where the signal has the value. The third
        entry drops the signal from the candidate terms.
    control_parameters : list of str
        Names of the signals that the mechanisms read.
    rnn_modules : list of str
        Mechanisms that become equations.

    Raises
    ------
    ConfigError
        A ValueError that names an unknown name and lists the valid ones.
    """

    def __init__(
        self,
        library_setup: Mapping[str, Iterable[str]],
        filter_setup: Mapping[str, Sequence[Any]],
        control_parameters: Iterable[str],
        rnn_modules: Iterable[str],
    ) -> None:
        for name, given in (("control_parameters", control_parameters), ("rnn_modules", rnn_modules)):
            check_names(name, given)
        for name, setup in (("library_setup", library_setup), ("filter_setup", filter_setup)):
            check_kind(name, setup, Mapping, "a dict of mechanism to list", f"Write {name}={{}} for none.")
            for mechanism, entry in setup.items():
                check_names(f"{name}[{mechanism!r}]", entry)
        self.library_setup = {key: list(names) for key, names in library_setup.items()}
        self.filter_setup = {key: copy.deepcopy(list(entry)) for key, entry in filter_setup.items()}
        self.control_parameters = list(control_parameters)
        self.rnn_modules = list(rnn_modules)
        self._check()

    @property
    def spice_feature_list(self) -> list[str]:
        """Mechanisms and control parameters."""
        return self.rnn_modules + self.control_parameters

    @classmethod
    def from_model(cls, rnn_class: type[BaseRNN]) -> SpiceConfig:
        """Config of a declared model: every learned mechanism over all of its inputs.

        Parameters
        ----------
        rnn_class : type of BaseRNN

        Returns
        -------
        SpiceConfig

        Raises
        ------
        ConfigError
            Where the model declares no mechanism that is learned.
        """
        learned = [m for m in rnn_class.mechanisms if m.is_learned]
        if not learned:
            raise ConfigError(
                "spice_config", f"a SpiceConfig, as {rnn_class.__name__} declares no mechanisms", "None",
                "Pass SpiceConfig(...) naming the modules of its forward.",
            )  # fmt: skip
        filters = {CHOSEN: [ACTION, 1, True], NOT_CHOSEN: [ACTION, 0, True]}
        inputs = {m.name: [i for i in m.input_names if i != ACTION] for m in learned}
        controls = [ACTION, *dict.fromkeys(name for names in inputs.values() for name in names)]
        return cls(
            library_setup=inputs,
            filter_setup={m.name: filters[m.applies_to] for m in learned if m.applies_to in filters},
            control_parameters=controls,
            rnn_modules=[m.name for m in learned],
        )

    def filters(self, mechanism: str) -> list[tuple[str, float]]:
        """Which trials and arms a mechanism's equation is fitted on.

        Parameters
        ----------
        mechanism : str

        Returns
        -------
        list of (signal, value)
            Those where each signal has its value; empty for all.
        """
        return [(str(e[0]), float(e[1])) for e in self._filter_entries(mechanism)]

    def dropped(self, mechanism: str) -> set[str]:
        """Signals of filters that are no candidate terms.

        Parameters
        ----------
        mechanism : str

        Returns
        -------
        set of str
        """
        return {str(e[0]) for e in self._filter_entries(mechanism) if len(e) < 3 or e[2]}

    def _filter_entries(self, mechanism: str) -> Sequence[Any]:
        """Filters of a mechanism as a list, also where a single one is given."""
        entry = self.filter_setup.get(mechanism, [])
        return entry if entry and isinstance(entry[0], list | tuple) else [entry] if entry else []

    def to_dict(self) -> dict[str, Any]:
        """Plain form, as written into files; `SpiceConfig(**d)` reads it.

        Returns
        -------
        dict
            By the names of the parameters.
        """
        return {
            "library_setup": self.library_setup,
            "filter_setup": self.filter_setup,
            "control_parameters": self.control_parameters,
            "rnn_modules": self.rnn_modules,
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SpiceConfig) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        arguments = ", ".join(f"{k}={v!r}" for k, v in self.to_dict().items())
        return f"SpiceConfig({arguments})"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        facts = {name: repr(value) for name, value in self.to_dict().items()}
        return bundle(document("config", "What becomes an equation", facts=facts), repr(self))

    def _check(self) -> None:
        if not self.rnn_modules:
            raise ConfigError("rnn_modules", "at least one mechanism", "none", "Name the mechanisms of the model.")
        _check_names("library_setup", self.library_setup, self.rnn_modules)
        _check_names("filter_setup", self.filter_setup, self.rnn_modules)
        for key, names in self.library_setup.items():
            _check_names(f"library_setup[{key!r}]", names, self.spice_feature_list)
        for key in self.filter_setup:
            try:
                filters = self.filters(key)
            except (TypeError, ValueError, IndexError) as error:
                raise ConfigError(
                    f"filter_setup[{key!r}]",
                    "[signal, value, True]",
                    repr(self.filter_setup[key]),
                    "Spell it as one of these, or drop it from the config.",
                ) from error
            _check_names(f"filter_setup[{key!r}]", [name for name, _ in filters], self.spice_feature_list)


def _check_names(argument: str, names: Iterable[str], valid: Sequence[str]) -> None:
    for name in names:
        if name not in valid:
            raise ConfigError(argument, f"names from {list(valid)}", repr(name), "Correct or declare the name.")
