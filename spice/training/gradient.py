"""The gradient of the choices' likelihood, window after window of a mini-batch.

Any model has it from torch. A declared model on the CPU has it written out: around its kernels stand only embeddings,
inverse temperatures and initial values, and torch's record of what was done to them would take longer than the rest.
A test holds both equal.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from spice.model.base import BaseRNN
from spice.model.run import run_model
from spice.model.training_data import TrainingData
from spice.rollout.compiled import resets
from spice.rollout.compiled_run import CompiledRun
from spice.rollout.program import encode
from spice.training.carried_gradient import CarriedGradient
from spice.training.gradient_around_kernels import PartsGradient, is_plain

Array = NDArray[Any]


class ChoiceGradient(Protocol):
    """Gradients of a model on some data.

    Attributes
    ----------
    carried : CarriedGradient
        What the last pass knows of the choices after each window.
    """

    carried: CarriedGradient

    def windows(self, sequences: NDArray[np.int_] | None) -> Iterator[tuple[float, float]]:
        """Go through some sequences, or all, in windows of trials; the state after one starts the next.

        The gradient of a window has the share of later choices in it that `carried` holds from the pass before.

        Yields the summed negative log-likelihood of a window, nats, and its number of choices, when the gradient of
        its mean has been added to `grad` of the parameters. They may be changed before the next window. Windows
        without choices to score yield nothing.
        """


class AutogradGradient:
    """The gradient by torch's autograd, for any model on any device."""

    def __init__(self, model: BaseRNN, data: TrainingData, n_steps: int | None) -> None:
        self.model, self.data, self.n_steps = model, data, n_steps
        self.everybody = np.arange(data.trials.n_sequences)
        sizes = len(data.windows(n_steps)), len(model.states), len(self.everybody), model.n_actions
        self.carried = CarriedGradient(*sizes)

    def windows(self, sequences: NDArray[np.int_] | None) -> Iterator[tuple[float, float]]:
        """See `ChoiceGradient`."""
        batch = self.data if sequences is None else self.data.select(sequences)
        sequences = self.everybody if sequences is None else sequences
        windows = batch.windows(self.n_steps)
        last = max((k for k, (_, n) in enumerate(windows) if n > 0), default=-1)
        start = None
        for k, (window, n) in enumerate(windows[: last + 1]):
            run = run_model(self.model, window.trials, batch.ids, start, window.signals)
            if n > 0:
                nll = run.nll(window.targets).sum()
                later = torch.as_tensor(self.carried.at_end(k, sequences)).to(nll)
                # States that nothing is learned of have no gradient.
                ends = [(end, g) for end, g in zip(run.last.values(), later, strict=True) if end.requires_grad]
                loss = (nll + sum((end * g).sum() for end, g in ends)) / n
                loss.backward()
                if start is not None:
                    self._keep(k, sequences, start, n)
                yield float(nll.detach()), n
            start = {name: end.detach().requires_grad_() for name, end in run.last.items()}

    def _keep(self, window: int, sequences: NDArray[np.int_], start: dict[str, torch.Tensor], n: float) -> None:
        gradients = [torch.zeros_like(values) if values.grad is None else values.grad for values in start.values()]
        self.carried.keep(window, sequences, torch.stack(gradients).double().cpu().numpy() * n)


class WrittenOutGradient:
    """The gradient written out, for declared models on the CPU whose parameters are in a `GradientSteps`."""

    def __init__(self, model: BaseRNN, data: TrainingData, n_steps: int | None) -> None:
        assert data.signals is not None
        self.model, self.ids = model, data.ids
        self.program = encode(model.mechanisms, model.forms(None, 0), model.states)
        self.resets = resets(model.states)
        *signals, self.everybody = data.signals.arrays
        n_trials = data.trials.n_trials
        size = n_trials if n_steps is None or n_steps < 1 else n_steps
        self.size = max(size, 1)
        self.stretches = [tuple(a[t : t + self.size] for a in signals) for t in range(0, n_trials, self.size)]
        self.room = np.empty(0)
        self.lengths = data.trials.lengths
        self.counts = np.array([(following >= 0).sum(0) for *_, following, _ in self.stretches])
        sizes = len(self.stretches), len(model.states), data.trials.n_sequences, model.n_actions
        self.carried = CarriedGradient(*sizes)

    def windows(self, sequences: NDArray[np.int_] | None) -> Iterator[tuple[float, float]]:
        """See `ChoiceGradient`."""
        parts = self._of_all if sequences is None else self._around(sequences)
        sequences = self.everybody if sequences is None else sequences
        counts = self.counts[:, sequences].sum(1)
        longest = int(self.lengths[sequences].max())
        room = self._room(min(self.size, longest), len(sequences))
        start: Array | None = None
        for k in range(1 + max(np.flatnonzero(counts), default=-1)):
            signals = tuple(a[: longest - k * self.size] for a in self.stretches[k])
            run = CompiledRun(self.program, self.resets, (*signals, sequences))
            parameters = parts.parameters(start)
            if counts[k] == 0:
                states, _, _ = run.forward(parameters)
                start = states[-1]
                continue
            n = float(counts[k])
            later = self.carried.at_end(k, sequences) / n
            states, nll, gradient = run.likelihood_gradient(parameters, np.full(len(sequences), 1 / n), later, room)
            parts.back(gradient, has_start=start is not None)
            self.carried.keep(k, sequences, gradient.start * n)
            start = states[-1].copy()
            yield float(nll.sum()), n

    def _around(self, sequences: NDArray[np.int_]) -> PartsGradient:
        return PartsGradient(self.model, self.program, self.ids.select(sequences))

    @cached_property
    def _of_all(self) -> PartsGradient:
        return self._around(self.everybody)

    def _room(self, n_trials: int, n_sequences: int) -> Array:
        """Room for the states of a window, kept for the next mini-batches."""
        size = n_trials * len(self.model.states) * n_sequences * self.model.n_actions
        if len(self.room) < size:
            self.room = np.empty(size)
        return self.room


def choice_gradient(model: BaseRNN, data: TrainingData, n_steps: int | None) -> ChoiceGradient:
    """Whichever way is quickest for this model and these data, in windows of `n_steps` trials."""
    written_out = data.signals is not None and data.targets.device.type == "cpu" and is_plain(model)
    return (WrittenOutGradient if written_out else AutogradGradient)(model, data, n_steps)
