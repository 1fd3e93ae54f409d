"""Fitted models to files and back.

Either half of a fit, network or equations, is a file of its own that says all of the model, the people and the rewards.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spice.declaration.terms import CandidateTerms
from spice.equations.coefficients import Coefficients
from spice.equations.equations import SpiceEquations
from spice.exceptions import ModelFileError
from spice.files.container import read_model, write_model
from spice.files.declared_model import declared_class, plain_mechanism, read_mechanism
from spice.files.model_difference import difference, difference_of_shapes
from spice.files.older_uncertainty import covariance_of, draws_of
from spice.model.base import BaseRNN
from spice.model.build import build_model
from spice.model.fitted import FittedModel
from spice.parameters import MOST_NETWORKS
from spice.rollout.networks import NetworkOptions

Floats = NDArray[np.float64]

TABLES = ("values", "allowed")
COLUMNS = ("betas", "initial", "observed")
ENSEMBLE = "ensemble"
"""Before the weights of further networks: ensemble/1/name, ensemble/2/name, …"""
UNCERTAIN = ("draws", "probability", "prevalence_interval")
"""How uncertain equations are."""
COVARIANCE, ERRORS = "covariance", "errors"
"""The same in files of before: covariances of all parameters, or standard errors of terms."""


def save_network(path: str | Path, fitted: FittedModel, options: NetworkOptions, extra: Mapping[str, Any]) -> None:
    """Write a network and all that is needed to build it again.

    Parameters
    ----------
    path : path
    fitted : FittedModel
    options : NetworkOptions
        That the model was built with.
    extra : mapping
        What the caller wants back, as JSON can hold it.
    """
    write_model(path, "network", _header(fitted, options, extra), weights_of(fitted))


def weights_of(fitted: FittedModel) -> dict[str, NDArray[Any]]:
    """All weights of its networks by name.

    Parameters
    ----------
    fitted : FittedModel

    Returns
    -------
    dict of str to array
    """
    found: dict[str, NDArray[Any]] = {}
    for place, model in enumerate((fitted.model, *fitted.others)):
        before = f"{ENSEMBLE}/{place}/" if place else ""
        found |= {before + name: value.detach().cpu().numpy() for name, value in model.state_dict().items()}
    return found


def _header(fitted: FittedModel, options: NetworkOptions, extra: Mapping[str, Any]) -> dict[str, Any]:
    """What either half says of the fit."""
    model = fitted.model
    return {
        "model": type(model).__name__,
        "declaration": model.declaration(),
        "context_size": model.embedding_size,
        "n_actions": model.n_actions,
        "participant_ids": list(fitted.participant_ids),
        "experiment_ids": list(fitted.experiment_ids),
        "reward_range": list(fitted.reward_range),
        "counterfactual": fitted.counterfactual,
        "hidden_size": options.hidden_size,
        "dropout": options.dropout,
        "n_networks": 1 + len(fitted.others),
        "extra": dict(extra),
    }


def _untrained(path: str | Path, header: Mapping[str, Any], classes: Sequence[type[BaseRNN]]) -> FittedModel:
    """The model that a half declares, with weights that nobody trained."""
    same = (c for c in classes if c.__name__ == header["model"] and _is_declared_as(c, header))
    rnn_class = classes[0] if len(classes) == 1 else next(same, None) or declared_class(header)
    sizes = header["n_actions"], len(header["participant_ids"]), len(header["experiment_ids"])
    model = build_model(rnn_class, *sizes, NetworkOptions(header["hidden_size"], header["dropout"]))
    found = difference(rnn_class.declaration(), header["declaration"])
    if found is not None:
        raise _of_another_model(path, header, rnn_class, found)
    return FittedModel(
        model.eval(),
        tuple(header["participant_ids"]),
        tuple(header["experiment_ids"]),
        tuple(header["reward_range"]),
        counterfactual=bool(header.get("counterfactual", False)),
        is_trained=False,
    )


def _of_another_model(
    path: str | Path, header: Mapping[str, Any], rnn_class: type[BaseRNN], found: str
) -> ModelFileError:
    return ModelFileError(
        str(path), f"a saved {rnn_class.__name__}", f"a saved {header['model']} of another declaration, with {found}",
        "Pass the rnn_class it was saved with, or one of the same states and mechanisms.",
    )  # fmt: skip


def load_network(path: str | Path, classes: Sequence[type[BaseRNN]]) -> tuple[FittedModel, Mapping[str, Any]]:
    """Read a network.

    Parameters
    ----------
    path : path
    classes : sequence of type
        Models it may be of. Where there are several, one that is none of them is made from the declaration in
        the file.

    Returns
    -------
    fitted : FittedModel
    header : mapping
        Of the file.

    Raises
    ------
    ModelFileError
        The file is no network, is damaged, or is of none of these models.
    """
    with _damage_named(path):
        return _load_network(path, classes)


def _load_network(path: str | Path, classes: Sequence[type[BaseRNN]]) -> tuple[FittedModel, Mapping[str, Any]]:
    file = read_model(path, "network")
    header = file.header
    fitted = _untrained(path, header, classes)
    fitted = replace(fitted, is_trained=True, others=_others(fitted, header.get("n_networks", 1)))
    shapes = [{k: tuple(v.shape) for k, v in weights.items()} for weights in (weights_of(fitted), file.tensors)]
    found = difference_of_shapes(*shapes)
    if found is not None:
        raise _of_another_model(path, header, type(fitted.model), found)
    for place, model in enumerate((fitted.model, *fitted.others)):
        before = f"{ENSEMBLE}/{place}/" if place else ""
        model.load_state_dict({name: torch.as_tensor(file.tensors[before + name]) for name in model.state_dict()})
    return fitted, header


def _others(fitted: FittedModel, n_networks: int) -> tuple[BaseRNN, ...]:
    """Further networks of an ensemble, with weights that are not theirs yet."""
    if not 1 <= n_networks <= MOST_NETWORKS:
        raise ValueError(f"{n_networks} networks")
    return tuple(copy.deepcopy(fitted.model) for _ in range(n_networks - 1))


def save_equations(
    path: str | Path, fitted: FittedModel, equations: SpiceEquations, options: NetworkOptions, extra: Mapping[str, Any]
) -> None:
    """Write equations.

    Parameters
    ----------
    path : path
    fitted : FittedModel
        Whose networks the equations stand in for.
    equations : SpiceEquations
    options, extra
        As for `save_network`.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    table = equations.coefficients
    header = _header(fitted, options, extra) | {
        "mechanisms": [plain_mechanism(m) for m in table.mechanisms],
        "parameters": table.parameters,
        "terms": {name: {"variables": t.variables, "powers": t.powers} for name, t in table.terms.items()},
        "equation_ids": list(equations.participants),
        "labels": list(equations.labels),
        "mean_reward": equations.mean_reward,
    }
    write_model(path, "equations", header, tables_of(table))


def tables_of(table: Coefficients) -> dict[str, NDArray[Any]]:
    """All numbers of equations by name.

    Parameters
    ----------
    table : Coefficients

    Returns
    -------
    dict of str to array
    """
    found = {f"{kind}/{key}": value for kind in (*TABLES, *COLUMNS) for key, value in getattr(table, kind).items()}
    uncertain = {f"{name}/parameters": getattr(table, name) for name in UNCERTAIN}
    return found | {name: value for name, value in uncertain.items() if value is not None}


def load_equations(
    path: str | Path, fitted: FittedModel | None, classes: Sequence[type[BaseRNN]] = ()
) -> tuple[FittedModel, SpiceEquations, Mapping[str, Any]]:
    """Read equations.

    Parameters
    ----------
    path : path
    fitted : FittedModel or None
        With the networks they belong to. Without, equations run where they stand in for all networks of a model.
    classes : sequence of type
        Without a network: see `load_network`.

    Returns
    -------
    fitted : FittedModel
        Their model.
    equations : SpiceEquations
    header : mapping
        Of the file.

    Raises
    ------
    ModelFileError
        The file holds no equations, is damaged, or is of another model or fit.
    """
    with _damage_named(path):
        return _load_equations(path, fitted, classes)


def _load_equations(
    path: str | Path, network: FittedModel | None, classes: Sequence[type[BaseRNN]]
) -> tuple[FittedModel, SpiceEquations, Mapping[str, Any]]:
    file = read_model(path, "equations")
    header = file.header
    if network is None and "participant_ids" not in header:
        raise ModelFileError(
            str(path), "equations that can be read without their network", "ones saved by an earlier version",
            "Give path_rnn too.",
        )  # fmt: skip
    fitted = _untrained(path, header, classes) if network is None else network
    unknown = set(header["equation_ids"]) - set(fitted.participant_ids)
    if not _is_declared_as(type(fitted.model), header) or unknown:
        raise ModelFileError(
            str(path), f"equations of the {type(fitted.model).__name__} and participants of the network file",
            f"equations of a {header['model']} with {len(header['equation_ids'])} participants",
            "Pass the two files of one fit.",
        )  # fmt: skip
    tables: dict[str, dict[str, Any]] = {kind: {} for kind in (*TABLES, *COLUMNS, *UNCERTAIN, COVARIANCE, ERRORS)}
    for name, value in file.tensors.items():
        kind, _, key = name.partition("/")
        tables[kind][key] = np.array(value)
    terms = {
        name: CandidateTerms(tuple(t["variables"]), tuple(map(tuple, t["powers"])))
        for name, t in header["terms"].items()
    }
    # JSON keeps the order of mechanisms and states, safetensors does not.
    for kind in TABLES:
        tables[kind] = {name: tables[kind][name] for name in terms}
    order = [name for _, name, _ in header.get("parameters", ())] + list(fitted.model.states)
    for kind in COLUMNS:
        tables[kind] = {name: tables[kind][name] for name in dict.fromkeys(order) if name in tables[kind]}
    hidden = frozenset(name for name, state in fitted.model.states.items() if not state.readout)
    mechanisms = tuple(read_mechanism(m) for m in header["mechanisms"])
    errors, covariance = tables.pop(ERRORS), tables.pop(COVARIANCE).get("parameters")
    uncertain = {name: tables.pop(name).get("parameters") for name in UNCERTAIN}
    coefficients = Coefficients(mechanisms, terms, **tables, hidden=hidden, **uncertain)  # type: ignore[arg-type]
    if covariance is None and errors:
        covariance = covariance_of(coefficients, errors)
    if covariance is not None:
        coefficients = replace(coefficients, draws=draws_of(coefficients, covariance))
    _check_shapes(coefficients, fitted.model, len(header["equation_ids"]))
    equations = SpiceEquations.of(coefficients, header["equation_ids"], header["labels"], header["mean_reward"])
    return fitted, equations, header


@contextmanager
def _damage_named(path: str | Path) -> Iterator[None]:
    """What a file that was changed after it was written leads to, as one error."""
    try:
        yield
    except ModelFileError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelFileError(
            str(path), "a file as save_spice writes it", f"one that was changed ({error!r})", "Save the model again."
        ) from error


def _check_shapes(table: Coefficients, model: BaseRNN, n_participants: int) -> None:
    rows = n_participants + 1 if table.n_rows > 1 else 1
    for name, terms in table.terms.items():
        shapes = {table.values[name].shape, (rows, *table.allowed[name].shape)}
        if shapes != {(rows, len(terms))}:
            raise ValueError(f"tables of {name} have shapes {shapes}")
    columns = {f"{kind} {name}": column for kind in COLUMNS for name, column in getattr(table, kind).items()}
    if set(table.initial) != set(model.states) or any(v.shape != (rows,) for v in columns.values()):
        raise ValueError(f"columns {sorted(columns)} do not fit the model")
    n_parameters = len(table.parameters)
    for name, shape in (
        ("draws", (rows, None, n_parameters)), ("probability", (rows, n_parameters)),
        ("prevalence_interval", (2, n_parameters)),
    ):  # fmt: skip
        found = getattr(table, name)
        if found is not None and not (
            found.ndim == len(shape)
            and all(want in (None, have) for want, have in zip(shape, found.shape, strict=True))
        ):
            raise ValueError(f"{name} of shape {found.shape} do not fit the model")


def _is_declared_as(model: type[BaseRNN], header: Mapping[str, Any]) -> bool:
    return difference(model.declaration(), header["declaration"]) is None
