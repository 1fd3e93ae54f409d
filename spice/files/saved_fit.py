"""What `save_spice` writes and `load_spice` reads: the two halves of a fit, each of use alone."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from spice.diagnostics import read_diagnostics
from spice.equations.coefficients import Coefficients
from spice.exceptions import ConfigError, ModelFileError
from spice.files.saved_models import (
    load_equations,
    load_network,
    save_equations,
    save_network,
    tables_of,
    weights_of,
)
from spice.fit_result import FitResult
from spice.model.base import BaseRNN
from spice.model.config import SpiceConfig
from spice.model.fitted import FittedModel
from spice.rollout.networks import NetworkOptions

Place = str | Path | None


def identify(fitted: FittedModel, table: Coefficients) -> str:
    """An id of a fit: a hash of all its numbers, so that a fit that is repeated has it again.

    Parameters
    ----------
    fitted : FittedModel
    table : Coefficients

    Returns
    -------
    str
        Hexadecimal.
    """
    found = hashlib.sha256()
    for numbers in (weights_of(fitted), tables_of(table)):
        for name, values in sorted(numbers.items()):
            found.update(name.encode() + np.ascontiguousarray(values).tobytes())
    return found.hexdigest()


def save_fit(fit: FitResult, path_rnn: Place, path_spice: Place) -> None:
    """Write the halves that have a path.

    Parameters
    ----------
    fit : FitResult
    path_rnn, path_spice : path or None

    Raises
    ------
    ConfigError
        Where there is no path, or one path twice.
    OutputError
        A file cannot be written.
    """
    if path_rnn is None and path_spice is None:
        raise ConfigError(
            "save_spice", "path_rnn, path_spice or both", "neither", "Say where the network or the equations are."
        )
    if path_rnn is not None and path_spice is not None and Path(path_rnn).resolve() == Path(path_spice).resolve():
        raise ConfigError("path_rnn, path_spice", "two different files", f"{path_rnn} twice", "Name them apart.")
    extra = {
        "config": fit.config.to_dict(),
        "data_fingerprint": fit.data_fingerprint,
        "fit_id": fit.fit_id,
        "n_features": fit.n_features,
        "diagnostics": [asdict(diagnostic) for diagnostic in fit.diagnostics],
        "reward_unit": fit.reward_unit,
        "labels": list(fit.labels.items()),
    }
    if path_rnn is not None:
        save_network(path_rnn, fit.fitted, fit.options, extra)
    if path_spice is not None:
        assert fit.equations is not None
        save_equations(path_spice, fit.fitted, fit.equations, fit.options, extra)


def load_fit(path_rnn: Place, path_spice: Place, classes: Sequence[type[BaseRNN]]) -> FitResult:
    """Read what `save_fit` wrote, both halves or one.

    Parameters
    ----------
    path_rnn, path_spice : path or None
    classes : sequence of type
        See `load_network`.

    Returns
    -------
    FitResult

    Raises
    ------
    ModelFileError
        Also where the halves are not of one fit.
    ConfigError
        Where there is no path.
    """
    fitted = equations = None
    headers: dict[str | Path, Mapping[str, Any]] = {}
    if path_rnn is not None:
        fitted, headers[path_rnn] = load_network(path_rnn, classes)
    if path_spice is not None:
        fitted, equations, headers[path_spice] = load_equations(path_spice, fitted, classes)
    if fitted is None:
        raise ConfigError(
            "load_spice", "path_rnn, path_spice or both", "neither", "Say where the network or the equations are."
        )
    said = [_read_extra(path, header) for path, header in headers.items()]
    _check_one_fit(said[0], said[-1])
    header = next(iter(headers.values()))
    return FitResult(fitted, equations, NetworkOptions(header["hidden_size"], header["dropout"]), **said[0])


def load_beside(fit: FitResult, path_spice: str | Path) -> FitResult:
    """Read the equations of a fit whose network is there.

    Parameters
    ----------
    fit : FitResult
        With its network.
    path_spice : path

    Returns
    -------
    FitResult
        With both.

    Raises
    ------
    ModelFileError
        Also where they are of another fit.
    """
    _, equations, header = load_equations(path_spice, fit.fitted, (type(fit.fitted.model),))
    extra = _read_extra(path_spice, header)
    _check_one_fit({"data_fingerprint": fit.data_fingerprint, "fit_id": fit.fit_id}, extra)
    return replace(fit, equations=equations, diagnostics=extra["diagnostics"])


def _check_one_fit(first: Mapping[str, Any], second: Mapping[str, Any]) -> None:
    for name, what in (("data_fingerprint", "fits to different data"), ("fit_id", "two fits to the same data")):
        if first[name] != second[name]:
            raise ModelFileError(
                "path_rnn, path_spice",
                "the two files of one fit",
                f"files of {what}",
                "Pass the two paths that one save_spice wrote.",
            )


def _read_extra(path: str | Path, header: Mapping[str, Any]) -> dict[str, Any]:
    try:
        extra = header["extra"]
        return {
            "config": SpiceConfig(**extra["config"]),
            "data_fingerprint": str(extra["data_fingerprint"]),
            "fit_id": extra.get("fit_id"),
            "n_features": extra.get("n_features"),
            "diagnostics": read_diagnostics(extra),
            "reward_unit": None if (unit := extra.get("reward_unit")) is None else (float(unit[0]), float(unit[1])),
            "labels": {int(person): str(label) for person, label in extra.get("labels", ())},
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelFileError(
            str(path), "a file written by SpiceEstimator.save_spice", f"one without a usable config ({error})",
            "Save the model again.",
        ) from error  # fmt: skip
