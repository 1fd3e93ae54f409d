"""An observation with a parameter of each person, from training to files, beside its maximum likelihood."""

import numpy as np
import pytest
from scipy.optimize import minimize

from spice.estimator import SpiceEstimator
from spice.model.scored_trials import ScoredTrials
from spice.observation.base import Observation, ObservationParameter
from spice.observation.lapses import SoftmaxWithLapses
from spice.observation.softmax import SOFTMAX
from spice.precoded import ParticipantEmbeddingRNN, RescorlaWagnerRNN
from spice.resources.bandits import BanditsDrift, create_dataset

LAPSE, RATE, BETA = 0.2, 0.4, 6.0
N_PEOPLE, N_TRIALS = 10, 300


class LapsingRNN(RescorlaWagnerRNN):
    observation = SoftmaxWithLapses()


class LapsingPeopleRNN(ParticipantEmbeddingRNN):
    observation = SoftmaxWithLapses()


def choices_of(lapses):
    """Choices and rewards (people, trials) of people who learn alike and lapse as said; two arms that reverse."""
    rng = np.random.default_rng(1)
    value, pays = np.full((len(lapses), 2), 0.5), np.tile([0.8, 0.2], (len(lapses), 1))
    choices, rewards = np.zeros((2, len(lapses), N_TRIALS), dtype=int)
    everybody = np.arange(len(lapses))
    for t in range(N_TRIALS):
        pays = pays[:, ::-1] if t % 25 == 0 else pays
        p = (1 - lapses) / (1 + np.exp(BETA * (value[:, 0] - value[:, 1]))) + lapses / 2
        choices[:, t] = rng.random(len(lapses)) < p
        rewards[:, t] = rng.random(len(lapses)) < pays[everybody, choices[:, t]]
        value[everybody, choices[:, t]] += RATE * (rewards[:, t] - value[everybody, choices[:, t]])
    return choices, rewards


def arrays_of(choices, rewards):
    chosen = np.eye(2)[choices]
    ids = np.zeros((*choices.shape, 3))
    ids[..., 2] = np.arange(len(choices))[:, None]
    ys = np.full(chosen.shape, np.nan)
    ys[:, :-1] = chosen[:, 1:]
    return np.concatenate([chosen, np.where(chosen > 0, rewards[..., None], np.nan), ids], axis=-1), ys


def maximum_likelihood(choices, rewards):
    """(rate, beta, lapse) of everybody, and nats per choice; written apart from the engine."""

    def nll(theta):
        rate, beta, lapse = theta
        value, total, everybody = np.full((len(choices), 2), 0.5), 0.0, np.arange(len(choices))
        for t in range(N_TRIALS):
            own = value[everybody, choices[:, t]] - value[everybody, 1 - choices[:, t]]
            if t > 0:
                total -= np.log((1 - lapse) / (1 + np.exp(-beta * own)) + lapse / 2).sum()
            value[everybody, choices[:, t]] += rate * (rewards[:, t] - value[everybody, choices[:, t]])
        return total / (choices.size - len(choices))

    found = minimize(nll, [0.3, 3.0, 0.1], bounds=[(0.01, 0.99), (0.1, 30.0), (1e-4, 0.49)])
    return found.x, found.fun


@pytest.fixture(scope="module")
def alike():
    played = choices_of(np.full(N_PEOPLE, LAPSE))
    xs, ys = arrays_of(*played)
    return played, xs, ys, SpiceEstimator(LapsingRNN, epochs=40, random_state=0).fit(xs, ys)


def test_everybodys_lapse_rate_is_that_of_maximum_likelihood(alike):
    played, xs, ys, estimator = alike
    (rate, _, lapse), limit = maximum_likelihood(*played)
    equations = estimator.equations_
    assert equations.observation_parameters(0)["lapse"] == pytest.approx(lapse, abs=0.01)
    assert equations.learning_rates()["x_value_reward_chosen"][0] == pytest.approx(rate, abs=0.02)
    assert -estimator.score(xs, ys) == pytest.approx(limit, abs=5e-4)
    # A softmax alone has to explain lapses by the inverse temperature, and is worse.
    without = SpiceEstimator(RescorlaWagnerRNN, epochs=40, random_state=0).fit(xs, ys)
    assert -without.score(xs, ys) > limit + 0.002
    errors = equations.to_frame().query("participant == 0 and mechanism == 'lapse'")["standard_error"].item()
    assert 0.01 < errors < 0.05


def test_it_is_shown_with_the_equations(alike, capsys):
    estimator = alike[-1]
    lapse = estimator.equations_.observation_parameters("population")["lapse"]
    for shown in (estimator.equations_.text(0), estimator.equations_.latex(0), estimator.equations_.mathml(0)):
        assert "lapse" in shown
        assert f"{lapse:.2f}" in shown
    assert estimator.get_spice_features()[0]["lapse"] == (["1"], [lapse])
    assert estimator.spice_agent.count_parameters()[0] == 1 + len(estimator.spice_agent.coefficients.betas) + sum(
        np.count_nonzero(values[0]) for values in estimator.spice_agent.coefficients.values.values()
    )
    estimator.print_spice_model()
    assert "lapse" in capsys.readouterr().out


def test_predictions_and_agents_lapse(alike):
    _, xs, _, estimator = alike
    _, p = estimator.predict(xs)
    lapse = estimator.equations_.observation_parameters(0)["lapse"]
    assert np.nanmin(p) >= lapse / 2 - 1e-9
    np.testing.assert_allclose(np.nansum(p, axis=-1)[:, :-1], 1.0)
    agent = estimator.spice_agent
    agent.new_sess(participant_id=0)
    for choice, reward in zip(xs[0, :5, :2].argmax(-1), xs[0, :5, 2:4], strict=True):
        agent.update(int(choice), reward)
    np.testing.assert_allclose(agent.get_choice_probs(), p[0, 4], atol=1e-6)
    assert agent.get_choice_probs([True, False])[0] == pytest.approx(1.0)
    dataset, _, _ = create_dataset(agent, BanditsDrift(0.1, random_state=0), 20, 3)
    assert np.isfinite(dataset.xs.numpy()[..., :2]).all()


def test_files_hold_it(alike, tmp_path):
    _, xs, _, estimator = alike
    estimator.save_spice(tmp_path / "network", tmp_path / "equations")
    # The class is made from what the file declares.
    loaded = SpiceEstimator.load_spice(tmp_path / "network", tmp_path / "equations")
    for own, again in zip(estimator.predict(xs), loaded.predict(xs), strict=True):
        np.testing.assert_array_equal(own, again)
    with pytest.raises(ValueError, match="observation 'softmax-with-lapses', not 'softmax'"):
        SpiceEstimator(RescorlaWagnerRNN).load_spice(tmp_path / "network", tmp_path / "equations")


def test_each_person_has_an_own_lapse_rate():
    lapses = np.repeat([0.02, 0.4], N_PEOPLE // 2)
    xs, ys = arrays_of(*choices_of(lapses))
    estimator = SpiceEstimator(LapsingPeopleRNN, epochs=40, random_state=0).fit(xs, ys)
    found = np.array([estimator.equations_.observation_parameters(p)["lapse"] for p in range(N_PEOPLE)])
    assert np.corrcoef(found, lapses)[0, 1] > 0.8
    # How alike people are made is the population's part; who lapses is plain.
    assert found[:5].max() < found[5:].min()
    scored = ScoredTrials.of(xs, ys, estimator.spice_agent)
    assert scored.mean_nll(estimator.spice_agent) < scored.chance - 0.1


def test_another_observation_needs_nothing_elsewhere(tmp_path):
    """One class, defined here, from a fit to a file and back."""

    class Sticky(Observation):
        name = "softmax of the tests, drawn towards the first arm"
        parameters = (ObservationParameter("pull", 0.5, 0.0, np.inf),)

        def probabilities(self, logits, parameters):
            drawn = logits.double().clone()
            drawn[..., 0] += parameters["pull"][..., 0].double()
            return SOFTMAX.probabilities(drawn, {})

    class StickyRNN(RescorlaWagnerRNN):
        observation = Sticky()

    xs, ys = arrays_of(*choices_of(np.full(4, 0.1)))
    estimator = SpiceEstimator(StickyRNN, epochs=5, random_state=0).fit(xs, ys)
    assert estimator.equations_.observation_parameters(0)["pull"] > 0
    estimator.save_spice(tmp_path / "a", tmp_path / "b")
    loaded = SpiceEstimator.load_spice(tmp_path / "a", tmp_path / "b")
    np.testing.assert_array_equal(estimator.predict(xs)[1], loaded.predict(xs)[1])
