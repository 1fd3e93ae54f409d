"""How well equations follow a network trial by trial."""

import numpy as np
import pytest
from equations.tables import equations
from quick_fit import few_people

from spice.model.build import build_model
from spice.model.fitted import FittedModel
from spice.model.one_step import share_explained_one_step
from spice.model.scored_trials import ScoredTrials
from spice.precoded import ForgettingRNN, LearningRateRNN
from spice.rollout.networks import NetworkOptions

CHOSEN, OTHER, VALUE = "x_value_reward_chosen", "x_value_reward_not_chosen", "x_value_reward"


def learner(
    rate: float, forgets: float = 0.0, scale: float = 1.0, shift: float = 0.0, beta: float = 3.0
) -> FittedModel:
    """V <- V + rate (r - V), the other V <- V + forgets (0.5 - V), written for scale * V + shift."""
    table = {
        CHOSEN: {CHOSEN: 1 - rate, "c_reward": rate * scale, "1": rate * shift},
        OTHER: {OTHER: 1 - forgets, "1": forgets * (0.5 * scale + shift)},
    }
    found = equations(ForgettingRNN, [table] * 3, degree=1, betas={VALUE: [beta / scale] * 3})
    found.coefficients.initial[VALUE][:] = 0.5 * scale + shift
    return FittedModel(build_model(ForgettingRNN, 2, 2, 1, NetworkOptions()), (0, 1), (0,)).with_equations(found)


@pytest.fixture(scope="module")
def data() -> ScoredTrials:
    xs, ys = few_people(2, 150)
    return ScoredTrials.of(xs, ys, learner(0.3))


def share(data: ScoredTrials, first: FittedModel, second: FittedModel) -> float:
    return share_explained_one_step(data, first, second)[VALUE]


def test_the_same_rules_in_other_units_explain_all(data: ScoredTrials) -> None:
    assert share(data, learner(0.3, 0.1), learner(0.3, 0.1)) == pytest.approx(1.0, abs=1e-6)
    assert share(data, learner(0.3, 0.1), learner(0.3, 0.1, scale=2.5, shift=-1.5)) == pytest.approx(1.0, abs=1e-4)


def test_another_learning_rate_leaves_its_share(data: ScoredTrials) -> None:
    """What is left of the change rate (r - V) is (rate - other) (r - V)."""
    assert share(data, learner(0.3), learner(0.2)) == pytest.approx(1 - (1 / 3) ** 2, abs=0.01)
    assert share(data, learner(0.3), learner(0.6)) == pytest.approx(0.0, abs=0.05)
    assert share(data, learner(0.3, 0.5), learner(0.3)) < 0.9


def test_errors_do_not_add_up_over_a_session(data: ScoredTrials) -> None:
    """Who does not forget slowly either is off in a session by more than in any trial."""
    first, second = learner(0.1, 0.05), learner(0.1, 0.0)
    whole, one_step = data.share_explained(first, second)[VALUE], share(data, first, second)
    assert 1 - whole > 2 * (1 - one_step)


def test_equations_without_the_state_explain_nothing(data: ScoredTrials) -> None:
    assert share(data, learner(0.3), learner(0.3, beta=0.0)) == pytest.approx(0.0, abs=1e-6)
    assert np.isnan(share(data, learner(0.0), learner(0.3)))


def test_states_that_only_feed_others_are_compared_as_they_are(data: ScoredTrials) -> None:
    model = FittedModel(build_model(LearningRateRNN, 2, 2, 1, NetworkOptions()).eval(), (0, 1), (0,))
    found = share_explained_one_step(data, model, model)
    assert set(found) == {"x_value_reward", "x_learning_rate_reward"}
    assert found["x_learning_rate_reward"] == pytest.approx(1.0, abs=1e-6)
