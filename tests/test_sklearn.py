"""scikit-learn's own checks of estimators on our arrays of three dimensions, and what it asks of any estimator."""

import copy
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.sparse
import sklearn.utils.estimator_checks as checks
import torch
from sklearn.base import clone
from sklearn.exceptions import SkipTestWarning
from sklearn.model_selection import cross_val_score
from sklearn.utils import get_tags

from spice.datasets import simulate_forgetting
from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError, DataError, FitWarning
from spice.precoded import ForgettingRNN
from spice.random_state import as_generator
from spice.resources.bandits import AgentQ, BanditsDrift, create_dataset
from spice.resources.rnn_utils import DatasetRNN

MAKES_ITS_OWN_ARRAYS = "fits arrays that it makes itself: numbers of any size in two dimensions"
THEIR_SENTENCE = "wants a sentence of scikit-learn's; below is ours"
CANNOT_APPLY = {
    "check_complex_data": f"{MAKES_ITS_OWN_ARRAYS}; {THEIR_SENTENCE}",
    "check_dtype_object": "wants a TypeError for a cell that is no number, ours is a DataError, a ValueError",
    "check_estimator_sparse_array": "makes a sparse array of three dimensions, which scipy has not; tested below",
    "check_estimator_sparse_matrix": "as check_estimator_sparse_array",
    "check_estimator_sparse_tag": "as check_estimator_sparse_array",
    "check_estimators_empty_data_messages": f"{MAKES_ITS_OWN_ARRAYS}; {THEIR_SENTENCE}",
    "check_estimators_pickle": "marks cells at random as missing, also half of an action; tested below",
    "check_estimators_pickle-readonly_memmap": "as check_estimators_pickle",
    "check_fit2d_predict1d": "two dimensions are one sequence here, and are predicted",
    "check_fit_score_takes_y": "wants the name y; the documented one is targets",
    "check_methods_sample_order_invariance": "predict gives two arrays, of the network and of the equations; below",
    "check_methods_subset_invariance": "as check_methods_sample_order_invariance",
    "check_n_features_in": "takes the second axis for that of features, here it is the third; tested below",
    "check_n_features_in_after_fitting": f"as check_n_features_in; {THEIR_SENTENCE}",
    "check_positive_only_tag_during_fit": MAKES_ITS_OWN_ARRAYS,
    "check_requires_y_none": THEIR_SENTENCE,
}
"""Checks that scikit-learn has for an estimator like ours and that cannot be run, each with the reason."""


class AsTable(SpiceEstimator):
    """Says that it takes tables, as otherwise scikit-learn gives no checks at all."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        return tags


def quick(**parameters: Any) -> SpiceEstimator:
    defaults = {"epochs": 1, "spice_refine": False, "n_trials_off_policy": 10, "random_state": 0}
    return SpiceEstimator(ForgettingRNN, **(defaults | parameters))


@pytest.fixture(scope="module")
def people() -> tuple[np.ndarray, np.ndarray]:
    dataset, _ = simulate_forgetting(n_participants=6, n_trials=12, random_state=0)
    return dataset.xs.double().numpy(), dataset.ys.double().numpy()


def of_sklearn() -> dict[str, Callable[..., None]]:
    """All checks that the installed version has, by name; partial ones with other arguments twice."""
    found: dict[str, Callable[..., None]] = {}
    for _, check in checks.estimator_checks_generator(AsTable(), legacy=True):
        found["-".join([check.func.__name__, *check.keywords])] = check
    return found


CHECKS = of_sklearn()


@pytest.mark.parametrize("name", [name for name in CHECKS if name not in CANNOT_APPLY])
def test_checks_of_scikit_learn(
    name: str, people: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where checks suit their arrays to what an estimator takes, they get ours.
    monkeypatch.setattr(checks, "_enforce_estimator_tags_X", lambda *_, **__: people[0].copy())
    monkeypatch.setattr(checks, "_enforce_estimator_tags_y", lambda *_: people[1].copy())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)
        CHECKS[name](quick())


def test_what_cannot_apply_is_there() -> None:
    assert set(CANNOT_APPLY) <= set(CHECKS)


def test_tags_tell_the_truth(people: tuple[np.ndarray, np.ndarray]) -> None:
    tags = get_tags(SpiceEstimator())
    assert tags.input_tags.three_d_array
    assert not tags.input_tags.two_d_array
    assert not tags.input_tags.sparse
    assert tags.input_tags.allow_nan
    xs, ys = people[0].copy(), people[1].copy()
    xs[0, 8:], ys[0, 7:] = np.nan, np.nan
    assert np.isfinite(quick().fit(xs, ys).score(xs, ys))
    assert tags.target_tags.required
    with pytest.raises(DataError, match="targets: expected an array of numbers, but got None"):
        quick().fit(people[0], None)
    with pytest.warns(SkipTestWarning, match="requires input"):
        list(checks.estimator_checks_generator(quick(), legacy=True))


class TestFeatures:
    def test_their_number_is_known_and_checked(self, people: tuple[np.ndarray, np.ndarray], tmp_path: Any) -> None:
        xs, ys = people
        estimator = quick()
        assert not hasattr(estimator, "n_features_in_")
        estimator.fit(xs, ys)
        assert estimator.n_features_in_ == 7
        estimator.save_spice(tmp_path / "network", tmp_path / "equations")
        loaded = SpiceEstimator.load_spice(tmp_path / "network", tmp_path / "equations")
        wide = np.insert(xs, 4, 0.0, axis=-1)
        for one in (estimator, loaded):
            for call in (lambda one=one: one.predict(wide), lambda one=one: one.score(wide, ys)):
                with pytest.raises(DataError, match=r"conditions: expected 7 features.*but got 8"):
                    call()
        again = quick().fit(wide, ys)
        assert again.n_features_in_ == 8
        with pytest.raises(DataError, match=r"expected 8 features.*but got 7"):
            again.predict(xs)

    def test_block_and_experiment_may_be_left_out(self, people: tuple[np.ndarray, np.ndarray]) -> None:
        short = np.delete(people[0], [4, 5], axis=-1)
        estimator = quick().fit(*people)
        np.testing.assert_array_equal(estimator.predict(short)[1], estimator.predict(people[0])[1])
        assert quick().fit(short, people[1]).n_features_in_ == 5


@pytest.mark.parametrize("call", ["fit", "targets", "predict", "score", "DatasetRNN"])
@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda xs: xs.astype(complex), "real numbers, but got complex ones"),
        (lambda xs: torch.as_tensor(xs).to(torch.complex64), "real numbers, but got complex ones"),
        (lambda xs: scipy.sparse.csr_array(np.nan_to_num(xs[0])), r"a dense array, but got a sparse one \(csr_array\)"),
        (lambda xs: scipy.sparse.coo_matrix(np.nan_to_num(xs[0])), r"a dense array.*\(coo_matrix\)"),
        (lambda xs: torch.as_tensor(xs).to_sparse(), r"a dense array.*\(Tensor\)"),
    ],
)
def test_complex_and_sparse_arrays_are_refused_by_name(
    people: tuple[np.ndarray, np.ndarray], call: str, made: Callable[..., Any], words: str
) -> None:
    xs, ys = people
    fitted = quick().fit(xs, ys)
    calls = {
        "fit": lambda: quick().fit(made(xs), ys),
        "targets": lambda: quick().fit(xs, made(ys)),
        "predict": lambda: fitted.predict(made(xs)),
        "score": lambda: fitted.score(made(xs), ys),
        "DatasetRNN": lambda: DatasetRNN(made(xs), ys),
    }
    with pytest.raises(DataError, match=words) as raised:
        calls[call]()
    assert raised.value.argument == {"targets": "targets", "DatasetRNN": "xs"}.get(call, "conditions")


class TestPredictions:
    def test_no_sequence_depends_on_others(self, people: tuple[np.ndarray, np.ndarray]) -> None:
        estimator, order = quick().fit(*people), np.array([4, 0, 5, 2, 1, 3])
        for whole, shuffled, alone in zip(
            estimator.predict(people[0]), estimator.predict(people[0][order]), estimator.predict(people[0][3:4]),
            strict=True,
        ):  # fmt: skip
            np.testing.assert_allclose(shuffled, whole[order], atol=1e-7)
            np.testing.assert_allclose(alone[0], whole[3], atol=1e-7)

    def test_empty_arrays_are_named(self, people: tuple[np.ndarray, np.ndarray]) -> None:
        with pytest.raises(DataError, match=r"non-empty array.*shape \(0, 12, 7\)"):
            quick().fit(people[0][:0], people[1][:0])

    def test_fitted_estimators_are_copied_and_pickled(self, people: tuple[np.ndarray, np.ndarray]) -> None:
        estimator = quick().fit(*people)
        for twin in (pickle.loads(pickle.dumps(estimator)), copy.deepcopy(estimator)):
            np.testing.assert_array_equal(twin.predict(people[0])[1], estimator.predict(people[0])[1])

    def test_cross_validation(self, people: tuple[np.ndarray, np.ndarray]) -> None:
        assert np.isfinite(cross_val_score(quick(), *people, cv=3)).all()


class TestRandomState:
    MAKERS = (np.random.default_rng, np.random.RandomState)

    @pytest.mark.parametrize("make", MAKERS)
    def test_what_numpy_draws_from(self, people: tuple[np.ndarray, np.ndarray], make: Callable[[int], Any]) -> None:
        def predicted(estimator: SpiceEstimator) -> np.ndarray:
            found: np.ndarray = estimator.fit(*people).predict(people[0])[0]
            return found

        drawn_from = make(3)
        estimator = quick(random_state=drawn_from)
        twin = clone(estimator)
        first = predicted(estimator)
        np.testing.assert_array_equal(first, predicted(quick(random_state=make(3))))
        np.testing.assert_array_equal(first, predicted(twin))
        # As with scikit-learn's estimators, the next fit draws on.
        assert not np.array_equal(first, predicted(estimator))
        assert not np.array_equal(first, predicted(quick(random_state=make(4))))
        assert not np.array_equal(first, predicted(quick(random_state=None)))

    def test_numbers_give_what_they_gave(self) -> None:
        for seed in (0, 7, 2**40, np.int64(5)):
            assert as_generator(seed).random() == np.random.default_rng(int(seed)).random()

    @pytest.mark.parametrize("make", MAKERS)
    def test_simulations_take_the_same(self, make: Callable[[int], Any]) -> None:
        def played(random_state: Any) -> torch.Tensor:
            return create_dataset(AgentQ(), BanditsDrift(0.1), 20, 2, random_state=random_state)[0].xs

        assert torch.equal(played(make(1)), played(make(1)))
        assert not torch.equal(played(make(1)), played(make(2)))

    @pytest.mark.parametrize("wrong", [-1, 0.5, "seed", True, np.random])
    def test_anything_else_is_an_error(self, people: tuple[np.ndarray, np.ndarray], wrong: Any) -> None:
        with pytest.raises(ConfigError, match="random_state"):
            quick(random_state=wrong).fit(*people)

    def test_a_fit_that_draws_on_goes_on_from_its_checkpoint(
        self, people: tuple[np.ndarray, np.ndarray], tmp_path: Any
    ) -> None:
        said: list[str] = []
        stopped = quick(random_state=np.random.default_rng(0), epochs=6).set_checkpoints(tmp_path / "run", 0.0)
        control = stopped.control
        stopped.set_callbacks(lambda e: control.cancel() if e.path[-1] == "rnn" and e.index == 3 else None)
        with pytest.raises(Exception, match="cancel"):
            stopped.fit(*people)
        again = quick(random_state=np.random.default_rng(0), epochs=6).set_checkpoints(tmp_path / "run")
        again.set_callbacks(lambda e: said.append(e.message)).fit(*people)
        assert any(message.startswith("Goes on after epoch") for message in said)
