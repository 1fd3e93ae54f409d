"""What a rollout reads of a trial that sessions have just had."""

import numpy as np

from spice.agents._one_trial import one_trial


def test_sessions_are_sequences_of_one_trial() -> None:
    actions, rewards = np.eye(2)[[1, 0, 1]], np.array([[0.0, 0.25], [1.0, 0.0], [0.0, 0.75]])
    people = np.array([7, 8, 9])
    trials = one_trial(actions, rewards, actions, np.zeros((3, 1)), np.full(3, 4), people, np.zeros(3, dtype=int))
    assert (trials.n_trials, trials.n_sequences, trials.n_actions) == (1, 3, 2)
    assert trials.rewards[0].tolist() == rewards.tolist()
    assert trials.actions[0].argmax(-1).tolist() == [1, 0, 1]
    assert trials.additional.shape == (1, 3, 1)
    assert trials.blocks.tolist() == [[4, 4, 4]]
    assert trials.participants.tolist() == [7, 8, 9]
    assert trials.lengths.tolist() == [1, 1, 1]
