"""What a fit comes to, fitted or loaded."""

from dataclasses import FrozenInstanceError, fields, is_dataclass

import numpy as np
import pytest
from quick_fit import few_people, quick

from spice.estimator import SpiceEstimator
from spice.fit_result import FitResult

ARRAYS = few_people()


@pytest.fixture(scope="module")
def fitted() -> SpiceEstimator:
    return quick().fit(*ARRAYS)


def test_it_is_made_once_and_never_changed(fitted: SpiceEstimator) -> None:
    result = fitted.fit_result_
    with pytest.raises(FrozenInstanceError):
        result.history = ()  # type: ignore[misc]
    again = quick().fit(*ARRAYS).fit_result_
    assert again.data_fingerprint == result.data_fingerprint
    assert again.fit_id == result.fit_id
    other = quick(random_state=1).fit(*ARRAYS).fit_result_
    assert other.data_fingerprint == result.data_fingerprint
    assert other.fit_id != result.fit_id


def test_attributes_of_the_estimator_are_read_from_it(fitted: SpiceEstimator) -> None:
    result = fitted.fit_result_
    assert fitted.history_ == list(result.history)
    assert len(result.history) == 3
    assert fitted.participant_ids_ == result.fitted.participant_ids == (0, 1, 2, 3)
    assert fitted.n_features_in_ == result.n_features == 7
    assert fitted.reward_range_ == result.fitted.reward_range == (0.0, 1.0)
    assert (fitted.reward_unit_, fitted.participant_labels_) == (result.reward_unit, result.labels) == (None, {})
    assert (fitted.fit_id_, fitted.data_fingerprint_) == (result.fit_id, result.data_fingerprint)


def test_a_file_gives_the_same_without_what_only_the_fit_knew(fitted: SpiceEstimator, tmp_path) -> None:
    fitted.save_spice(tmp_path / "rnn", tmp_path / "spice")
    loaded = SpiceEstimator.load_spice(tmp_path / "rnn", tmp_path / "spice").fit_result_
    same = {"options", "config", "data_fingerprint", "fit_id", "n_features", "diagnostics", "reward_unit", "labels"}
    for name in same:
        assert getattr(loaded, name) == getattr(fitted.fit_result_, name), name
    assert {f.name for f in fields(FitResult)} - same == {"fitted", "equations", "history", "diverging"}
    assert (loaded.history, loaded.diverging) == ((), ())
    assert is_dataclass(loaded.fitted)
    np.testing.assert_array_equal(loaded.equations.coefficients.vectors(), fitted.equations_.coefficients.vectors())
