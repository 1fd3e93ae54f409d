"""What a discovery reports beside its equations."""

from dataclasses import replace

import numpy as np
import pytest

from spice.datasets import simulate_forgetting
from spice.discovery.discover import Discovery, discover_equations, diverging_participants, note_divergence
from spice.discovery.regressions import OffPolicy
from spice.discovery.sparse_regression import SparseOptions
from spice.model.build import build_model
from spice.model.config import SpiceConfig
from spice.model.fitted import FittedModel
from spice.model.scored_trials import ScoredTrials
from spice.precoded import ParticipantEmbeddingRNN
from spice.progress import EventKind, FitControl, FitEvent
from spice.resources.bandits import AgentNetwork
from spice.rollout.networks import NetworkOptions
from spice.rollout.polynomials import VALUE_LIMIT

CHOSEN = "x_value_reward_chosen"


def discover(degree: int, graded: bool = False):
    dataset, _ = simulate_forgetting(n_participants=3, n_trials=60, random_state=0)
    xs = dataset.xs.numpy().copy()
    if graded:
        rewards = np.random.default_rng(0).uniform(size=xs[..., :2].shape)
        xs[..., 2:4] = np.where(xs[..., :2] == 1, rewards, -1)
    fitted = AgentNetwork(build_model(ParticipantEmbeddingRNN, 2, 3, 1, NetworkOptions(), seed=1)).fitted
    scored = ScoredTrials.of(xs, dataset.ys, fitted)
    discovery = Discovery(
        SpiceConfig.from_model(ParticipantEmbeddingRNN), SparseOptions(threshold=0.0), degree, OffPolicy(100, 1, 5)
    )
    events: list[FitEvent] = []
    control = FitControl(events.append)
    found = discover_equations(fitted, scored, discovery, np.random.default_rng(0), control)
    return fitted.with_equations(found), scored, [e.message for e in events if e.message]


def told_apart(found: FittedModel) -> list[str]:
    table = found.equations.coefficients
    return [name for name, is_told in zip(table.terms[CHOSEN].names, table.allowed[CHOSEN], strict=True) if is_told]


def test_redundant_terms_are_collapsed_and_reported() -> None:
    found, _, notes = discover(degree=2)
    assert notes == [f"{CHOSEN}: c_reward^2 is left out, in these data it is c_reward."]
    names = told_apart(found)
    assert "c_reward" in names
    assert "c_reward^2" not in names
    # A cube of a binary reward times a value is the product of both.
    assert f"{CHOSEN}: {CHOSEN} c_reward^2 is left out, in these data it is {CHOSEN} c_reward." in discover(3)[2]


def test_graded_rewards_have_nothing_redundant() -> None:
    found, _, notes = discover(degree=2, graded=True)
    assert notes == []
    assert "c_reward^2" in told_apart(found)


def test_equations_that_grow_without_bound_are_reported_and_give_numbers() -> None:
    found, scored, _ = discover(degree=1)
    assert diverging_participants(found, scored.trials) == ()
    values = {name: v.copy() for name, v in found.equations.coefficients.values.items()}
    terms = found.equations.coefficients.terms[CHOSEN]
    values[CHOSEN][1] = [3.0 if name in ("1", CHOSEN) else 0.0 for name in terms.names]
    table = replace(found.equations.coefficients, values=values)
    diverging = found.with_equations(replace(found.equations, coefficients=table))
    events: list[FitEvent] = []
    with FitControl(events.append).stage("fit") as stage:
        assert note_divergence(diverging, scored.trials, stage) == (1,)
    (message,) = [e.message for e in events if e.kind is EventKind.ADVANCED]
    assert "(1)" in message
    largest = max(float(v.abs().max()) for v in diverging.run(scored.trials).states.values())
    assert largest == pytest.approx(VALUE_LIMIT)
    assert np.isfinite(diverging.run(scored.trials).logits.numpy()).all()
    assert np.isfinite(scored.mean_nll(diverging))
