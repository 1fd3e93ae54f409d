"""A model with the ids and rewards of its data, run by its networks or by equations."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from quick_fit import few_people, quick

from spice.data.trials import read_conditions
from spice.exceptions import NotFittedError
from spice.model.fitted import FittedModel
from spice.precoded import LearningRateRNN, ParticipantEmbeddingRNN


@pytest.fixture(scope="module")
def estimator():
    xs, ys = few_people()
    xs[..., -1] = 10 + 5 * xs[..., -1]
    return quick().fit(xs, ys)


@pytest.fixture(scope="module")
def fitted(estimator) -> FittedModel:
    return estimator.fit_result_.fitted


def trials_of(ids: list[int]):
    xs, _ = few_people(len(ids))
    xs[..., -1] = np.array(ids)[:, None]
    return read_conditions(xs, 2)[0]


def test_ids_of_the_data_become_rows_of_the_embeddings(fitted: FittedModel) -> None:
    assert fitted.participant_ids == (10, 15, 20, 25)
    found = fitted.ids(np.array([20, 10, 3]), np.array([0, 0, 8]))
    assert found.participants.tolist() == [2, 0, -1]
    assert found.experiments.tolist() == [0, 0, -1]


def test_equations_stand_in_for_the_networks_and_go_again(estimator, fitted: FittedModel) -> None:
    trials = trials_of([10, 25])
    by_equations = fitted.with_equations(estimator.equations_)
    networks, equations = fitted.run(trials).logits, by_equations.run(trials).logits
    assert float((networks - equations).abs().max()) > 1e-3
    torch.testing.assert_close(by_equations.with_equations(None).run(trials).logits, networks)
    np.testing.assert_allclose(by_equations.run(trials).probabilities, estimator.spice_agent.run(trials).probabilities)
    assert not networks.requires_grad


def test_each_person_has_own_equations_and_others_those_of_the_population(estimator, fitted: FittedModel) -> None:
    by_equations = fitted.with_equations(estimator.equations_)
    found = by_equations.equations_of(np.array([15, 99]))
    table = estimator.equations_.coefficients
    for name, form in found.forms.items():
        np.testing.assert_allclose(form.coefficients, table.values[name][[1, -1]], rtol=1e-6)
    assert fitted.equations_of(np.array([15])) is None
    one = quick(spice_participant_id=2).fit(*few_people())
    alone = one.fit_result_.fitted.with_equations(one.equations_)
    own, other = (alone.equations_of(np.array([p])).forms["x_value_reward_chosen"].coefficients for p in (2, 0))
    torch.testing.assert_close(own, other)


def test_what_was_read_gives_the_same_and_a_state_is_gone_on_from(fitted: FittedModel) -> None:
    trials = trials_of([10, 15])
    whole = fitted.run(trials)
    torch.testing.assert_close(fitted.run(trials, signals=fitted.read(trials)).logits, whole.logits)
    first = fitted.run(trials.window(0, 15))
    second = fitted.run(trials.window(15, 40), first.last)
    torch.testing.assert_close(torch.cat([first.logits, second.logits]), whole.logits)


def test_networks_that_were_not_trained_never_run(estimator, fitted: FittedModel) -> None:
    trials = trials_of([10])
    untrained = replace(fitted, is_trained=False)
    with pytest.raises(NotFittedError, match=r"Give path_rnn to load_spice"):
        untrained.run(trials)
    # Equations stand in for all networks of this model.
    by_equations = untrained.with_equations(estimator.equations_)
    assert by_equations.can_run
    torch.testing.assert_close(
        by_equations.run(trials).logits, fitted.with_equations(estimator.equations_).run(trials).logits
    )
    table = estimator.equations_.coefficients
    some = {name: terms for name, terms in table.terms.items() if name.endswith("_not_chosen")}
    partly = replace(estimator.equations_, coefficients=replace(table, terms=some))
    assert not untrained.with_equations(partly).can_run
    assert fitted.with_equations(partly).can_run


def test_precision_and_arms_are_those_of_the_model() -> None:
    model = ParticipantEmbeddingRNN(3, 2).double()
    fitted = FittedModel(model.eval(), (0, 1), (0,))
    assert (fitted.n_actions, fitted.dtype) == (3, torch.float64)
    assert FittedModel(LearningRateRNN(2), (0,), (0,)).dtype == torch.float32
