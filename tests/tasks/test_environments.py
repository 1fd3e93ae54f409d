from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from spice.exceptions import ConfigError, DataError
from spice.resources.bandits import Bandits, BanditsDrift, BanditsFlip, BanditsStandard, BanditsSwitch

MAKE: list[Callable[..., Bandits]] = [
    lambda **options: BanditsDrift(0.2, **options),
    BanditsFlip,
    BanditsSwitch,
    BanditsStandard,
]


def play(environment: Bandits, n_trials: int, choice: object = 0) -> np.ndarray:
    return np.stack([environment.step(choice) for _ in range(n_trials)])  # type: ignore[arg-type]


@pytest.mark.parametrize("make", MAKE)
def test_one_session_is_a_batch_of_one_without_the_session_axis(make: Callable[..., Bandits]) -> None:
    single, batch = make(random_state=3), make(random_state=3)
    single.new_sess()
    batch.new_sess(n_sessions=1)
    assert single.reward_probs.shape == (2,)
    assert batch.reward_probs.shape == (1, 2)
    np.testing.assert_array_equal(play(single, 50), play(batch, 50, np.array([0]))[:, 0])
    np.testing.assert_array_equal(single.reward_probs, batch.reward_probs[0])


@pytest.mark.parametrize("make", MAKE)
def test_seeds_repeat_and_others_differ(make: Callable[..., Bandits]) -> None:
    first, same, other = (make(random_state=seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(play(first, 100), play(same, 100))
    assert not np.array_equal(play(first, 100), play(other, 100))


@pytest.mark.parametrize("make", MAKE)
def test_only_the_chosen_arm_is_shown_unless_counterfactual(make: Callable[..., Bandits]) -> None:
    hidden, shown = make(random_state=1), make(counterfactual=True, random_state=1)
    choices = np.array([0, 1, -1, 1, 0])
    for environment in (hidden, shown):
        environment.new_sess(n_sessions=5)
    chosen = choices[:, None] == np.arange(2)
    for _ in range(30):
        some, everything = hidden.step(choices), shown.step(choices)
        np.testing.assert_array_equal(some == -1, ~chosen)
        np.testing.assert_array_equal((everything == -1).all(axis=1), choices == -1)
        assert np.isin(everything[choices >= 0], (0.0, 1.0)).all()
        np.testing.assert_array_equal(some[chosen], everything[chosen])


def test_the_task_does_not_depend_on_what_is_chosen() -> None:
    left, right = (BanditsDrift(0.1, counterfactual=True, random_state=2) for _ in range(2))
    np.testing.assert_array_equal(play(left, 60, 0), play(right, 60, 1))


def test_rewards_come_with_the_announced_probability() -> None:
    environment = BanditsStandard((0.9, 0.5, 0.05), counterfactual=True, random_state=0)
    environment.new_sess(n_sessions=20_000)
    rewards = environment.step(np.zeros(20_000, dtype=int))
    np.testing.assert_allclose(rewards.mean(axis=0), (0.9, 0.5, 0.05), atol=0.012)
    np.testing.assert_array_equal(environment.reward_probs[0], (0.9, 0.5, 0.05))


def test_standard_takes_its_number_of_arms_from_the_probabilities() -> None:
    environment = BanditsStandard(tuple(np.linspace(0, 1, 16)), random_state=0)
    assert environment.n_actions == 16
    assert environment.step(15)[15] == 1.0
    assert environment.step(0)[0] == 0.0


def test_drift_starts_uniform_and_walks_with_sigma() -> None:
    sigma, n = 0.02, 20_000
    environment = BanditsDrift(sigma, n_actions=3, random_state=5)
    environment.new_sess(n_sessions=n)
    before = environment.reward_probs
    np.testing.assert_allclose(np.quantile(before, (0.1, 0.5, 0.9)), (0.1, 0.5, 0.9), atol=0.01)
    environment.step(np.zeros(n, dtype=int))
    step = environment.reward_probs - before
    # Five standard deviations away from the borders, none is clipped.
    inside = np.abs(before - 0.5) < 0.4
    assert abs(step[inside].mean()) < 3 * sigma / np.sqrt(inside.sum()) * 1.5
    assert step[inside].std() == pytest.approx(sigma, rel=0.02)
    assert abs(np.corrcoef(step[:, 0], step[:, 1])[0, 1]) < 0.03


def test_drift_stays_a_probability() -> None:
    environment = BanditsDrift(0.5, random_state=5)
    seen = []
    for _ in range(200):
        environment.step(0)
        seen.append(environment.reward_probs)
    assert np.min(seen) == 0.0
    assert np.max(seen) == 1.0


def test_sigma_zero_does_not_drift() -> None:
    environment = BanditsDrift(0.0, random_state=5)
    before = environment.reward_probs
    play(environment, 20)
    np.testing.assert_array_equal(environment.reward_probs, before)


def test_reward_probs_are_a_copy() -> None:
    environment = BanditsDrift(0.0, random_state=5)
    before = environment.reward_probs
    environment.reward_probs[:] = 9.0
    np.testing.assert_array_equal(environment.reward_probs, before)


def test_flip_swaps_both_arms_at_the_given_rate() -> None:
    environment = BanditsFlip(0.1, 0.7, 0.4, random_state=0)
    environment.new_sess(n_sessions=5_000)
    before = environment.reward_probs
    assert set(map(tuple, before.tolist())) == {(0.7, 0.4), (0.4, 0.7)}
    assert (before[:, 0] == 0.7).mean() == pytest.approx(0.5, abs=0.03)
    environment.step(np.zeros(5_000, dtype=int))
    after = environment.reward_probs
    assert (after != before).all(axis=1).mean() == pytest.approx(0.1, abs=0.015)
    np.testing.assert_array_equal(np.sort(after), np.sort(before))


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_flip_never_or_always(rate: float) -> None:
    environment = BanditsFlip(rate, random_state=0)
    first = environment.reward_probs
    environment.step(0)
    np.testing.assert_array_equal(environment.reward_probs, first[::-1] if rate else first)


def test_switch_has_seven_blocks_equally_often_and_none_twice_in_a_row() -> None:
    environment = BanditsSwitch(1.0, random_state=0)
    visited = []
    for _ in range(7_000):
        visited.append(tuple(environment.reward_probs.tolist()))
        environment.step(0)
    counts = Counter(visited)
    high, middle, low = 0.75, 0.5, 0.25
    assert set(counts) == {
        (high, middle),
        (high, low),
        (middle, high),
        (middle, middle),
        (middle, low),
        (low, high),
        (low, middle),
    }
    assert all(abs(count - 1_000) < 120 for count in counts.values())
    assert all(now != following for now, following in pairwise(visited))


def test_sessions_of_a_batch_switch_on_their_own() -> None:
    environment = BanditsSwitch(0.5, random_state=0)
    environment.new_sess(n_sessions=400)
    before = environment.reward_probs
    environment.step(np.zeros(400, dtype=int))
    changed = (environment.reward_probs != before).any(axis=1)
    assert 150 < changed.sum() < 250


@pytest.mark.parametrize(
    ("make", "argument"),
    [
        (lambda: BanditsDrift(-0.1), "sigma"),
        (lambda: BanditsDrift(np.nan), "sigma"),
        (lambda: BanditsDrift(0.1, n_actions=1), "n_actions"),
        (lambda: BanditsDrift(0.1, n_actions=2.5), "n_actions"),  # type: ignore[arg-type]
        (lambda: BanditsDrift(0.1, random_state=-1), "random_state"),
        (lambda: BanditsDrift(0.1, random_state="seed"), "random_state"),  # type: ignore[arg-type]
        (lambda: BanditsFlip(1.1), "block_flip_prob"),
        (lambda: BanditsFlip(reward_prob_high=1.2), "reward_prob_high"),
        (lambda: BanditsSwitch(reward_prob_middle=-0.2), "reward_prob_middle"),
        (lambda: BanditsStandard((0.5,)), "reward_probs"),
        (lambda: BanditsStandard((0.5, 2.0)), "reward_probs"),
        (lambda: BanditsFlip().new_sess(n_sessions=0), "n_sessions"),
    ],
)
def test_bad_settings_are_named(make: Callable[[], object], argument: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make()
    assert caught.value.argument == argument


@pytest.mark.parametrize("choice", [2, -2, 0.5, [0, 1], None])
def test_bad_choices_are_named(choice: object) -> None:
    environment = BanditsFlip(random_state=0)
    with pytest.raises(DataError) as caught:
        environment.step(choice)  # type: ignore[arg-type]
    assert caught.value.argument == "choice"


def test_a_generator_is_used_as_it_is() -> None:
    rng = np.random.default_rng(0)
    first = BanditsDrift(0.1, random_state=rng).reward_probs
    second = BanditsDrift(0.1, random_state=rng).reward_probs
    np.testing.assert_array_equal(np.concatenate([first, second]), np.random.default_rng(0).random(4))
