"""Fits in the background: what they report, and every way to stop them."""

import threading
import time

import numpy as np
import pytest

from spice.datasets import simulate_forgetting
from spice.estimator import SpiceEstimator
from spice.exceptions import FitCancelled
from spice.precoded import ForgettingRNN
from spice.progress import EventKind
from spice_nb import fit_worker
from spice_nb.fit_worker import FitWorker
from spice_nb.hosting import Hosting
from spice_nb.state.training import RunState, TrainingModel


@pytest.fixture(scope="module")
def people():
    dataset, _ = simulate_forgetting(n_participants=6, n_trials=40, random_state=0)
    return dataset.xs, dataset.ys


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> FitWorker:
    monkeypatch.setattr(fit_worker, "PERIOD", 0.01)
    return FitWorker(TrainingModel())


def estimator(epochs: int = 3) -> SpiceEstimator:
    return SpiceEstimator(rnn_class=ForgettingRNN, epochs=epochs, n_trials_off_policy=50, random_state=0)


def until(condition, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.005)


def test_a_fit_in_the_background_is_the_same_fit(worker: FitWorker, people) -> None:
    fitted, alone = estimator(), estimator().fit(*people)
    assert worker.start(fitted, *people)
    assert worker.wait(60)
    assert worker.model.state is RunState.DONE
    assert worker.model.has_result
    assert [s.path[-1] for s in worker.model.stages][:2] == ["rnn", "equations"]
    assert all(s.state is EventKind.FINISHED for s in worker.model.stages)
    np.testing.assert_array_equal(fitted.predict(people[0])[1], alone.predict(people[0])[1])


def test_a_second_start_does_nothing(worker: FitWorker, people) -> None:
    first = estimator(100_000)
    assert worker.start(first, *people)
    assert not worker.start(estimator(), *people)
    worker.cancel()
    assert worker.wait(60)


def test_two_panels_cannot_fit_one_estimator(worker: FitWorker, people) -> None:
    shared, other = estimator(100_000), FitWorker(TrainingModel())
    assert worker.start(shared, *people)
    assert not other.start(shared, *people)
    assert other.model.state is RunState.READY
    worker.cancel()
    assert worker.wait(60)
    shared.set_params(epochs=2)
    assert other.start(shared, *people)
    assert other.wait(60)
    assert other.model.state is RunState.DONE


def test_cancelling_keeps_the_model_before(worker: FitWorker, people) -> None:
    fitted = estimator().fit(*people)
    before = fitted.spice_agent_
    fitted.set_params(epochs=100_000)
    worker.start(fitted, *people)
    until(lambda: worker.model.stages and worker.model.stages[0].done > 0)
    worker.cancel()
    assert worker.model.state in (RunState.CANCELLING, RunState.CANCELLED)
    worker.cancel()
    assert worker.wait(60)
    assert worker.model.state is RunState.CANCELLED
    assert isinstance(worker.model.error, FitCancelled)
    assert fitted.spice_agent_ is before


def test_equations_can_be_asked_for_early(worker: FitWorker, people) -> None:
    fitted = estimator(100_000)
    worker.finish_training()
    assert worker.model.state is RunState.READY
    worker.start(fitted, *people)
    until(lambda: worker.model.may_finish)
    worker.finish_training()
    assert worker.wait(60)
    assert worker.model.state is RunState.DONE
    assert 0 < len(fitted.history_) < 100_000


def test_cancelling_while_it_ends_is_no_harm(worker: FitWorker, people) -> None:
    done = threading.Event()
    worker.on_done = lambda _: (worker.cancel(), done.set())
    fitted = estimator()
    worker.start(fitted, *people)
    assert worker.wait(60)
    assert done.is_set()
    assert worker.model.state is RunState.DONE
    worker.cancel()
    worker.finish_training()
    assert worker.model.state is RunState.DONE


def test_failures_are_told_in_the_engine_s_words(worker: FitWorker, people) -> None:
    xs, ys = people
    fitted = estimator()
    worker.start(fitted, xs, ys[:, :-3])
    assert worker.wait(60)
    assert worker.model.state is RunState.FAILED
    assert "expected" in worker.model.problem
    assert not hasattr(fitted, "spice_agent_")
    assert worker.start(fitted, xs, ys)
    assert worker.wait(60)
    assert worker.model.state is RunState.DONE


def test_a_listener_that_fails_does_not_hang_the_panel(worker: FitWorker, people) -> None:
    def breaks(_: SpiceEstimator) -> None:
        raise RuntimeError("cannot draw")

    worker.on_done = breaks
    worker.start(estimator(), *people)
    assert worker.wait(60)
    assert worker.model.state is RunState.FAILED
    assert "cannot draw" in worker.model.problem


def test_traits_are_set_by_one_thread(worker: FitWorker, people) -> None:
    threads: set[str] = set()
    worker.model.observe(lambda _: threads.add(threading.current_thread().name), ["losses", "stages"])
    worker.start(estimator(20), *people)
    assert worker.wait(60)
    assert threads <= {"spice-report", "MainThread"}
    assert "spice-fit" not in threads


def test_reports_are_few(people, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = FitWorker(TrainingModel())
    heard: list[float] = []
    # The reset ahead of the fit is no report.
    worker.model.observe(lambda change: change["new"] and heard.append(time.monotonic()), "losses")
    worker.start(estimator(400), *people)
    assert worker.wait(120)
    assert len(worker.model.losses[0][1]) == 400
    assert len(heard) > 1
    assert min(np.diff(heard[:-1]), default=1.0) >= 0.9 * fit_worker.PERIOD


def limited(minutes: float) -> FitWorker:
    return FitWorker(TrainingModel(), hosting=Hosting(is_hosted=True, minutes=minutes))


def test_a_server_ends_the_training_in_time_for_the_equations(people, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_worker, "PERIOD", 0.01)
    monkeypatch.setattr(fit_worker, "_TRAINING", 0.01)
    worker, fitted = limited(1), estimator(100_000)
    assert worker.start(fitted, *people)
    assert worker.wait(60)
    assert worker.model.state is RunState.DONE
    assert "The training ended early: this server gives a fit 1 minutes." in worker.model.messages
    assert len(fitted.history_) < 100_000
    assert fitted.equations_


def test_a_server_gives_up_what_takes_too_long_and_says_so(people, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_worker, "PERIOD", 0.01)
    # The network never ends in time.
    monkeypatch.setattr(fit_worker, "_TRAINING", 1.0)
    worker = limited(0.02)
    assert worker.start(estimator(100_000), *people)
    assert worker.wait(60)
    assert worker.model.state is RunState.CANCELLED
    assert worker.model.problem.startswith("It took longer than the 0.02 minutes that this server gives a fit. Fit few")
    worker.model.begin()
    assert worker.model.problem == ""


def test_who_cancels_is_not_told_why(people) -> None:
    worker = limited(30)
    assert worker.start(estimator(100_000), *people)
    worker.cancel()
    assert worker.wait(60)
    assert (worker.model.state, worker.model.problem) == (RunState.CANCELLED, "")
