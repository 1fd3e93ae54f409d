"""Names by which older scripts ask an estimator."""

import numpy as np
import pytest

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.exceptions import ModelFileError, NotFittedError
from spice.precoded import ParticipantEmbeddingRNN


@pytest.fixture(scope="module")
def people():
    dataset, _ = simulate_individual_differences(n_participants=5, n_trials=80, random_state=1)
    return dataset.xs.numpy(), dataset.ys.numpy()


@pytest.fixture(scope="module")
def fitted(people):
    return SpiceEstimator(ParticipantEmbeddingRNN, epochs=2, spice_refine=False, random_state=0).fit(*people)


def test_what_is_there_under_other_names(fitted):
    assert fitted.rnn_model is fitted.rnn_agent.model
    assert fitted.get_spice_agents() is fitted.spice_agent
    for name in ("rnn_model", "get_spice_agents"):
        with pytest.raises(NotFittedError):
            getattr(SpiceEstimator(), name)()


def test_halves_are_loaded_one_after_the_other(fitted, people, tmp_path):
    fitted.save_spice(tmp_path / "rnn.pkl", tmp_path / "spice.pkl")
    loaded = SpiceEstimator(ParticipantEmbeddingRNN)
    loaded.load_rnn_model(tmp_path / "rnn.pkl")
    assert np.isnan(loaded.predict(people[0])[1]).all()
    loaded.load_spice_model(tmp_path / "spice.pkl", deterministic=False)
    for p, again in zip(fitted.predict(people[0]), loaded.predict(people[0]), strict=True):
        np.testing.assert_array_equal(p, again)
    assert loaded.rnn_agent.deterministic
    assert not loaded.spice_agent.deterministic
    alone = SpiceEstimator(ParticipantEmbeddingRNN).load_spice_model(tmp_path / "spice.pkl")
    np.testing.assert_array_equal(alone.predict(people[0])[1], fitted.predict(people[0])[1])


def test_equations_of_another_fit_are_refused(fitted, people, tmp_path):
    other = SpiceEstimator(ParticipantEmbeddingRNN, epochs=1, spice_refine=False, random_state=1).fit(*people)
    other.save_spice(path_spice=tmp_path / "spice.pkl")
    before = fitted.spice_agent
    with pytest.raises(ModelFileError, match="two fits to the same data"):
        fitted.load_spice_model(tmp_path / "spice.pkl")
    assert fitted.spice_agent is before
