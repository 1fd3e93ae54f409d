"""Training of a model's networks on choices."""

import copy
import math
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spice.exceptions import TrainingDivergedError
from spice.progress import FitControl, Stage
from spice.resources.gradient_steps import GradientSteps
from spice.resources.model_run import Ids, read_model_signals, run_model
from spice.resources.networks import MechanismNetwork
from spice.resources.rnn import BaseRNN
from spice.resources.rnn_parts import IdEmbedding
from spice.resources.rollout.signals import Signals
from spice.resources.trials import Trials


@dataclass(frozen=True)
class TrainingOptions:
    """How the network is trained; the estimator documents each of them."""

    epochs: int = 128
    learning_rate: float = 5e-3
    batch_size: int | None = 256
    n_steps_per_call: int | None = 16
    l2_weight_decay: float = 0.0
    scheduler: bool = False
    convergence_threshold: float = 0.0
    bagging: bool = False


@dataclass(frozen=True)
class TrainingData:
    """Trials with the choices that follow them and the rows of their ids.

    `signals` holds what a declared model reads from the trials, where `read_by` was asked to.
    """

    trials: Trials
    targets: Tensor
    ids: Ids
    signals: Signals | None = None
    _windows: dict[int, list[tuple["TrainingData", float]]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def read_by(self, model: BaseRNN) -> "TrainingData":
        """Read the signals once that every pass over these trials needs."""
        return (
            replace(self, signals=read_model_signals(model, self.trials, self.targets)) if model.is_declared else self
        )

    def select(self, sequences: np.ndarray[Any, np.dtype[np.int_]]) -> "TrainingData":
        """Some of the sequences."""
        trials = self.trials.select(sequences)
        signals = self.signals and self.signals.select(sequences, trials.n_trials)
        return TrainingData(trials, self.targets[: trials.n_trials, sequences], self.ids.select(sequences), signals)

    def windows(self, n_steps: int | None) -> list[tuple["TrainingData", float]]:
        """Stretches of at most that many trials, and the number of choices in each; made once."""
        size = self.trials.n_trials if n_steps is None or n_steps < 1 else n_steps
        if size not in self._windows:
            starts = range(0, self.trials.n_trials, size)
            self._windows[size] = [self._window(start, start + size) for start in starts]
        return self._windows[size]

    def _window(self, start: int, stop: int) -> tuple["TrainingData", float]:
        targets, signals = self.targets[start:stop], self.signals and self.signals.window(start, stop)
        return TrainingData(self.trials.window(start, stop), targets, self.ids, signals), float(targets.sum())

    def to(self, dtype: torch.dtype) -> "TrainingData":
        """In another precision."""
        return TrainingData(self.trials.to(dtype), self.targets.to(dtype), self.ids)

    def on(self, device: torch.device | str) -> "TrainingData":
        """On another device."""
        trials = self.trials.to(self.targets.dtype, torch.device(device))
        ids = Ids(self.ids.participants.to(device), self.ids.experiments.to(device))
        return TrainingData(trials, self.targets.to(device), ids)


@dataclass
class Training:
    """State of a running training."""

    model: BaseRNN
    steps: GradientSteps
    generator: np.random.Generator
    epoch: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    best_loss: float = math.inf
    best_weights: dict[str, Tensor] | None = None


def train_network(
    model: BaseRNN,
    data: TrainingData,
    options: TrainingOptions,
    generator: np.random.Generator,
    control: FitControl,
    validation: TrainingData | None = None,
) -> list[dict[str, float]]:
    """Train a model in place and leave it with its best weights.

    With validation data those of the epoch with the best validation loss, else the last ones.

    Returns
    -------
    list of dict
        Per epoch: "loss", and "validation_loss" with validation data; nats per choice.

    Raises
    ------
    TrainingDivergedError
        When a loss is not finite; names the epoch, and the last good weights are in the model.
    FitCancelled
    """
    data, validation = data.read_by(model), validation and validation.read_by(model)
    steps = GradientSteps(model, options.learning_rate, options.l2_weight_decay)
    training = Training(model, steps, generator)
    _share_generator(model, torch.Generator().manual_seed(int(generator.integers(2**31))))
    with steps, control.stage("rnn", options.epochs) as stage:
        if not model.is_declared:
            stage.note("A model with a forward of its own runs on the reference rollout, which is slower.")
        elif data.targets.device.type != "cpu":
            stage.note(f"On {data.targets.device} the reference rollout runs; the compiled one needs the CPU.")
        while training.epoch < options.epochs and not stage.should_finish:
            _one_epoch(training, data, options, validation, stage)
            if options.scheduler:
                # Half a cosine, from the learning rate down to zero.
                steps.learning_rate = (
                    options.learning_rate * (1 + math.cos(math.pi * training.epoch / options.epochs)) / 2
                )
            if _has_converged(training.history, options.convergence_threshold):
                stage.note(f"Converged after {training.epoch} epochs.")
                break
    if validation is not None and training.best_weights is not None:
        model.load_state_dict(training.best_weights)
    model.eval()
    model.set_population()
    _share_generator(model, None)
    return training.history


def _share_generator(model: BaseRNN, generator: torch.Generator | None) -> None:
    """Let all dropout masks be drawn from one generator, which belongs to this fit alone."""
    for module in model.modules():
        if isinstance(module, IdEmbedding | MechanismNetwork):
            module.generator = generator


def _one_epoch(
    training: Training,
    data: TrainingData,
    options: TrainingOptions,
    validation: TrainingData | None,
    stage: Stage,
) -> None:
    model = training.model
    good_weights = copy.deepcopy(model.state_dict())
    model.train()
    total, scored = 0.0, 0.0
    for batch in _mini_batches(data, options, training.generator):
        loss, n = _train_batch(training, batch, options.n_steps_per_call)
        total, scored = total + loss, scored + n
    metrics = {"loss": total / max(scored, 1)}
    if validation is not None:
        metrics["validation_loss"] = evaluate(model, validation)
    if not all(math.isfinite(v) for v in metrics.values()):
        model.load_state_dict(training.best_weights or good_weights)
        model.eval()
        error = TrainingDivergedError(
            "training", "a finite loss", f"{metrics} in epoch {training.epoch + 1}",
            "The weights of the last good epoch are in this error's `weights`; try a smaller learning_rate.",
        )  # fmt: skip
        error.weights = copy.deepcopy(model.state_dict())
        raise error
    training.epoch += 1
    training.history.append(metrics)
    watched = metrics.get("validation_loss")
    if watched is not None and watched < training.best_loss:
        training.best_loss, training.best_weights = watched, copy.deepcopy(model.state_dict())
    stage.advance(**metrics)


def _mini_batches(data: TrainingData, options: TrainingOptions, generator: np.random.Generator) -> list[TrainingData]:
    n = data.trials.n_sequences
    order = generator.integers(n, size=n) if options.bagging else generator.permutation(n)
    size = n if options.batch_size is None or options.batch_size < 1 else min(options.batch_size, n)
    if size == n and not options.bagging:
        return [data]
    return [data.select(order[start : start + size]) for start in range(0, n, size)]


def _train_batch(training: Training, batch: TrainingData, n_steps: int | None) -> tuple[float, float]:
    """One pass over a batch in truncated windows; gives the summed loss and the number of choices."""
    state = None
    total, scored = 0.0, 0.0
    for window, n in batch.windows(n_steps):
        run = run_model(training.model, window.trials, batch.ids, state, window.signals)
        state = {name: value.detach() for name, value in run.last.items()}
        if n == 0:
            continue
        loss = run.nll(window.targets).sum() / n
        training.steps.descend(loss)
        total, scored = total + float(loss.detach()) * n, scored + n
    return total, scored


def evaluate(model: BaseRNN, data: TrainingData) -> float:
    """Negative log-likelihood per choice, nats, over whole sequences."""
    was_training = model.training
    model.eval()
    model.set_population()
    with torch.no_grad():
        run = run_model(model, data.trials, data.ids, signals=data.signals)
        loss = run.nll(data.targets).sum() / data.targets.sum().clamp(min=1)
    model.train(was_training)
    return float(loss)


def _has_converged(history: list[dict[str, float]], threshold: float, patience: int = 10) -> bool:
    """Whether the loss of the last epochs differs by less than the threshold from those before."""
    if threshold <= 0 or len(history) < 2 * patience:
        return False
    key = "validation_loss" if "validation_loss" in history[-1] else "loss"
    values = [h[key] for h in history[-2 * patience :]]
    return float(np.mean(values[:patience]) - np.mean(values[patience:])) < threshold
