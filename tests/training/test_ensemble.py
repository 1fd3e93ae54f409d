"""Networks of an ensemble: which lead, which are left out, and what their mean is."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from quick_fit import few_people, quick

from spice.data.trials import read_conditions
from spice.estimator import SpiceEstimator
from spice.exceptions import ModelFileError, TrainingDivergedError
from spice.files.container import read_model, write_model
from spice.model.base import BaseRNN
from spice.precoded import ForgettingRNN, ParticipantEmbeddingRNN
from spice.progress import FitControl, FitEvent
from spice.training import train
from spice.training.attempts import Trained
from spice.training.ensemble import train_members


def members(train_one: Callable[[int], Trained], size: int) -> tuple[list[float], list[str]]:
    """Losses of the members in order, and what was said."""
    said: list[str] = []
    with FitControl(lambda event: said.append(event.message)).stage("fit") as stage:
        found = train_members(size, train_one, stage)
    return [trained.nll for trained in found], [message for message in said if message]


def trained(nll: float, *validation: float) -> Trained:
    return Trained(ForgettingRNN(2), [{"loss": nll, "validation_loss": loss} for loss in validation], nll)


def diverged() -> TrainingDivergedError:
    return TrainingDivergedError("training", "a finite loss", "nan in epoch 3", "Try a smaller learning_rate.")


def test_the_one_that_predicts_best_leads() -> None:
    of = [trained(0.6), trained(0.4), trained(0.5)]
    assert members(lambda place: of[place], 3) == (
        [0.4, 0.5, 0.6], ["Network 1 of 3.", "Network 2 of 3.", "Network 3 of 3."]
    )  # fmt: skip
    held_out = [trained(0.4, 0.7, 0.9), trained(0.6, 0.8, 0.6)]
    assert members(lambda place: held_out[place], 2)[0] == [0.6, 0.4]


def test_one_alone_is_not_numbered() -> None:
    assert members(lambda _: trained(0.5), 1) == ([0.5], [])


def test_one_that_diverges_is_left_out_and_said() -> None:
    def train_one(place: int) -> Trained:
        if place == 1:
            raise diverged()
        return trained(0.5 + place)

    nll, said = members(train_one, 3)
    assert nll == [0.5, 2.5]
    assert said[2] == "Network 2 diverged and is left out."


def test_where_all_diverge_it_is_an_error() -> None:
    def train_one(place: int) -> Trained:
        raise diverged()

    with pytest.raises(TrainingDivergedError, match="nan in epoch 3"):
        members(train_one, 2)


@pytest.fixture(scope="module")
def ensemble() -> SpiceEstimator:
    return quick(ensemble_size=3, epochs=4).fit(*few_people())


def test_predictions_are_the_mean_of_the_members(ensemble: SpiceEstimator) -> None:
    xs, _ = few_people()
    fitted, trials = ensemble.fit_result_.fitted, read_conditions(xs, 2)[0]
    each = [member.run(trials).probabilities.numpy() for member in fitted.members]
    assert len(each) == 3
    assert np.abs(each[0] - each[1]).max() > 1e-3
    np.testing.assert_allclose(fitted.run(trials).probabilities, np.mean(each, 0), rtol=1e-6)
    p_rnn, _ = ensemble.predict(xs)
    np.testing.assert_allclose(p_rnn[:, -1], np.mean(each, 0)[-1], rtol=1e-6)


def test_likelihood_is_that_of_the_mean(ensemble: SpiceEstimator) -> None:
    xs, ys = few_people()
    fitted = ensemble.fit_result_.fitted
    trials = read_conditions(xs, 2)[0]
    targets = torch.as_tensor(np.nan_to_num(ys).clip(0).transpose(1, 0, 2), dtype=torch.float32)
    p = fitted.run(trials).probabilities.numpy()
    expected = -(np.log(p) * targets.numpy()).sum((0, 2))
    np.testing.assert_allclose(fitted.run(trials).nll(targets), expected, rtol=1e-5)
    # The mean is never worse than the members are on average, by Jensen's inequality.
    assert expected.sum() <= np.mean([float(m.run(trials).nll(targets).sum()) for m in fitted.members])


def test_it_says_how_much_networks_differ(ensemble: SpiceEstimator) -> None:
    (found,) = (one for one in ensemble.diagnostics_ if one.code == "networks-differ")
    assert found.numbers["networks"] == 3
    assert found.numbers["best"] < found.numbers["worst"]
    assert found.sentence.startswith("3 networks predict the choices with")
    (searches,) = (one for one in ensemble.diagnostics_ if one.code == "searches-agree")
    assert searches.numbers["of"] == 4


def test_the_first_network_is_that_of_a_fit_without_an_ensemble(ensemble: SpiceEstimator) -> None:
    alone = quick(epochs=4).fit(*few_people()).fit_result_.fitted.model.state_dict()
    models = [member.model.state_dict() for member in ensemble.fit_result_.fitted.members]
    assert any(all(torch.equal(model[name], alone[name]) for name in alone) for model in models)


def test_files_keep_all_of_them(ensemble: SpiceEstimator, tmp_path: Path) -> None:
    xs, _ = few_people()
    ensemble.save_spice(tmp_path / "network", tmp_path / "equations")
    again = SpiceEstimator(ParticipantEmbeddingRNN).load_spice(tmp_path / "network", tmp_path / "equations")
    assert len(again.fit_result_.fitted.others) == 2
    for ours, theirs in zip(ensemble.predict(xs), again.predict(xs), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("n_networks", [1, 4, 0, -2, 10**9, "3", None])
def test_files_that_count_otherwise_are_refused(ensemble: SpiceEstimator, tmp_path: Path, n_networks: object) -> None:
    ensemble.save_spice(tmp_path / "network")
    found = read_model(tmp_path / "network", "network")
    write_model(tmp_path / "network", "network", {**found.header, "n_networks": n_networks}, found.tensors)
    with pytest.raises(ModelFileError):
        SpiceEstimator(ParticipantEmbeddingRNN).load_spice(tmp_path / "network", None)


def test_a_simulated_agent_is_one_network(ensemble: SpiceEstimator) -> None:
    """A state is that of one network, which goes on from it."""
    agent = ensemble.rnn_agent
    agent.new_sess(participant_id=0)
    agent.update(0, [1.0, np.nan])
    alone = ensemble.fit_result_.fitted.members[0]
    xs = np.array([[[1, 0, 1, np.nan, 0, 0, 0]]], dtype=float)
    expected = alone.run(read_conditions(xs, 2)[0]).probabilities[0, 0]
    np.testing.assert_allclose(agent.get_choice_probs(), expected, rtol=1e-5)


def test_asked_to_finish_no_further_network_is_begun() -> None:
    estimator = quick(ensemble_size=3, epochs=50)

    def stop(event: FitEvent) -> None:
        if event.path[-1] == "rnn" and event.index == 2:
            estimator.control.finish_stage()

    estimator.set_callbacks(stop).fit(*few_people())
    assert len(estimator.fit_result_.fitted.members) == 1
    assert len(estimator.history_) == 2
    (found,) = (one for one in estimator.diagnostics_ if one.code == "networks-differ")
    assert found.sentence.endswith("The others of 3 diverged or were not begun.")


def test_a_member_that_diverges_leaves_finite_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second of three networks loses its numbers in the third epoch."""
    trained_so_far: list[BaseRNN] = []
    one_epoch = train._one_epoch

    def breaks(training: train.Training, *rest: object) -> None:
        if training.model not in trained_so_far:
            trained_so_far.append(training.model)
        if len(trained_so_far) == 2 and training.epoch == 2:
            training.steps.vector.fill_(math.nan)
        one_epoch(training, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(train, "_one_epoch", breaks)
    said: list[str] = []
    estimator = quick(ensemble_size=3, epochs=4).set_callbacks(lambda event: said.append(event.message))
    estimator.fit(*few_people())
    assert "Network 2 diverged and is left out." in said
    assert len(estimator.fit_result_.fitted.members) == 2
    assert all(np.isfinite(p[:, :-1]).all() for p in estimator.predict(few_people()[0]))


def test_checkpoints_of_each_network_go_on_and_are_removed(tmp_path: Path) -> None:
    """Interrupted in the second network, the fit gives what it would have given."""
    data = few_people()
    whole = quick(ensemble_size=2, epochs=6).fit(*data)
    estimator = quick(ensemble_size=2, epochs=6).set_checkpoints(tmp_path / "training", seconds=0)
    epochs = 0

    def interrupt(event: FitEvent) -> None:
        nonlocal epochs
        epochs += event.path[-1] == "rnn" and bool(event.metrics)
        if epochs == 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        estimator.set_callbacks(interrupt).fit(*data)
    assert {path.name for path in tmp_path.iterdir()} == {"training", "training.2"}
    said: list[str] = []
    estimator.set_callbacks(lambda event: said.append(event.message)).fit(*data)
    assert "Goes on after epoch 6." in said
    assert any(message.startswith("Goes on after epoch") and "6" not in message for message in said)
    for ours, theirs in zip(estimator.predict(data[0]), whole.predict(data[0]), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    assert not list(tmp_path.iterdir())
