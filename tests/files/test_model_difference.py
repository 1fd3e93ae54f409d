"""In what a saved model differs from a class."""

from dataclasses import replace

import numpy as np
import pytest

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.exceptions import ModelFileError
from spice.files.model_difference import difference, difference_of_shapes, plain
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


def test_declarations_that_mean_the_same_have_no_difference():
    own = ChoiceRNN.declaration()
    assert difference(own, own) is None
    assert difference(own, plain(own)) is None
    # Files of before say that starts which equations fit are fixed.
    older = plain(own)
    for state in older["states"].values():
        state["learned"] = "fixed"
    assert difference(own, older) is None
    assert older["states"]["x_value_reward"]["learned"] == "fixed"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["mechanisms"].reverse(), "mechanisms in the order"),
        (lambda d: d["mechanisms"].pop(), "no mechanism 'x_value_choice_not_chosen'"),
        (lambda d: d["states"].update(x_new=d["states"]["x_value_reward"]), "a state 'x_new'"),
        (lambda d: d["states"]["x_value_choice"].update(initial=0.3), "'x_value_choice' with initial 0.3, not 0.0"),
        (lambda d: d.update(observation="coin"), "the observation 'coin', not 'softmax'"),
        (lambda d: d["additional_inputs"].append("cue"), "additional inputs ['cue'], not []"),
    ],
)
def test_the_first_difference_is_said(change, words):
    saved = plain(ChoiceRNN.declaration())
    change(saved)
    found = difference(ChoiceRNN.declaration(), saved)
    assert found is not None
    assert words in found


def test_weights_differ_by_name_or_shape():
    own = {"a": (3, 2), "b": (1,)}
    assert difference_of_shapes(own, dict(own)) is None
    assert difference_of_shapes(own, {"a": (3, 4), "b": (1,)}) == "weights 'a' of shape (3, 4), not (3, 2)"
    assert difference_of_shapes(own, {"a": (3, 2)}) == "weights 'b' of shape none, not (1,)"
    assert difference_of_shapes({}, {"a": (3, 2)}) == "weights 'a' of shape (3, 2), not none"
