"""A data set in place of arrays: people keep their names, and rewards their unit."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spice.data.dataset import DatasetRNN
from spice.estimator import SpiceEstimator
from spice.exceptions import DataError, DataWarning
from spice.precoded import ParticipantEmbeddingRNN
from spice.utils.convert_dataset import convert_dataset

SETTINGS = {"rnn_class": ParticipantEmbeddingRNN, "epochs": 2, "random_state": 0}


def table(worth: float = 1.0, start: int = 1) -> pd.DataFrame:
    """People called "1", "2", "10": no label is its own position. They stay after a reward, some more than others."""
    rng = np.random.default_rng(start)
    rows: list[tuple[str, int, int, float]] = []
    for label, stays in (("10", 1.0), ("1", 0.7), ("2", 0.9)):
        choice, reward = 0, 0
        for trial in range(40):
            choice = choice if reward and rng.random() < stays else int(rng.random() < 0.5)
            reward = int(rng.random() < 0.6)
            rows.append((label, trial, choice, worth * reward))
    return pd.DataFrame(rows, columns=["session", "trial", "choice", "reward"])


def people(worth: float = 1.0, **arguments: object) -> DatasetRNN:
    return convert_dataset(table(worth), **arguments)[0]


@pytest.fixture(scope="module")
def dataset() -> DatasetRNN:
    return people()


@pytest.fixture(scope="module")
def fitted(dataset: DatasetRNN) -> SpiceEstimator:
    return SpiceEstimator(**SETTINGS).fit(dataset)


def test_it_is_the_fit_of_its_arrays(dataset: DatasetRNN, fitted: SpiceEstimator) -> None:
    arrays = SpiceEstimator(**SETTINGS).fit(dataset.xs, dataset.ys)
    for p, q in zip(fitted.predict(dataset), arrays.predict(dataset.xs), strict=True):
        np.testing.assert_array_equal(p, q)
    assert fitted.score(dataset) == arrays.score(dataset.xs, dataset.ys)
    assert fitted.data_fingerprint_ == arrays.data_fingerprint_
    assert arrays.equations_.labels == ("0", "1", "2")


def test_equations_call_people_as_the_table_does(fitted: SpiceEstimator, dataset: DatasetRNN, tmp_path: Path) -> None:
    assert fitted.equations_.labels == tuple(map(str, dataset.participants)) == ("10", "1", "2")
    frame = fitted.equations_.to_frame()
    assert frame[frame.participant == 1].label.unique() == ["1"]
    fitted.save_spice(tmp_path / "n", tmp_path / "e")
    loaded = SpiceEstimator.load_spice(tmp_path / "n", tmp_path / "e")
    assert loaded.equations_.canonical().labels == fitted.equations_.labels
    assert loaded.reward_unit_ == (0.0, 1.0)


def test_people_are_known_by_their_labels(fitted: SpiceEstimator, dataset: DatasetRNN, tmp_path: Path) -> None:
    """In another data set the same people have other numbers, and somebody new has a number that a person had."""
    fitted.save_spice(tmp_path / "n", tmp_path / "e")
    some = table()[lambda t: t.session.isin(["1", "2"])].assign(session=lambda t: t.session.replace({"1": "new"}))
    others = convert_dataset(some)[0]
    assert others.participants == ("new", "2")
    for estimator in (fitted, SpiceEstimator.load_spice(tmp_path / "n", tmp_path / "e")):
        by_label, by_number = estimator.predict(others), estimator.predict(others.xs)
        everybody = estimator.predict(dataset)
        for p, q, r in zip(by_label, by_number, everybody, strict=True):
            np.testing.assert_allclose(p[1], r[2])  # "2" is the third person of the fit, and the second here
            assert np.abs(p[0] - q[0]).max() > 1e-9  # "new" is not the first person of the fit
        assert estimator.score(others) != estimator.score(others.xs, others.ys)


def test_the_equations_of_one_person_keep_the_label(dataset: DatasetRNN) -> None:
    one = SpiceEstimator(**SETTINGS, spice_participant_id=2).fit(dataset)
    assert one.equations_.labels == ("2",)


def test_validation_data_may_be_a_data_set(dataset: DatasetRNN) -> None:
    first = SpiceEstimator(**SETTINGS).fit(dataset, data_test=dataset)
    second = SpiceEstimator(**SETTINGS).fit(dataset.xs, dataset.ys, dataset.xs, dataset.ys)
    assert first.history_[-1]["validation_loss"] == second.history_[-1]["validation_loss"]


def test_another_unit_of_rewards_is_pointed_out(tmp_path: Path) -> None:
    cents = people(worth=200.0)
    fitted = SpiceEstimator(**SETTINGS).fit(cents)
    assert fitted.reward_unit_ == (0.0, 200.0)
    fitted.save_spice(tmp_path / "n", tmp_path / "e")
    fitted = SpiceEstimator.load_spice(tmp_path / "n", tmp_path / "e")
    for call in (fitted.predict, fitted.score):
        with pytest.warns(
            DataWarning, match=r"0 and 50 are 0 and 1 in these data, 0 and 200 .* reward_range=\(0, 200\)"
        ):
            call(people(worth=50.0))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            call(people(worth=50.0, reward_range=(0, 200)))


def test_rewards_far_outside_those_of_the_fit_are_pointed_out(dataset: DatasetRNN, fitted: SpiceEstimator) -> None:
    xs = dataset.xs.numpy().copy()
    rewards = xs[..., 2:4]
    rewards[rewards > 0] = 100.0
    with pytest.warns(DataWarning, match=r"rewards lie far outside those of the fit.*one is 100 on that scale"):
        fitted.predict(xs)
    with pytest.warns(DataWarning, match="in the unit of the fit"):
        fitted.score(xs, dataset.ys)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (lambda d: (d, d.ys), "a DatasetRNN and something else"),
        (lambda d: ((d, table(), {}),), "3 things of which a DatasetRNN is the first"),
        (lambda d: (table(),), "a table"),
        (lambda d: (d.xs,), "targets"),
    ],
)
def test_what_is_neither_is_refused_by_name(dataset: DatasetRNN, arguments, said: str) -> None:
    with pytest.raises(DataError, match=said):
        SpiceEstimator(**SETTINGS).fit(*arguments(dataset))
