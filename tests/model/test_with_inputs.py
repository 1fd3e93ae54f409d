from pathlib import Path

import numpy as np
import pytest
import torch
from quick_fit import quick

from spice.datasets import simulate_forgetting
from spice.estimator import SpiceConfig, SpiceEstimator
from spice.exceptions import ConfigError, DataError
from spice.model.with_inputs import with_inputs
from spice.precoded import MODELS, ForgettingRNN, LearningRateRNN
from spice.resources.rnn import BaseRNN
from spice.resources.sindy_training import fit_spice
from spice.utils.convert_dataset import convert_dataset


class OwnForward(BaseRNN):
    def forward(self, inputs, prev_state=None, batch_first=False):  # type: ignore[no-untyped-def]
        return inputs, {}


@pytest.mark.parametrize("name", MODELS)
def test_every_learned_mechanism_takes_the_inputs_and_given_ones_do_not(name: str) -> None:
    base = MODELS[name]
    model = with_inputs(base, ["arousal", "day"])
    assert issubclass(model, base)
    assert model.additional_inputs == ("arousal", "day")
    for mechanism, own in zip(model.mechanisms, base.mechanisms, strict=True):
        extra = ("arousal", "day") if own.is_learned else ()
        assert mechanism.input_names == (*own.input_names, *extra)
        assert mechanism.bounds == own.bounds
    assert "arousal" not in str(base.mechanisms)
    assert base.additional_inputs == ()


def test_without_names_it_is_the_model_itself() -> None:
    assert with_inputs(LearningRateRNN, []) is LearningRateRNN


def test_inputs_add_up() -> None:
    model = with_inputs(with_inputs(ForgettingRNN, ["first"]), ["second"])
    assert model.additional_inputs == ("first", "second")
    assert model.mechanisms[1].input_names == ("first", "second")


@pytest.mark.parametrize("name", ["c_reward", "x_value_reward", "x_value_reward_chosen", "two words", "a^2", "1", ""])
def test_names_that_terms_cannot_hold_or_that_are_taken(name: str) -> None:
    with pytest.raises(ConfigError, match="names"):
        with_inputs(ForgettingRNN, [name])


def test_a_name_given_twice() -> None:
    with pytest.raises(ConfigError, match="taken"):
        with_inputs(ForgettingRNN, ["day", "day"])


def test_a_model_with_a_forward_of_its_own() -> None:
    with pytest.raises(ConfigError, match="forward of its own"):
        with_inputs(OwnForward, ["day"])


def test_an_input_that_matters_is_found_and_saved(tmp_path: Path) -> None:
    import pandas as pd

    # On trials with the drug a reward teaches nothing: all that is left is forgetting.
    rng = np.random.default_rng(0)
    n_sequences, n_trials = 24, 100
    rows = []
    for person in range(n_sequences):
        value = np.full(2, 0.5)
        for _ in range(n_trials):
            p_right = 1 / (1 + np.exp(-4 * (value[1] - value[0])))
            choice, drug = int(rng.random() < p_right), int(rng.random() < 0.5)
            reward = int(rng.random() < (0.7, 0.3)[choice])
            value[choice] += 0.8 * (reward - value[choice]) if not drug else -0.4 * value[choice]
            rows.append((person, choice, reward, drug))
    table = pd.DataFrame(rows, columns=["participant", "choice", "reward", "drug"])
    dataset, *_ = convert_dataset(table, df_participant_id="participant", additional_inputs="drug")
    estimator = SpiceEstimator(
        rnn_class=with_inputs(ForgettingRNN, ["drug"]),
        epochs=24,
        learning_rate=2e-2,
        n_trials_off_policy=200,
        spice_library_polynomial_degree=2,
        random_state=0,
    ).fit(dataset.xs, dataset.ys)
    terms = estimator.equations_.terms(0)["x_value_reward_chosen"]
    # Without the drug the effect of a reward is `c_reward`, with it that and the interaction.
    with_drug = terms["c_reward"] + terms["c_reward drug"]
    assert abs(with_drug) < 0.25 * terms["c_reward"]

    estimator.save_spice(tmp_path / "network.spice", tmp_path / "equations.spice")
    loaded = SpiceEstimator.load_spice(tmp_path / "network.spice", tmp_path / "equations.spice")
    assert loaded.rnn_agent.model.additional_inputs == ("drug",)
    for before, after in zip(estimator.predict(dataset.xs), loaded.predict(dataset.xs), strict=True):
        torch.testing.assert_close(torch.tensor(after), torch.tensor(before))


def test_a_model_with_inputs_needs_data():
    from spice.model.with_inputs import with_inputs

    model = with_inputs(ForgettingRNN, ["cue"])
    dataset, _ = simulate_forgetting(n_participants=3, n_trials=30, random_state=0)
    xs = dataset.xs.numpy()
    cue = np.random.default_rng(0).normal(size=(*xs.shape[:2], 1))
    estimator = quick(model, spice_refine=False).fit(np.concatenate([xs[..., :4], cue, xs[..., 4:]], -1), dataset.ys)
    config = SpiceConfig.from_model(model)
    with pytest.raises(DataError, match="additional inputs"):
        fit_spice(config.rnn_modules, config.control_parameters, estimator.rnn_agent)
    with pytest.raises(DataError, match="additional inputs"):
        estimator.predict(xs)
