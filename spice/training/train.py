"""Training of a model's networks on choices.

References
----------
Shamir & Zhang (2013), Stochastic gradient descent for non-smooth optimization. ICML (averages of late weights).
"""

import copy
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice.exceptions import TrainingDivergedError
from spice.model.base import BaseRNN
from spice.model.run import run_model
from spice.model.training_data import TrainingData
from spice.progress import FitControl, Stage
from spice.rollout.networks import MechanismNetwork
from spice.rollout.parts import IdEmbedding
from spice.training.checkpoints import Checkpoints
from spice.training.embedding_posterior import EmbeddingPosterior
from spice.training.gradient import ChoiceGradient, choice_gradient
from spice.training.steps import GradientSteps

AVERAGING = 8
"""The average of weights covers about the last ninth (one in this number and one) of the epochs so far."""

DROPOUT_EPOCHS = 32
"""Epochs in which dropout falls to none: it leads past poor optima, and blurs mechanisms after."""


@dataclass(frozen=True)
class TrainingOptions:
    """How the network is trained; the estimator documents each of them."""

    epochs: int = 128
    learning_rate: float = 5e-3
    batch_size: int | None = 64
    n_steps_per_call: int | None = 64
    l2_weight_decay: float = 0.0
    scheduler: bool = False
    convergence_threshold: float = 0.0
    bagging: bool = False
    patience: int = 32


@dataclass
class Training:
    """State of a running training.

    `average` are the weights averaged over the last epochs: those of one epoch carry the noise of its last steps.
    `usual_choices` are those of a gradient step, about.
    """

    model: BaseRNN
    gradient: ChoiceGradient
    people: EmbeddingPosterior
    steps: GradientSteps
    usual_choices: float
    generator: np.random.Generator
    masks: torch.Generator
    average: Tensor
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
    checkpoints: Checkpoints | None = None,
) -> list[dict[str, float]]:
    """Train a model in place and leave it with its best weights.

    Those are the last ones or their average over the last epochs, whichever predicts the choices better. With
    validation data they are the average at the end of the epoch that predicts these best, and training ends
    once no epoch has been better for as many as `patience`. With checkpoints it goes on where the last one was made.

    Parameters
    ----------
    model : BaseRNN
    data : TrainingData
    options : TrainingOptions
    generator : numpy.random.Generator
        Of the order of sequences and of dropout.
    control : FitControl
        Told of every epoch, and asked whether to go on.
    validation : TrainingData, optional
    checkpoints : Checkpoints, optional

    Returns
    -------
    list of dict
        Per epoch: "loss", and with validation data "validation_loss", of the averaged weights; nats per choice.

    Raises
    ------
    TrainingDivergedError
        When a loss is not finite; names the epoch, and the last good weights are in the model.
    FitCancelled
        By `FitControl.cancel`.
    """
    data, validation = data.read_by(model), validation and validation.read_by(model)
    masks = torch.Generator().manual_seed(int(generator.integers(2**31)))
    share_generator(model, masks)
    people = EmbeddingPosterior(model, float(data.targets.sum()), masks)
    steps = GradientSteps(model, options.learning_rate, options.l2_weight_decay, people)
    with steps, control.stage("rnn", options.epochs) as stage:
        gradient = choice_gradient(model, data, options.n_steps_per_call)
        usual = float(data.targets.sum()) / _n_steps(data, options)
        training = Training(model, gradient, people, steps, usual, generator, masks, average=steps.vector.clone())
        if checkpoints is not None:
            checkpoints.restore(training, stage)
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
            if checkpoints is not None:
                checkpoints.save_when_due(training, stage)
            if _has_converged(training.history, options.convergence_threshold):
                stage.note(f"Converged after {training.epoch} epochs.")
                break
            if is_over(training.history, options.patience):
                stage.note(f"No epoch of the last {options.patience} predicts the validation data better.")
                break
        _keep_best(training, data if validation is None else validation)
    model.eval()
    model.set_population()
    share_generator(model, None)
    _set_dropout(model, 1.0)
    return training.history


def share_generator(model: BaseRNN, generator: torch.Generator | None) -> None:
    """Let all dropout masks be drawn from one generator, which belongs to this fit alone.

    Parameters
    ----------
    model : BaseRNN
    generator : torch.Generator or None
        None: torch's own.
    """
    model.generator = generator
    for module in model.modules():
        if isinstance(module, IdEmbedding | MechanismNetwork):
            module.generator = generator


def _set_dropout(model: BaseRNN, left: float) -> None:
    for module in model.modules():
        if isinstance(module, MechanismNetwork):
            module.dropout_left = left


def _one_epoch(
    training: Training,
    data: TrainingData,
    options: TrainingOptions,
    validation: TrainingData | None,
    stage: Stage,
) -> None:
    model = training.model
    good_weights, good_buffers = training.steps.vector.clone(), [b.clone() for b in model.buffers()]
    _set_dropout(model, max(0.0, 1 - training.epoch / DROPOUT_EPOCHS))
    model.train()
    steps, people = training.steps, training.people
    total, scored = 0.0, 0.0
    for sequences in _mini_batches(data.trials.n_sequences, options, training.generator):
        people.draw()
        for nll, n in training.gradient.windows(sequences):
            # A step counts as much as the choices in it: the last window of a sequence may hold one.
            share = n / training.usual_choices
            steps.gradient.mul_(share)
            people.gather(share)
            steps.descend()
            people.place()
            total, scored = total + nll, scored + n
    people.settle()
    metrics = {"loss": total / max(scored, 1)}
    epoch = training.epoch + 1
    average = training.average.lerp(steps.vector, (AVERAGING + 1) / (AVERAGING + epoch))
    if validation is not None:
        with _with_weights(training, average):
            metrics["validation_loss"] = evaluate(model, validation)
    if not all(math.isfinite(v) for v in metrics.values()):
        raise _diverged(training, metrics, good_weights, good_buffers)
    training.epoch, training.average = epoch, average
    training.history.append(metrics)
    watched = metrics.get("validation_loss")
    if watched is not None and watched < training.best_loss:
        with _with_weights(training, average):
            training.best_loss, training.best_weights = watched, copy.deepcopy(model.state_dict())
    stage.advance(**metrics)


def _diverged(
    training: Training, metrics: dict[str, float], good_weights: Tensor, good_buffers: list[Tensor]
) -> TrainingDivergedError:
    """Leave the model with the last good weights, and what to say."""
    model = training.model
    _put(training, good_weights)
    for buffer, good in zip(model.buffers(), good_buffers, strict=True):
        buffer.copy_(good)
    if training.best_weights is not None:
        model.load_state_dict(training.best_weights)
    model.eval()
    error = TrainingDivergedError(
        "training", "a finite loss", f"{metrics} in epoch {training.epoch + 1}",
        "The weights of the last good epoch are in this error's `weights`; try a smaller learning_rate.",
    )  # fmt: skip
    error.weights = copy.deepcopy(model.state_dict())
    return error


@contextmanager
def _with_weights(training: Training, weights: Tensor) -> Iterator[None]:
    """The model with other weights; those of the training are put back."""
    now = training.steps.vector.clone()
    _put(training, weights)
    try:
        yield
    finally:
        _put(training, now)


def _put(training: Training, weights: Tensor) -> None:
    training.steps.vector.copy_(weights)
    training.people.settle()


def _keep_best(training: Training, data: TrainingData) -> None:
    """Leave the model with the weights that predict best."""
    if training.best_weights is not None:
        training.model.load_state_dict(training.best_weights)
        return
    loss = evaluate(training.model, data)
    with _with_weights(training, training.average):
        average_loss = evaluate(training.model, data)
    if average_loss < loss:
        _put(training, training.average)


def _n_steps(data: TrainingData, options: TrainingOptions) -> int:
    """Gradient steps in an epoch."""
    n = data.trials.n_sequences
    return math.ceil(n / _batch_size(n, options)) * max(
        1, sum(choices > 0 for _, choices in data.windows(options.n_steps_per_call))
    )


def _batch_size(n: int, options: TrainingOptions) -> int:
    return n if options.batch_size is None or options.batch_size < 1 else min(options.batch_size, n)


def _mini_batches(
    n: int, options: TrainingOptions, generator: np.random.Generator
) -> Iterator[NDArray[np.int_] | None]:
    """Sequences of each, None for all of them."""
    order = generator.integers(n, size=n) if options.bagging else generator.permutation(n)
    size = _batch_size(n, options)
    if size == n and not options.bagging:
        yield None
        return
    for start in range(0, n, size):
        yield order[start : start + size]


def evaluate(model: BaseRNN, data: TrainingData) -> float:
    """Score a model on whole sequences.

    Parameters
    ----------
    model : BaseRNN
    data : TrainingData

    Returns
    -------
    float
        Negative log-likelihood per choice, nats.
    """
    was_training = model.training
    model.eval()
    model.set_population()
    with torch.no_grad():
        run = run_model(model, data.trials, data.ids, signals=data.signals)
        loss = run.nll(data.targets).sum() / data.targets.sum().clamp(min=1)
    model.train(was_training)
    return float(loss)


def _has_converged(history: list[dict[str, float]], threshold: float, n_epochs: int = 10) -> bool:
    """Whether the loss of the last epochs differs by less than the threshold from those before."""
    if threshold <= 0 or len(history) < 2 * n_epochs:
        return False
    key = "validation_loss" if "validation_loss" in history[-1] else "loss"
    values = [h[key] for h in history[-2 * n_epochs :]]
    return float(np.mean(values[:n_epochs]) - np.mean(values[n_epochs:])) < threshold


def is_over(history: list[dict[str, float]], patience: int) -> bool:
    """Whether the best epoch on validation data lies that many epochs back.

    Parameters
    ----------
    history : list of dict
        Of each epoch; those without "validation_loss" do not count.
    patience : int
        Epochs without anything better after which it is over.

    Returns
    -------
    bool
    """
    losses = [epoch["validation_loss"] for epoch in history if "validation_loss" in epoch]
    return len(losses) > patience and min(losses[-patience:]) > min(losses[:-patience])
