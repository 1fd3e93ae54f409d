"""The estimator as scripts, scikit-learn and impatient people use it."""

import numpy as np
import pytest
import torch
from own_forward import OWN_FORWARD_CONFIG, OwnForwardRNN
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from spice.datasets import simulate_forgetting, simulate_individual_differences
from spice.estimator import SpiceConfig, SpiceEstimator
from spice.exceptions import (
    ConfigError,
    DataError,
    FitCancelled,
    NotFittedError,
    OutputError,
    TrainingDivergedError,
)
from spice.precoded import (
    RESCOLA_WAGNER_CONFIG,
    ChoiceRNN,
    ForgettingRNN,
    LearningRateRNN,
    ParticipantEmbeddingRNN,
    RescorlaWagnerRNN,
)
from spice.progress import EventKind
from spice.resources.bandits import AgentQ, BanditsDrift, create_dataset
from spice.training.gradient import WrittenOutGradient


def quick(model=ParticipantEmbeddingRNN, **parameters):
    defaults = {"epochs": 3, "n_trials_off_policy": 100, "random_state": 0}
    return SpiceEstimator(model, **(defaults | parameters))


@pytest.fixture(scope="module")
def people():
    dataset, _ = simulate_individual_differences(n_participants=5, n_trials=40, random_state=1)
    return dataset.xs.numpy(), dataset.ys.numpy()


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
    def test_clone_and_parameters(self):
        estimator = quick(learning_rate=0.1)
        twin = clone(estimator)
        assert twin.get_params() == estimator.get_params()
        assert twin.set_params(epochs=7).epochs == 7
        with pytest.raises(ValueError, match="epoch"):
            twin.set_params(epoch=7)

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

    def test_ids_with_gaps(self, people, fitted):
        xs, ys = people[0].copy(), people[1]
        xs[..., -1] = 10 + 7 * xs[..., -1]
        gaps = quick().fit(xs, ys)
        assert gaps.participant_ids_ == (10, 17, 24, 31, 38)
        np.testing.assert_allclose(gaps.predict(xs)[1], fitted.predict(people[0])[1], atol=1e-6)

    def test_people_never_seen_get_the_population(self, people, fitted):
        xs = people[0].copy()
        xs[..., -1] = 99
        p_rnn, p_spice = fitted.predict(xs)
        agent = fitted.spice_agent
        agent.new_sess(participant_id=99)
        table = agent.coefficients
        agent.update(int(xs[0, 0, 1]), xs[0, 0, 2:4])
        np.testing.assert_allclose(agent.get_choice_probs(), p_spice[0, 0], atol=1e-6)
        assert np.isfinite(p_rnn).all()
        own = fitted.predict(people[0])[1]
        assert np.abs(own - p_spice).max() > 1e-4
        assert table.n_rows == 6

    def test_one_participant_only(self, people):
        estimator = quick(spice_participant_id=3).fit(*people)
        assert list(estimator.get_spice_features()) == [3]
        _, p_spice = estimator.predict(people[0])
        assert np.isfinite(p_spice[3]).all()
        assert np.isnan(p_spice[[0, 1, 2, 4]]).all()
        with pytest.raises(ConfigError, match="spice_participant_id"):
            quick(spice_participant_id=5).fit(*people)

    def test_embeddings(self, fitted, people):
        embeddings = fitted.get_participant_embeddings()
        assert sorted(embeddings) == list(range(5))
        assert embeddings[0].shape == (8,)
        assert quick(ForgettingRNN, epochs=1).fit(*people).get_participant_embeddings() == {}


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

    def test_short_layout(self, people):
        short = np.concatenate([people[0][..., :4], people[0][..., -1:]], axis=-1)
        assert same(quick().fit(short, people[1]), quick().fit(*people), people[0])


class TestOwnForward:
    def test_published_style_runs_unchanged(self, people):
        estimator = quick(OwnForwardRNN, spice_config=OWN_FORWARD_CONFIG, epochs=2).fit(*people)
        features = estimator.get_spice_features()[0]
        assert features["x_rate"][0] == ["1", "x_rate", "c_reward"]
        p_spice = estimator.predict(people[0])[1]
        np.testing.assert_allclose(p_spice.sum(-1), 1, atol=1e-9)
        agent = estimator.spice_agent
        agent.new_sess(participant_id=2)
        for trial in range(3):
            agent.update(int(people[0][2, trial, 1]), people[0][2, trial, 2:4])
            np.testing.assert_allclose(agent.get_choice_probs(), p_spice[2, trial], atol=1e-5)
        rate = agent.get_state_value("x_rate")
        assert ((rate >= 0) & (rate <= 1)).all()

    def test_signals_must_be_recorded(self, people):
        config = SpiceConfig({"x_rate": ["c_gaze"]}, {}, ["c_gaze"], ["x_rate"])
        with pytest.raises(ConfigError, match="c_gaze"):
            quick(OwnForwardRNN, spice_config=config, epochs=0).fit(*people)

    def test_a_config_is_needed(self, people):
        with pytest.raises(ConfigError, match="SpiceConfig"):
            quick(OwnForwardRNN).fit(*people)


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

    def test_divergence_names_the_epoch_and_changes_nothing(self, people, monkeypatch):
        estimator = quick().fit(*people)
        agent = estimator.spice_agent
        real, calls = WrittenOutGradient.windows, []

        def breaks_later(self, sequences):
            for nll, n in real(self, sequences):
                calls.append(1)
                yield float("nan") if len(calls) > 7 else nll, n

        monkeypatch.setattr(WrittenOutGradient, "windows", breaks_later)
        with pytest.raises(TrainingDivergedError, match="epoch 3") as caught:
            estimator.set_params(epochs=10).fit(*people)
        assert estimator.spice_agent is agent
        weights = caught.value.weights
        assert all(torch.isfinite(w).all() for w in weights.values())
        assert set(weights) == set(agent.model.state_dict())

    def test_weights_without_bound_are_a_named_error(self, people):
        with pytest.raises(TrainingDivergedError, match="finite loss"):
            quick(ParticipantEmbeddingRNN, epochs=60, learning_rate=1e18).fit(*people)

    def test_validation_keeps_the_best_weights(self, people):
        xs, ys = people
        estimator = quick(ParticipantEmbeddingRNN, epochs=12, learning_rate=0.3, dropout=0.0)
        estimator.fit(xs[:4], ys[:4], data_test=xs, target_test=ys)
        losses = [h["validation_loss"] for h in estimator.history_]
        p = estimator.predict(xs)[0]
        scored = np.nansum(ys, -1) > 0
        final = -np.log((p * np.nan_to_num(ys)).sum(-1)[scored]).mean()
        assert final == pytest.approx(min(losses), abs=0.02)
        assert final < losses[-1] + 1e-6


class TestBadInput:
    @pytest.mark.parametrize("call", ["predict", "score", "save_spice", "rnn_agent", "spice_agent", "equations_"])
    def test_before_fit(self, call, people, tmp_path):
        estimator = quick()
        arguments = {"predict": people[:1], "score": people, "save_spice": (tmp_path / "a",)}

        def use():
            return getattr(estimator, call)(*arguments[call])

        with pytest.raises(NotFittedError, match="Call fit first"):
            use()

    @pytest.mark.parametrize(
        ("parameters", "words"),
        [
            ({"epochs": -1}, "epochs.*of 0 or more.*-1"),
            ({"dropout": 1.5}, "dropout"),
            ({"n_actions": 1}, "n_actions.*of 2 or more"),
            ({"learning_rate": float("nan")}, "learning_rate"),
            ({"hidden_size": 2.5}, "hidden_size.*whole"),
            ({"spice_optimizer_type": "lasso"}, "spice_optimizer_type.*STLSQ"),
            ({"spice_library_polynomial_degree": 9}, "degree"),
            ({"rnn_class": dict}, "rnn_class"),
            ({"n_actions": 3}, "n_actions.*2"),
            ({"n_participants": 3}, "n_participants.*5"),
            ({"train_test_ratio": 1.2}, "train_test_ratio"),
            ({"spice_config": SpiceConfig({}, {}, ["c_reward"], ["x_other"])}, "x_other"),
        ],
    )
    def test_parameters(self, people, parameters, words):
        with pytest.raises(ConfigError, match=words):
            quick().set_params(**parameters).fit(*people)

    def test_arrays(self, people):
        xs, ys = people
        wrong = ys.copy()
        wrong[1, 3] = [0.5, 0.5]
        with pytest.raises(DataError, match=r"targets.*sequence 1, trial 3"):
            quick().fit(xs, wrong)
        with pytest.raises(DataError, match="shape"):
            quick().fit(xs, ys[:, :-1])
        nan = xs.copy()
        nan[0, 5, 2:4] = np.nan
        with pytest.raises(DataError, match=r"finite reward.*sequence 0, trial 5"):
            quick().fit(nan, ys)
        infinite = xs.copy()
        infinite[0, 5, 2:4] = np.inf
        with pytest.raises(DataError, match="finite reward"):
            quick().fit(infinite, ys)
        one_arm = xs.copy()
        one_arm[..., :2] = [1, 0]
        one_arm[..., 2:4] = [1, -1]
        with pytest.raises(DataError, match="at least two arms"):
            quick().fit(one_arm, ys)
        few = xs.copy()
        few[3, 2:] = np.nan
        with pytest.raises(DataError, match="at least 3 choices"):
            quick().fit(few, ys)
        with pytest.raises(DataError, match="both"):
            quick().fit(xs, ys, data_test=xs)
        with pytest.raises(DataError, match="features"):
            quick().fit(xs[..., :4], ys)

    def test_places_that_cannot_be_written_are_found_before_the_fit(self, people, tmp_path):
        (tmp_path / "file").write_text("")
        events = []
        estimator = quick(save_path_rnn=tmp_path / "file" / "model.spice").set_callbacks(events.append)
        with pytest.raises(OutputError):
            estimator.fit(*people)
        assert not events


class TestFiles:
    def test_round_trip(self, fitted, people, tmp_path):
        paths = tmp_path / "rnn.pkl", tmp_path / "spice.pkl"
        fitted.save_spice(*paths)
        loaded = quick().load_spice(*paths)
        assert same(loaded, fitted, people[0])
        from_class = SpiceEstimator.load_spice(path_rnn=paths[0], path_spice=paths[1])
        assert from_class.rnn_class is ParticipantEmbeddingRNN
        assert same(from_class, fitted, people[0])
        assert from_class.get_spice_features() == fitted.get_spice_features()
        assert not list(tmp_path.glob(".*"))

    def test_saved_after_fit(self, people, tmp_path):
        paths = {"save_path_rnn": tmp_path / "rnn", "save_path_spice": tmp_path / "spice"}
        estimator = quick(**paths).fit(*people)
        assert same(quick().load_spice(*paths.values()), estimator, people[0])

    @pytest.mark.parametrize("model", [ChoiceRNN, LearningRateRNN])
    def test_another_model_is_refused_and_nothing_is_lost(self, fitted, people, tmp_path, model):
        from spice.exceptions import ModelFileError

        paths = tmp_path / "rnn", tmp_path / "spice"
        fitted.save_spice(*paths)
        other = quick(model, epochs=1).fit(*people)
        agent, parameters = other.spice_agent, other.get_params()
        with pytest.raises(ModelFileError, match=model.__name__):
            other.load_spice(*paths)
        assert other.spice_agent is agent
        assert other.get_params() == parameters
