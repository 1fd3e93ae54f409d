"""How well equations follow their network trial by trial: from where the network is, not from where they are."""

import numpy as np
import torch
from torch import Tensor

from spice.model.fitted import FittedModel
from spice.model.run import Run
from spice.model.scored_trials import ScoredTrials

MOST_TRIALS = 60
"""Trials that are looked at, spread evenly over the sessions."""
FLAT = 0.05
"""Inverse temperatures below say nothing of where on the equations' scale a network is."""


def share_explained_one_step(data: ScoredTrials, network: FittedModel, equations: FittedModel) -> dict[str, float]:
    """Share of the variance of what a network changes in each state in a trial that its equations change too.

    Values are known only up to shift and scale: equations begin a trial where the network is in logits, shifted by what
    the two differ by on average. What a trial changes in all arms alike moves no choice and is left out.

    Parameters
    ----------
    data : ScoredTrials
    network, equations : FittedModel
        The same declared model, without and with equations.

    Returns
    -------
    dict of state to float
        1 where they agree; below 0 where they differ by more than the network changes; NaN where it changes nothing.
    """
    trials, is_scored = data.trials, (data.targets.sum(-1, keepdim=True) > 0).to(network.dtype)
    first, second = network.run(trials), equations.run(trials)
    places = {state: _on_scale_of_equations(first, second, state, is_scored) for state in first.states}
    residual, total = dict.fromkeys(places, 0.0), dict.fromkeys(places, 0.0)
    steps = np.linspace(1, trials.n_trials - 1, min(MOST_TRIALS, trials.n_trials - 1)).astype(int)
    for t in steps.tolist():
        one, start = trials.window(t, t + 1), {state: place[t - 1] for state, place in places.items()}
        last = equations.run(one, start, equations.read(one, trials.blocks[t - 1])).last
        for state in places:
            wanted = _effect(first, state, first.states[state][t] - first.states[state][t - 1]) * is_scored[t]
            found = _effect(second, state, last[state] - start[state]) * is_scored[t]
            residual[state] += float(((wanted - found) ** 2).sum())
            total[state] += float((wanted**2).sum())
    return {state: 1.0 - residual[state] / total[state] if total[state] > 0 else np.nan for state in places}


def _on_scale_of_equations(network: Run, equations: Run, state: str, is_scored: Tensor) -> Tensor:
    """A state (T, S, A) of the network, as the equations would write it."""
    own, theirs = network.states[state], equations.states[state]
    if state not in equations.factors:
        # What only feeds other states, such as a learning rate, is no matter of scale.
        return own
    factor = equations.factors[state]
    is_flat = factor.abs() < FLAT
    scaled = own * network.factors[state] / torch.where(is_flat, 1.0, factor)
    weight = is_scored.expand_as(own)
    shift = ((theirs - scaled) * weight).sum((0, -1)) / weight.sum((0, -1)).clamp(min=1)
    return torch.where(is_flat, theirs, scaled + shift[:, None])


def _effect(run: Run, state: str, change: Tensor) -> Tensor:
    """What a change (S, A) of a state does to choices, in logits."""
    if state not in run.factors:
        return change
    return (change - change.mean(-1, keepdim=True)) * run.factors[state]
