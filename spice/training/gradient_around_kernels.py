"""The gradient of the parts around the mechanisms of a declared model, written out on arrays.

Embeddings, the share of a context in what hidden units receive, inverse temperatures and initial values: a rollout
takes them from the model's parameters, and its gradient goes back into `grad` of these. Each part has its forward
and its backward pass side by side.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from spice.data.ids import Ids
from spice.model.base import BaseRNN
from spice.rollout.compiled_run import Parameters
from spice.rollout.networks import MechanismNetwork, draw_masks
from spice.rollout.parts import MAX_LOG_BETA, MIN_LOG_BETA, IdEmbedding, InverseTemperature
from spice.rollout.program import Program

Array = NDArray[Any]

_METHODS = ("embedding", "context", "forms", "given_form", "initial_state", "inverse_temperatures")


def is_plain(model: BaseRNN) -> bool:
    """Whether all around the mechanisms of a declared model is as `BaseRNN` has it, and learned.

    Types are compared exactly: a subclass may compute something else, and torch makes one of what it parametrizes.
    """
    tables = ("participant_embedding", "experiment_embedding")
    embeddings = [module for name, module in model.named_children() if name in tables]
    networks, temperatures = list(model.submodules_rnn.values()), list(model.betas.values())
    return (
        model.is_declared
        and model.observation.in_kernels
        and all(getattr(type(model), name) is getattr(BaseRNN, name) for name in _METHODS)
        and all(parameter.requires_grad for parameter in model.parameters())
        and all(type(e) is IdEmbedding and e.dropout == 0 for e in embeddings)
        and all(type(e.table) is nn.Embedding and type(e.activation) is nn.LeakyReLU for e in embeddings)
        and all(type(n) is MechanismNetwork for n in networks)
        and all(type(layer) is nn.Linear for n in networks for layer in (n.hidden, n.out))
        and all(type(t) is InverseTemperature and t.activation is None for t in temperatures)
        and all(type(t.log_beta) in (nn.Linear, nn.Parameter) for t in temperatures)
    )


class PartsGradient:
    """The gradient of some sequences of trials, for the parts of a model around its kernels.

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
        self.no_context = np.zeros((n_sequences, 0))
        self.embeddings: list[_Embedding] = []
        if model.embeds_participants:
            self.embeddings.append(_Embedding(model.participant_embedding, people))
            if hasattr(model, "experiment_embedding"):
                experiments = ids.experiments.numpy() % (model.n_experiments + 1)
                self.embeddings.append(_Embedding(model.experiment_embedding, experiments))
        self.networks: list[_Network] = []
        for m, mechanism in enumerate(model.mechanisms):
            if mechanism.is_learned:
                network, first = model.submodules_rnn[mechanism.name], sum(n.network.n_hidden for n in self.networks)
                self.networks.append(_Network(network, m, first, 1 + len(mechanism.entries)))
        self.temperatures = [_Temperature(beta, states.index(name)) for name, beta in model.betas.items()]
        self.initial = [_Initial(values, states.index(name), people) for name, values in model.initial.items()]
        n_units = sum(n.network.n_hidden for n in self.networks)
        given = [model.given_form(m).coefficients.double().numpy() for m in model.mechanisms if not m.is_learned]
        initial = model.initial_state(n_sequences, ids.participants).values()
        unscaled = [float(state.readout and name not in model.betas) for name, state in model.states.items()]
        self.values = Parameters(
            slopes=np.zeros((n_units, program.n_variables)),
            base=np.zeros((n_units, n_sequences)),
            outgoing=np.zeros((n_units, n_sequences)),
            bias=np.zeros(len(model.mechanisms)),
            coefficients=np.hstack([np.zeros((1, 0)), *given]),
            initial=torch.stack(tuple(initial)).detach().double().numpy(),
            start=np.zeros(0),
            factors=np.tile(np.array(unscaled)[:, None], (1, n_sequences)),
        )

    # Weights that diverge overflow; the training says so by its loss.
    @np.errstate(over="ignore", invalid="ignore")
    def parameters(self, start: Array | None) -> Parameters:
        """What a rollout takes, with the model's parameters as they are now and new dropout masks.

        The arrays are filled anew by the next call.
        """
        values = self.values
        features = [embedding.forward() for embedding in self.embeddings]
        self.context = features[0] if len(features) == 1 else np.hstack([self.no_context, *features])
        masks = draw_masks([n.network for n in self.networks], values.base.shape[1])
        for network, mask in zip(self.networks, masks, strict=True):
            network.forward(self.context, None if mask is None else mask[:, 0].numpy().T, values)
        for temperature in self.temperatures:
            temperature.forward(features, values)
        for initial in self.initial:
            initial.forward(values)
        return values._replace(start=values.initial if start is None else start)

    @np.errstate(over="ignore", invalid="ignore")
    def back(self, gradient: Parameters, has_start: bool) -> None:
        """Add to `grad` of the model's parameters, from the gradient of what `parameters` gave last.

        `has_start` tells that it was given where to start from; that gradient goes nowhere.
        """
        g_context = np.zeros(self.context.shape)
        for network in self.networks:
            network.back(self.context, gradient, g_context)
        for temperature in self.temperatures:
            temperature.back(gradient, g_context)
        first = 0
        for embedding in self.embeddings:
            embedding.back(g_context[:, first : first + embedding.size])
            first += embedding.size
        g_initial = gradient.initial if has_start else gradient.initial + gradient.start
        for initial in self.initial:
            initial.back(g_initial)


class _Rows:
    """Rows of a parameter, some of them more than once.

    The sum over rows is numpy's: that of torch starts threads, which go on spinning on the processors that the kernels
    need.
    """

    def __init__(self, table: torch.Tensor, rows: Array) -> None:
        self.table, self.gradient = _arrays(table)
        self.rows, self.order = rows, np.argsort(rows, kind="stable")
        self.distinct, self.starts = np.unique(rows[self.order], return_index=True)

    def forward(self) -> Array:
        """One row a sequence (S, C)."""
        found: Array = self.table[self.rows]
        return found

    def back(self, gradient: Array) -> None:
        """The share of the context (S, C) of each sequence."""
        self.gradient[self.distinct] += np.add.reduceat(gradient[self.order], self.starts, axis=0)


class _Embedding:
    """Rows of a table, through a leaky rectifier: (S, C)."""

    def __init__(self, module: IdEmbedding, rows: Array) -> None:
        self.rows, self.size = _Rows(module.table.weight, rows), module.table.embedding_dim
        self.leak = module.activation.negative_slope

    def forward(self) -> Array:
        values = self.rows.forward()
        self.slope = np.where(values > 0, 1.0, self.leak)
        return values * self.slope

    def back(self, gradient: Array) -> None:
        self.rows.back(gradient * self.slope)


class _Network:
    """What the hidden units of a mechanism's network work with."""

    def __init__(self, network: nn.Module, m: int, first: int, known: int) -> None:
        assert isinstance(network, MechanismNetwork)
        self.network, self.m, self.known = network, m, known
        self.units = slice(first, first + network.n_hidden)
        self.weight, self.g_weight = _arrays(network.hidden.weight)
        self.base, self.g_base = _arrays(network.hidden.bias)
        self.outgoing, self.g_outgoing = _arrays(network.out.weight)
        self.bias, self.g_bias = _arrays(network.out.bias)

    def forward(self, context: Array, mask: Array | None, values: Parameters) -> None:
        self.mask = mask
        values.slopes[self.units, : self.known] = self.weight[:, : self.known]
        np.add(self.weight[:, self.known :] @ context.T, self.base[:, None], out=values.base[self.units])
        values.outgoing[self.units] = self.outgoing.T if mask is None else self.outgoing.T * mask
        values.bias[self.m] = self.bias[0]

    def back(self, context: Array, gradient: Parameters, g_context: Array) -> None:
        g_base, g_outgoing = gradient.base[self.units], gradient.outgoing[self.units]
        g_context += g_base.T @ self.weight[:, self.known :]
        self.g_weight[:, : self.known] += gradient.slopes[self.units, : self.known]
        self.g_weight[:, self.known :] += g_base @ context
        self.g_base += g_base.sum(1)
        self.g_outgoing[0] += (g_outgoing if self.mask is None else g_outgoing * self.mask).sum(1)
        self.g_bias[0] += gradient.bias[self.m]


class _Temperature:
    """Factor of a state in the logits: the exponential of a number, or of a linear function of the embedding."""

    def __init__(self, module: nn.Module, state: int) -> None:
        assert isinstance(module, InverseTemperature)
        self.state, self.is_linear = state, isinstance(module.log_beta, nn.Linear)
        if isinstance(module.log_beta, nn.Linear):
            self.weight, self.g_weight = _arrays(module.log_beta.weight)
            self.log_beta, self.g_log_beta = _arrays(module.log_beta.bias)
        else:
            self.log_beta, self.g_log_beta = _arrays(module.log_beta)

    def forward(self, features: list[Array], values: Parameters) -> None:
        log_beta = self.log_beta
        if self.is_linear:
            self.embedding = features[0]
            log_beta = self.embedding @ self.weight[0] + log_beta
        inside = np.minimum(np.maximum(log_beta, MIN_LOG_BETA), MAX_LOG_BETA)
        factors = values.factors[self.state]
        factors[:] = np.exp(inside)
        self.slope = np.where(inside == log_beta, factors, 0.0)

    def back(self, gradient: Parameters, g_context: Array) -> None:
        g = gradient.factors[self.state] * self.slope
        self.g_log_beta += g.sum()
        if self.is_linear:
            self.g_weight[0] += g @ self.embedding
            g_context[:, : self.embedding.shape[1]] += g[:, None] * self.weight


class _Initial:
    """Learned initial values of a state, one for all or one a participant; the same for all arms."""

    def __init__(self, values: nn.Parameter, state: int, people: Array) -> None:
        self.state, self.rows = state, _Rows(values, people if len(values) > 1 else np.zeros_like(people))

    def forward(self, values: Parameters) -> None:
        values.initial[self.state] = self.rows.forward()

    def back(self, g_initial: Array) -> None:
        self.rows.back(g_initial[self.state].sum(1, keepdims=True))


def _arrays(parameter: torch.Tensor) -> tuple[Array, Array]:
    """Its values and its gradient; what is written into one is written into the other."""
    assert parameter.grad is not None
    return parameter.detach().numpy(), parameter.grad.numpy()
