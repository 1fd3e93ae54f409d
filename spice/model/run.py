"""Run any model over trials: declared ones through the rollout, others through their own forward."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from spice.compiler.locks import ForkLock
from spice.data.ids import Ids
from spice.data.layout import Columns, chosen_arms, in_full, join_columns, shown_rewards
from spice.data.trials import Trials
from spice.exceptions import DataError
from spice.model.base import BaseRNN
from spice.model.own_parts import given_temperatures, own_randomness
from spice.observation.base import SMALLEST_PROBABILITY, Observation, on_offer
from spice.observation.softmax import SOFTMAX
from spice.rollout.compiled import can_compile, compiled_rollout
from spice.rollout.polynomials import Equations
from spice.rollout.reference import Recording, rollout
from spice.rollout.signals import Signals, read_signals

OWN_FORWARD = ForkLock()
"""Held while a model with a forward of its own runs."""


@dataclass(frozen=True)
class Run:
    """Result of a run.

    Attributes
    ----------
    factors : mapping of state to (1,) or ([E,] S, 1)
    states : mapping of state to (T, [E,] S, A)
        Times their factors they sum to the logits.
    last : dict of state to ([E,] S, A)
    recordings : dict of mechanism to Recording
    scored : ([E,] S), optional
        Negative log-likelihood of the choices in `Signals.following`, where the rollout gave it.
    offered : (T, S, A) bool, optional
        Arms on offer in the choice after each trial; None where all are.
    observation : Observation
    parameters : mapping of name to ([E,] S, 1)
        Of the observation.
    others : tuple of Run
        Of the other networks of an ensemble, over the same trials. Likelihoods and probabilities are those of the mean
        of all; states and logits are this one's.
    """

    factors: Mapping[str, Tensor]
    states: Mapping[str, Tensor]
    last: dict[str, Tensor]
    recordings: dict[str, Recording]
    scored: Tensor | None = None
    offered: Tensor | None = None
    observation: Observation = SOFTMAX
    parameters: Mapping[str, Tensor] = field(default_factory=dict)
    others: tuple["Run", ...] = ()

    @property
    def logits(self) -> Tensor:
        """Logits (T, [E,] S, A) of all arms after each trial."""
        (first, factor), *others = self.factors.items()
        total = factor * self.states[first]
        for name, factor in others:
            state = self.states[name]
            # Large arrays are made once, where nobody asks how they came about.
            is_whole = np.broadcast_shapes(factor.shape, state.shape, total.shape) == total.shape
            is_free = is_whole and not (total.requires_grad or factor.requires_grad or state.requires_grad)
            total = total.addcmul_(factor, state) if is_free else torch.addcmul(total, factor, state)
        return total

    @property
    def choice_logits(self) -> Tensor:
        """Logits (T, [E,] S, A) of the next choice after each trial: the same, but for arms that are not on offer."""
        return on_offer(self.logits, self.offered)

    def nll(self, targets: Tensor) -> Tensor:
        """Negative log-likelihood, nats, summed over the choices of each sequence.

        Parameters
        ----------
        targets : (T, S, A)
            One-hot, all zero where nothing is scored.

        Returns
        -------
        ([E,] S)
        """
        if self.others:
            p = self.probabilities.clamp_min(SMALLEST_PROBABILITY)
            return -(p.log() * targets).sum((0, -1)).to(targets)
        if self.scored is not None:
            return self.scored
        logits = self.choice_logits
        one_hot = targets if logits.dim() == 3 else targets[:, None]
        return self.observation.nll(logits, self.parameters, one_hot).sum(0)

    @property
    def probabilities(self) -> Tensor:
        """Probability (T, [E,] S, A) of each arm in the choice after each trial, float64."""
        own = self.observation.probabilities(self.choice_logits, self.parameters)
        return torch.stack([own, *(other.probabilities for other in self.others)]).mean(0) if self.others else own


def run_model(
    model: BaseRNN,
    trials: Trials,
    ids: Ids,
    start: Mapping[str, Tensor] | None = None,
    signals: Signals | None = None,
    equations: Equations | None = None,
    record: Collection[str] = (),
) -> Run:
    """Run a model over a window of trials.

    Parameters
    ----------
    model : BaseRNN
    trials : Trials
        T trials of S sequences, in the precision of the model.
    ids : Ids
    start : mapping of state to ([E,] S, A), optional
        State to go on from, `last` of the window before.
    signals : Signals, optional
        What a declared model reads from these trials, where it is at hand.
    equations : Equations, optional
        Stand in for the networks of their mechanisms, the inverse temperatures and initial values.
    record : collection of str
        Mechanisms whose variables and outputs are kept (declared models).

    Returns
    -------
    Run
    """
    _check_inputs(model, trials)
    if not model.is_declared:
        return _run_forward(model, trials, ids, start, equations)
    signals = read_model_signals(model, trials) if signals is None else signals
    embedding = model.embedding(ids.participants)
    forms = model.forms(model.context(embedding, ids.experiments), trials.n_sequences)
    forms |= equations.forms if equations else {}
    initial = _initial(model, trials, ids, equations)
    factors = model.inverse_temperatures(embedding) | dict(equations.inverse_temperatures if equations else {})
    declaration = (model.mechanisms, forms, model.states, signals, initial, start, record)
    result = compiled_rollout(*declaration, factors) if can_compile(forms, signals) else rollout(*declaration)
    return Run(
        factors, result.states, result.last, result.recordings, result.nll if signals.scored else None, trials.offered,
        model.observation, _observed(model, ids, equations),
    )  # fmt: skip


def read_model_signals(
    model: BaseRNN, trials: Trials, targets: Tensor | None = None, previous_blocks: Tensor | None = None
) -> Signals:
    """What the mechanisms of a declared model read from trials; see `read_signals`."""
    _check_inputs(model, trials)
    # Kernels score what they know how to; the rest is scored from the logits.
    targets = targets if model.observation.in_kernels else None
    return read_signals(model.mechanisms, model.states, trials, model.additional_inputs, targets, previous_blocks)


def _check_inputs(model: BaseRNN, trials: Trials) -> None:
    needed = model.additional_inputs
    if trials.additional.shape[-1] < len(needed):
        raise DataError(
            "data", f"{len(needed)} additional inputs, {list(needed)}", f"{trials.additional.shape[-1]}",
            "Pass data with the inputs that the model declares.",
        )  # fmt: skip


def _run_forward(
    model: BaseRNN, trials: Trials, ids: Ids, start: Mapping[str, Tensor] | None, equations: Equations | None
) -> Run:
    """Such a model keeps its state, and what stands in for its networks, on itself: one run at a time."""
    state = _initial(model, trials, ids, equations) if start is None else start
    given = {} if equations is None else equations.inverse_temperatures
    with OWN_FORWARD, given_temperatures(model, given), own_randomness(model):
        try:
            model.equations = equations.forms if equations else {}
            logits, last = model(as_inputs(trials, ids, model), state)
        finally:
            model.equations = {}
    return Run(
        {"logits": logits.new_ones(1)}, {"logits": logits}, last, {}, None, trials.offered, model.observation,
        _observed(model, ids, equations),
    )  # fmt: skip


def _observed(model: BaseRNN, ids: Ids, equations: Equations | None) -> Mapping[str, Tensor]:
    return model.observation_parameters(ids.participants) if equations is None else equations.observed


def _initial(model: BaseRNN, trials: Trials, ids: Ids, equations: Equations | None) -> dict[str, Tensor]:
    initial = model.initial_state(trials.n_sequences, ids.participants)
    if equations is not None:
        for name, value in equations.initial.items():
            initial[name] = value.expand(*value.shape[:-1], trials.n_actions)
    return initial


def as_inputs(trials: Trials, ids: Ids, model: BaseRNN) -> Tensor:
    """The array (T, S, F) that a forward of one's own reads, with rows of embeddings as ids."""
    rows: Tensor = join_columns(
        trials.actions,
        trials.rewards,
        trials.additional,
        block=trials.blocks,
        experiment=ids.experiments % (model.n_experiments + 1),
        participant=ids.participants % (model.n_participants + 1),
    )
    return rows


def run_declared_arrays(
    model: BaseRNN, inputs: Tensor, prev_state: Mapping[str, Tensor] | None, batch_first: bool
) -> tuple[Tensor, dict[str, Tensor]]:
    """`BaseRNN.forward` of a declared model: ids in the array are rows of the embeddings."""
    if batch_first:
        inputs = inputs.permute(1, 0, 2)
    n = model.n_actions
    inputs = in_full(inputs, n, "inputs")
    columns = Columns.of(inputs.shape[-1], n)
    participants, experiments, blocks = (
        inputs[..., columns.ids[name]] for name in ("participant", "experiment", "block")
    )
    actions, rewards = torch.nan_to_num(inputs[..., columns.actions]).clamp(min=0), inputs[..., columns.rewards]
    shown = shown_rewards(rewards, chosen_arms(actions)).to(inputs)
    n_trials, n_sequences = inputs.shape[:2]
    trials = Trials(
        actions=actions,
        rewards=torch.nan_to_num(rewards) * shown,
        shown=shown,
        additional=inputs[..., columns.inputs],
        blocks=blocks.long(),
        participants=participants[0].detach().numpy().astype(int),
        experiments=experiments[0].detach().numpy().astype(int),
        lengths=np.full(n_sequences, n_trials),
        rows=np.tile(np.arange(n_trials)[:, None], (1, n_sequences)),
        source=np.tile(np.arange(n_trials), (n_sequences, 1)),
    )
    run = run_model(model, trials, Ids(participants[0].long(), experiments[0].long()), prev_state)
    logits = run.logits.permute(1, 0, 2) if batch_first else run.logits
    return logits, run.last
