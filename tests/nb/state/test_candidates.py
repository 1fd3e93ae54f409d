"""What equations may be made of."""

import numpy as np

from spice.datasets import simulate_forgetting
from spice.precoded import FORGETTING_RNN_CONFIG, ForgettingRNN
from spice_nb.state.candidates import Candidates, configured, still_fitting
from spice_nb.state.settings import SettingsModel

CHOSEN, OTHER = "x_value_reward_chosen", "x_value_reward_not_chosen"


def test_without_differences_a_model_is_as_it_declares() -> None:
    assert configured(ForgettingRNN, {}) == FORGETTING_RNN_CONFIG
    assert SettingsModel().config() is None


def test_inputs_left_out_trials_left_out_and_networks_that_stay() -> None:
    config = configured(
        ForgettingRNN, {CHOSEN: Candidates(("c_reward",), ("c_reward", 1.0)), OTHER: Candidates(is_found=False)}
    )
    assert config.rnn_modules == [CHOSEN]
    assert config.library_setup == {CHOSEN: []}
    assert config.filters(CHOSEN) == [("c_action", 1.0), ("c_reward", 1.0)]


def test_the_general_equation_follows() -> None:
    settings = SettingsModel(model="forgetting")
    assert settings.mechanisms()[0].terms == ("1", CHOSEN, "c_reward")
    settings.set_candidates(CHOSEN, Candidates(("c_reward",)))
    assert settings.mechanisms()[0].terms == ("1", CHOSEN)
    settings.set_candidates(OTHER, Candidates(is_found=False))
    assert settings.mechanisms()[1].mathml == ""
    settings.set_candidates(CHOSEN, Candidates(is_found=False))
    assert "at least one mechanism" in settings.problem
    settings.set_candidates(CHOSEN, Candidates())
    settings.set_candidates(OTHER, Candidates())
    assert (settings.candidates, settings.problem) == ({}, "")


def test_filters_that_refinement_does_not_know_are_refused_while_it_is_on() -> None:
    settings = SettingsModel(model="forgetting")
    rewarded = Candidates(only_where=("c_reward", 1.0))
    settings.set_candidates(CHOSEN, rewarded)
    assert "spice_refine" in settings.problem
    assert settings.candidates == {}
    settings.set("spice_refine", False)
    settings.set_candidates(CHOSEN, rewarded)
    assert settings.candidates == {CHOSEN: rewarded}
    settings.set("spice_refine", True)
    assert "spice_refine" in settings.problem
    settings.use_preset("Defaults")
    assert settings.values == {"spice_refine": False}


def test_another_model_keeps_only_what_it_has_a_use_for() -> None:
    kept = {CHOSEN: Candidates(("c_reward", "arousal")), "x_value_choice_chosen": Candidates(is_found=False)}
    assert still_fitting(ForgettingRNN, kept) == {CHOSEN: Candidates(("c_reward",))}
    settings = SettingsModel(model="choice")
    settings.set_candidates("x_value_choice_chosen", Candidates(is_found=False))
    settings.choose("forgetting")
    assert settings.candidates == {}


def test_a_fit_obeys() -> None:
    dataset, _ = simulate_forgetting(n_participants=3, n_trials=40, random_state=0)
    settings = SettingsModel(model="forgetting")
    for name, value in {"epochs": 2, "random_state": 3, "n_trials_off_policy": 40}.items():
        settings.set(name, value)
    settings.set_candidates(OTHER, Candidates(is_found=False))
    estimator = settings.estimator().fit(dataset.xs, dataset.ys)
    assert list(estimator.equations_.terms(0)) == [CHOSEN]
    # A network has no equation, and none is shown for it.
    assert "not chosen" not in estimator.equations_.text(0)
    namespace: dict[str, object] = {"dataset": dataset}
    exec(settings.python(), namespace)
    np.testing.assert_array_equal(namespace["estimator"].predict(dataset.xs), estimator.predict(dataset.xs))
