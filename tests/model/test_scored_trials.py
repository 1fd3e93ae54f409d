"""Recorded choices that agents are scored on."""

import numpy as np
import pytest
from quick_fit import few_people

from spice.exceptions import DataError
from spice.model.build import build_model
from spice.model.scored_trials import ScoredTrials
from spice.precoded import ForgettingRNN, ParticipantEmbeddingRNN
from spice.resources.bandits import AgentNetwork
from spice.rollout.networks import NetworkOptions


def agent(ids: tuple[int, ...] = (0, 1, 2, 3), reward_range: tuple[float, float] = (0.0, 1.0)) -> AgentNetwork:
    model = build_model(ParticipantEmbeddingRNN, 2, len(ids), 1, NetworkOptions())
    return AgentNetwork(model, participant_ids=ids, reward_range=reward_range)


def test_likelihood_is_that_of_the_choices_one_after_the_other() -> None:
    xs, ys = few_people(n_trials=12)
    player, expected = agent(), []
    for person in range(4):
        player.new_sess(participant_id=person)
        for x, y in zip(xs[person, :-1], ys[person, :-1], strict=True):
            player.update(int(x[1]), x[2:4])
            expected.append(-np.log(player.get_choice_probs()[int(y[1])]))
    scored = ScoredTrials.of(xs, ys, player)
    assert scored.mean_nll(player) == pytest.approx(np.mean(expected), rel=1e-5)
    by_person = np.array(expected).reshape(4, 11).mean(1)
    np.testing.assert_allclose(scored.nll_of_participants(player), by_person, rtol=1e-5)


def test_people_without_choices_and_people_never_seen() -> None:
    xs, ys = few_people(n_trials=12)
    ys[1] = np.nan
    scored = ScoredTrials.of(xs, ys, agent())
    found = scored.nll_of_participants(agent())
    assert np.isnan(found).tolist() == [False, True, False, False]
    of_some = scored.nll_of_participants(agent((7, 3)))
    assert np.isnan(of_some).tolist() == [True, False]
    nothing = ScoredTrials.of(xs, np.full_like(ys, np.nan), agent())
    assert np.isnan(nothing.mean_nll(agent()))
    assert np.isnan(nothing.chance)


def test_several_sequences_of_one_person_weigh_by_their_choices() -> None:
    xs, ys = few_people(n_participants=2, n_trials=12)
    xs[..., -1] = 0
    ys[1, 4:] = np.nan
    scored = ScoredTrials.of(xs, ys, agent())
    nll = agent().run(scored.trials).nll(scored.targets).numpy()
    assert scored.nll_of_participants(agent())[0] == pytest.approx(nll.sum() / (11 + 4), rel=1e-6)


def test_rewards_are_read_on_the_scale_of_the_fit() -> None:
    xs, ys = few_people(n_trials=12)
    points = xs.copy()
    points[..., 2:4] = np.where(xs[..., :2] > 0, 20 * xs[..., 2:4] - 10, -1)
    there = agent(reward_range=(-10.0, 10.0))
    found = ScoredTrials.of(points, ys, there)
    assert found.mean_nll(there) == pytest.approx(ScoredTrials.of(xs, ys, agent()).mean_nll(agent()), rel=1e-6)
    assert found.chance == pytest.approx(np.log(2))
    with pytest.raises(DataError, match="targets"):
        ScoredTrials.of(xs, ys[:, :-1], AgentNetwork(ForgettingRNN(2)))
