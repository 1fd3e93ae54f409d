"""What each mechanism of a trained network saw and did: the samples that equations are fitted on."""

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spice.data.ids import Ids
from spice.data.trials import Trials
from spice.declaration.mechanisms import ACTION, ALL, CHOSEN, NOT_CHOSEN, POSITION, REWARD, SIGNALS, Mechanism
from spice.exceptions import ConfigError, FitWarning
from spice.model.base import BaseRNN
from spice.model.config import SpiceConfig
from spice.model.run import OWN_FORWARD, run_model
from spice.rollout.parts import ModuleCall
from spice.rollout.signals import positions


@dataclass(frozen=True)
class Samples:
    """Samples of one mechanism over T trials, S sequences and A arms.

    Attributes
    ----------
    mechanism : Mechanism
        Its declaration; derived from the calls seen, where a model has a forward of its own.
    variables : (T, S, A, 1 + n_inputs)
        Own value first.
    targets : (T, S, A)
        Next value.
    mask : (T, S, A)
        Where it applies.
    """

    mechanism: Mechanism
    variables: NDArray[np.float64]
    targets: NDArray[np.float64]
    mask: NDArray[np.bool_]


def sample_mechanisms(model: BaseRNN, config: SpiceConfig, trials: Trials, ids: Ids) -> dict[str, Samples]:
    """Run the networks over trials and keep what each mechanism of the config saw and did.

    Parameters
    ----------
    model : BaseRNN
    config : SpiceConfig
    trials : Trials
    ids : Ids
        Of the participant and the experiment of each sequence.

    Returns
    -------
    dict of str to Samples
        {mechanism: samples}.

    Raises
    ------
    ConfigError
        Where a filter names a signal that is not there, or a `forward` of one's own does not call a mechanism or record
        its inputs.
    """
    with torch.no_grad():
        return _sample_declared(model, config, trials, ids) if model.is_declared else _sample_forward(
            model, config, trials, ids
        )  # fmt: skip


def check_modules(model: BaseRNN, config: SpiceConfig) -> None:
    """Check that a model has the mechanisms, inputs and signals that a config names.

    Parameters
    ----------
    model : BaseRNN
    config : SpiceConfig

    Raises
    ------
    ConfigError
        Names what the model does not have.
    """
    learned = list(model.submodules_rnn)
    for name in config.rnn_modules:
        if name not in learned:
            raise ConfigError("rnn_modules", f"names from {learned}", repr(name), "Name mechanisms of the model.")
    for mechanism in model.mechanisms if model.is_declared else ():
        _check_signals(config, mechanism.name, (*SIGNALS, *model.additional_inputs))
        for name in config.library_setup.get(mechanism.name, ()):
            if name not in (*mechanism.input_names, mechanism.name):
                raise ConfigError(
                    f"library_setup[{mechanism.name!r}]", f"inputs of that mechanism, {list(mechanism.input_names)}",
                    repr(name), "Remove it, or add it to the mechanism's inputs.",
                )  # fmt: skip


def lacking_modules(model: BaseRNN, config: SpiceConfig) -> list[str]:
    """Modules that a config names and the model has not.

    Parameters
    ----------
    model : BaseRNN
    config : SpiceConfig

    Returns
    -------
    list of str
    """
    return [name for name in config.rnn_modules if name not in model.submodules_rnn]


def usable_config(model: BaseRNN, config: SpiceConfig) -> SpiceConfig:
    """The config without modules that the model lacks, where others are left.

    What names them as an input stays as it is: such an input exists nowhere, and is refused by name.

    Parameters
    ----------
    model : BaseRNN
    config : SpiceConfig

    Returns
    -------
    SpiceConfig
        The same one where nothing is lacking, or everything.
    """
    lacking = lacking_modules(model, config)
    if not lacking or len(lacking) == len(config.rnn_modules):
        return config

    def kept(setup: Mapping[str, Any]) -> dict[str, Any]:
        return {name: entry for name, entry in setup.items() if name not in lacking}

    return SpiceConfig(
        kept(config.library_setup),
        kept(config.filter_setup),
        [*config.control_parameters, *lacking],
        [name for name in config.rnn_modules if name not in lacking],
    )


def tell_of_lacking(model: BaseRNN, config: SpiceConfig) -> None:
    """Warn of modules that get no equations, because the model has them not.

    Parameters
    ----------
    model : BaseRNN
    config : SpiceConfig

    Warns
    -----
    FitWarning
        Names what is left out and what remains.
    """
    lacking = lacking_modules(model, config)
    if lacking:
        warnings.warn(
            f"spice_config names modules that {type(model).__name__} has not: {', '.join(lacking)}. They are left out; "
            f"equations are found for {', '.join(usable_config(model, config).rnn_modules)}.",
            FitWarning,
            stacklevel=3,
        )


def _sample_declared(model: BaseRNN, config: SpiceConfig, trials: Trials, ids: Ids) -> dict[str, Samples]:
    recordings = run_model(model, trials, ids, record=config.rnn_modules).recordings
    by_name = {m.name: m for m in model.mechanisms}
    signals = _signals(trials, model.additional_inputs)
    return {
        name: Samples(
            by_name[name],
            recording.variables.double().numpy(),
            recording.outputs.double().numpy(),
            recording.mask.numpy() & _passes(config, name, signals),
        )
        for name, recording in recordings.items()
    }


def _sample_forward(model: BaseRNN, config: SpiceConfig, trials: Trials, ids: Ids) -> dict[str, Samples]:
    with OWN_FORWARD:
        model.calls = {}
        try:
            run_model(model, trials, ids)
            calls = model.calls
        finally:
            model.calls = None
    return {name: _from_calls(name, calls.get(name, []), config, trials) for name in config.rnn_modules}


def _from_calls(name: str, calls: list[ModuleCall], config: SpiceConfig, trials: Trials) -> Samples:
    inputs = tuple(i for i in config.library_setup.get(name, ()) if i != name)
    if not calls:
        raise ConfigError(
            f"mechanism {name!r}",
            "to be called in forward by call_module",
            "no call",
            "Call it there, or leave it out of rnn_modules.",
        )
    missing = [i for i in inputs if i not in calls[0].signals]
    if missing:
        raise ConfigError(
            f"library_setup[{name!r}]", f"signals recorded before {name!r} is called, {sorted(calls[0].signals)}",
            missing, "Call record_signal(name, value) in forward, ahead of call_module.",
        )  # fmt: skip
    applies = {(ACTION, 1.0): CHOSEN, (ACTION, 0.0): NOT_CHOSEN}
    filters = config.filters(name)
    mechanism = calls[0].mechanism(name, applies.get(filters[0], ALL) if filters else ALL, inputs, _zeroes(calls))
    shape = calls[0].value.shape

    def over_time(signal: str) -> torch.Tensor:
        return torch.stack([call.signals[signal].to(call.value).expand(shape) for call in calls])

    variables = torch.stack([torch.stack([call.value for call in calls]), *map(over_time, inputs)], -1)
    recorded = {f: over_time(f).numpy() for f, _ in filters if f in calls[0].signals}
    mask = torch.stack([call.mask.expand(shape) for call in calls]).numpy() > 0
    mask &= _passes(config, name, {**_signals(trials, ()), **recorded})
    outputs = torch.stack([call.output for call in calls])
    return Samples(mechanism, variables.double().numpy(), outputs.double().numpy(), mask)


def _zeroes(calls: list[ModuleCall]) -> bool:
    """Whether arms that a mechanism was not applied to are found at zero on the next trial, not at a value."""
    before = torch.stack([call.value for call in calls[:-1]])
    after = torch.stack([call.value for call in calls[1:]])
    untouched = torch.stack([call.mask.expand(call.value.shape) for call in calls[:-1]]) == 0
    moved = untouched & (before != 0)
    return bool(moved.any()) and bool((after[moved] == 0).all())


def _signals(trials: Trials, additional: tuple[str, ...]) -> dict[str, NDArray[np.float64]]:
    shape = trials.actions.shape
    named = {name: trials.additional[..., k : k + 1].expand(shape).numpy() for k, name in enumerate(additional)}
    places = positions(trials.actions).numpy()
    return {ACTION: trials.actions.numpy(), REWARD: trials.rewards.numpy(), POSITION: places, **named}


def _passes(config: SpiceConfig, name: str, signals: Mapping[str, NDArray[np.float64]]) -> NDArray[np.bool_]:
    """Trials and arms that the filters of a mechanism let through."""
    passes = np.ones(signals[ACTION].shape, dtype=bool)
    _check_signals(config, name, signals)
    for signal, value in config.filters(name):
        passes &= signals[signal] == value
    return passes


def check_refinable(config: SpiceConfig) -> None:
    """Refuse filters that only SINDy knows: refinement fits every trial that a mechanism sees.

    Parameters
    ----------
    config : SpiceConfig

    Raises
    ------
    ConfigError
        Where a filter is on anything but the action.
    """
    for name in config.rnn_modules:
        others = [signal for signal, _ in config.filters(name) if signal != ACTION]
        if others:
            raise ConfigError(
                f"filter_setup[{name!r}]", f"a filter on {ACTION!r} where equations are refined", repr(others[0]),
                "Set spice_refine=False, or let the mechanism itself apply to that signal.",
            )  # fmt: skip


def _check_signals(config: SpiceConfig, name: str, signals: Iterable[str]) -> None:
    for signal, _ in config.filters(name):
        if signal not in signals:
            raise ConfigError(
                f"filter_setup[{name!r}]", f"one of {sorted(signals)}", repr(signal),
                "Filter on a signal of the data, or record it in forward.",
            )  # fmt: skip
