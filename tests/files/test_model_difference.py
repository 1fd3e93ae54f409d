"""In what a saved model differs from a class."""

from dataclasses import replace

import numpy as np
import pytest

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.exceptions import ModelFileError
from spice.model.base import BaseRNN
from spice.precoded import ChoiceRNN, ForgettingRNN, ParticipantEmbeddingRNN


@pytest.fixture(scope="module")
def people():
    dataset, _ = simulate_individual_differences(n_participants=5, n_trials=80, random_state=1)
    return dataset.xs.numpy(), dataset.ys.numpy()


@pytest.fixture(scope="module")
def fitted(people):
    return SpiceEstimator(ParticipantEmbeddingRNN, epochs=2, spice_refine=False, random_state=0).fit(*people)


class WithRewardOfOthersRNN(ParticipantEmbeddingRNN):
    mechanisms = (
        ParticipantEmbeddingRNN.mechanisms[0],
        replace(ParticipantEmbeddingRNN.mechanisms[1], inputs=("c_reward",)),
    )


class SmallerContextRNN(ParticipantEmbeddingRNN):
    context_size = 4


def test_names_of_classes_are_no_reason_to_refuse(fitted, people, tmp_path):
    class AnotherNameRNN(BaseRNN):
        init_values = ParticipantEmbeddingRNN.init_values
        mechanisms = ParticipantEmbeddingRNN.mechanisms
        context_size = 8

    fitted.save_spice(tmp_path / "rnn.pkl", tmp_path / "spice.pkl")
    loaded = SpiceEstimator(AnotherNameRNN).load_spice(tmp_path / "rnn.pkl", tmp_path / "spice.pkl")
    assert type(loaded.rnn_model) is AnotherNameRNN
    for p, again in zip(fitted.predict(people[0]), loaded.predict(people[0]), strict=True):
        np.testing.assert_array_equal(p, again)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (ChoiceRNN, "no state 'x_value_choice', which the class has"),
        (ForgettingRNN, "state 'x_value_reward' with inverse_temperature 'participant', not 'none'"),
        (WithRewardOfOthersRNN, "mechanism 'x_value_reward_not_chosen' with inputs \\[\\], not"),
        (SmallerContextRNN, "weights 'submodules_rnn.x_value_reward_chosen.hidden.weight' of shape"),
    ],
)
def test_a_difference_in_structure_is_named(fitted, tmp_path, model, words):
    fitted.save_spice(tmp_path / "rnn.pkl", tmp_path / "spice.pkl")
    with pytest.raises(ModelFileError, match=words):
        SpiceEstimator(model).load_spice(tmp_path / "rnn.pkl", tmp_path / "spice.pkl")
