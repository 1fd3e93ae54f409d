"""What stands around the mechanisms of a declared model, forward and back, on arrays.

Embeddings, the share of a context in what hidden units receive, inverse temperatures and initial values: a rollout
takes them from the model's parameters, and its gradient goes back into `grad` of these. Each part has its way forward
and its way back side by side.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from spice.resources.model_run import Ids
from spice.resources.networks import MechanismNetwork, draw_masks
from spice.resources.rnn import BaseRNN
from spice.resources.rnn_parts import MAX_LOG_BETA, MIN_LOG_BETA, IdEmbedding, InverseTemperature
from spice.resources.rollout.compiled_run import Parameters
from spice.resources.rollout.program import Program

Array = NDArray[Any]

_METHODS = ("embedding", "context", "forms", "initial_state", "inverse_temperatures")


def is_plain(model: BaseRNN) -> bool:
    """Whether all around the mechanisms of a declared model is as `BaseRNN` has it, and learned."""
    return (
        model.is_declared
        and all(getattr(type(model), name) is getattr(BaseRNN, name) for name in _METHODS)
        and all(parameter.requires_grad for parameter in model.parameters())
        and all(module.dropout == 0 for module in model.modules() if isinstance(module, IdEmbedding))
    )


class Surroundings:
    """For some sequences of trials.

    Parameters
    ----------
    model : BaseRNN
        Each parameter has a `grad` already.
    program : Program
        The model's.
    ids : Ids
        Rows of the embeddings.
    """

    def __init__(self, model: BaseRNN, program: Program, ids: Ids) -> None:
        n_sequences, states = len(ids.participants), list(model.states)
        people = ids.participants.numpy() % (model.n_participants + 1)
        self.embeddings: list[_Embedding] = []
        if model.embeds_participants:
            self.embeddings.append(_Embedding(model.participant_embedding, _Rows(people)))
            if hasattr(model, "experiment_embedding"):
                rows = _Rows(ids.experiments.numpy() % (model.n_experiments + 1))
                self.embeddings.append(_Embedding(model.experiment_embedding, rows))
        self.networks: list[_Network] = []
        for m, mechanism in enumerate(model.mechanisms):
            if mechanism.is_learned:
                network, first = model.submodules_rnn[mechanism.name], sum(n.network.n_hidden for n in self.networks)
                self.networks.append(_Network(network, m, first, 1 + len(mechanism.entries)))
        self.temperatures = [_Temperature(beta, states.index(name)) for name, beta in model.betas.items()]
        self.initial = [
            _Initial(values, states.index(name), _Rows(people if len(values) > 1 else np.zeros_like(people)))
            for name, values in model.initial.items()
        ]
        n_units = sum(n.network.n_hidden for n in self.networks)
        given = [model.given_form(m).coefficients.double().numpy() for m in model.mechanisms if not m.is_learned]
        initial = model.initial_state(n_sequences, ids.participants).values()
        unscaled = [float(state.readout and name not in model.betas) for name, state in model.states.items()]
        self.values = Parameters(
            slopes=np.zeros((n_units, program.n_variables)),
            base=np.zeros((n_units, n_sequences)),
            readout=np.zeros((n_units, n_sequences)),
            bias=np.zeros(len(model.mechanisms)),
            coefficients=np.hstack([np.zeros((1, 0)), *given]),
            initial=torch.stack(tuple(initial)).detach().double().numpy(),
            start=np.zeros(0),
            factors=np.tile(np.array(unscaled)[:, None], (1, n_sequences)),
        )

    def parameters(self, start: Array | None) -> Parameters:
        """What a rollout takes, with the model's parameters as they are now and new dropout masks.

        The arrays are filled anew by the next call.
        """
        values = self.values
        features = [embedding.forward() for embedding in self.embeddings]
        self.context = np.hstack([np.zeros((values.base.shape[1], 0)), *features])
        masks = draw_masks([n.network for n in self.networks], values.base.shape[1])
        for network, mask in zip(self.networks, masks, strict=True):
            network.forward(self.context, None if mask is None else mask[:, 0].numpy().T, values)
        for temperature in self.temperatures:
            temperature.forward(features, values)
        for initial in self.initial:
            initial.forward(values)
        return values._replace(start=values.initial if start is None else start)

    def back(self, gradient: Parameters, has_start: bool) -> None:
        """Add to `grad` of the model's parameters, from the gradient of what `parameters` gave last.

        `has_start` tells that it was given where to start from; that gradient goes nowhere.
        """
        g_context = np.zeros(self.context.shape)
        for network in self.networks:
            network.back(self.context, gradient, g_context)
        g_features = np.split(g_context, np.cumsum([e.size for e in self.embeddings])[:-1], axis=1)
        for temperature in self.temperatures:
            temperature.back(gradient, g_features)
        for embedding, g in zip(self.embeddings, g_features, strict=False):
            embedding.back(g)
        g_initial = gradient.initial if has_start else gradient.initial + gradient.start
        for initial in self.initial:
            initial.back(g_initial)


class _Rows:
    """Rows of a table, some of them more than once.

    The sum over rows is numpy's: that of torch starts threads, which go on spinning on the processors that the kernels
    need.
    """

    def __init__(self, rows: Array) -> None:
        self.rows, self.order = rows, np.argsort(rows, kind="stable")
        self.different, self.first = np.unique(rows[self.order], return_index=True)

    def of(self, table: torch.Tensor) -> Array:
        """One row a sequence (S, C)."""
        found: Array = _array(table)[self.rows]
        return found

    def add_to(self, table: Array, values: Array) -> None:
        """Add what belongs to each sequence (S, C)."""
        table[self.different] += np.add.reduceat(values[self.order], self.first, axis=0)


class _Embedding:
    """Rows of a table, through a leaky rectifier: (S, C)."""

    def __init__(self, module: IdEmbedding, rows: _Rows) -> None:
        self.table, self.rows, self.size = module.table.weight, rows, module.table.embedding_dim
        self.leak = module.activation.negative_slope

    def forward(self) -> Array:
        values = self.rows.of(self.table)
        self.slope = np.where(values > 0, 1.0, self.leak)
        return values * self.slope

    def back(self, gradient: Array) -> None:
        self.rows.add_to(_grad(self.table), gradient * self.slope)


class _Network:
    """What the hidden units of a mechanism's network work with."""

    def __init__(self, network: nn.Module, m: int, first: int, known: int) -> None:
        assert isinstance(network, MechanismNetwork)
        self.network, self.m, self.known = network, m, known
        self.units = slice(first, first + network.n_hidden)

    def forward(self, context: Array, mask: Array | None, values: Parameters) -> None:
        hidden, out = self.network.hidden, self.network.out
        weight, self.mask = _array(hidden.weight), mask
        values.slopes[self.units, : self.known] = weight[:, : self.known]
        values.base[self.units] = weight[:, self.known :] @ context.T + _array(hidden.bias)[:, None]
        values.readout[self.units] = _array(out.weight).T if mask is None else _array(out.weight).T * mask
        values.bias[self.m] = _array(out.bias)[0]

    def back(self, context: Array, gradient: Parameters, g_context: Array) -> None:
        hidden, out = self.network.hidden, self.network.out
        g_base, g_readout = gradient.base[self.units], gradient.readout[self.units]
        g_context += g_base.T @ _array(hidden.weight)[:, self.known :]
        g_weight = _grad(hidden.weight)
        g_weight[:, : self.known] += gradient.slopes[self.units, : self.known]
        g_weight[:, self.known :] += g_base @ context
        _grad(hidden.bias)[...] += g_base.sum(1)
        _grad(out.weight)[0] += (g_readout if self.mask is None else g_readout * self.mask).sum(1)
        _grad(out.bias)[0] += gradient.bias[self.m]


class _Temperature:
    """Factor of a state in the logits: the exponential of a number, or of a linear function of the embedding."""

    def __init__(self, module: nn.Module, state: int) -> None:
        assert isinstance(module, InverseTemperature)
        self.log_beta, self.state = module.log_beta, state

    def forward(self, features: list[Array], values: Parameters) -> None:
        if isinstance(self.log_beta, nn.Linear):
            self.embedding = features[0]
            log_beta = features[0] @ _array(self.log_beta.weight)[0] + _array(self.log_beta.bias)
        else:
            log_beta = _array(self.log_beta)
        within = (log_beta >= MIN_LOG_BETA) & (log_beta <= MAX_LOG_BETA)
        factors = values.factors[self.state]
        factors[:] = np.exp(np.clip(log_beta, MIN_LOG_BETA, MAX_LOG_BETA))
        self.slope = within * factors

    def back(self, gradient: Parameters, g_features: list[Array]) -> None:
        g = gradient.factors[self.state] * self.slope
        if isinstance(self.log_beta, nn.Linear):
            _grad(self.log_beta.weight)[0] += g @ self.embedding
            _grad(self.log_beta.bias)[0] += g.sum()
            g_features[0] += g[:, None] * _array(self.log_beta.weight)
        else:
            _grad(self.log_beta)[0] += g.sum()


class _Initial:
    """Learned initial values of a state, one for all or one a participant; the same for all arms."""

    def __init__(self, values: nn.Parameter, state: int, rows: _Rows) -> None:
        self.values, self.state, self.rows = values, state, rows

    def forward(self, values: Parameters) -> None:
        values.initial[self.state] = self.rows.of(self.values)

    def back(self, g_initial: Array) -> None:
        self.rows.add_to(_grad(self.values), g_initial[self.state].sum(1, keepdims=True))


def _array(parameter: torch.Tensor) -> Array:
    values: Array = parameter.detach().numpy()
    return values


def _grad(parameter: torch.Tensor) -> Array:
    assert parameter.grad is not None
    values: Array = parameter.grad.numpy()
    return values
