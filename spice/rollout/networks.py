"""The network form of a mechanism: one hidden layer over value, inputs and participant context."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from spice.rollout.forms import StepFunction
from spice.rollout.parts import dropout_mask


@dataclass(frozen=True)
class NetworkOptions:
    """Sizes that every mechanism network of a model shares.

    Attributes
    ----------
    hidden_size : int
        Units of the hidden layer.
    dropout : float
        Share of hidden units silenced where a training begins, one mask a sequence and window.
    """

    hidden_size: int = 8
    dropout: float = 0.25


START_RATE = 0.3
"""Share of the way to its resting point by which an untrained mechanism moves a value, about."""

_DEFAULT = NetworkOptions()
_options: ContextVar[NetworkOptions] = ContextVar("spice_network_options", default=_DEFAULT)


@contextmanager
def network_options(options: NetworkOptions) -> Iterator[None]:
    """Options for models constructed inside, whose own constructors need not know of them.

    Parameters
    ----------
    options : NetworkOptions

    Yields
    ------
    None
        While they hold.
    """
    token = _options.set(options)
    try:
        yield
    finally:
        _options.reset(token)


class MechanismNetwork(nn.Module):
    """tanh units over [value, inputs, context], read out linearly.

    Parameters
    ----------
    n_inputs : int
        Inputs per arm, and context features; the state's value is not counted.
    sigmoid : bool
        Squash the output to (0, 1).
    residual : bool
        Whether the output is added to the value.
    hidden_size, dropout
        By default as `network_options` has them.

    Attributes
    ----------
    dropout_left : float
        Share of the dropout that a training still has.
    """

    def __init__(
        self,
        n_inputs: int,
        sigmoid: bool = False,
        residual: bool = True,
        hidden_size: int | None = None,
        dropout: float | None = None,
    ) -> None:
        super().__init__()
        options = _options.get()
        self.n_inputs, self.sigmoid, self.residual = n_inputs, sigmoid, residual
        self.dropout = options.dropout if dropout is None else dropout
        self.hidden = nn.Linear(1 + n_inputs, hidden_size or options.hidden_size)
        self.out = nn.Linear(self.hidden.out_features, 1)
        self.dropout_left = 1.0
        self.mask: Tensor | None = None
        self.generator: torch.Generator | None = None
        if residual and not sigmoid:
            self._start_contracting()

    def _start_contracting(self) -> None:
        """Begin as a mechanism that pulls every value back to a resting point.

        Random weights let values drift a little with each trial, and after a hundred trials all hidden units are
        saturated, so that nothing can be learned any more. With outgoing weights against those of the value the
        network falls in the value everywhere: it goes down a convex slope.
        """
        with torch.no_grad():
            of_value = self.hidden.weight[:, 0]
            # Each weight is uniform within 1 / sqrt(inputs), so this is the expected sum of their squares.
            expected = self.n_hidden / (3 * self.hidden.in_features)
            self.out.weight.copy_(-START_RATE / expected * of_value[None])
            self.out.bias.copy_(-self.out.weight @ torch.tanh(self.hidden.bias))

    @property
    def n_hidden(self) -> int:
        """Units of the hidden layer."""
        return self.hidden.out_features

    @property
    def dropout_now(self) -> float:
        """Share of hidden units silenced at this time of a training."""
        return self.dropout * self.dropout_left

    def draw_mask(self, n_sequences: int) -> Tensor | None:
        """Draw the dropout mask of each sequence in a window of trials.

        Parameters
        ----------
        n_sequences : int

        Returns
        -------
        (S, 1, H), or None
            None outside training.
        """
        if not self.training or self.dropout_now == 0:
            return None
        shape = (n_sequences, 1, self.n_hidden)
        return dropout_mask(shape, self.dropout_now, self.generator, self.hidden.weight.device)

    def read_out(self, hidden: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
        """Next value (..., A) from what the hidden units receive (..., A, H).

        Parameters
        ----------
        hidden : (..., A, H)
        value : (..., A)
        mask : (..., 1, H), optional

        Returns
        -------
        (..., A)
        """
        hidden = torch.tanh(hidden)
        if mask is not None:
            hidden = hidden * mask
        out: Tensor = self.out(hidden).squeeze(-1)
        if self.sigmoid:
            return torch.sigmoid(out)
        return value + out if self.residual else out

    def forward(self, value: Tensor, inputs: Tensor) -> Tensor:
        """Next value of a state, one step on.

        Parameters
        ----------
        value : (S, A)
        inputs : (S, A, n_inputs)
            Inputs and embedding.

        Returns
        -------
        (S, A)
        """
        if self.training and self.mask is None:
            self.mask = self.draw_mask(value.shape[0])
        hidden = self.hidden(torch.cat([value[..., None], inputs], dim=-1))
        return self.read_out(hidden, value, self.mask if self.training else None)


def draw_masks(networks: Sequence[MechanismNetwork], n_sequences: int) -> Iterator[Tensor | None]:
    """Draw dropout masks of all networks of a model; one draw for all is quickest.

    Parameters
    ----------
    networks : sequence of MechanismNetwork
    n_sequences : int

    Yields
    ------
    (S, 1, H), or None
        Of each network in turn; None outside training.
    """
    if not networks or not networks[0].training or networks[0].dropout_now == 0:
        yield from (None for _ in networks)
        return
    first, sizes = networks[0], [n.n_hidden for n in networks]
    drawn = dropout_mask((n_sequences, 1, sum(sizes)), first.dropout_now, first.generator, first.hidden.weight.device)
    yield from drawn.split(sizes, -1)  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class NetworkForm:
    """A mechanism network with the context of each sequence.

    Parameters
    ----------
    network : MechanismNetwork
    context : (S, C), optional
        Participant (and experiment) embedding, the last C inputs of the network.
    mask : (S, 1, H), optional
        Dropout mask of this window of trials.
    """

    network: MechanismNetwork
    context: Tensor | None = None
    mask: Tensor | None = None

    def units(self, n_known: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """What its hidden units work with.

        Parameters
        ----------
        n_known : int
            Value and inputs: the first columns of the hidden weights.

        Returns
        -------
        slopes (H, n_known), base (1 or S, H), outgoing (1 or S, H), bias (1,)
            Of value and inputs; what is received besides; outgoing weight of each unit with its mask, and the bias.
        """
        hidden, out = self.network.hidden, self.network.out
        base = hidden.bias[None]
        if self.context is not None:
            base = base + self.context @ hidden.weight[:, n_known:].T
        return (
            hidden.weight[:, :n_known],
            base,
            out.weight if self.mask is None else out.weight * self.mask[:, 0],
            out.bias,
        )

    def prepare(self, data: Sequence[Tensor | None]) -> StepFunction:
        """Fold context and data into what the hidden units receive, for all trials at once.

        Parameters
        ----------
        data : sequence of (T, S, A) or None
            One an input; None is read from a state, a trial at a time.

        Returns
        -------
        StepFunction
        """
        network = self.network
        weight, base, _, _ = self.units(1 + len(data))
        base = base[:, None]
        known = [(k, signal) for k, signal in enumerate(data) if signal is not None]
        unknown = [k for k, signal in enumerate(data) if signal is None]
        over_time: Tensor | None = None
        for k, signal in known:
            part = signal[..., None] * weight[:, 1 + k]
            over_time = part if over_time is None else over_time + part
        if over_time is not None:
            over_time = over_time + base

        def step(t: int, value: Tensor, inputs: Sequence[Tensor | None]) -> Tensor:
            received = base if over_time is None else over_time[t]
            hidden = torch.addcmul(received, value[..., None], weight[:, 0])
            for k in unknown:
                state_input = inputs[k]
                assert state_input is not None
                hidden = hidden + state_input[..., None] * weight[:, 1 + k]
            return network.read_out(hidden, value, self.mask)

        return step
