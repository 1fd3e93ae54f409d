"""Kernels on arrays: a declared model over trials, forward and backward, in numpy alone."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spice.compiler.threads import run_blocks
from spice.rollout import kernels
from spice.rollout.program import Program

Array = NDArray[Any]


class Parameters(NamedTuple):
    """All that a rollout has a gradient to, in float64; or the gradient. Axes as in `kernels`.

    Attributes
    ----------
    slopes : (U, V)
        Of value and known inputs in what a hidden unit receives; a row is longer than it need be where others have
        more inputs.
    base : (U, S)
        What a hidden unit receives besides: its bias, and its share of a sequence's context.
    outgoing : (U, S)
        Weight of each unit, times its dropout mask.
    bias : (M,)
        Of the outputs; 0 for polynomials.
    coefficients : (1 or Q, F)
    initial, start : (N, Q, A)
    factors : (N, Q)
    """

    slopes: Array
    base: Array
    outgoing: Array
    bias: Array
    coefficients: Array
    initial: Array
    start: Array
    factors: Array


@dataclass(frozen=True)
class CompiledRun:
    """A rollout of a declared model over trials.

    Parameters
    ----------
    program : Program
    resets : (N,) bool
        States that return to their initial values where a block starts.
    signals : tuple of arrays
        As `kernels.forward` reads them.
    """

    program: Program
    resets: Array
    signals: tuple[Array, ...]

    def forward(self, parameters: Parameters, n_recorded: int = 0) -> tuple[Array, Array, Array]:
        """Run over all trials.

        Parameters
        ----------
        parameters : Parameters
        n_recorded : int
            Mechanisms, from the first, of which to keep what they saw.

        Returns
        -------
        states : (T, N, Q, A)
            After each trial.
        nll : (Q,)
            Negative log-likelihood of each run, in nats.
        seen : (n_recorded, T, Q, A, V + 1)
            Variables and next value of each of these mechanisms.
        """
        states, nll = self._results(parameters)
        seen = np.zeros((n_recorded, len(states), *states.shape[2:], self.program.n_variables + 1))
        run_blocks(
            lambda first, last: self._forward(first, last, parameters, states, nll, seen), _blocks(nll), states.size
        )
        return states, nll, seen

    def backward(self, parameters: Parameters, states: Array, g_states: Array | None, g_nll: Array) -> Parameters:
        """Gradient of all parameters from those of states and likelihoods.

        Parameters
        ----------
        parameters : Parameters
        states : (T, N, Q, A)
            What `forward` gave.
        g_states : (T, N, Q, A), optional
            Gradient of the states; None for zero.
        g_nll : (Q,)
            Gradient of the negative log-likelihoods.

        Returns
        -------
        gradient : Parameters
        """
        given = np.zeros((0, *states.shape[1:])) if g_states is None else g_states
        nothing = np.zeros(states.shape[1:])
        gradient = self._gradient(parameters, _blocks(g_nll))
        run_blocks(
            lambda first, last: self._backward(first, last, parameters, states, given, nothing, g_nll, gradient),
            _blocks(g_nll), states.size,
        )  # fmt: skip
        return self._sums(parameters, gradient)

    def likelihood_gradient(
        self, parameters: Parameters, g_nll: Array, g_last: Array, room: Array
    ) -> tuple[Array, Array, Parameters]:
        """States, negative log-likelihood and gradient at once: each thread goes back over its own sequences.

        Parameters
        ----------
        parameters : Parameters
        g_nll : (Q,)
            Gradient of the negative log-likelihoods.
        g_last : (N, Q, A)
            Gradient of the states after the last trial.
        room : (at least T N Q A,)
            Filled with the states; fresh memory would cost a third of the forward pass.

        Returns
        -------
        states : (T, N, Q, A)
            A view of `room`.
        nll : (Q,)
            In nats.
        gradient : Parameters
        """
        states, nll = self._results(parameters, room)
        none, given = np.zeros((0, 0, 0, 0, 0)), np.zeros((0, *states.shape[1:]))
        gradient = self._gradient(parameters, _blocks(nll))

        def there_and_back(first: int, last: int) -> None:
            self._forward(first, last, parameters, states, nll, none)
            self._backward(first, last, parameters, states, given, g_last, g_nll, gradient)

        run_blocks(there_and_back, _blocks(nll), states.size)
        return states, nll, self._sums(parameters, gradient)

    def _results(self, parameters: Parameters, room: Array | None = None) -> tuple[Array, Array]:
        shape = len(self.signals[0]), *parameters.initial.shape
        states = np.empty(shape) if room is None else room[: math.prod(shape)].reshape(shape)
        return states, np.zeros(parameters.initial.shape[1])

    def _forward(self, first: int, last: int, parameters: Parameters, *results: Array) -> None:
        kernels.forward(
            first, last, self.program.tables, self.resets, self.signals, parameters[:5], *parameters[5:],
            *results, kernels.working_memory(*self._sizes(parameters)),
        )  # fmt: skip

    def _backward(
        self, first: int, last: int, parameters: Parameters, states: Array, g_states: Array, g_last: Array,
        g_nll: Array, gradient: Parameters,
    ) -> None:  # fmt: skip
        sizes = self._sizes(parameters)
        kernels.backward(
            first, last, self.program.tables, self.resets, self.signals, parameters[:5], *parameters[5:],
            states, g_states, g_last, g_nll, *gradient, kernels.working_memory(*sizes), kernels.gradient_memory(*sizes),
        )  # fmt: skip

    def _sizes(self, parameters: Parameters) -> tuple[int, Program, int, int, int, int]:
        n_states, n_runs, n_arms = parameters.initial.shape
        return (
            kernels.block_size(n_runs),
            self.program,
            n_states,
            n_arms,
            len(parameters.slopes),
            parameters.coefficients.shape[1],
        )

    def _gradient(self, parameters: Parameters, n_blocks: int) -> Parameters:
        """Zeros: a part of its own for each block where sequences share a parameter."""
        n_runs, n_units = parameters.initial.shape[1], len(parameters.slopes)
        rows, n_coefficients = parameters.coefficients.shape
        return Parameters(
            np.zeros((n_blocks, *parameters.slopes.shape)),
            np.zeros((n_units, n_runs)),
            np.zeros((n_units, n_runs)),
            np.zeros((n_blocks, *parameters.bias.shape)),
            np.zeros((n_blocks if rows == 1 else rows, n_coefficients)),
            *(np.zeros(values.shape) for values in parameters[5:]),
        )

    def _sums(self, parameters: Parameters, gradient: Parameters) -> Parameters:
        """Add up blocks, in their order, and members of an ensemble."""
        n_units, n_sequences = parameters.base.shape
        members = (n_units, gradient.base.shape[1] // max(n_sequences, 1), n_sequences)
        shared = len(parameters.coefficients) == 1
        return gradient._replace(
            slopes=gradient.slopes.sum(0),
            base=gradient.base.reshape(members).sum(1),
            outgoing=gradient.outgoing.reshape(members).sum(1),
            bias=gradient.bias.sum(0),
            coefficients=gradient.coefficients.sum(0, keepdims=True) if shared else gradient.coefficients,
        )


def _blocks(of_runs: Array) -> int:
    return math.ceil(len(of_runs) / kernels.block_size(len(of_runs)))
