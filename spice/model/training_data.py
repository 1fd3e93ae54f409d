"""Trials with the choices that follow them, as a training reads them."""

from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice.data.ids import Ids
from spice.data.trials import Trials
from spice.model.base import BaseRNN
from spice.model.run import read_model_signals
from spice.rollout.signals import Signals


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
        """Read the signals once that every pass over these trials needs.

        Parameters
        ----------
        model : BaseRNN

        Returns
        -------
        TrainingData
        """
        return (
            replace(self, signals=read_model_signals(model, self.trials, self.targets)) if model.is_declared else self
        )

    def select(self, sequences: NDArray[np.int_]) -> "TrainingData":
        """Some of the sequences.

        Parameters
        ----------
        sequences : (n,) array of int

        Returns
        -------
        TrainingData
        """
        trials = self.trials.select(sequences)
        signals = self.signals and self.signals.select(sequences, trials.n_trials)
        return TrainingData(trials, self.targets[: trials.n_trials, sequences], self.ids.select(sequences), signals)

    def windows(self, n_steps: int | None) -> list[tuple["TrainingData", float]]:
        """Stretches of at most that many trials, made once.

        Parameters
        ----------
        n_steps : int or None
            None: all trials at once.

        Returns
        -------
        list of (TrainingData, float)
            Each with the number of its choices.
        """
        size = self.trials.n_trials if n_steps is None or n_steps < 1 else n_steps
        if size not in self._windows:
            starts = range(0, self.trials.n_trials, size)
            self._windows[size] = [self._window(start, start + size) for start in starts]
        return self._windows[size]

    def _window(self, start: int, stop: int) -> tuple["TrainingData", float]:
        targets, signals = self.targets[start:stop], self.signals and self.signals.window(start, stop)
        return TrainingData(self.trials.window(start, stop), targets, self.ids, signals), float(targets.sum())

    def to(self, dtype: torch.dtype) -> "TrainingData":
        """The same data in another precision.

        Parameters
        ----------
        dtype : torch.dtype

        Returns
        -------
        TrainingData
        """
        return TrainingData(self.trials.to(dtype), self.targets.to(dtype), self.ids)

    def on(self, device: torch.device | str) -> "TrainingData":
        """The same data on another device.

        Parameters
        ----------
        device : str or torch.device

        Returns
        -------
        TrainingData
        """
        trials = self.trials.to(self.targets.dtype, torch.device(device))
        ids = Ids(self.ids.participants.to(device), self.ids.experiments.to(device))
        return TrainingData(trials, self.targets.to(device), ids)
