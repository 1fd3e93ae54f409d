"""The search of all participants at once against each alone."""

import numpy as np
import pytest

from spice.datasets import simulate_forgetting
from spice.discovery.discover import Discovery, prepare
from spice.discovery.regressions import OffPolicy
from spice.discovery.settings_search import OptunaOptions, SettingsSearch
from spice.discovery.sparse_regression import SparseOptions
from spice.model.build import build_model
from spice.model.config import SpiceConfig
from spice.model.scored_trials import ScoredTrials
from spice.parameters import OPTIMIZER_TYPES
from spice.precoded import ParticipantEmbeddingRNN
from spice.progress import EventKind, FitControl, FitEvent
from spice.resources.bandits import AgentNetwork
from spice.rollout.networks import NetworkOptions

START = SparseOptions(threshold=0.4)


@pytest.fixture(scope="module")
def found():
    dataset, _ = simulate_forgetting(n_participants=4, n_trials=40, random_state=0)
    model = build_model(ParticipantEmbeddingRNN, 2, 4, 1, NetworkOptions(), seed=1)
    fitted = AgentNetwork(model).fitted
    scored = ScoredTrials.of(dataset.xs, dataset.ys, fitted)
    discovery = Discovery(SpiceConfig.from_model(ParticipantEmbeddingRNN), START, 2, OffPolicy(100, 1, 5))
    return fitted, *prepare(fitted, scored.trials, discovery, np.random.default_rng(0))[::-1], scored


def searched(found, participants, n_trials=5, metric=None, seed=0, threshold=0.0):
    agent, table, regressions, scored = found
    events: list[FitEvent] = []
    control = FitControl(events.append)
    search = SettingsSearch(agent, table, regressions, scored, participants)
    with control.stage("optuna", n_trials) as stage:
        options = OptunaOptions(threshold, n_trials)
        selected = search.run(START, options, np.random.default_rng(seed), stage, metric)
    return search, selected, [e for e in events if e.kind is EventKind.ADVANCED]


def test_settings_of_each_participant_are_solved_as_if_alone(found) -> None:
    agent, table, regressions, scored = found
    options = [
        SparseOptions(kind, threshold, 0.2) for kind, threshold in zip(OPTIMIZER_TYPES, (0.05, 0.2, 0.1), strict=True)
    ]
    together = SettingsSearch(agent, table, regressions, scored, (2, 0, 3))
    values = together.solve(options)
    losses = together.losses(values)
    for k, p in enumerate((2, 0, 3)):
        alone = SettingsSearch(agent, table, regressions, scored, (p,))
        own = alone.solve(options[k])
        for name in own:
            np.testing.assert_allclose(values[name][k], own[name][0], atol=1e-12)
        assert alone.losses(own)[0] == pytest.approx(losses[k], abs=1e-6)
    assert len(set(np.round(losses, 6))) == 3


def test_everybody_ends_at_least_as_well_as_before(found) -> None:
    search, selected, events = searched(found, (0, 1, 2, 3), n_trials=8)
    before = search.losses(search.solve(START))
    assert all(s.loss <= b + 1e-9 for s, b in zip(selected, before, strict=True))
    assert any(s.loss < b - 1e-3 for s, b in zip(selected, before, strict=True))
    assert len(events) == 8
    best = search.losses(search.solve([s.options for s in selected]))
    np.testing.assert_allclose(best, [s.loss for s in selected], atol=1e-9)


def test_a_search_repeats(found) -> None:
    first, again, other = (searched(found, (0, 1), seed=s)[1] for s in (0, 0, 1))
    assert [s.options for s in first] == [s.options for s in again]
    assert [s.loss for s in first] != [s.loss for s in other]


def test_who_is_near_the_network_stops(found) -> None:
    # The first is near from the start, the second never.
    _, _, events = searched(found, (0, 1), n_trials=6, metric=np.array([10.0, -10.0]))
    assert len(events) == 6
    _, _, events = searched(found, (0, 1), n_trials=6, metric=np.array([10.0, 10.0]))
    assert len(events) == 1
