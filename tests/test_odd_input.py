"""Data and settings that are unusual but right, and some that are wrong in ways hard to see."""

from dataclasses import replace
from functools import wraps

import numpy as np
import pytest
from own_forward import OWN_FORWARD_CONFIG, OwnForwardRNN

from spice.datasets import simulate_forgetting, simulate_individual_differences
from spice.estimator import SpiceConfig, SpiceEstimator
from spice.exceptions import ConfigError, DataError, FitCancelled, ModelFileError
from spice.precoded import ForgettingRNN, ParticipantEmbeddingRNN
from spice.resources.bandits import AgentNetwork, BanditsDrift, create_dataset
from spice.resources.rnn_utils import split_data_along_timedim
from spice.resources.sindy_training import fit_spice
from spice.training.fit_data import Expected, read_fit_data


def quick(model=ParticipantEmbeddingRNN, **parameters):
    defaults = {"epochs": 3, "n_trials_off_policy": 100, "random_state": 0}
    return SpiceEstimator(model, **(defaults | parameters))


@pytest.fixture(scope="module")
def people():
    dataset, _ = simulate_individual_differences(n_participants=4, n_trials=40, random_state=1)
    return dataset.xs.numpy(), dataset.ys.numpy()


@pytest.fixture(scope="module")
def fitted(people):
    return quick().fit(*people)


class TestData:
    @pytest.mark.parametrize("n_trials", [2, 3, 5])
    def test_games_of_a_few_trials(self, n_trials):
        dataset, _ = simulate_forgetting(n_participants=3, n_trials=n_trials, n_sessions=12, random_state=0)
        estimator = quick().fit(dataset.xs, dataset.ys)
        assert np.isfinite(estimator.score(dataset.xs, dataset.ys))

    def test_first_choice_of_a_block_inside_a_sequence_is_not_scored(self, people):
        xs, ys = people[0].copy(), people[1]
        xs[..., -3] = np.arange(40) // 4
        blocks = read_fit_data(Expected(ForgettingRNN, 2), xs, ys).training
        assert float(blocks.targets.sum()) == 4 * 10 * 3
        apart = xs.reshape(40, 4, -1), ys.reshape(40, 4, 2).copy()
        apart[1][:, -1] = np.nan
        same = read_fit_data(Expected(ForgettingRNN, 2), *apart).training
        assert float(same.targets.sum()) == float(blocks.targets.sum())

    def test_large_ids_stay_apart_when_sequences_are_cut(self, people):
        xs = people[0].astype(np.float64)
        xs[..., -1] += 100_000_000
        data = read_fit_data(Expected(ParticipantEmbeddingRNN, 2, sequence_length=15), xs, people[1])
        assert data.participant_ids == tuple(100_000_000 + k for k in range(4))
        assert data.training.trials.n_sequences == 4 * 3
        assert data.training.trials.lengths.tolist() == [15, 15, 10] * 4

    def test_positions_count_sessions_not_stretches(self):
        dataset, _ = simulate_forgetting(n_participants=2, n_trials=40, n_sessions=3, random_state=0)
        expected = Expected(ParticipantEmbeddingRNN, 2, sequence_length=20, train_test_ratio=[3])
        data = read_fit_data(expected, dataset.xs, dataset.ys)
        held_out = data.validation.targets.sum((0, 2)).numpy() > 0
        assert held_out.tolist() == [False] * 4 + [True] * 2 + [False] * 4 + [True] * 2

    def test_a_session_of_one_choice_after_a_split(self):
        dataset, _ = simulate_forgetting(n_participants=3, n_trials=30, n_sessions=2, random_state=0)
        xs, ys = dataset.xs.clone(), dataset.ys.clone()
        xs[1, 1:], ys[1] = float("nan"), float("nan")
        train, test = split_data_along_timedim(type(dataset)(xs, ys), 0.67)
        estimator = quick().fit(train.xs, train.ys)
        assert np.isfinite(estimator.score(test.xs, test.ys))
        assert np.isnan(estimator.predict(train.xs)[1][1]).all()

    def test_a_person_who_always_chooses_the_same(self, people):
        xs, ys = people[0].copy(), people[1].copy()
        xs[2, :, 2:4] = np.where(xs[2, :, :2] > 0, xs[2, :, 2:4], -1)
        won = xs[2, :, 2:4].max(-1)
        xs[2, :, :4] = np.stack([np.ones(40), np.zeros(40), won, np.full(40, -1.0)], -1)
        ys[2, :-1] = [1.0, 0.0]
        estimator = quick(epochs=30).fit(xs, ys)
        assert estimator.diverging_participants_ == ()
        probabilities = estimator.predict(xs)[1]
        assert np.isfinite(probabilities).all()
        assert probabilities[2, 5:, 0].min() > 0.7
        assert np.isfinite(estimator.equations_.to_frame().coefficient).all()

    def test_one_person_with_very_many_trials_beside_one_with_few(self):
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

    def test_one_sequence_without_a_batch_axis_and_lists(self, people, fitted):
        alone = fitted.score(people[0][0], people[1][0])
        assert alone == pytest.approx(fitted.score(people[0][:1].tolist(), people[1][:1].tolist()))

    def test_people_held_out_are_judged_as_the_population(self):
        dataset, _ = simulate_individual_differences(n_participants=12, n_trials=60, random_state=3)
        xs, ys = dataset.xs.numpy(), dataset.ys.numpy()
        estimator = quick(epochs=12, learning_rate=0.02)
        estimator.fit(xs[:6], ys[:6], data_test=xs[6:], target_test=ys[6:])
        best = min(h["validation_loss"] for h in estimator.history_)
        p = estimator.predict(xs[6:])[0]
        scored = np.nansum(ys[6:], -1) > 0
        kept = -np.log((p * np.nan_to_num(ys[6:])).sum(-1)[scored]).mean()
        assert kept == pytest.approx(best, abs=1e-5)

    def test_nothing_to_validate_on_is_said(self, people):
        xs, ys = people
        with pytest.raises(DataError, match="at least one choice to score"):
            quick().fit(xs, ys, data_test=xs, target_test=np.full_like(ys, np.nan))
        with pytest.raises(ConfigError, match="left to train on"):
            quick(train_test_ratio=0.01).fit(xs, ys)
        with pytest.raises(ConfigError, match="left to train on"):
            quick(train_test_ratio=[1]).fit(np.concatenate([xs, xs[:1]]), np.concatenate([ys, ys[:1]]))

    def test_nothing_scored_is_no_perfect_score(self, people, fitted):
        assert np.isnan(fitted.score(people[0], np.full_like(people[1], np.nan)))


class TestSettings:
    def test_wrong_settings_are_found_before_training(self, people):
        config = SpiceConfig(
            {"x_value_reward_chosen": ["c_reward"]},
            {"x_value_reward_chosen": ["c_gaze", 1, True]},
            ["c_action", "c_reward", "c_gaze"],
            ["x_value_reward_chosen"],
        )
        for parameters, words in (
            ({"spice_participant_id": 99}, r"\[0, 1, 2, 3\]"),
            ({"spice_config": config, "spice_refine": False}, "c_gaze"),
            ({"spice_config": SpiceConfig({}, {}, ["c_reward"], ["x_other"])}, "x_other"),
            ({"device": "abacus"}, "device"),
            ({"train_test_ratio": None}, "train_test_ratio"),
            ({"batch_size": 0}, "batch_size"),
            ({"spice_optim_threshold": None}, "spice_optim_threshold"),
        ):
            epochs = []
            estimator = quick(**parameters).set_callbacks(lambda e, epochs=epochs: epochs.append(e.path[-1]))
            with pytest.raises(ConfigError, match=words):
                estimator.fit(*people)
            assert "rnn" not in epochs

    def test_filters_that_refinement_would_ignore(self, people):
        config = SpiceConfig(
            {"x_value_reward_chosen": ["c_reward"]},
            {"x_value_reward_chosen": [["c_action", 1, True], ["c_reward", 1, True]]},
            ["c_action", "c_reward"],
            ["x_value_reward_chosen"],
        )
        with pytest.raises(ConfigError, match="spice_refine=False"):
            quick(spice_config=config).fit(*people)
        features = quick(spice_config=config, spice_refine=False).fit(*people).get_spice_features()
        assert features[0]["x_value_reward_chosen"][0] == ["1", "x_value_reward_chosen"]

    def test_a_late_cancel_is_not_lost(self, people):
        estimator = quick(spice_refine=False)
        control = estimator.control

        def cancel(event):
            if event.path[-1] == "equations":
                control.cancel()

        with pytest.raises(FitCancelled):
            estimator.set_callbacks(cancel).fit(*people)
        assert not hasattr(estimator, "spice_agent_")


class TestAgents:
    def test_seeded_simulations_repeat_and_others_do_not(self, people):
        xs = people[0].copy()
        xs[..., -1] = 10 + 10 * xs[..., -1]
        agent = quick(random_state=None).fit(xs, people[1]).spice_agent
        dataset, _, _ = create_dataset(agent, BanditsDrift(0.2), 20, 6, random_state=0)
        repeat, _, _ = create_dataset(agent, BanditsDrift(0.2), 20, 6, random_state=0)
        np.testing.assert_array_equal(dataset.xs, repeat.xs)
        unseeded = [create_dataset(agent, BanditsDrift(0.2), 60, 6)[0].xs.numpy() for _ in range(2)]
        assert (unseeded[0] != unseeded[1]).any()

    def test_sessions_are_played_by_people_in_turn(self, fitted, monkeypatch):
        told, original = [], AgentNetwork.new_sess

        @wraps(original)
        def spy(self, *args, **kwargs):
            told.append(kwargs.get("participant_id"))
            return original(self, *args, **kwargs)

        monkeypatch.setattr(AgentNetwork, "new_sess", spy)
        renamed = replace(fitted.rnn_agent.fitted, participant_ids=(10, 20, 30, 40))
        monkeypatch.setattr(fitted.rnn_agent, "fitted", renamed)
        create_dataset(fitted.rnn_agent, BanditsDrift(0.2), 5, 6)
        assert np.asarray(told[-1]).tolist() == [10, 20, 30, 40, 10, 20]

    def test_nobody_in_particular_is_the_population(self, people, fitted):
        agent = fitted.spice_agent
        probabilities = []
        for ids in ({}, {"participant_id": 12345}, {"participant_id": 0}):
            agent.new_sess(**ids)
            agent.update(0, [1.0, -1])
            probabilities.append(agent.get_choice_probs())
        np.testing.assert_array_equal(probabilities[0], probabilities[1])
        assert np.abs(probabilities[0] - probabilities[2]).max() > 1e-5

    def test_modules_as_functions(self, fitted):
        function = fitted.spice_agent.get_modules()["x_value_reward_not_chosen"][2]
        terms = fitted.equations_.terms(2)["x_value_reward_not_chosen"]
        expected = terms.get("1", 0) + 0.4 * terms.get("x_value_reward_not_chosen", 0)
        assert function(0.4) == pytest.approx(expected)

    def test_printed_equations(self, fitted, capsys):
        fitted.print_spice_model(1)
        printed = capsys.readouterr().out
        assert fitted.equations_.text(1) in printed
        assert "beta(x_value_reward) =" in printed

    def test_canonical_form_of_an_own_forward_predicts_the_same(self, people):
        from spice.data.trials import read_conditions
        from spice.resources.bandits import AgentSpice

        estimator = quick(OwnForwardRNN, spice_config=OWN_FORWARD_CONFIG, epochs=2).fit(*people)
        agent = estimator.spice_agent
        canonical = AgentSpice(agent, estimator.equations_.canonical())
        trials, _ = read_conditions(people[0], 2)
        raw, changed = (a.run(trials).logits.diff(dim=-1).numpy() for a in (agent, canonical))
        np.testing.assert_allclose(raw, changed, atol=1e-5)

    def test_a_model_with_inputs_needs_data(self):
        from spice.model.with_inputs import with_inputs

        model = with_inputs(ForgettingRNN, ["cue"])
        dataset, _ = simulate_forgetting(n_participants=3, n_trials=30, random_state=0)
        xs = dataset.xs.numpy()
        cue = np.random.default_rng(0).normal(size=(*xs.shape[:2], 1))
        estimator = quick(model, spice_refine=False).fit(
            np.concatenate([xs[..., :4], cue, xs[..., 4:]], -1), dataset.ys
        )
        config = SpiceConfig.from_model(model)
        with pytest.raises(DataError, match="additional inputs"):
            fit_spice(config.rnn_modules, config.control_parameters, estimator.rnn_agent)
        with pytest.raises(DataError, match="additional inputs"):
            estimator.predict(xs)


class TestFiles:
    def test_two_files_in_one_place(self, fitted, tmp_path):
        with pytest.raises(ConfigError, match="two different files"):
            fitted.save_spice(tmp_path / "model", tmp_path / "model")

    def test_files_of_two_fits_do_not_go_together(self, people, fitted, tmp_path):
        other = quick(epochs=1, spice_refine=False).fit(people[0][:, ::-1].copy(), people[1])
        fitted.save_spice(tmp_path / "rnn", None)
        other.save_spice(None, tmp_path / "spice")
        estimator = quick()
        with pytest.raises(ModelFileError, match="different data"):
            estimator.load_spice(tmp_path / "rnn", tmp_path / "spice")
        assert not hasattr(estimator, "spice_agent_")
