"""Curves of one option before each trial."""

import numpy as np
import pytest
from data.sequences import rows

from spice.resources.bandits import AgentQ
from spice_nb.state.session import EQUATIONS, NETWORK
from spice_nb.state.session_curves import PROBABILITY, Q_VALUE, Seen, decimated, through_agent, value_axis


def test_extremes_survive_thinning() -> None:
    values = np.sin(np.arange(10_000) / 50)
    values[4_321], values[777] = 9.0, -9.0
    kept = decimated(values, 500)
    assert len(kept) <= 502
    assert {0, 777, 4_321, 9_999} <= set(kept)
    assert len(decimated(values[:300], 500)) == 300


def test_axes_have_a_few_round_numbers_and_never_magnify_noise() -> None:
    assert value_axis({}, PROBABILITY) == (-0.15, 1.15, [0.0, 0.5, 1.0])
    assert value_axis({NETWORK: np.array([np.nan, 0.3])}, "Learning rate") == (-0.05, 1.05, [0.0, 0.5, 1.0])
    low, high, ticks = value_axis({NETWORK: np.array([-1.8, 3.3]), EQUATIONS: np.array([0.0, 3.0])}, Q_VALUE)
    assert low < -1.8 < 3.3 < high
    assert ticks == [-2.0, 0.0, 2.0]
    low, high, ticks = value_axis({NETWORK: np.array([0.5, 0.5 + 1e-9])}, Q_VALUE)
    assert high - low > 0.2
    np.testing.assert_allclose(ticks, [0.4, 0.5, 0.6])
    assert value_axis({NETWORK: np.array([np.nan])}, "Choice value")[2] != []


def test_values_count_relative_to_the_mean_of_all_options() -> None:
    seen = Seen(
        {
            PROBABILITY: np.array([[0.5, 0.5], [0.8, 0.2]]),
            "Reward value": np.array([[1.0, 0.0], [3.0, 1.0]]),
        },
        nll=0.4,
    )  # fmt: skip
    curves = seen.of(1, np.array([0, 1]))
    np.testing.assert_allclose(curves[PROBABILITY], [0.5, 0.2])
    np.testing.assert_allclose(curves["Reward value"], [-0.5, -1.0])


def test_an_agent_lives_through_a_session_a_trial_at_a_time() -> None:
    xs = rows([(0, [1, -1]), (1, [-1, 0]), (0, [0, -1])])
    agent = AgentQ(alpha_reward=0.5, beta_reward=2.0)
    seen = through_agent(agent, xs, np.array([0, 1, 0]))
    # Values of 0.5 at first; each outcome moves that of the option chosen half of the way. All are times beta.
    np.testing.assert_allclose(seen.curves["Reward value"], 2 * np.array([[0.5, 0.5], [0.75, 0.5], [0.75, 0.25]]))
    p = 1 / (1 + np.exp(-2 * np.array([0.0, 0.25, 0.5])))
    np.testing.assert_allclose(seen.curves[PROBABILITY][:, 0], p)
    # The first choice is not scored.
    assert seen.nll == pytest.approx(-(np.log(1 - p[1]) + np.log(p[2])) / 2)
    # Who does not persevere has no choice value.
    assert "Choice value" not in seen.curves


def test_a_session_of_one_trial_has_no_likelihood() -> None:
    assert np.isnan(through_agent(AgentQ(), rows([(0, [1, -1])]), np.array([0])).nll)
