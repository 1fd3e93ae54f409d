import io
from collections.abc import Iterator

import pytest
from rich.console import Console

from spice.progress import EventKind, FitEvent
from spice_nb.cli.progress import FitProgress

STARTED, ADVANCED, FINISHED = EventKind.STARTED, EventKind.ADVANCED, EventKind.FINISHED


@pytest.fixture
def console() -> Console:
    return Console(file=io.StringIO(), width=100)


@pytest.fixture
def progress(console: Console) -> Iterator[FitProgress]:
    with FitProgress(console) as running:
        yield running


def lines(progress: FitProgress, console: Console) -> list[str]:
    """All that stands there at the end; times are left out."""
    progress.__exit__(None, None, None)
    found = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    return [" ".join(line.replace("0:00:00", "").replace("━", "").split()) for line in found if line.strip()]


def test_a_bar_for_each_stage_with_its_unit(progress: FitProgress, console: Console) -> None:
    progress(FitEvent(STARTED, ("fit", "rnn"), 0, 10))
    progress(FitEvent(ADVANCED, ("fit", "rnn"), 4, 10, {"loss": 0.61234}))
    progress(FitEvent(STARTED, ("fit", "equations"), 0, 2))
    progress(FitEvent(ADVANCED, ("fit", "equations"), 2, 2, {"other": 3.0}))
    progress(FitEvent(FINISHED, ("fit", "equations"), 2, 2))
    assert lines(progress, console) == ["Training the network 4/10 epochs 0.6123 nats", "Finding equations 2/2"]


def test_a_stage_of_unknown_length_counts_up(progress: FitProgress, console: Console) -> None:
    progress(FitEvent(STARTED, ("fit", "refine")))
    progress(FitEvent(ADVANCED, ("fit", "refine"), 7, None, {"nll": 0.5}))
    progress(FitEvent(FINISHED, ("fit", "refine"), 7))
    assert lines(progress, console) == ["Refining equations 7 steps 0.5000 nats"]


def test_sentences_are_said_above_and_are_no_markup(progress: FitProgress, console: Console) -> None:
    progress(FitEvent(STARTED, ("fit", "rnn"), 0, 3))
    progress(FitEvent(ADVANCED, ("fit", "rnn"), 1, 3, message="Goes on from [epoch 1]."))
    assert lines(progress, console) == ["Goes on from [epoch 1].", "Training the network 1/3 epochs"]


@pytest.mark.parametrize("event", [FitEvent(STARTED, ("fit",), 0, 5), FitEvent(STARTED, ("fit", "refine"), 0, 0)])
def test_the_whole_and_empty_stages_have_no_bar(progress: FitProgress, console: Console, event: FitEvent) -> None:
    progress(event)
    progress(FitEvent(FINISHED, event.path, 0, event.total))
    assert lines(progress, console) == []


@pytest.mark.parametrize(("total", "done"), [(10, 4), (None, 7)])
def test_the_bar_of_a_stage_that_ended_is_full(progress: FitProgress, total: int | None, done: int) -> None:
    progress(FitEvent(STARTED, ("fit", "rnn"), 0, total))
    progress(FitEvent(FINISHED, ("fit", "rnn"), done, total))
    (task,) = progress._progress.tasks
    assert (task.completed, task.total) == (done, done)
