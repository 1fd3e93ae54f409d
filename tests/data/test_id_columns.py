"""Ids are whole numbers, and no two of them become one."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from spice.data.dataset import DatasetRNN
from spice.data.layout import Columns, join_columns, next_actions, participants_of
from spice.data.splits import split_data_along_sessiondim, split_data_along_timedim
from spice.data.trials import read_conditions
from spice.estimator import SpiceEstimator
from spice.exceptions import DataError
from spice.precoded import ParticipantEmbeddingRNN
from spice.resources.bandits import get_update_dynamics

LARGE = (20230415123, 20230415124)
NAN = np.nan


def arrays(participants: Any, n_trials: int = 12, **ids: Any) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    shape = len(participants), n_trials
    actions = np.eye(2)[rng.integers(2, size=shape)]
    rewards = np.where(actions > 0, rng.integers(2, size=(*shape, 2)), NAN)
    xs = join_columns(actions, rewards, participant=np.array(participants)[:, None], **ids)
    return xs, next_actions(actions)


@pytest.mark.parametrize("convert", [np.asarray, torch.as_tensor, lambda xs: xs.tolist()])
def test_large_ids_stay_apart(convert: Any) -> None:
    xs, ys = arrays(LARGE)
    dataset = DatasetRNN(convert(xs), ys)
    assert participants_of(dataset.xs)[:, 0].tolist() == list(LARGE)
    assert "2" in repr(dataset)
    assert "<td" in dataset._repr_mimebundle_()["text/html"]
    for part in (*split_data_along_timedim(dataset, 0.5), DatasetRNN(xs, ys, sequence_length=6)):
        assert set(participants_of(part.xs)[:, 0].tolist()) == set(LARGE)
    twice = DatasetRNN(np.concatenate([xs, xs]), np.concatenate([ys, ys]))
    training, test = split_data_along_sessiondim(twice, [2])
    assert participants_of(training.xs)[:, 0].tolist() == participants_of(test.xs)[:, 0].tolist() == list(LARGE)


def test_others_are_float32_as_before() -> None:
    xs, ys = arrays((0, 2**24 - 1))
    assert DatasetRNN(xs, ys).xs.dtype == torch.float32
    assert DatasetRNN(arrays((3, 2**24))[0], ys).xs.dtype == torch.float64


@pytest.mark.parametrize("name", ["block", "experiment"])
def test_dates_are_no_others_either(name: str) -> None:
    # 20230415 is one of the odd numbers that float32 rounds.
    xs, ys = arrays((0, 1), **{name: np.array([[20230415], [20230416]])})
    dataset = DatasetRNN(xs, ys)
    assert dataset.xs[:, 0, Columns.of(7, 2).ids[name]].tolist() == [20230415, 20230416]


def test_equations_are_keyed_by_the_ids_given(tmp_path: Path) -> None:
    xs, ys = arrays(LARGE, 30)
    dataset = DatasetRNN(xs, ys)
    of_arrays, of_dataset, of_tensors = (
        SpiceEstimator(ParticipantEmbeddingRNN, epochs=2, random_state=0).fit(*given)
        for given in ((xs, ys), (dataset,), (dataset.xs, dataset.ys))
    )
    for fitted in (of_arrays, of_dataset, of_tensors):
        assert fitted.participant_ids_ == tuple(fitted.get_spice_features()) == LARGE
        for p, expected in zip(fitted.predict(dataset), of_arrays.predict(xs), strict=True):
            np.testing.assert_array_equal(p, expected)
    _, p, _ = get_update_dynamics(dataset.xs[1], of_arrays.spice_agent)
    np.testing.assert_allclose(p[1:], of_arrays.predict(xs)[1][1, :-1], atol=1e-5)
    paths = tmp_path / "network", tmp_path / "equations"
    of_dataset.save_spice(*paths)
    assert SpiceEstimator.load_spice(*paths).participant_ids_ == LARGE


BOTH = [lambda xs, ys: DatasetRNN(xs, ys), lambda xs, ys: SpiceEstimator(epochs=1).fit(xs, ys)]


@pytest.mark.parametrize("read", BOTH)
def test_rounded_ids_are_refused(read: Any) -> None:
    xs, ys = arrays(LARGE)
    with pytest.raises(DataError) as raised:
        read(xs.astype(np.float32), ys)
    assert raised.value.argument.startswith("participant ids in ")
    assert "20230414336" in str(raised.value)
    assert "20230414337" in str(raised.value)
    assert "float64" in str(raised.value)
    with pytest.raises(DataError, match="participant ids in"):
        read(torch.as_tensor(xs, dtype=torch.float32), ys)


@pytest.mark.parametrize("read", BOTH)
@pytest.mark.parametrize("dtype", [np.float64, np.int64, object])
def test_ids_beyond_what_float64_holds_are_refused(read: Any, dtype: Any) -> None:
    xs, ys = arrays((2**53, 4))
    xs = np.nan_to_num(xs).astype(dtype)
    with pytest.raises(DataError) as raised:
        read(xs, ys)
    assert "9007199254740992" in str(raised.value)
    assert "9007199254740993" in str(raised.value)
    assert "convert_dataset" in str(raised.value)


@pytest.mark.parametrize("read", BOTH)
@pytest.mark.parametrize("name", ["block", "experiment", "participant"])
@pytest.mark.parametrize("wrong", [1.5, NAN])
def test_half_ids_and_none_are_refused(read: Any, name: str, wrong: float) -> None:
    xs, ys = arrays((0, 1))
    xs[1, 3, Columns.of(7, 2).ids[name]] = wrong
    with pytest.raises(DataError) as raised:
        read(xs, ys)
    assert raised.value.argument.startswith(f"{name} ids in ")
    assert f"{wrong:g} in sequence 1, trial 3" in str(raised.value)


def test_missed_trials_need_no_ids() -> None:
    xs, ys = arrays((0, 1))
    xs[1, 3] = [NAN, NAN, NAN, NAN, 0, 0, NAN]
    assert len(DatasetRNN(xs, ys)) == 2
    assert read_conditions(xs, 2)[0].participants.tolist() == [0, 1]
