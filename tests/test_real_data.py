"""People's choices, by the published protocols; skipped where the data are neither in a folder nor in the cache."""

import math

import numpy as np
import pytest

from spice.datasets import fetch_dezfouli2019, fetch_zorowitz2023
from spice.datasets.info import DEZFOULI2019, ZOROWITZ2023
from spice.estimator import SpiceEstimator
from spice.model.scored_trials import ScoredTrials
from spice.precoded import ChoiceRNN
from spice.resources.rnn_utils import split_data_along_sessiondim, split_data_along_timedim
from spice.utils.convert_dataset import convert_dataset


def test_reversal_learning_beats_the_classical_model(public_data):
    """406 people, last third of each held out; learning, forgetting and perseveration by MAP scores 0.5727."""
    public_data("zorowitz2023")
    dataset, *_ = convert_dataset(fetch_zorowitz2023(), **ZOROWITZ2023.columns)
    train, test = split_data_along_timedim(dataset, 2 / 3)
    estimator = SpiceEstimator(ChoiceRNN, n_actions=3, epochs=50, random_state=0).fit(train.xs, train.ys)
    held_out = ScoredTrials.of(test.xs, test.ys, estimator.spice_agent)
    assert float(held_out.targets.sum()) == 12180
    equations, network = (held_out.mean_nll(agent) for agent in (estimator.spice_agent, estimator.rnn_agent))
    assert network < 0.62 < math.log(3)
    assert equations < 0.575


def test_two_armed_bandit_of_patients(public_data):
    """30 people of Dezfouli et al., sessions 3, 6 and 9 held out."""
    public_data("dezfouli2019")
    table = fetch_dezfouli2019()
    some = table[table["participant"].isin(table["participant"].unique()[:30])]
    dataset, *_ = convert_dataset(some, **DEZFOULI2019.columns)
    train, test = split_data_along_sessiondim(dataset, [3, 6, 9])
    estimator = SpiceEstimator(ChoiceRNN, epochs=15, random_state=0).fit(train.xs, train.ys)
    equations = -estimator.score(test.xs, test.ys)
    held_out = ScoredTrials.of(test.xs, test.ys, estimator.rnn_agent)
    network = held_out.mean_nll(estimator.rnn_agent)
    assert equations < network < math.log(2)
    # People tend to stay with a key: what was chosen leaves a trace that favours it.
    trace = estimator.equations_.canonical().coefficients.betas["x_value_choice"]
    assert np.median(trace) > 0.3
    assert equations == pytest.approx(0.30, abs=0.04)
