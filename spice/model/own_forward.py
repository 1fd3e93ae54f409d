"""What a `forward` of one's own is written with: the verbs of scripts for autospice 0.1.x."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from spice.data.layout import Columns, in_full
from spice.exceptions import ConfigError
from spice.model.own_parts import changed_by
from spice.rollout.forms import StepFunction
from spice.rollout.networks import MechanismNetwork
from spice.rollout.parts import Activation, IdEmbedding, InverseTemperature, ModuleCall
from spice.rollout.polynomials import PolynomialForm


class OwnForward(nn.Module):
    """The part of `BaseRNN` that runs trial by trial and keeps its state on itself."""

    submodules_rnn: nn.ModuleDict
    betas: nn.ModuleDict

    def __init__(self, n_actions: int) -> None:
        super().__init__()
        self._n_actions = n_actions
        self.submodules_eq: dict[str, Callable[[Tensor, Tensor], Tensor]] = {}
        self.state: dict[str, Tensor] = {}
        self.recording: dict[str, list[Tensor]] = {}
        self.calls: dict[str, list[ModuleCall]] | None = None
        self.coded_states: dict[str, str] = {}
        self.equations: Mapping[str, PolynomialForm] = {}
        self._steps: dict[str, StepFunction] = {}

    def initial_state(self, n_sequences: int, participants: Tensor | None = None) -> dict[str, Tensor]:
        """Values at the start of a sequence, each (S, A).

        Parameters
        ----------
        n_sequences : int
        participants : (S,) of int, optional
            Rows of the embeddings.

        Returns
        -------
        dict of state to (S, A)
        """
        raise NotImplementedError

    def setup_module(
        self, input_size: int, *, hidden_size: int | None = None, dropout: float | None = None
    ) -> MechanismNetwork:
        """Build a network for a mechanism.

        Parameters
        ----------
        input_size : int
            Number of inputs and features of the embedding; the state itself is not counted.
        hidden_size : int, optional
        dropout : float, optional
            Both are the estimator's where they are not given.

        Returns
        -------
        MechanismNetwork
        """
        return MechanismNetwork(input_size, hidden_size=hidden_size, dropout=dropout)

    def setup_embedding(
        self, num_embeddings: int, embedding_size: int, leaky_relu: float = 0.01, dropout: float = 0.5
    ) -> IdEmbedding:
        """Build an embedding of that many people (or experiments), and of one more for those never seen.

        Parameters
        ----------
        num_embeddings, embedding_size : int
            Ids, and features of each.
        leaky_relu, dropout : float
            Slope for negative features, and share of features that are silenced in training.

        Returns
        -------
        IdEmbedding
        """
        return IdEmbedding(num_embeddings, embedding_size, leaky_relu, dropout)

    def setup_constant(
        self, embedding_size: int | None = None, leaky_relu: float = 0.01, *, activation: Activation | None = None
    ) -> InverseTemperature:
        """Build a positive factor: the exponential of a linear function, or what `activation` makes of it.

        Parameters
        ----------
        embedding_size : int, optional
            Features of the participant's embedding that it is a function of. None: one factor, learned for all.
        leaky_relu : float
            Accepted for old scripts, and without effect.
        activation : module, its class, or function, optional
            Such as `torch.nn.ReLU` or `torch.nn.Softplus()`.

        Returns
        -------
        InverseTemperature
        """
        return InverseTemperature(embedding_size, activation)

    def init_forward_pass(
        self, inputs: Tensor, prev_state: Mapping[str, Tensor] | None, batch_first: bool
    ) -> tuple[tuple[Tensor, Tensor, Tensor, Tensor], tuple[Tensor, Tensor], Tensor, Tensor]:
        """Split the inputs, time first, and set the state to start from.

        In a fit, rewards are 0 where they were not shown.

        Parameters
        ----------
        inputs : (T, S, F), or (S, T, F) with `batch_first`
            Trials in the documented layout.
        prev_state : mapping of state to (S, A), or None
            To go on from; None starts a session.
        batch_first : bool

        Returns
        -------
        (actions, rewards, blocks, additional_inputs), (participant_ids, experiment_ids), logits, timesteps
            Signals are (T, S, …); ids are (S, 1); logits (T, S, A) of zeros.
        """
        if batch_first:
            inputs = inputs.permute(1, 0, 2)
        n = self._n_actions
        inputs = in_full(inputs, n, "inputs")
        columns = Columns.of(inputs.shape[-1], n)
        actions, rewards = inputs[..., columns.actions], torch.nan_to_num(inputs[..., columns.rewards])
        blocks, *ids = (inputs[..., columns.ids[name], None].long() for name in ("block", "participant", "experiment"))
        self.set_initial_state(inputs.shape[1]) if prev_state is None else self.set_state(prev_state)
        for network in self.submodules_rnn.values():
            if isinstance(network, MechanismNetwork):
                network.mask = None
        self.recording, self._steps = {}, {}
        timesteps = torch.arange(inputs.shape[0])
        signals = actions, rewards, blocks.expand(-1, -1, n), inputs[..., columns.inputs]
        return signals, (ids[0][0], ids[1][0]), torch.zeros_like(actions), timesteps

    def post_forward_pass(self, logits: Tensor, batch_first: bool) -> Tensor:
        """Give the logits in the order of the inputs.

        Parameters
        ----------
        logits : (T, S, A)
        batch_first : bool
            As it was for `init_forward_pass`.

        Returns
        -------
        (T, S, A), or (S, T, A) with `batch_first`
        """
        return logits.permute(1, 0, 2) if batch_first else logits

    def set_initial_state(self, batch_size: int = 1) -> dict[str, Tensor]:
        """Put every state back to its initial value.

        Parameters
        ----------
        batch_size : int
            Sequences.

        Returns
        -------
        dict of state to (S, A)
        """
        self.state = self.initial_state(batch_size)
        return self.state

    def get_state(self, detach: bool = False) -> dict[str, Tensor]:
        """The current state.

        Parameters
        ----------
        detach : bool
            Without the gradients.

        Returns
        -------
        dict of state to (S, A)
        """
        return {k: v.detach() for k, v in self.state.items()} if detach else dict(self.state)

    def set_state(self, state_dict: Mapping[str, Tensor]) -> None:
        """Go on from a state.

        Parameters
        ----------
        state_dict : mapping of state to (S, A)
        """
        self.state = dict(state_dict)

    def record_signal(self, key: str, value: Tensor) -> None:
        """Name a signal of this trial, so that equations may use it.

        Parameters
        ----------
        key : str
            Its name, as a control parameter of `SpiceConfig`.
        value : (S, A) or (S, 1)
        """
        self.recording.setdefault(key, []).append(value)

    def call_module(
        self,
        key_module: str,
        key_state: str,
        action: Tensor | None = None,
        inputs: Tensor | tuple[Tensor, ...] | None = None,
        participant_embedding: Tensor | None = None,
        participant_index: Tensor | None = None,
        activation_rnn: Callable[[Tensor], Tensor] | None = None,
        scaling: bool = False,
    ) -> Tensor:
        """Next value of a state by one mechanism.

        A network is called with inputs and embedding, one of your own with value, inputs and embedding as one array,
        and gives the change of the value; an equation found takes its inputs by name from the signals recorded in this
        trial; a hard-coded one in `submodules_eq` gets the value and the stacked inputs.

        Parameters
        ----------
        key_module, key_state : str
            Mechanism, and the state that it updates.
        action : (S, A), optional
            1 for the arms that it applies to; by default all.
        inputs : tensor or tuple of tensors, each (S, A) or (S, 1), optional
        participant_embedding : (S, C) or (S, 1, C), optional
        participant_index : tensor, optional
            Accepted for old scripts; the rows of a model's equations belong to its sequences already.
        activation_rnn : callable, optional
            What makes the next value of the network's output, such as `torch.sigmoid`; an equation in the place of
            that network is clipped to [0, 1].
        scaling : bool
            Multiply the result by the state's inverse temperature.

        Returns
        -------
        (S, A)
            Zero where `action` is 0.

        Raises
        ------
        ConfigError
            Where the model has no such mechanism, or an equation's signal was not recorded.
        """
        value = self.state[key_state]
        bounded = activation_rnn in (torch.sigmoid, nn.functional.sigmoid) or isinstance(activation_rnn, nn.Sigmoid)
        if key_module in self.equations:
            updated = self._call_equation(key_module, value)
            if bounded:
                updated = updated.clamp(0.0, 1.0)
        elif key_module in self.submodules_rnn:
            network = self.submodules_rnn[key_module]
            stacked = _stack(inputs, value)
            if participant_embedding is not None:
                context = participant_embedding.reshape(len(value), -1, participant_embedding.shape[-1])
                stacked = torch.cat([stacked, context.expand(-1, value.shape[-1], -1)], dim=-1)
            is_ours = isinstance(network, MechanismNetwork)
            updated = network(value, stacked) if is_ours else changed_by(network, key_module, value, stacked)
            if activation_rnn is not None and not is_ours:
                updated = activation_rnn(updated)
            elif activation_rnn is not None:
                # An activation bounds the next value itself, not the change of it.
                updated = activation_rnn(updated - value)
        elif key_module in self.submodules_eq:
            self.coded_states[key_module] = key_state
            updated = self.submodules_eq[key_module](value, _stack(inputs, value))
        else:
            raise ConfigError(
                "key_module", f"one of {sorted({*self.submodules_rnn, *self.submodules_eq})}", repr(key_module),
                "Set it up in the model's __init__.",
            )  # fmt: skip
        mask = torch.ones_like(value) if action is None else action
        if self.calls is not None:
            signals = {name: values[-1] for name, values in self.recording.items()}
            self.calls.setdefault(key_module, []).append(ModuleCall(key_state, value, updated, mask, signals, bounded))
        if scaling and key_state in self.betas:
            updated = updated * self.betas[key_state](participant_embedding)
        return updated * mask

    def _call_equation(self, key_module: str, value: Tensor) -> Tensor:
        form = self.equations[key_module]
        missing = [name for name in form.terms.variables[1:] if name not in self.recording]
        if missing:
            raise ConfigError(
                f"signals of {key_module!r}", f"{missing} recorded before it is called", sorted(self.recording),
                "Call record_signal(name, value) in forward, ahead of call_module.",
            )  # fmt: skip
        inputs = [self.recording[name][-1].to(value).expand_as(value) for name in form.terms.variables[1:]]
        if key_module not in self._steps:
            self._steps[key_module] = form.prepare([None] * len(inputs))
        return self._steps[key_module](0, value, inputs)


def _stack(inputs: Tensor | tuple[Tensor, ...] | None, value: Tensor) -> Tensor:
    if inputs is None:
        return value.new_zeros((*value.shape, 0))
    parts = inputs if isinstance(inputs, tuple | list) else (inputs,)
    return torch.stack([part.to(value).expand_as(value) for part in parts], dim=-1)
