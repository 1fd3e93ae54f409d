"""Training of networks: what is kept, and what becomes of weights without bound."""

import numpy as np
import pytest
import torch
from quick_fit import few_people, quick

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.exceptions import TrainingDivergedError
from spice.model.build import build_model
from spice.model.scored_trials import ScoredTrials
from spice.precoded import ForgettingRNN, ParticipantEmbeddingRNN
from spice.progress import FitControl
from spice.rollout.networks import NetworkOptions, draw_masks
from spice.training import gradient_around_kernels
from spice.training.fit_data import Expected, read_fit_data
from spice.training.gradient import AutogradGradient, WrittenOutGradient
from spice.training.steps import GradientSteps
from spice.training.train import TrainingOptions, _mini_batches, evaluate, train_network


@pytest.fixture(scope="module")
def people():
    return few_people()


def test_people_held_out_are_judged_as_the_population():
    dataset, _ = simulate_individual_differences(n_participants=12, n_trials=60, random_state=3)
    xs, ys = dataset.xs.numpy(), dataset.ys.numpy()
    estimator = quick(epochs=12, learning_rate=0.02)
    estimator.fit(xs[:6], ys[:6], data_test=xs[6:], target_test=ys[6:])
    best = min(h["validation_loss"] for h in estimator.history_)
    p = estimator.predict(xs[6:])[0]
    scored = np.nansum(ys[6:], -1) > 0
    kept = -np.log((p * np.nan_to_num(ys[6:])).sum(-1)[scored]).mean()
    assert kept == pytest.approx(best, abs=1e-5)


def test_divergence_names_the_epoch_and_changes_nothing(people, monkeypatch):
    estimator = quick().fit(*people)
    agent = estimator.spice_agent
    real, calls = WrittenOutGradient.windows, []

    def breaks_later(self, sequences):
        for nll, n in real(self, sequences):
            calls.append(1)
            yield float("nan") if len(calls) > 2 else nll, n

    monkeypatch.setattr(WrittenOutGradient, "windows", breaks_later)
    with pytest.raises(TrainingDivergedError, match="epoch 3") as caught:
        estimator.set_params(epochs=10).fit(*people)
    assert estimator.spice_agent is agent
    weights = caught.value.weights
    assert all(torch.isfinite(w).all() for w in weights.values())
    assert set(weights) == set(agent.model.state_dict())


def test_weights_without_bound_are_a_named_error(people):
    with pytest.raises(TrainingDivergedError, match="finite loss"):
        quick(ParticipantEmbeddingRNN, epochs=60, learning_rate=1e18).fit(*people)


def test_validation_keeps_the_best_weights(people):
    xs, ys = people
    estimator = quick(ParticipantEmbeddingRNN, epochs=12, learning_rate=0.3, dropout=0.0)
    estimator.fit(xs[:4], ys[:4], data_test=xs, target_test=ys)
    losses = [h["validation_loss"] for h in estimator.history_]
    p = estimator.predict(xs)[0]
    scored = np.nansum(ys, -1) > 0
    final = -np.log((p * np.nan_to_num(ys)).sum(-1)[scored]).mean()
    assert final == pytest.approx(min(losses), abs=0.02)
    assert final < losses[-1] + 1e-6


def test_the_network_generalises_to_another_session_of_few_trials():
    """60 people x 30 trials: with a free vector for each person it was .044 worse than its equations."""
    dataset, _ = simulate_individual_differences(60, 30, n_sessions=2, random_state=1)
    xs, ys = dataset.xs.numpy(), dataset.ys.numpy()
    estimator = SpiceEstimator(ParticipantEmbeddingRNN, random_state=1).fit(xs[::2], ys[::2])
    scored = ScoredTrials.of(xs[1::2], ys[1::2], estimator.rnn_agent)
    assert scored.mean_nll(estimator.rnn_agent) < scored.mean_nll(estimator.spice_agent) + 0.01
    assert scored.mean_nll(estimator.rnn_agent) < 0.59


def test_what_is_validated_on_is_never_trained_on(monkeypatch):
    xs, ys = few_people(3, 40)
    seen, made = [], WrittenOutGradient.__init__

    def noted(self, model, data, n_steps):
        seen.append(data.targets)
        made(self, model, data, n_steps)

    monkeypatch.setattr(WrittenOutGradient, "__init__", noted)
    estimator = quick(epochs=2, validation_share=0.25).fit(xs, ys)
    assert set(estimator.history_[0]) == {"loss", "validation_loss"}
    (targets,) = seen
    # 39 choices of each follow a trial; the last quarter of them, rounded down, is watched.
    assert targets.sum((0, 2)).tolist() == [30, 30, 30]
    assert float(targets[30:].sum()) == 0


def test_a_share_that_is_not_one_choice_is_said_and_holds_nothing_out(people):
    said = []
    estimator = quick(epochs=1, validation_share=0.001).set_callbacks(lambda event: said.append(event.message))
    estimator.fit(*people)
    assert "A validation_share of 0.001 is not one choice of anybody: none are held out." in said
    assert set(estimator.history_[0]) == {"loss"}


def test_validation_data_that_are_given_take_the_place_of_the_share(people, monkeypatch):
    xs, ys = people
    lengths, made = [], WrittenOutGradient.__init__

    def noted(self, model, data, n_steps):
        lengths.append(float(data.targets.sum()))
        made(self, model, data, n_steps)

    monkeypatch.setattr(WrittenOutGradient, "__init__", noted)
    quick(epochs=1, validation_share=0.5).fit(xs, ys, data_test=xs, target_test=ys)
    assert lengths == [np.nansum(ys)]


def test_it_ends_where_patience_does(people):
    xs, ys = people
    said = []
    estimator = quick(ParticipantEmbeddingRNN, epochs=200, learning_rate=0.1, patience=5)
    estimator.set_callbacks(lambda event: said.append(event.message))
    estimator.fit(xs[:2], ys[:2], data_test=xs[2:], target_test=ys[2:])
    losses = [h["validation_loss"] for h in estimator.history_]
    assert 5 < len(losses) < 200
    assert int(np.argmin(losses)) == len(losses) - 6
    assert "No epoch of the last 5 predicts the validation data better." in said


def trained(people, rnn_class=ParticipantEmbeddingRNN, **options):
    """A model after some epochs, with the losses of each and what was said."""
    data = read_fit_data(Expected(rnn_class, 2), *people).training
    model = build_model(rnn_class, 2, 4, 1, NetworkOptions(dropout=0.0))
    said = []
    control = FitControl(lambda event: said.append(event.message))
    history = train_network(model, data, TrainingOptions(**options), np.random.default_rng(0), control)
    return model, data, history, " ".join(filter(None, said))


def test_a_training_lowers_the_loss_and_leaves_a_model_that_predicts(people):
    model, data, history, _ = trained(people, epochs=30, learning_rate=0.02)
    assert len(history) == 30
    assert history[-1]["loss"] < history[0]["loss"] - 0.01
    assert evaluate(model, data) < np.log(2)
    assert not model.training
    assert model.generator is None
    table = model.participant_embedding.table.weight
    torch.testing.assert_close(table[-1], table[:-1].mean(0))


def test_weights_that_do_not_move_have_the_loss_of_the_whole(people):
    model, data, history, _ = trained(
        people, ForgettingRNN, epochs=2, learning_rate=0.0, n_steps_per_call=7, batch_size=3
    )
    assert [h["loss"] for h in history] == pytest.approx([evaluate(model, data)] * 2, rel=1e-5)


def test_it_ends_once_the_loss_stands_still(people):
    _, _, history, said = trained(people, ForgettingRNN, epochs=100, learning_rate=1e-12, convergence_threshold=1e-3)
    assert len(history) == 20
    assert "Converged after 20 epochs" in said


def test_a_step_counts_as_much_as_its_choices(people, monkeypatch):
    """The last window holds 4 of 39 choices, and has a ninth of the say of the others, not the same."""
    lengths, descend = [], GradientSteps.descend

    def noted(self):
        lengths.append(float(self.gradient.norm()))
        descend(self)

    monkeypatch.setattr(GradientSteps, "descend", noted)
    trained(people, ForgettingRNN, epochs=1, learning_rate=0.0, n_steps_per_call=35)
    as_means, usual = [], 39 * 4 / 2
    data = read_fit_data(Expected(ForgettingRNN, 2), *people).training
    model = build_model(ForgettingRNN, 2, 4, 1, NetworkOptions(dropout=0.0)).train()
    with GradientSteps(model, 0.0, 0.0) as steps:
        for _, n in AutogradGradient(model, data, 35).windows(None):
            as_means.append(float(steps.gradient.norm()) * n / usual)
            steps.gradient.zero_()
    assert lengths == pytest.approx(as_means, rel=1e-3)
    assert len(lengths) == 2


def test_dropout_falls_to_none_and_is_as_declared_afterwards(people, monkeypatch):
    seen = []

    def noted(networks, n_sequences):
        seen.append(networks[0].dropout_now)
        return draw_masks(networks, n_sequences)

    monkeypatch.setattr(gradient_around_kernels, "draw_masks", noted)
    estimator = quick(ParticipantEmbeddingRNN, epochs=34, dropout=0.5, spice_refine=False).fit(*people)
    assert (seen[0], seen[16], seen[32], seen[33]) == (0.5, 0.25, 0.0, 0.0)
    assert [n.dropout_now for n in estimator.rnn_agent.model.submodules_rnn.values()] == [0.5, 0.5]


def test_with_a_schedule_the_last_epoch_changes_least(people):
    losses = {}
    for scheduler in (False, True):
        *_, history, _ = trained(people, epochs=40, learning_rate=0.05, scheduler=scheduler, batch_size=None)
        losses[scheduler] = [h["loss"] for h in history]
    assert losses[True][0] == losses[False][0]
    assert abs(losses[True][-1] - losses[True][-2]) < abs(losses[False][-1] - losses[False][-2])


@pytest.mark.parametrize(("bagging", "batch_size"), [(False, 3), (True, 3), (True, None)])
def test_mini_batches_hold_everybody_once_or_as_often_as_was_drawn(bagging, batch_size):
    options = TrainingOptions(batch_size=batch_size, bagging=bagging)
    found = list(_mini_batches(8, options, np.random.default_rng(0)))
    assert [len(batch) for batch in found] == ([3, 3, 2] if batch_size else [8])
    counts = np.bincount(np.concatenate(found), minlength=8)
    assert counts.sum() == 8
    assert (counts == 1).all() == (not bagging)


@pytest.mark.parametrize("batch_size", [None, -1, 8, 100])
def test_one_mini_batch_is_all_of_them(batch_size):
    assert list(_mini_batches(8, TrainingOptions(batch_size=batch_size), np.random.default_rng(0))) == [None]
