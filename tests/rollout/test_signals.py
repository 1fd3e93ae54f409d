"""What mechanisms read from trials before anything is run."""

import numpy as np
import pytest
import torch

from spice.data.trials import Trials, read_conditions
from spice.resources.mechanisms import Input, Mechanism, State
from spice.rollout.signals import read_arm, read_signals, signal_columns

NAN = np.nan
STATES = {"x": State()}


@pytest.fixture
def trials() -> Trials:
    """Three arms: rewards of the chosen arm, of a second one, and of none but the chosen; then a sequence that ends."""
    actions = np.array([[[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 0], [NAN] * 3, [NAN] * 3]])
    rewards = np.array([[[1.0, NAN, 0.5], [0.25, 0.75, NAN], [NAN, NAN, 0.0]], [[NAN, 1.0, NAN], [NAN] * 3, [NAN] * 3]])
    cue = np.array([[[1.0], [0.0], [2.0]], [[1.0], [1.0], [1.0]]])
    ids = np.array([[[0, 0, 0], [1, 0, 0], [1, 0, 0]], [[0, 0, 1]] * 3])
    return read_conditions(np.concatenate([actions, rewards, cue, ids], -1), 3)[0]


def test_a_column_for_each_signal_and_arm_and_none_for_states() -> None:
    mechanisms = [
        Mechanism("m_0", "x", inputs=("c_reward", Input("c_reward", "mean"), "x")),
        Mechanism("m_1", "x", inputs=("c_cue", "c_reward")),
    ]
    assert signal_columns(mechanisms, STATES) == {("c_reward", "own"): 0, ("c_reward", "mean"): 1, ("c_cue", "own"): 2}


@pytest.mark.parametrize(
    ("arm", "expected"),
    [
        ("own", [[1, 0, 0.5], [0.25, 0.75, 0]]),
        ("chosen", [[1, 1, 1], [0.75, 0.75, 0.75]]),
        ("mean", [[0.75] * 3, [0.5] * 3]),
        ("other", [[0.5, 0.75, 1.0], [0.75, 0.25, 0.5]]),
    ],
)
def test_arms_of_rewards_by_hand(trials: Trials, arm: str, expected: list[list[float]]) -> None:
    found = read_arm(arm, trials.rewards, trials.actions, trials.shown)[:2, 0]
    np.testing.assert_allclose(found, expected)


def test_means_of_states_count_all_arms() -> None:
    values, actions = torch.tensor([[3.0, 0.0, 6.0]]), torch.tensor([[0.0, 1.0, 0.0]])
    assert read_arm("mean", values, actions).tolist() == [[3.0] * 3]
    assert read_arm("other", values, actions).tolist() == [[3.0, 4.5, 1.5]]
    assert read_arm("other", values[:, :1], actions[:, :1]).tolist() == [[0.0]]  # there is no other


@pytest.mark.parametrize(
    ("mechanism", "expected"),
    [
        (Mechanism("m", "x", "chosen"), [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        (Mechanism("m", "x", "not_chosen"), [[0, 1, 1], [1, 0, 1], [1, 1, 0]]),
        (Mechanism("m", "x", "all"), [[1, 1, 1]] * 3),
        (Mechanism("m", "x", "c_cue"), [[1, 1, 1], [0, 0, 0], [1, 1, 1]]),
        (Mechanism("m", "x", "c_reward"), [[1, 0, 1], [1, 1, 0], [0, 0, 0]]),
        (Mechanism("m", "x", "not_chosen", inputs=("c_reward",)), [[0, 0, 1], [1, 0, 0], [0, 0, 0]]),
        (Mechanism("m", "x", "all", inputs=(Input("c_reward", "other"),)), [[1, 1, 1], [1, 1, 1], [1, 1, 0]]),
    ],
)
def test_where_a_mechanism_applies_by_hand(trials: Trials, mechanism: Mechanism, expected: list[list[int]]) -> None:
    masks = read_signals([mechanism], STATES, trials, ("c_cue",)).masks
    np.testing.assert_array_equal(masks[:, 0, :, 0], expected)
    assert not masks[1:, 1].any()  # the second sequence has ended


def test_choices_blocks_and_targets_by_number(trials: Trials) -> None:
    targets = torch.zeros(3, 2, 3)
    targets[0, 0, 1] = 1.0
    signals = read_signals([Mechanism("m", "x")], STATES, trials, (), targets)
    assert signals.chosen.T.tolist() == [[0, 1, 2], [1, -1, -1]]
    assert signals.following.T.tolist() == [[1, -1, -1], [-1, -1, -1]]
    assert signals.scored
    assert signals.starts[:, 0].tolist() == [False, True, False]
    before = read_signals([Mechanism("m", "x")], STATES, trials, previous_blocks=torch.tensor([5, 0]))
    assert before.starts[0].tolist() == [True, False]
    assert not before.scored
    assert (before.following == -1).all()
    assert before.offered.shape == (0, 2, 3)


def test_windows_and_sequences_are_those_of_the_whole(trials: Trials) -> None:
    mechanism = Mechanism("m", "x", "chosen", inputs=("c_reward", "c_cue"))
    signals = read_signals([mechanism], STATES, trials, ("c_cue",))
    window, alone = signals.window(1, 3), signals.select(np.array([1]), 1)
    assert (window.n_trials, alone.n_trials) == (2, 1)
    assert torch.equal(window.inputs, signals.inputs[1:])
    assert torch.equal(alone.inputs, signals.inputs[:1, 1:])
    *arrays, sequences = window.arrays
    assert sequences.tolist() == [0, 1]
    assert arrays[0].dtype == np.float64
    np.testing.assert_array_equal(arrays[2], [[1, -1], [2, -1]])


def test_places_of_arms_lie_between_minus_and_plus_a_half(trials: Trials) -> None:
    found = read_signals([Mechanism("m", "x", inputs=("c_position",))], STATES, trials, ["c_cue"])
    np.testing.assert_allclose(found.inputs[..., 0], np.tile([-0.5, 0.0, 0.5], (3, 2, 1)))
