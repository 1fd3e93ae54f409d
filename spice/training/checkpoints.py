"""Checkpoints of a running training: all that it needs to go on as if nothing had happened."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from spice.exceptions import ModelFileError, OutputError
from spice.files.container import read_model, write_model
from spice.progress import Stage

if TYPE_CHECKING:
    from spice.training.train import Training

KIND = "training"


@dataclass
class Checkpoints:
    """Where a training is kept, and how often.

    Parameters
    ----------
    path : Path
    fit : str
        Fingerprint of data, model and settings: a training goes on only from a checkpoint of the same fit.
    seconds : float
        Time between two of them.
    """

    path: Path
    fit: str
    seconds: float = 10.0
    _last: float = field(default_factory=time.monotonic, init=False)
    _failed: bool = field(default=False, init=False)

    def restore(self, training: Training, stage: Stage) -> None:
        """Put a training where the checkpoint was made; where there is none that fits, it begins anew and says so.

        Parameters
        ----------
        training : Training
            Set to what the checkpoint holds.
        stage : Stage
            Is told what was done.
        """
        if not self.path.exists():
            return
        try:
            found = read_model(self.path, KIND)
            if found.header["fit"] != self.fit:
                stage.note(f"{self.path.name} belongs to other data or settings, so the training begins anew.")
                return
            _restore(training, found.header, {name: torch.from_numpy(v.copy()) for name, v in found.tensors.items()})
        except (ModelFileError, KeyError, ValueError, RuntimeError) as error:
            stage.note(f"{self.path.name} cannot be used ({error}), so the training begins anew.")
            return
        stage.go_on(training.history, f"Goes on after epoch {training.epoch}.")

    def save_when_due(self, training: Training, stage: Stage) -> None:
        """Write a checkpoint if the last one is old enough; where it cannot be written the training goes on.

        Parameters
        ----------
        training : Training
        stage : Stage
            Is told, once, where it cannot be written.
        """
        if self._failed or time.monotonic() - self._last < self.seconds:
            return
        try:
            write_model(self.path, KIND, {"fit": self.fit, **_header(training)}, _tensors(training))
        except OutputError as error:
            self._failed = True
            stage.note(f"Goes on without checkpoints: {error}")
        self._last = time.monotonic()

    def forget(self) -> None:
        """Remove the checkpoint of a fit that is done."""
        self.path.unlink(missing_ok=True)


def _header(training: Training) -> dict[str, Any]:
    return {
        "epoch": training.epoch,
        "history": training.history,
        "best_loss": training.best_loss if math.isfinite(training.best_loss) else None,
        "learning_rate": training.steps.learning_rate,
        "n_steps": training.steps.n_steps,
        "usual_length": training.steps.usual_length,
        "generator": training.generator.bit_generator.state,
    }


def _tensors(training: Training) -> dict[str, Any]:
    steps = training.steps
    tensors = {"vector": steps.vector, "mean": steps.mean, "square": steps.square, "masks": training.masks.get_state()}
    tensors["average"] = training.average
    tensors["carried"] = torch.from_numpy(training.gradient.carried.values)
    tensors |= {f"buffer.{k}": buffer for k, buffer in enumerate(training.model.buffers())}
    tensors |= {f"best.{name}": values for name, values in (training.best_weights or {}).items()}
    return {name: values.detach().cpu().numpy() for name, values in tensors.items()}


def _restore(training: Training, header: Any, tensors: dict[str, torch.Tensor]) -> None:
    steps = training.steps
    if tensors["vector"].shape != steps.vector.shape:
        raise ValueError("it has another number of weights")
    if tensors["carried"].shape != training.gradient.carried.values.shape:
        raise ValueError("it has other windows of trials")
    training.gradient.carried.values[:] = tensors["carried"].numpy()
    training.generator.bit_generator.state = header["generator"]
    training.masks.set_state(tensors["masks"])
    for name in ("vector", "mean", "square"):
        getattr(steps, name).copy_(tensors[name])
    for k, buffer in enumerate(training.model.buffers()):
        buffer.copy_(tensors[f"buffer.{k}"])
    training.average.copy_(tensors["average"])
    steps.learning_rate, steps.n_steps = header["learning_rate"], header["n_steps"]
    steps.usual_length = header["usual_length"]
    training.people.settle()
    training.epoch, training.history = header["epoch"], [dict(losses) for losses in header["history"]]
    training.best_loss = math.inf if header["best_loss"] is None else header["best_loss"]
    best = {name[5:]: values for name, values in tensors.items() if name.startswith("best.")}
    training.best_weights = best or None
