"""A session through network and equations, and through equations that were changed."""

import numpy as np
import pytest

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.precoded import ParticipantEmbeddingRNN
from spice.resources.bandits import get_update_dynamics
from spice_nb.models.session import CHANGED, EQUATIONS, NETWORK, PROBABILITY, Q_VALUE, TRUTH, SessionModel, decimated


@pytest.fixture(scope="module")
def fitted():
    dataset, _ = simulate_individual_differences(n_participants=5, n_trials=60, random_state=0)
    estimator = SpiceEstimator(rnn_class=ParticipantEmbeddingRNN, epochs=6, n_trials_off_policy=200, random_state=0)
    return estimator.fit(dataset.xs, dataset.ys), dataset


@pytest.fixture
def model(fitted) -> SessionModel:
    return SessionModel(estimator=fitted[0], dataset=fitted[1])


def test_it_says_what_it_needs(fitted) -> None:
    assert SessionModel().blocker == "Choose a data set first."
    assert SessionModel(dataset=fitted[1]).blocker == "Fit a model first."
    assert SessionModel(estimator=SpiceEstimator(), dataset=fitted[1]).blocker == "Fit a model first."


@pytest.mark.parametrize("arm", [0, 1])
def test_curves_are_those_of_a_trial_at_a_time(model: SessionModel, fitted, arm: int) -> None:
    model.sequence, model.arm = 3, arm
    session = model.session()
    for name, agent in ((NETWORK, fitted[0].rnn_agent_), (EQUATIONS, fitted[0].spice_agent_)):
        (logits, states), probabilities, _ = get_update_dynamics(fitted[1].xs[3], agent)
        np.testing.assert_allclose(session.curves[PROBABILITY][name], probabilities[:, arm], atol=1e-5)
        np.testing.assert_allclose(session.curves[Q_VALUE][name], logits[:, arm], atol=1e-4)
        np.testing.assert_allclose(session.curves["Reward value"][name], states["x_value_reward"][:, arm], atol=1e-4)


def test_likelihoods_are_those_of_the_choices(model: SessionModel, fitted) -> None:
    p_rnn, p_spice = fitted[0].predict(fitted[1].xs[:1])
    nll = model.session().nll
    targets = np.asarray(fitted[1].ys[:1, :-1])
    for name, p in ((NETWORK, p_rnn), (EQUATIONS, p_spice)):
        assert nll[name] == pytest.approx(-np.log((p[:, :-1] * targets).sum(-1)).mean(), abs=1e-5)


def test_what_if_changes_curves_and_nothing_else(model: SessionModel, fitted) -> None:
    before = fitted[0].predict(fitted[1].xs)[1]
    mechanism, term, value = next(c for c in model.coefficients if c[1] == "c_reward")
    assert CHANGED not in model.session().nll
    model.change(mechanism, term, 0.0)
    session = model.session()
    assert not np.allclose(session.curves[PROBABILITY][CHANGED], session.curves[PROBABILITY][EQUATIONS], atol=1e-3)
    assert session.nll[CHANGED] > session.nll[EQUATIONS]
    np.testing.assert_array_equal(fitted[0].predict(fitted[1].xs)[1], before)
    model.change(mechanism, term, value)
    assert model.changes == {}


def test_another_session_is_as_it_was_found(model: SessionModel) -> None:
    mechanism, term, _ = model.coefficients[0]
    model.change(mechanism, term, 0.123)
    model.sequence = 2
    assert model.changes == {}


def test_sessions_and_options_have_names(model: SessionModel) -> None:
    assert [name for name, _ in model.sequences] == ["0", "1", "2", "3", "4"]
    assert model.arms == [("0", 0), ("1", 1)]


def test_extremes_survive_thinning() -> None:
    values = np.sin(np.arange(10_000) / 50)
    values[4_321], values[777] = 9.0, -9.0
    kept = decimated(values, 500)
    assert len(kept) <= 502
    assert {0, 777, 4_321, 9_999} <= set(kept)
    assert len(decimated(values[:300], 500)) == 300


def test_the_truth_is_one_more_curve(fitted) -> None:
    estimator, dataset = fitted
    _, truth = simulate_individual_differences(n_participants=5, n_trials=60, random_state=0)
    model = SessionModel(estimator=estimator, dataset=dataset, truth=truth, sequence=2)
    session = model.session()
    assert set(session.nll) == {TRUTH, NETWORK, EQUATIONS}
    assert set(session.curves) == {PROBABILITY, Q_VALUE, "Reward value", "Learning rate"}
    assert len(session.curves[PROBABILITY][TRUTH]) == len(session.curves[PROBABILITY][NETWORK]) == 60
    assert session.curves[PROBABILITY][TRUTH][0] == pytest.approx(0.5)
