"""The estimator as scripts, scikit-learn and impatient people use it."""

import numpy as np
import pytest
import torch
from quick_fit import few_people, quick
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from spice.datasets import simulate_forgetting, simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.exceptions import (
    ConfigError,
    DataError,
    FitCancelled,
    OutputError,
)
from spice.precoded import (
    RESCOLA_WAGNER_CONFIG,
    ForgettingRNN,
    RescorlaWagnerRNN,
)
from spice.progress import EventKind
from spice.resources.bandits import AgentQ, BanditsDrift, create_dataset
from spice.resources.rnn_utils import split_data_along_timedim


@pytest.fixture(scope="module")
def people():
    return few_people(5)


@pytest.fixture(scope="module")
def fitted(people):
    return quick().fit(*people)


def same(first, second, conditions):
    return all(
        np.allclose(a, b, atol=1e-6, equal_nan=True)
        for a, b in zip(first.predict(conditions), second.predict(conditions), strict=True)
    )


class TestQuickStart:
    def test_runs_as_published(self, capsys):
        environment = BanditsDrift(sigma=0.2, n_actions=2)
        agent = AgentQ(n_actions=2, alpha_reward=0.6, alpha_penalty=0.6, forget_rate=0.3)
        dataset, _, _ = create_dataset(agent=agent, environment=environment, n_trials=200, n_sessions=256)
        est = SpiceEstimator(
            rnn_class=RescorlaWagnerRNN,
            spice_config=RESCOLA_WAGNER_CONFIG,
            learning_rate=5e-3,
            epochs=16,
            n_steps_per_call=16,
            verbose=True,
        )
        est.fit(dataset.xs, dataset.ys)
        features = est.spice_agent.get_spice_features()
        assert list(features) == list(range(256))
        names, coefficients = features[255]["x_value_reward_chosen"]
        assert names == ["1", "x_value_reward_chosen", "c_reward"]
        assert features[0] == features[255]
        assert coefficients[2] > 0.5
        p_rnn, p_spice = est.predict(dataset.xs)
        assert p_rnn.shape == p_spice.shape == (256, 200, 2)
        np.testing.assert_allclose(p_spice.sum(-1), 1, atol=1e-9)
        assert "Training the network" in capsys.readouterr().err

    def test_parameters_of_published_scripts_are_accepted(self, people):
        estimator = quick(
            batch_size=3,
            n_steps_per_call=-1,
            sequence_length=20,
            convergence_threshold=1e-7,
            device=torch.device("cpu"),
            scheduler=True,
            train_test_ratio=0.8,
            l2_weight_decay=1e-4,
            bagging=True,
            spice_optimizer_type="STLSQ",
            spice_optim_threshold=0.05,
            spice_optim_regularization=1e-2,
            spice_library_polynomial_degree=2,
            n_sessions_off_policy=2,
            n_trials_same_action_off_policy=3,
            use_optuna=True,
            optuna_threshold=0.0,
            optuna_n_trials=2,
        ).fit(*people)
        assert set(estimator.history_[-1]) == {"loss", "validation_loss"}
        assert np.isfinite(estimator.score(*people))


class TestScikitLearn:
    def test_grid_search_over_participants(self, people):
        estimator = quick(ForgettingRNN, spice_refine=False)
        search = GridSearchCV(estimator, {"epochs": [0, 25]}, cv=2, error_score="raise").fit(*people)
        assert search.best_params_ == {"epochs": 25}
        assert search.best_score_ > -np.log(2)

    def test_unfitted_estimators_are_pickled(self):
        from joblib import Parallel, delayed

        estimator = quick().set_callbacks(lambda event: None)
        assert estimator.control is estimator.control
        [back] = Parallel(n_jobs=2)([delayed(clone)(estimator)])
        assert back.get_params() == estimator.get_params()

    def test_same_seed_same_result(self, people, fitted):
        assert same(quick().fit(*people), fitted, people[0])
        assert not same(quick(random_state=1).fit(*people), fitted, people[0])

    def test_global_random_state_is_left_alone(self, people):
        torch.manual_seed(3)
        before = torch.get_rng_state()
        quick(epochs=1).fit(*people)
        assert torch.equal(before, torch.get_rng_state())

    def test_arrays_handed_in_are_not_changed(self, people):
        xs, ys = (torch.as_tensor(array.copy()) for array in people)
        quick(epochs=1).fit(xs, ys)
        np.testing.assert_array_equal(xs.numpy(), people[0])
        np.testing.assert_array_equal(ys.numpy(), people[1])


class TestPeople:
    def test_equations_and_temperatures_per_participant(self, fitted):
        features = fitted.get_spice_features()
        chosen = [features[p]["x_value_reward_chosen"][1] for p in range(5)]
        assert len({tuple(c) for c in chosen}) == 5
        assert features[0]["beta_x_value_reward"][0] == ["1"]
        canonical = fitted.equations_.canonical().coefficients.betas["x_value_reward"]
        assert len(np.unique(canonical)) == 6
        assert fitted.spice_agent.count_parameters()[0] == 1 + sum(
            np.count_nonzero(features[0][m][1]) for m in ("x_value_reward_chosen", "x_value_reward_not_chosen")
        )

    def test_one_participant_only(self, people):
        estimator = quick(spice_participant_id=3).fit(*people)
        assert list(estimator.get_spice_features()) == [3]
        _, p_spice = estimator.predict(people[0])
        assert np.isfinite(p_spice[3]).all()
        assert np.isnan(p_spice[[0, 1, 2, 4]]).all()
        with pytest.raises(ConfigError, match="spice_participant_id"):
            quick(spice_participant_id=5).fit(*people)


class TestData:
    def test_unequal_lengths_and_padding_do_not_matter(self, people):
        xs, ys = people[0].copy(), people[1].copy()
        xs[2, 25:], ys[2, 24:] = np.nan, np.nan
        minus = xs.copy()
        minus[2, 25:] = -1
        wide = np.concatenate([xs, np.full((5, 9, xs.shape[-1]), np.nan)], axis=1)
        wide_ys = np.concatenate([ys, np.full((5, 9, 2), np.nan)], axis=1)
        first = quick().fit(xs, ys)
        assert same(first, quick().fit(minus, np.where(np.isnan(ys), -1, ys)), xs)
        assert same(first, quick().fit(wide, wide_ys), xs)
        assert np.isnan(first.predict(xs)[0][2, 25:]).all()
        assert np.isfinite(first.predict(xs)[0][2, :25]).all()

    def test_missed_trials_change_nothing(self, people, fitted):
        xs, ys = people
        gap = np.full((5, 1, xs.shape[-1]), np.nan)
        gap[..., -3:] = xs[:, :1, -3:]
        with_gap = np.concatenate([xs[:, :10], gap, xs[:, 10:]], axis=1)
        expected = fitted.predict(xs)[1]
        found = fitted.predict(with_gap)[1]
        np.testing.assert_allclose(np.delete(found, 10, axis=1), expected, atol=1e-9)
        np.testing.assert_allclose(found[:, 10], expected[:, 9], atol=1e-9)
        targets = np.concatenate([ys[:, :9], np.full((5, 1, 2), np.nan), ys[:, 9:10], ys[:, 10:]], axis=1)
        assert same(quick().fit(with_gap, targets), fitted, xs)

    @pytest.mark.parametrize("n_actions", [3, 16])
    def test_many_arms(self, n_actions):
        agent = AgentQ(n_actions=n_actions, alpha_reward=0.5, beta_reward=5)
        dataset, _, _ = create_dataset(agent, BanditsDrift(0.1, n_actions=n_actions), 60, 4, random_state=0)
        estimator = quick(ForgettingRNN, n_actions=n_actions).fit(dataset.xs, dataset.ys)
        assert estimator.predict(dataset.xs)[1].shape == (4, 60, n_actions)

    def test_graded_and_negative_rewards(self, people, fitted):
        xs = people[0].copy()
        rewards = xs[..., 2:4]
        shown = xs[..., :2] == 1
        xs[..., 2:4] = np.where(shown, rewards * 30 - 10, -1)
        estimator = quick().fit(xs, people[1])
        assert estimator.reward_range_ == (-10.0, 20.0)
        np.testing.assert_allclose(estimator.predict(xs)[1], fitted.predict(people[0])[1], atol=1e-5)

    def test_counterfactual_feedback(self):
        agent = AgentQ(alpha_reward=0.3, alpha_counterfactual_reward=0.3, alpha_counterfactual_penalty=0.3)
        dataset, _, _ = create_dataset(agent, BanditsDrift(0.2, counterfactual=True), 80, 60, random_state=0)

        class Counterfactual(ForgettingRNN):
            mechanisms = (
                ForgettingRNN.mechanisms[0],
                type(ForgettingRNN.mechanisms[1])(
                    "x_value_reward_not_chosen",
                    state="x_value_reward",
                    applies_to="not_chosen",
                    inputs=("c_reward",),
                ),
            )

        equations = quick(Counterfactual, epochs=10).fit(dataset.xs, dataset.ys).equations_.canonical()
        terms = equations.terms(0)["x_value_reward_not_chosen"]
        assert terms["x_value_reward_not_chosen"] == pytest.approx(0.7, abs=0.1)
        assert terms["c_reward"] == pytest.approx(0.3, abs=0.1)

    def test_additional_inputs(self):
        from spice.resources.mechanisms import Mechanism

        class Cued(RescorlaWagnerRNN):
            additional_inputs = ("cue",)
            mechanisms = (
                Mechanism(
                    "x_value_reward_chosen",
                    state="x_value_reward",
                    applies_to="chosen",
                    inputs=("c_reward", "cue"),
                ),
            )

        dataset, _ = simulate_forgetting(n_participants=4, n_trials=50, random_state=0)
        xs = dataset.xs.numpy()
        cue = np.random.default_rng(0).normal(size=(*xs.shape[:2], 1)).astype(np.float32)
        with_cue = np.concatenate([xs[..., :4], cue, xs[..., 4:]], axis=-1)
        estimator = quick(Cued, spice_refine=False).fit(with_cue, dataset.ys)
        assert "cue" in estimator.get_spice_features()[0]["x_value_reward_chosen"][0]
        with pytest.raises(DataError, match="cue"):
            quick(Cued).fit(xs, dataset.ys)

    def test_blocks_and_experiments(self, people):
        xs, ys = people[0].copy(), people[1]
        xs[..., -3] = np.arange(40) // 20
        xs[..., -2] = (xs[..., -1] % 2) * 5
        estimator = quick(epochs=2).fit(xs, ys)
        assert "experiment_embedding.table.weight" in estimator.rnn_agent.model.state_dict()
        # A block starts from the initial values, so its first prediction is that of the very first trial.
        agent = estimator.spice_agent
        p = estimator.predict(xs)[1]
        agent.new_sess(participant_id=0, experiment_id=0)
        agent.update(int(xs[0, 20, 1]), xs[0, 20, 2:4], block=1)
        np.testing.assert_allclose(p[0, 20], agent.get_choice_probs(), atol=1e-6)


class TestProgress:
    def test_events_tell_the_story(self, people):
        events = []
        quick(epochs=2).set_callbacks(events.append).fit(*people)
        ends = [(e.kind, e.path) for e in events if e.kind is not EventKind.ADVANCED]
        stages = [("fit", "rnn"), ("fit", "equations"), ("fit", "refine")]
        expected = [(EventKind.STARTED, ("fit",))]
        for stage in stages:
            expected += [(EventKind.STARTED, stage), (EventKind.FINISHED, stage)]
        assert ends == [*expected, (EventKind.FINISHED, ("fit",))]
        epochs = [e for e in events if e.kind is EventKind.ADVANCED and e.path == ("fit", "rnn")]
        assert [(e.index, e.total) for e in epochs] == [(1, 2), (2, 2)]
        assert all(isinstance(v, float) for e in events for v in e.metrics.values())

    def test_cancel_leaves_the_previous_fit(self, people):
        estimator = quick().fit(*people)
        before = estimator.predict(people[0])[1]
        control = estimator.control

        def cancel_in_epoch_two(event):
            if event.path[-1] == "rnn" and event.index == 2:
                control.cancel()

        estimator.set_params(epochs=50, learning_rate=0.1).set_callbacks(cancel_in_epoch_two)
        with pytest.raises(FitCancelled):
            estimator.fit(*people)
        np.testing.assert_array_equal(estimator.predict(people[0])[1], before)
        assert estimator.set_params(epochs=1).set_callbacks().fit(*people)

    def test_ctrl_c_leaves_the_previous_fit(self, people):
        estimator = quick().fit(*people)
        agent = estimator.spice_agent

        def interrupt(event):
            if event.path[-1] == "refine":
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            estimator.set_callbacks(interrupt).fit(*people)
        assert estimator.spice_agent is agent

    def test_finish_stage_goes_on_to_the_equations(self, people):
        estimator = quick(epochs=500)
        control = estimator.control

        def finish(event):
            if event.path[-1] == "rnn" and event.index == 2:
                control.finish_stage()

        estimator.set_callbacks(finish).fit(*people)
        assert len(estimator.history_) == 2
        assert estimator.equations_.participants == (0, 1, 2, 3, 4)


class TestBadInput:
    def test_places_that_cannot_be_written_are_found_before_the_fit(self, people, tmp_path):
        (tmp_path / "file").write_text("")
        events = []
        estimator = quick(save_path_rnn=tmp_path / "file" / "model.spice").set_callbacks(events.append)
        with pytest.raises(OutputError):
            estimator.fit(*people)
        assert not events


@pytest.mark.parametrize("n_trials", [2, 3, 5])
def test_games_of_a_few_trials(n_trials):
    dataset, _ = simulate_forgetting(n_participants=3, n_trials=n_trials, n_sessions=12, random_state=0)
    estimator = quick().fit(dataset.xs, dataset.ys)
    assert np.isfinite(estimator.score(dataset.xs, dataset.ys))


def test_a_session_of_one_choice_after_a_split():
    dataset, _ = simulate_forgetting(n_participants=3, n_trials=30, n_sessions=2, random_state=0)
    xs, ys = dataset.xs.clone(), dataset.ys.clone()
    xs[1, 1:], ys[1] = float("nan"), float("nan")
    train, test = split_data_along_timedim(type(dataset)(xs, ys), 0.67)
    estimator = quick().fit(train.xs, train.ys)
    assert np.isfinite(estimator.score(test.xs, test.ys))
    assert np.isnan(estimator.predict(train.xs)[1][1]).all()


def test_one_person_with_very_many_trials_beside_one_with_few():
    dataset, _ = simulate_individual_differences(n_participants=2, n_trials=20_000, random_state=1)
    xs, ys = dataset.xs.numpy(), dataset.ys.numpy()
    xs[1, 5:], ys[1, 4:] = np.nan, np.nan
    estimator = quick(epochs=1).fit(xs, ys)
    probabilities = estimator.predict(xs)[1]
    assert np.isfinite(probabilities[0]).all()
    assert np.isfinite(probabilities[1, :5]).all()
    assert np.isnan(probabilities[1, 5:]).all()
    # All that is known of the one is from the other 20,000 trials.
    assert estimator.score(xs[:1], ys[:1]) > -0.63


def test_a_late_cancel_is_not_lost(people):
    estimator = quick(spice_refine=False)
    control = estimator.control

    def cancel(event):
        if event.path[-1] == "equations":
            control.cancel()

    with pytest.raises(FitCancelled):
        estimator.set_callbacks(cancel).fit(*people)
    assert not hasattr(estimator, "spice_agent_")
