"""Parts that a model brings itself, as scripts for autospice 0.1.x do: any module of torch in place of ours.

An embedding has no row for people never seen, a network takes its inputs as one array, and an inverse temperature is
whatever maps an embedding to a positive number.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.modules.dropout import _DropoutNd

from spice.exceptions import ConfigError
from spice.rollout.parts import SMALLEST_BETA, IdEmbedding, InverseTemperature

if TYPE_CHECKING:
    from spice.model.base import BaseRNN


def add_population_rows(model: BaseRNN) -> list[tuple[nn.Embedding, int]]:
    """Give embeddings of people or experiments that are torch's own a row for those never seen.

    Returns
    -------
    list of (nn.Embedding, int)
        Each of them, with the place of that row: behind those of the fit.
    """
    sizes = {"participant_embedding": model.n_participants, "experiment_embedding": model.n_experiments}
    ours = {module.table for module in model.modules() if isinstance(module, IdEmbedding)}
    found = []
    for name, module in model.named_modules():
        if not isinstance(module, nn.Embedding) or module in ours:
            continue
        # Under another name it is one of people where it has as many rows.
        n = sizes.get(name.split(".")[0], module.num_embeddings)
        if n not in sizes.values() or module.num_embeddings < n:
            continue
        if module.num_embeddings == n:
            weight = module.weight
            grown = torch.cat([weight.detach(), weight.detach().mean(0, keepdim=True)])
            module.weight = nn.Parameter(grown, requires_grad=weight.requires_grad)
            module.num_embeddings += 1
        found.append((module, n))
    return found


def changed_by(network: nn.Module, name: str, value: Tensor, inputs: Tensor) -> Tensor:
    """Next value (S, A): the value, and the change that a network of one's own makes of it.

    Parameters
    ----------
    network : nn.Module
        Takes value, inputs and embedding as one array (S, A, 1 + n_inputs), or the value and the rest as two.
    name : str
        Of the mechanism, for errors.
    value, inputs : (S, A), (S, A, n_inputs)
    """
    if _takes_two(type(network).forward):
        return network(value, inputs)  # type: ignore[no-any-return]
    change = network(torch.cat([value[..., None], inputs], dim=-1))
    if isinstance(change, Tensor) and change.shape == (*value.shape, 1):
        change = change.squeeze(-1)
    if not isinstance(change, Tensor) or change.shape != value.shape:
        raise ConfigError(
            f"submodules_rnn[{name!r}]", f"a module that gives the change of each value, {(*value.shape, 1)}",
            f"{tuple(change.shape)}" if isinstance(change, Tensor) else type(change).__name__,
            "Let it end with one feature, such as Linear(n, 1).",
        )  # fmt: skip
    return value + change


@cache
def _takes_two(forward: Callable[..., Any]) -> bool:
    parameters = list(inspect.signature(forward).parameters.values())[1:]
    needed = [p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len(needed) > 1


def temperatures(model: BaseRNN, rows: Tensor) -> dict[str, Tensor]:
    """Inverse temperatures of all states that have one.

    Parameters
    ----------
    model : BaseRNN
        One with a forward of its own.
    rows : (R,)
        Of the participants' embedding.

    Returns
    -------
    dict of state to (R,)
        Above zero.

    Raises
    ------
    ConfigError
        A module gives another number of them.
    """
    embedding = model.participant_embedding(rows) if model.embeds_participants else None
    return {name: _temperature(name, beta, embedding, len(rows)) for name, beta in model.betas.items()}


def _temperature(name: str, beta: nn.Module | Tensor, embedding: Tensor | None, n_rows: int) -> Tensor:
    if isinstance(beta, Tensor):
        factor = beta
    else:
        takes_one = any(p.kind is not p.KEYWORD_ONLY for p in inspect.signature(beta.forward).parameters.values())
        factor = beta(embedding) if takes_one and embedding is not None else beta()
    if factor.numel() not in (1, n_rows):
        raise ConfigError(
            f"betas[{name!r}]", "a module that gives one number for each embedding",
            f"one that gives {tuple(factor.shape)} for {tuple(embedding.shape) if embedding is not None else 'none'}",
            "Let it end with one feature, such as Sequential(Linear(embedding_size, 1), Softplus()).",
        )  # fmt: skip
    factor = factor.reshape(-1).expand(n_rows)
    # A rectifier gives zero, which no equation can be scaled by.
    return factor if isinstance(beta, InverseTemperature) else factor.clamp_min(SMALLEST_BETA)


@contextmanager
def given_temperatures(model: BaseRNN, given: Mapping[str, Tensor]) -> Iterator[None]:
    """Let inverse temperatures (S, 1) stand in for those that the model computes."""

    def instead(value: Tensor, *_: Any) -> Tensor:
        return value

    with ExitStack() as undone:
        for name, value in given.items():
            beta: nn.Module | Tensor | None = dict(model.betas.items()).get(name)
            if isinstance(beta, Tensor):
                undone.callback(setattr, beta, "data", beta.data)
                beta.data = value
            elif beta is not None:
                undone.callback(beta.register_forward_hook(partial(instead, value)).remove)
        yield


@contextmanager
def own_randomness(model: BaseRNN) -> Iterator[None]:
    """Let torch's dropout draw from the generator of the fit, not from the one of the whole process."""
    if not model.training or model.generator is None or not any(isinstance(m, _DropoutNd) for m in model.modules()):
        yield
        return
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(torch.randint(2**31, (), generator=model.generator)))
        yield
