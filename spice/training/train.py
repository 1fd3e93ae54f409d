"""Training of a model's networks on choices.

References
----------
Shamir & Zhang (2013), Stochastic gradient descent for non-smooth optimization. ICML (averages of late weights).
"""

import copy
import math
from collections.abc import Iterator
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
from spice.training.gradient import ChoiceGradient, choice_gradient
from spice.training.steps import GradientSteps

AVERAGING = 8
"""The average of weights covers about the last ninth (one in this number and one) of the epochs so far."""


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


@dataclass
class Training:
    """State of a running training.

    `average` are the weights averaged over the last epochs: those of one epoch carry the noise of its last steps.
    """

    model: BaseRNN
    gradient: ChoiceGradient
    steps: GradientSteps
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

    Those are the last ones or their average over the last epochs, whichever predicts the choices better; with
    validation data, the average or those of the epoch with the best validation loss. With checkpoints it goes on where
    the last one was made.

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
        Per epoch: "loss", and "validation_loss" with validation data; nats per choice.

    Raises
    ------
    TrainingDivergedError
        When a loss is not finite; names the epoch, and the last good weights are in the model.
    FitCancelled
    """
    data, validation = data.read_by(model), validation and validation.read_by(model)
    steps = GradientSteps(model, options.learning_rate, options.l2_weight_decay)
    masks = torch.Generator().manual_seed(int(generator.integers(2**31)))
    share_generator(model, masks)
    with steps, control.stage("rnn", options.epochs) as stage:
        gradient = choice_gradient(model, data, options.n_steps_per_call)
        training = Training(model, gradient, steps, generator, masks, average=steps.vector.clone())
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
        _keep_best(training, data if validation is None else validation)
    model.eval()
    model.set_population()
    share_generator(model, None)
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


def _one_epoch(
    training: Training,
    data: TrainingData,
    options: TrainingOptions,
    validation: TrainingData | None,
    stage: Stage,
) -> None:
    model = training.model
    good_weights, good_buffers = training.steps.vector.clone(), [b.clone() for b in model.buffers()]
    model.train()
    total, scored = 0.0, 0.0
    for sequences in _mini_batches(data.trials.n_sequences, options, training.generator):
        for nll, n in training.gradient.windows(sequences):
            training.steps.descend()
            total, scored = total + nll, scored + n
    metrics = {"loss": total / max(scored, 1)}
    if validation is not None:
        metrics["validation_loss"] = evaluate(model, validation)
    if not all(math.isfinite(v) for v in metrics.values()):
        training.steps.vector.copy_(good_weights)
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
        raise error
    training.epoch += 1
    training.average.lerp_(training.steps.vector, (AVERAGING + 1) / (AVERAGING + training.epoch))
    training.history.append(metrics)
    watched = metrics.get("validation_loss")
    if watched is not None and watched < training.best_loss:
        training.best_loss, training.best_weights = watched, copy.deepcopy(model.state_dict())
    stage.advance(**metrics)


def _keep_best(training: Training, data: TrainingData) -> None:
    """Leave the model with the weights that predict these choices best."""
    model, vector = training.model, training.steps.vector
    if training.best_weights is not None:
        model.load_state_dict(training.best_weights)
    best, loss = vector.clone(), evaluate(model, data)
    vector.copy_(training.average)
    if not evaluate(model, data) < loss:
        vector.copy_(best)


def _mini_batches(
    n: int, options: TrainingOptions, generator: np.random.Generator
) -> Iterator[NDArray[np.int_] | None]:
    """Sequences of each, None for all of them."""
    order = generator.integers(n, size=n) if options.bagging else generator.permutation(n)
    size = n if options.batch_size is None or options.batch_size < 1 else min(options.batch_size, n)
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


def _has_converged(history: list[dict[str, float]], threshold: float, patience: int = 10) -> bool:
    """Whether the loss of the last epochs differs by less than the threshold from those before."""
    if threshold <= 0 or len(history) < 2 * patience:
        return False
    key = "validation_loss" if "validation_loss" in history[-1] else "loss"
    values = [h[key] for h in history[-2 * patience :]]
    return float(np.mean(values[:patience]) - np.mean(values[patience:])) < threshold
