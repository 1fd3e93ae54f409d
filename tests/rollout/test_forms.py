"""What a mechanism is at run time: anything that is prepared for a window and stepped through it."""

from collections.abc import Sequence

import numpy as np
import torch
from rollout.slow_loop import random_trials
from torch import Tensor

from spice.resources.mechanisms import Input, Mechanism, State
from spice.rollout.compiled import can_compile
from spice.rollout.forms import StepFunction
from spice.rollout.reference import rollout
from spice.rollout.signals import read_signals


class Larger:
    """Takes the larger of the value and its first input; remembers what it was prepared with."""

    def prepare(self, data: Sequence[Tensor | None]) -> StepFunction:
        self.data = data

        def step(t: int, value: Tensor, inputs: Sequence[Tensor | None]) -> Tensor:
            known, other = data[0], inputs[1]
            assert known is not None
            assert other is not None
            return torch.maximum(value, known[t]) + other

        return step


def test_a_form_of_ones_own_runs_on_the_reference_rollout() -> None:
    trials = random_trials(np.random.default_rng(0), 2, [6, 4], counterfactual=False)
    mechanism = Mechanism("m", "x", "chosen", inputs=("c_reward", Input("x", "other")))
    states = {"x": State(0.2, resets="sequence")}
    signals, form = read_signals([mechanism], states, trials), Larger()
    found = rollout([mechanism], {"m": form}, states, signals, {"x": torch.full((2, 2), 0.2, dtype=torch.float64)})
    # What is known beforehand comes for all trials at once, and what is read from states with each step.
    assert form.data[0].shape == (6, 2, 2)
    assert form.data[1] is None
    for s, n in enumerate((6, 4)):
        value = [0.2, 0.2]
        for t in range(n):
            arm = int(trials.actions[t, s].argmax())
            if trials.shown[t, s, arm]:
                value[arm] = max(value[arm], float(trials.rewards[t, s, arm])) + value[1 - arm]
            np.testing.assert_allclose(found.states["x"][t, s], value, rtol=1e-12)


def test_kernels_know_networks_and_polynomials_only() -> None:
    trials = random_trials(np.random.default_rng(0), 2, [3])
    mechanism = Mechanism("m", "x", inputs=("c_reward",))
    assert not can_compile({"m": Larger()}, read_signals([mechanism], {"x": State()}, trials))
