"""Participants are called by their ids in the data, wherever one is asked for."""

from typing import Any

import numpy as np
import pytest

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError, DataError
from spice.precoded import PARTICIPANT_EMBEDDING_RNN_CONFIG as CONFIG
from spice.precoded import ForgettingRNN, ParticipantEmbeddingRNN
from spice.resources.optimizer_selection import optimize_for_participant
from spice.resources.rnn_utils import DatasetRNN
from spice.resources.sindy_training import fit_spice

IDS = (1, 2, 3, 4, 5)


def quick(model: Any = ParticipantEmbeddingRNN, **parameters: Any) -> SpiceEstimator:
    defaults = {"epochs": 3, "n_trials_off_policy": 100, "random_state": 0}
    return SpiceEstimator(model, **(defaults | parameters))


@pytest.fixture(scope="module")
def counted_from_zero() -> DatasetRNN:
    return simulate_individual_differences(n_participants=5, n_trials=40, random_state=1)[0]


@pytest.fixture(scope="module")
def people(counted_from_zero: DatasetRNN) -> DatasetRNN:
    xs = counted_from_zero.xs.clone()
    xs[..., -1] += 1
    return DatasetRNN(xs, counted_from_zero.ys)


@pytest.fixture(scope="module")
def fitted(people: DatasetRNN) -> SpiceEstimator:
    return quick().fit(people.xs, people.ys)


def test_every_result_is_keyed_by_id(fitted: SpiceEstimator, people: DatasetRNN, counted_from_zero: DatasetRNN) -> None:
    before = quick().fit(counted_from_zero.xs, counted_from_zero.ys)
    assert before.participant_ids_ == tuple(before.get_spice_features()) == (0, 1, 2, 3, 4)
    agent, equations = fitted.spice_agent, fitted.equations_
    assert agent.get_participant_ids() == fitted.rnn_agent.get_participant_ids() == IDS
    for of_ids, of_positions in (
        (fitted.get_spice_features(), before.get_spice_features()),
        (agent.count_parameters(), before.spice_agent.count_parameters()),
        (equations.canonical().learning_rates()["x_value_reward_chosen"],
         before.equations_.canonical().learning_rates()["x_value_reward_chosen"]),
    ):  # fmt: skip
        assert of_ids == {position + 1: found for position, found in of_positions.items()}
    assert tuple(agent.get_modules()["x_value_reward_chosen"]) == IDS
    embeddings, others = fitted.get_participant_embeddings(), before.get_participant_embeddings()
    assert tuple(embeddings) == IDS
    np.testing.assert_array_equal(embeddings[5], others[4])
    assert sorted(set(equations.to_frame().participant)) == [-1, *IDS]
    for person in (*IDS, "population"):
        before_that = person if isinstance(person, str) else person - 1
        assert equations.text(person) == before.equations_.text(before_that)
        assert equations.inverse_temperatures(person) == before.equations_.inverse_temperatures(before_that)
        assert equations.row(person) == before.equations_.row(before_that)
    assert [person["index"] for person in equations.to_document()["participants"]] == list(IDS)


def test_equations_of_one_id_are_those_of_that_person(fitted: SpiceEstimator, people: DatasetRNN) -> None:
    alone = quick(spice_participant_id=3).fit(people.xs, people.ys)
    assert list(alone.get_spice_features()) == [3]
    found = alone.predict(people.xs)[1]
    assert np.isfinite(found[people.xs[:, 0, -1] == 3]).all()
    assert np.isnan(found[people.xs[:, 0, -1] != 3]).all()
    names = {"rnn_modules": CONFIG.rnn_modules, "control_signals": CONFIG.control_parameters}
    search = {"polynomial_degree": 1, "n_trials_off_policy": 100, "random_state": 0}
    agent, _ = fit_spice(agent_rnn=fitted.rnn_agent, data=people, participant_id=3, **names, **search)
    everybody, _ = fit_spice(agent_rnn=fitted.rnn_agent, data=people, **names, **search)
    assert agent.get_spice_features() == {3: everybody.get_spice_features()[3]}
    best = optimize_for_participant(
        5, fitted.rnn_agent, people, None, library_setup=CONFIG.library_setup, filter_setup=CONFIG.filter_setup,
        n_sessions_off_policy=1, n_trials_optuna=1, optimizer_threshold=0.05, **names, **search,
    )  # fmt: skip
    own = DatasetRNN(people.xs[4:], people.ys[4:])
    assert best["loss_before"] == pytest.approx(-_score(everybody, own), abs=1e-6)


def _score(agent: Any, data: DatasetRNN) -> float:
    from spice.model.scored_trials import ScoredTrials

    return -ScoredTrials.of(data.xs, data.ys, agent).mean_nll(agent)


def test_unknown_ids_are_answered_with_the_known(fitted: SpiceEstimator, people: DatasetRNN) -> None:
    names = CONFIG.rnn_modules, CONFIG.control_parameters
    asked = {
        "spice_participant_id": lambda: quick(spice_participant_id=0).fit(people.xs, people.ys),
        "participant_id": lambda: fit_spice(*names, fitted.rnn_agent, people, participant_id=0),
        "participant": lambda: fitted.print_spice_model(0),
    }
    for argument, ask in asked.items():
        with pytest.raises(ConfigError, match=r"\[1, 2, 3, 4, 5\].*got 0") as raised:
            ask()
        assert raised.value.argument == argument
    with pytest.raises(ConfigError, match=r"\[1, 2, 3, 4, 5\]"):
        optimize_for_participant(
            0, fitted.rnn_agent, people, None, *names, CONFIG.library_setup, CONFIG.filter_setup, 1, 1
        )


def test_printed_equations(fitted: SpiceEstimator, people: DatasetRNN, capsys: pytest.CaptureFixture[str]) -> None:
    fitted.print_spice_model()
    first = capsys.readouterr().out
    fitted.print_spice_model(1)
    assert first == capsys.readouterr().out
    fitted.print_spice_model(participant_id=4)
    assert fitted.equations_.text(4) in capsys.readouterr().out
    quick(spice_participant_id=3, spice_refine=False).fit(people.xs, people.ys).print_spice_model()
    assert "V" in capsys.readouterr().out


def test_a_shared_equation_set_is_everybodys_by_id(people: DatasetRNN) -> None:
    shared = quick(ForgettingRNN).fit(people.xs, people.ys)
    assert list(shared.get_spice_features()) == list(IDS)
    assert shared.equations_.text(5) == shared.equations_.text("population")
    with pytest.raises(ConfigError, match=r"\[1, 2, 3, 4, 5\]"):
        shared.equations_.text(0)
    one = quick(ForgettingRNN, spice_participant_id=5).fit(people.xs, people.ys)
    assert list(one.get_spice_features()) == [5]


def test_ids_below_zero_are_nobodys(people: DatasetRNN) -> None:
    xs = people.xs.clone()
    xs[..., -1] -= 3
    with pytest.raises(DataError, match=r"participant ids.*0 or more.*-2"):
        quick().fit(xs, people.ys)
