"""A fit as seen from outside, from events alone."""

import pytest

from spice.exceptions import DataError
from spice.progress import EventKind, FitEvent
from spice_nb.state.training import RunState, TrainingModel, duration

RNN = ("fit", "rnn")


def started(total: int = 4) -> list[tuple[float, FitEvent]]:
    return [
        (10.0, FitEvent(EventKind.STARTED, ("fit",))),
        (10.0, FitEvent(EventKind.STARTED, RNN, 0, total)),
    ]


def epoch(at: float, index: int, **metrics: float) -> tuple[float, FitEvent]:
    return at, FitEvent(EventKind.ADVANCED, RNN, index, 4, metrics)


def test_at_first_it_is_ready_or_says_what_it_needs() -> None:
    model = TrainingModel()
    assert model.may_start
    assert model.headline == "Ready to fit."
    model.blocker = "Choose a data set first."
    assert not model.may_start
    assert model.headline == "Choose a data set first."


def test_events_become_stages_and_losses() -> None:
    model = TrainingModel()
    model.begin()
    assert not model.may_finish
    model.apply(
        [*started(), epoch(11.0, 1, loss=0.7, validation_loss=0.69), epoch(12.0, 2, loss=0.6, validation_loss=0.65)]
    )
    (stage,) = model.stages
    assert (stage.label, stage.done, stage.total, stage.share, stage.remaining) == (
        "Training the network",
        2,
        4,
        0.5,
        2.0,
    )
    assert model.losses == (("loss", (0.7, 0.6)), ("validation_loss", (0.69, 0.65)))
    assert model.epochs_per_second == 1.0
    assert model.headline == "Training the network … 1 epochs per second."
    assert model.action == "Cancel"
    assert model.may_cancel
    assert model.may_finish


def test_what_an_earlier_run_did_takes_no_time() -> None:
    model = TrainingModel()
    model.begin()
    earlier = tuple({"loss": 0.7 - k / 1_000} for k in range(60))
    said = FitEvent(EventKind.ADVANCED, RNN, 60, 100, {}, "Goes on after epoch 60.", earlier)
    model.apply([*started(100), (10.1, said)])
    assert model.stages[0].remaining is None
    assert model.losses == (("loss", tuple(0.7 - k / 1_000 for k in range(60))),)
    model.apply([(14.1, FitEvent(EventKind.ADVANCED, RNN, 80, 100, {"loss": 0.5}))])
    assert model.stages[0].share == 0.8
    assert model.stages[0].remaining == pytest.approx(4.0)
    assert model.epochs_per_second == pytest.approx(5.0)
    assert model.losses[0][1][59:] == (0.7 - 59 / 1_000, 0.5)


def test_listeners_hear_once_of_many_events() -> None:
    model = TrainingModel()
    heard: list[str] = []
    model.begin()
    model.observe(lambda change: heard.append(change["name"]), ["losses", "stages"])
    model.apply([*started(), *(epoch(11.0 + k, k, loss=0.5) for k in range(1, 5))])
    assert sorted(heard) == ["losses", "stages"]


def test_notes_are_kept_and_failures_are_no_notes() -> None:
    model = TrainingModel()
    model.begin()
    model.apply([
        *started(), (11.0, FitEvent(EventKind.ADVANCED, RNN, 0, 4, {}, "It is slower.")),
        (12.0, FitEvent(EventKind.FAILED, RNN, 0, 4, {}, "no")),
    ])  # fmt: skip
    assert model.messages == ("It is slower.",)
    assert model.stages[0].state is EventKind.FAILED
    assert model.stages[0].remaining is None


@pytest.mark.parametrize(
    ("state", "has_result", "headline"),
    [
        (RunState.DONE, False, "Done in 0.0 s."),
        (RunState.CANCELLED, False, "Cancelled."),
        (RunState.CANCELLED, True, "Cancelled. The model before it stays."),
        (RunState.FAILED, True, "The fit failed. The model before it stays."),
    ],
)
def test_the_end_is_told(state: RunState, has_result: bool, headline: str) -> None:
    model = TrainingModel(has_result=has_result)
    model.begin()
    model.end(state, DataError("data", "numbers", "words", "Use numbers."))
    assert model.headline == headline
    assert model.may_start
    assert not model.may_cancel
    assert model.has_result == (has_result or state is RunState.DONE)
    assert bool(model.problem) == (state is RunState.FAILED)


def test_a_new_run_forgets_the_last_one() -> None:
    model = TrainingModel()
    model.begin()
    model.apply([*started(), epoch(11.0, 1, loss=0.7)])
    model.end(RunState.FAILED, ValueError("no"))
    model.begin()
    assert (model.stages, model.losses, model.problem, model.error) == ((), (), "", None)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.42, "0.4 s"), (12.4, "12 s"), (200.0, "3 min 20 s"), (7_500.0, "2 h 5 min")]
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words
