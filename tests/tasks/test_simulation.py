import copy
import pickle
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import ArrayLike
from quick_fit import few_people, quick

from spice.exceptions import ConfigError, DataError
from spice.precoded import ForgettingRNN
from spice.resources.bandits import (
    Agent,
    AgentNetwork,
    AgentQ,
    Bandits,
    BanditsDrift,
    BanditSession,
    BanditsFlip,
    BanditsStandard,
    BanditsSwitch,
    create_dataset,
    get_update_dynamics,
)


class OneAtATime(AgentQ):
    """Inherits `new_sess` and changes what happens on a trial in a way that suits one session only."""

    def update(self, choice: ArrayLike, reward: ArrayLike, **kwargs: Any) -> None:
        assert isinstance(choice, int)
        super().update(choice, reward)


class Script(Agent):
    """Chooses what it is told, and remembers what it is told about the trials."""

    def __init__(self, choices: list[int], n_actions: int = 2) -> None:
        super().__init__(n_actions)
        self.choices, self.told = choices, list[Any]()

    def new_sess(self, participant_id: Any = None, **kwargs: Any) -> None:  # type: ignore[override]
        super().new_sess()
        self.trial = 0
        self.told.append(("new_sess", participant_id, kwargs))

    def get_choice(self) -> int:
        return self.choices[self.trial]

    def update(self, choice: ArrayLike, reward: ArrayLike, block: Any = None, **kwargs: Any) -> None:
        self.trial += 1
        self.told.append((choice, block, kwargs))


class Payout(BanditsStandard):
    """Pays -4 or 6, and always the same on each arm."""

    def step(self, choice: ArrayLike) -> np.ndarray:
        shown = np.asarray(choice)[..., None] == np.arange(2)
        return np.where(shown, [6.0, -4.0], -1.0)


def test_layout() -> None:
    dataset, sessions, parameters = create_dataset(
        AgentQ(n_actions=3), BanditsDrift(0.2, 3), n_trials=20, n_sessions=4, random_state=0
    )
    assert dataset.xs.shape == (4, 20, 9)
    assert dataset.ys.shape == (4, 20, 3)
    assert dataset.participants == (0, 1, 2, 3)
    assert dataset.actions == (0, 1, 2)
    assert dataset.reward_range == (0.0, 1.0)
    xs, ys = dataset.xs.numpy(), dataset.ys.numpy()
    for i, session in enumerate(sessions):
        assert isinstance(session, BanditSession)
        assert session.n_trials == 20
        np.testing.assert_array_equal(session.session, np.full(20, i))
        np.testing.assert_array_equal(xs[i, :, :3], np.eye(3)[session.choices])
        np.testing.assert_array_equal(xs[i, :, 3:6], session.rewards)
        np.testing.assert_array_equal(xs[i, :, 6:], np.tile([0, 0, i], (20, 1)))
        np.testing.assert_array_equal(ys[i, :-1], np.eye(3)[session.choices[1:]])
    assert np.isnan(ys[:, -1]).all()
    assert parameters == [AgentQ(n_actions=3).parameters] * 4


def test_seeds_repeat_and_others_differ() -> None:
    agent, environment = AgentQ(), BanditsFlip()
    first, same, other = (create_dataset(agent, environment, 50, 3, random_state=seed)[0].xs for seed in (1, 1, 2))
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def test_without_a_seed_of_its_own_the_seeds_of_the_players_hold() -> None:
    seeded = AgentQ(random_state=1), BanditsFlip(random_state=1)
    free = AgentQ(), BanditsFlip(random_state=1)
    for players, repeats in ((seeded, True), (free, False)):
        first, second = (create_dataset(*players, 50, 3)[0].xs for _ in range(2))
        assert torch.equal(first, second) is repeats


def test_same_seed_of_agent_and_task_does_not_couple_choice_and_reward() -> None:
    environment = BanditsDrift(0.1, random_state=3)
    drawn_by_agent = AgentQ(random_state=3)._rng.random(2)
    assert not np.isin(drawn_by_agent, environment.reward_probs).any()


def test_a_shared_generator_stays_shared_and_is_not_used_up() -> None:
    rng = np.random.default_rng(3)
    agent, environment = AgentQ(beta_reward=0.0, random_state=rng), BanditsStandard((0.5, 0.5), False, random_state=rng)
    _, sessions, _ = create_dataset(agent, environment, 100, 1)
    # Each trial takes one number for the choice and then one for the reward of each arm.
    choice, *arms = rng.random((100, 3)).T
    np.testing.assert_array_equal(sessions[0].choices, choice >= 0.5)
    rewards = np.where(choice >= 0.5, arms[1], arms[0]) < 0.5
    np.testing.assert_array_equal(sessions[0].rewards.max(axis=1), rewards)


def test_the_players_are_not_changed() -> None:
    agent, environment = AgentQ(parameter_variance=0.1, random_state=0), BanditsSwitch(random_state=0)
    agent.update(0, [1.0, -1.0])
    before = pickle.dumps((agent, environment))
    create_dataset(agent, environment, 30, 3, sample_parameters=True)
    create_dataset(agent, environment, 30, 3, random_state=1)
    assert pickle.dumps((agent, environment)) == before


def test_people_who_learn_choose_the_better_arm() -> None:
    agent = AgentQ(beta_reward=5.0, alpha_reward=0.3, forget_rate=0.1)
    _, sessions, _ = create_dataset(agent, BanditsStandard((0.8, 0.2)), 100, 200, random_state=0)
    choices = np.stack([session.choices for session in sessions])
    assert choices[:, 0].mean() == pytest.approx(0.5, abs=0.1)
    assert (choices[:, 50:] == 0).mean() > 0.8
    rewards = np.stack([session.rewards[:, 0] for session in sessions])
    assert rewards[choices == 0].mean() == pytest.approx(0.8, abs=0.02)


def test_sampled_parameters_are_those_that_played() -> None:
    agent = AgentQ(
        alpha_reward=0.5,
        beta_reward=3.0,
        forget_rate=0.3,
        parameter_variance={"alpha_reward": 0.25, "beta_reward": 1.0},
    )
    dataset, sessions, parameters = create_dataset(
        agent, BanditsDrift(0.2), 150, 60, sample_parameters=True, random_state=0
    )
    # Some are clipped to 0 or 1.
    assert len({p["alpha_reward"] for p in parameters}) > 50
    assert np.std([p["alpha_reward"] for p in parameters]) == pytest.approx(0.24, abs=0.05)
    likelihoods = []
    for shift in (0, 1):
        nll = []
        for i, session in enumerate(sessions):
            owner = AgentQ(**parameters[(i + shift) % 60])
            _, probs, _ = get_update_dynamics(session, owner)
            nll.append(-np.log(probs[np.arange(150), session.choices]).mean())
        likelihoods.append(np.mean(nll))
    assert likelihoods[0] < likelihoods[1]
    assert dataset.xs.shape == (60, 150, 7)


def share_of_the_better_arm(n_sessions: int, n_trials: int) -> float:
    """Q-learning with beta 6 and alpha 0.5 on arms that pay with 0.9 and 0.1, written down plainly."""
    rng, better = np.random.default_rng(1), 0
    for _ in range(n_sessions):
        value = [0.5, 0.5]
        for _ in range(n_trials):
            arm = int(rng.random() < 1 / (1 + np.exp(6 * (value[0] - value[1]))))
            reward = float(rng.random() < (0.9, 0.1)[arm])
            value[arm] += 0.5 * (reward - value[arm])
            better += arm == 0
    return better / (n_sessions * n_trials)


@pytest.mark.parametrize("kind", [AgentQ, OneAtATime])
def test_together_or_one_after_the_other_people_choose_as_the_equations_say(kind: type[AgentQ]) -> None:
    agent = kind(beta_reward=6.0, alpha_reward=0.5)
    dataset, sessions, parameters = create_dataset(agent, BanditsStandard((0.9, 0.1)), 20, 500, random_state=0)
    choices = np.stack([session.choices for session in sessions])
    # The standard error of each share is about 0.003.
    assert (choices == 0).mean() == pytest.approx(share_of_the_better_arm(2_000, 20), abs=0.012)
    assert len(parameters) == 500
    assert dataset.xs.shape == (500, 20, 7)


def test_a_single_session_is_the_batch_of_one() -> None:
    batch, single = (
        create_dataset(agent(alpha_reward=0.4), BanditsFlip(), 80, 1, random_state=5)[0].xs
        for agent in (AgentQ, OneAtATime)
    )
    assert torch.equal(batch, single)


def test_own_agents_are_told_who_they_are_and_may_miss_trials() -> None:
    agent = Script([0, 1, -1, 0])
    dataset, sessions, parameters = create_dataset(agent, BanditsFlip(), 4, 2, random_state=0)
    np.testing.assert_array_equal(sessions[1].choices, [0, 1, -1, 0])
    xs, ys = dataset.xs.numpy(), dataset.ys.numpy()
    assert np.isnan(xs[:, 2, :4]).all()
    np.testing.assert_array_equal(xs[1, 2, 4:], [0, 0, 1])
    assert np.isnan(sessions[0].rewards[2]).all()
    np.testing.assert_array_equal(np.isnan(ys).all(axis=2), [[False, True, False, True]] * 2)
    assert (xs[:, 0, 3] == -1).all()
    assert parameters == [{}, {}]


def test_counterfactual_data_show_all_rewards() -> None:
    dataset, sessions, _ = create_dataset(Script([0, -1, 1]), BanditsFlip(counterfactual=True), 3, 5, random_state=0)
    assert np.isin(dataset.xs[:, [0, 2], 2:4].numpy(), (0.0, 1.0)).all()
    assert np.isnan(sessions[0].rewards[1]).all()


class SometimesShown(BanditsStandard):
    """Shows the other arm's reward on every second trial."""

    def step(self, choice: ArrayLike) -> np.ndarray:
        self.shown = not getattr(self, "shown", False)
        return np.array([1.0, 0.0 if self.shown else -1.0])


def test_hidden_rewards_are_nan_where_others_are_shown() -> None:
    dataset, _, _ = create_dataset(Script([0] * 4), SometimesShown(), 4, 1)
    np.testing.assert_array_equal(dataset.xs[0, :, 3].numpy(), [0.0, np.nan, 0.0, np.nan])


def test_other_rewards_are_scaled_in_the_data_and_raw_in_the_sessions() -> None:
    dataset, sessions, _ = create_dataset(Script([0, 1, 1]), Payout(), 3, 2, random_state=0)
    np.testing.assert_array_equal(dataset.xs[0, :, 2:4].numpy(), [[1, -1], [-1, 0], [-1, 0]])
    np.testing.assert_array_equal(sessions[0].rewards, [[6, -1], [-1, -4], [-1, -4]])
    assert dataset.reward_range == (-4.0, 6.0)


def test_sixteen_arms() -> None:
    dataset, sessions, _ = create_dataset(AgentQ(n_actions=16), BanditsDrift(0.1, n_actions=16), 50, 30, random_state=0)
    assert dataset.xs.shape == (30, 50, 35)
    assert set(np.concatenate([s.choices for s in sessions])) == set(range(16))


def test_windows_are_passed_on() -> None:
    dataset, sessions, _ = create_dataset(AgentQ(), BanditsFlip(), 40, 3, sequence_length=20, stride=10, random_state=0)
    assert dataset.xs.shape == (9, 20, 7)
    assert sessions[0].n_trials == 40


def test_verbose_shows_a_bar_and_silence_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    create_dataset(AgentQ(), BanditsFlip(), 5, 2)
    assert capsys.readouterr() == ("", "")
    create_dataset(AgentQ(), BanditsFlip(), 5, 2, verbose=True)
    assert "5/5" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("make", "argument"),
    [
        (lambda: create_dataset(AgentQ(n_actions=3), BanditsFlip(), 5, 2), "environment"),
        (lambda: create_dataset(AgentQ(), BanditsFlip(), 0, 2), "n_trials"),
        (lambda: create_dataset(AgentQ(), BanditsFlip(), 5, -1), "n_sessions"),
        (lambda: create_dataset(AgentQ(), BanditsFlip(), 5, 2, random_state=1.5), "random_state"),  # type: ignore[arg-type]
        (
            lambda: create_dataset(Script([0] * 5), BanditsFlip(), 5, 2, sample_parameters=True),
            "sample_parameters",
        ),
    ],
)
def test_bad_settings_are_named(make: Callable[[], object], argument: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make()
    assert caught.value.argument == argument


SESSION = BanditSession(
    np.array([0, 0, -1, 1]),
    np.array([[1.0, -1.0], [0.0, -1.0], [np.nan, np.nan], [-1.0, 1.0]]),
    np.full(4, 7),
    4,
)


def test_dynamics_are_those_before_each_trial() -> None:
    agent = AgentQ(alpha_reward=0.2, beta_choice=0.5)
    (q, states), probs, after = get_update_dynamics(SESSION, agent)
    np.testing.assert_allclose(
        states["x_value_reward"], 3 * np.array([[0.5, 0.5], [0.6, 0.5], [0.48, 0.5]])[[0, 1, 2, 2]]
    )
    np.testing.assert_allclose(states["x_value_choice"], [[0.0, 0.0], [0.5, 0.0], [0.5, 0.0], [0.5, 0.0]])
    np.testing.assert_allclose(states["x_learning_rate_reward"], [[0.0, 0.0], [0.2, 0.0], [0.2, 0.0], [0.2, 0.0]])
    np.testing.assert_allclose(q, states["x_value_reward"] + states["x_value_choice"])
    np.testing.assert_allclose(probs[0], [0.5, 0.5])
    np.testing.assert_allclose(probs[1, 0], 1 / (1 + np.exp(q[1, 1] - q[1, 0])))
    np.testing.assert_allclose(after.get_state_value("x_value_reward", multiply_with_beta=False), [0.48, 0.6])
    np.testing.assert_allclose(agent.q, [1.5, 1.5])


def as_rows(session: BanditSession, n_inputs: int = 0) -> np.ndarray:
    one_hot = np.where(session.choices[:, None] < 0, np.nan, np.eye(2)[session.choices])
    inputs = np.arange(4.0 * n_inputs).reshape(4, n_inputs)
    ids = np.tile([2.0, 1.0, 7.0], (4, 1))
    return np.concatenate([one_hot, session.rewards, inputs, ids], axis=1)


@pytest.mark.parametrize("padding", [np.nan, -1.0])
@pytest.mark.parametrize("convert", [np.asarray, torch.as_tensor, np.ndarray.tolist])
def test_arrays_give_the_same_without_their_padding(padding: float, convert: Callable[..., Any]) -> None:
    rows = np.concatenate([as_rows(SESSION), np.full((3, 7), padding)])
    (q, states), probs, _ = get_update_dynamics(convert(rows), AgentQ())
    (expected, _), expected_probs, _ = get_update_dynamics(SESSION, AgentQ())
    np.testing.assert_array_equal(q, expected)
    np.testing.assert_array_equal(probs, expected_probs)
    assert states["x_value_reward"].shape == (4, 2)


def test_the_short_layout_is_read() -> None:
    rows = as_rows(SESSION)[:, [0, 1, 2, 3, 6]]
    agent = Script([])
    agent.told.clear()
    (q, _), _, after = get_update_dynamics(rows, agent)
    assert q.shape == (4, 2)
    assert after.told[:2] == [("new_sess", 7, {}), (0, None, {})]  # type: ignore[attr-defined]


def test_what_is_known_is_passed_on() -> None:
    agent = Script([])
    agent.told.clear()
    _, _, after = get_update_dynamics(as_rows(SESSION, n_inputs=2), agent)
    told = after.told  # type: ignore[attr-defined]
    assert told[0] == ("new_sess", 7, {"experiment_id": 1})
    assert [(choice, block) for choice, block, _ in told[1:]] == [(0, 2), (0, 2), (-1, 2), (1, 2)]
    np.testing.assert_array_equal(told[3][2]["additional_inputs"], [4.0, 5.0])
    assert agent.told == []
    _, _, after = get_update_dynamics(SESSION, agent)
    assert after.told[:2] == [("new_sess", 7, {}), (0, None, {})]  # type: ignore[attr-defined]


def test_what_an_agent_does_not_accept_is_not_passed() -> None:
    class Narrow(AgentQ):
        def new_sess(self) -> None:  # type: ignore[override]
            super().new_sess()

        def update(self, choice: ArrayLike, reward: ArrayLike) -> None:  # type: ignore[override]
            super().update(choice, reward)

    (q, _), _, _ = get_update_dynamics(as_rows(SESSION, n_inputs=1), Narrow())
    np.testing.assert_array_equal(q, get_update_dynamics(SESSION, AgentQ())[0][0])


def test_the_reward_of_a_missed_trial_is_unknown_whatever_was_recorded() -> None:
    class Listener(AgentQ):
        def update(self, choice: ArrayLike, reward: ArrayLike, **kwargs: Any) -> None:
            heard.append(np.array(reward))

    rewards = np.ones((4, 2))
    for experiment in (SESSION._replace(rewards=rewards), as_rows(SESSION._replace(rewards=rewards))):
        heard: list[np.ndarray] = []
        get_update_dynamics(experiment, Listener())
        np.testing.assert_array_equal(np.isnan(heard), (SESSION.choices < 0)[:, None] * np.ones((1, 2)))
    assert rewards.min() == 1.0


def test_simulated_sessions_and_their_rows_agree() -> None:
    dataset, sessions, parameters = create_dataset(AgentQ(), BanditsDrift(0.2), 60, 2, random_state=0)
    owner = AgentQ(**parameters[1])
    (from_session, _), _, _ = get_update_dynamics(sessions[1], owner)
    (from_rows, _), _, _ = get_update_dynamics(dataset.xs[1], owner)
    np.testing.assert_array_equal(from_rows, from_session)


@pytest.mark.parametrize(
    "experiment",
    [
        np.zeros((3, 4)),
        np.zeros((3, 6)),
        np.zeros(7),
        np.full((3, 7), np.nan),
        np.array([[0.5, 0.5, 1, 1, 0, 0, 0]]),
        np.array([[1, 1, 1, 1, 0, 0, 0]]),
        SESSION._replace(rewards=np.zeros((4, 3))),
        BanditSession(np.empty(0, dtype=int), np.empty((0, 2)), np.empty(0, dtype=int), 0),
    ],
)
def test_bad_experiments_are_named(experiment: Any) -> None:
    with pytest.raises(DataError) as caught:
        get_update_dynamics(experiment, AgentQ())
    assert caught.value.argument == "experiment"


def test_copies_of_unseeded_players_do_not_repeat_each_other() -> None:
    agent: Agent = AgentQ()
    environment: Bandits = BanditsDrift(0.1)
    twins = [copy.deepcopy((agent, environment)) for _ in range(2)]
    draws = [([a.get_choice() for _ in range(40)], e.step(0).tolist()) for a, e in twins]
    assert draws[0][0] != draws[1][0]
    np.testing.assert_array_equal(twins[0][0].q, agent.q)


def test_simulations_of_a_fitted_agent_repeat_where_they_are_seeded():
    xs, ys = few_people()
    xs[..., -1] = 10 + 10 * xs[..., -1]
    agent = quick(random_state=None).fit(xs, ys).spice_agent
    dataset, _, _ = create_dataset(agent, BanditsDrift(0.2), 20, 6, random_state=0)
    repeat, _, _ = create_dataset(agent, BanditsDrift(0.2), 20, 6, random_state=0)
    np.testing.assert_array_equal(dataset.xs, repeat.xs)
    unseeded = [create_dataset(agent, BanditsDrift(0.2), 60, 6)[0].xs.numpy() for _ in range(2)]
    assert (unseeded[0] != unseeded[1]).any()


def test_sessions_are_played_by_people_in_turn(monkeypatch):
    told, original = [], AgentNetwork.new_sess
    agent = AgentNetwork(ForgettingRNN(2, 4), participant_ids=(10, 20, 30, 40))

    @wraps(original)
    def spy(self, *args, **kwargs):
        told.append(kwargs.get("participant_id"))
        return original(self, *args, **kwargs)

    monkeypatch.setattr(AgentNetwork, "new_sess", spy)
    create_dataset(agent, BanditsDrift(0.2), 5, 6)
    assert np.asarray(told[-1]).tolist() == [10, 20, 30, 40, 10, 20]
