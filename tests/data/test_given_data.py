"""Arrays, or a data set in their place; calls of the estimator with either are in `test_fitting_data_sets.py`."""

import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from data.sequences import make, rows

from spice.data.dataset import DatasetRNN
from spice.data.given_data import check_features, check_rewards, check_unit, given_data, with_ids_of_fit
from spice.data.layout import participants_of
from spice.data.trials import read_conditions
from spice.exceptions import DataError, DataWarning


def labelled(*names: str) -> DatasetRNN:
    plain = make([[0, 1, 0]] * len(names))
    return DatasetRNN(plain.xs, plain.ys, participants=names, reward_range=(0, 50))


def test_arrays_are_taken_as_they_are() -> None:
    xs, ys = np.zeros((1, 2, 7)), np.zeros((1, 2, 2))
    given = given_data(xs, ys)
    assert given.conditions is xs
    assert given.targets is ys
    assert (given.labels, given.unit) == ({}, None)


def test_a_data_set_knows_names_and_unit() -> None:
    dataset = labelled("ann", "bo")
    given = given_data(dataset)
    assert given.conditions is dataset.xs
    assert given.targets is dataset.ys
    assert (given.labels, given.unit) == ({0: "ann", 1: "bo"}, (0, 50))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((labelled("ann"), np.zeros((1, 3, 2))), "Leave the targets out"),
        (((labelled("ann"), [], {}),), "Pass that alone"),
        ((pd.DataFrame({"choice": [0]}),), "Make a data set of it by convert_dataset"),
    ],
)
def test_other_things_are_refused(arguments: tuple[object, ...], said: str) -> None:
    with pytest.raises(DataError, match=f"given: .*{said}"):
        given_data(*arguments, argument="given")


def ids(conditions: object) -> list[float]:
    return participants_of(conditions)[:, 0].tolist()  # type: ignore[type-var]


def test_people_get_the_ids_that_they_had_in_the_fit() -> None:
    given = given_data(labelled("bo", "new", "ann"))
    known = {0: "ann", 1: "bo", 2: "cy"}
    # Nobody in the fit had 4; the given data stay as they are.
    assert ids(with_ids_of_fit(given, known)) == [1, 4, 0]
    assert ids(given.conditions) == [0, 1, 2]


@pytest.mark.parametrize("known", [{}, {0: "ann", 1: "ann"}])
def test_without_labels_that_tell_people_apart_ids_stay(known: dict[int, str]) -> None:
    given = given_data(labelled("bo", "ann"))
    assert with_ids_of_fit(given, known) is given.conditions


@pytest.mark.parametrize("unit", [None, (0, 50), (0, 50 + 1e-9)])
def test_the_same_unit_or_none_is_no_reason_to_warn(unit: tuple[float, float] | None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_unit(unit, (0, 50))
        check_unit((0, 50), None)


def test_another_unit_is() -> None:
    with pytest.warns(DataWarning, match=r"0 and 1 are 0 and 1 in these data.*reward_range=\(0, 50\)"):
        check_unit((0, 1), (0, 50))


@pytest.mark.parametrize(("reward", "warns"), [(1.5, False), (-0.5, False), (1.6, True), (-0.6, True)])
def test_rewards_may_lie_half_a_range_outside(reward: float, warns: bool) -> None:
    trials, _ = read_conditions(rows([(0, [reward, -1]), (1, [-1, 1])]), 2, reward_range=(0, 1))
    if warns:
        with pytest.warns(DataWarning, match=f"1 rewards lie far outside.*one is {reward:g} on that scale"):
            check_rewards(trials)
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            check_rewards(trials)


def test_a_tensor_that_needs_gradients_can_be_given() -> None:
    plain = labelled("ann", "bo")
    given = given_data(plain)
    given.conditions.requires_grad_()
    assert ids(with_ids_of_fit(given, {4: "bo", 6: "ann"})) == [6, 4]
    assert torch.is_tensor(given.conditions)


def test_features_as_in_the_fit() -> None:
    xs = np.zeros((2, 5, 8))
    check_features(xs, None, 2)
    check_features(xs, 8, 2)
    # Block and experiment left out of the data of the fit, or of these.
    check_features(xs[..., :5], 7, 2)
    with pytest.raises(DataError, match=r"conditions: expected 7 features .* 0 additional inputs, but got 8"):
        check_features(xs, 7, 2)
