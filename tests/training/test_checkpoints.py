"""Trainings that were interrupted, and go on as if they had not been."""

import numpy as np
import pytest
import torch

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.exceptions import FitCancelled, OutputError
from spice.precoded import ForgettingRNN, ParticipantEmbeddingRNN
from spice.training import checkpoints


@pytest.fixture(scope="module")
def people():
    dataset, _ = simulate_individual_differences(n_participants=6, n_trials=60, random_state=0)
    return dataset.xs, dataset.ys


def estimator(**parameters) -> SpiceEstimator:
    defaults = {"epochs": 12, "n_trials_off_policy": 60, "random_state": 3, "batch_size": 4, "scheduler": True}
    return SpiceEstimator(ParticipantEmbeddingRNN, **(defaults | parameters))


def interrupted(path, people, after=5, seconds=0.0, **parameters):
    """A fit that was cancelled after some epochs; gives what it said."""
    stopped, said = estimator(**parameters).set_checkpoints(path, seconds), []

    def cancel(event):
        said.append(event.message)
        if event.path[-1] == "rnn" and event.index == after:
            stopped.control.cancel()

    with pytest.raises(FitCancelled):
        stopped.set_callbacks(cancel).fit(*people)
    return said


def resumed(path, people, **parameters):
    """The same fit once more; gives the estimator and what it said."""
    said = []
    again = estimator(**parameters).set_checkpoints(path).set_callbacks(lambda event: said.append(event.message))
    return again.fit(*people), [message for message in said if message]


def test_losses_of_the_run_before_are_told_again(people, tmp_path):
    interrupted(tmp_path / "run", people)
    events = []
    again = estimator().set_checkpoints(tmp_path / "run").set_callbacks(events.append).fit(*people)
    (event,) = [event for event in events if event.earlier]
    assert (event.index, event.message) == (4, "Goes on after epoch 4.")
    told = [*event.earlier, *(e.metrics for e in events if e.path[-1] == "rnn" and e.metrics)]
    assert told == again.history_


@pytest.mark.parametrize("held_out", [{}, {"train_test_ratio": 0.7}, {"validation_share": 0.2, "patience": 2}])
def test_it_gives_what_it_would_have_given(people, tmp_path, held_out):
    path = tmp_path / "run.checkpoint"
    whole = estimator(**held_out).fit(*people)
    interrupted(path, people, **held_out)
    assert path.exists()
    again, said = resumed(path, people, **held_out)
    assert "Goes on after epoch 4." in said
    assert again.history_ == whole.history_
    for name, weights in whole.rnn_agent_.model.state_dict().items():
        assert torch.equal(again.rnn_agent_.model.state_dict()[name], weights)
    np.testing.assert_array_equal(again.predict(people[0])[1], whole.predict(people[0])[1])
    assert not path.exists()


def test_more_epochs_go_on_too(people, tmp_path):
    interrupted(tmp_path / "run", people, scheduler=False)
    again, said = resumed(tmp_path / "run", people, scheduler=False, epochs=20)
    assert "Goes on after epoch 4." in said
    assert len(again.history_) == 20


@pytest.mark.parametrize("change", [{"learning_rate": 0.02}, {"random_state": 4}, {"rnn_class": ForgettingRNN}])
def test_another_fit_begins_anew(people, tmp_path, change):
    path = tmp_path / "run"
    interrupted(path, people)
    other = estimator().set_params(**change).set_checkpoints(path)
    said = []
    other.set_callbacks(lambda event: said.append(event.message)).fit(*people)
    assert any("belongs to other data or settings" in message for message in said)
    alone = estimator().set_params(**change).fit(*people)
    assert other.history_ == alone.history_


def test_other_data_begin_anew(people, tmp_path):
    interrupted(tmp_path / "run", people)
    _, said = resumed(tmp_path / "run", (people[0][:5], people[1][:5]))
    assert any("belongs to other data or settings" in message for message in said)


@pytest.mark.parametrize("content", [b"", b"\x80\x04pickle", b"12345678{}", None])
def test_a_damaged_file_is_said_and_not_used(people, tmp_path, content):
    path = tmp_path / "run"
    interrupted(path, people)
    path.write_bytes(path.read_bytes()[:-40] if content is None else content)
    again, said = resumed(path, people)
    assert any("cannot be used" in message for message in said)
    assert again.history_ == estimator().fit(*people).history_


def test_a_full_disk_is_said_once_and_the_fit_goes_on(people, tmp_path, monkeypatch):
    def full(*_):
        raise OutputError("path", "a place that can be written", "No space left on device", "Choose another.")

    monkeypatch.setattr(checkpoints, "write_model", full)
    said = []
    fitted = estimator().set_checkpoints(tmp_path / "run", 0.0).set_callbacks(lambda event: said.append(event.message))
    fitted.fit(*people)
    assert sum("Goes on without checkpoints" in message for message in said) == 1
    assert len(fitted.history_) == 12


def test_they_are_as_rare_as_was_asked(people, tmp_path):
    interrupted(tmp_path / "run", people, seconds=1_000.0)
    assert not (tmp_path / "run").exists()
