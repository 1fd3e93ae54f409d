"""What an equation may be made of: the inputs whose terms are candidates, and the trials it is fitted on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from spice.model.base import BaseRNN
from spice.model.config import SpiceConfig


@dataclass(frozen=True)
class Candidates:
    """How one mechanism differs from what its model declares.

    Attributes
    ----------
    left_out : tuple of str
        Inputs of the mechanism whose terms are no candidates.
    only_where : (str, float), optional
        Signal and its value on the trials that the equation is fitted on; None for all that the mechanism sees.
    is_found : bool
        Whether it becomes an equation; else it stays a network.
    """

    left_out: tuple[str, ...] = ()
    only_where: tuple[str, float] | None = None
    is_found: bool = True

    # A file that misspells one of these is refused.
    __pydantic_config__: ClassVar = {"strict": True, "extra": "forbid"}


def configured(model: type[BaseRNN], candidates: Mapping[str, Candidates]) -> SpiceConfig:
    """The config of a model with these differences.

    Parameters
    ----------
    model : type of BaseRNN
        Declares its mechanisms.
    candidates : mapping of mechanism to Candidates
        Mechanisms that are missing become equations as the model declares.

    Returns
    -------
    SpiceConfig

    Raises
    ------
    ConfigError
    """
    declared = SpiceConfig.from_model(model)
    found = [name for name in declared.rnn_modules if candidates.get(name, Candidates()).is_found]
    library, filters = {}, {}
    controls = list(declared.control_parameters)
    for name in found:
        own = candidates.get(name, Candidates())
        library[name] = [entry for entry in declared.library_setup[name] if entry not in own.left_out]
        entries = [[signal, value, True] for signal, value in declared.filters(name)]
        if own.only_where is not None:
            # A signal that never varies is no candidate beside the constant.
            entries.append([*own.only_where, True])
            controls += [own.only_where[0]] if own.only_where[0] not in controls else []
        if entries:
            filters[name] = entries[0] if len(entries) == 1 else entries
    return SpiceConfig(library, filters, controls, found)


def still_fitting(model: type[BaseRNN], candidates: Mapping[str, Candidates]) -> dict[str, Candidates]:
    """What of the candidates a changed model still has a use for.

    Parameters
    ----------
    model : type of BaseRNN
        As it is after the change.
    candidates : mapping of mechanism to Candidates
        Of the model before.

    Returns
    -------
    dict of mechanism to Candidates
        Without mechanisms and inputs that are gone.
    """
    inputs = {m.name: m.input_names for m in model.mechanisms if m.is_learned}
    kept = {
        name: Candidates(tuple(i for i in own.left_out if i in inputs[name]), own.only_where, own.is_found)
        for name, own in candidates.items()
        if name in inputs
    }
    return {name: own for name, own in kept.items() if own != Candidates()}
