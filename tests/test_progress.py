import io
import sys
import threading
from collections.abc import Mapping
from typing import Any

import pytest

from spice.exceptions import FitCancelled
from spice.progress import EventKind, FitControl, FitEvent, ProgressBars

STARTED, ADVANCED, FINISHED = EventKind.STARTED, EventKind.ADVANCED, EventKind.FINISHED
CANCELLED, FAILED = EventKind.CANCELLED, EventKind.FAILED


class Log(list[FitEvent]):
    def __call__(self, event: FitEvent) -> None:
        self.append(event)

    @property
    def story(self) -> list[tuple[EventKind, str, int]]:
        return [(event.kind, "/".join(event.path), event.index) for event in self]


def test_order_of_events_of_nested_stages() -> None:
    log = Log()
    control = FitControl(log)
    with control.stage("fit"):
        with control.stage("rnn", total=2) as stage:
            stage.advance(loss=0.5)
            stage.advance(loss=0.25)
        with control.stage("equations", total=1) as stage:
            stage.note("Nothing found.")
    assert log.story == [
        (STARTED, "fit", 0),
        (STARTED, "fit/rnn", 0),
        (ADVANCED, "fit/rnn", 1),
        (ADVANCED, "fit/rnn", 2),
        (FINISHED, "fit/rnn", 2),
        (STARTED, "fit/equations", 0),
        (ADVANCED, "fit/equations", 0),
        (FINISHED, "fit/equations", 0),
        (FINISHED, "fit", 0),
    ]
    assert [event.total for event in log] == [None, 2, 2, 2, 2, 1, 1, 1, None]
    assert [dict(event.metrics) for event in log[2:4]] == [{"loss": 0.5}, {"loss": 0.25}]
    assert log[6].message == "Nothing found."


def test_every_callback_gets_every_event_also_those_that_come_later() -> None:
    first, second, late = Log(), Log(), Log()
    control = FitControl(first, second)
    with control.stage("fit"):
        control.subscribe(late)
    assert first.story == second.story == [(STARTED, "fit", 0), (FINISHED, "fit", 0)]
    assert late.story == [(FINISHED, "fit", 0)]


def test_events_cannot_be_changed_and_do_not_change() -> None:
    log, metrics = Log(), {"loss": 1.0}
    with FitControl(log).stage("rnn") as stage:
        stage.advance(**metrics)
        metrics["loss"] = 2.0
    assert isinstance(log[1].metrics, Mapping)
    assert log[1].metrics["loss"] == 1.0
    with pytest.raises(AttributeError):
        log[1].index = 5  # type: ignore[misc]


def test_cancel_ends_after_the_step_it_comes_in() -> None:
    log = Log()
    control = FitControl(log)

    def steps() -> None:
        with control.stage("fit"), control.stage("rnn", 10) as stage:
            for k in range(10):
                if k == 3:
                    control.cancel()
                stage.advance()

    with pytest.raises(FitCancelled, match="as it was before"):
        steps()
    assert log.story[-3:] == [(ADVANCED, "fit/rnn", 4), (CANCELLED, "fit/rnn", 4), (CANCELLED, "fit", 0)]
    assert FAILED not in {event.kind for event in log}


def test_cancel_from_another_thread_and_before_the_start() -> None:
    log = Log()
    control = FitControl(log)
    thread = threading.Thread(target=control.cancel)
    thread.start()
    thread.join()
    reached = False
    with pytest.raises(FitCancelled), control.stage("fit"):
        reached = True
    assert not reached
    assert log.story == [(STARTED, "fit", 0), (CANCELLED, "fit", 0)]


def test_cancelled_stays_cancelled_in_the_next_stage() -> None:
    control = FitControl()
    control.cancel()
    for _ in range(2):
        with pytest.raises(FitCancelled):
            control.check()


def test_an_interrupt_counts_as_a_cancel() -> None:
    log = Log()
    with pytest.raises(KeyboardInterrupt), FitControl(log).stage("fit"):
        raise KeyboardInterrupt
    assert log.story[-1] == (CANCELLED, "fit", 0)


def test_a_failure_is_reported_with_its_sentence_by_every_stage() -> None:
    log = Log()
    control = FitControl(log)

    def fail() -> None:
        with control.stage("fit"), control.stage("rnn", 5) as stage:
            stage.advance()
            raise ZeroDivisionError("the loss became NaN")

    with pytest.raises(ZeroDivisionError):
        fail()
    assert log.story[-2:] == [(FAILED, "fit/rnn", 1), (FAILED, "fit", 0)]
    assert [event.message for event in log[-2:]] == ["the loss became NaN"] * 2
    with control.stage("again"):
        pass
    assert log[-1].path == ("again",)  # the paths of the failed stages are gone


def test_finish_ends_one_stage_and_the_next_runs_on() -> None:
    log = Log()
    control = FitControl(log)
    done = []
    with control.stage("fit"):
        for name in ("rnn", "equations"):
            with control.stage(name, 10) as stage:
                for k in range(10):
                    stage.advance()
                    if name == "rnn" and k == 3:
                        control.finish_stage()
                    if stage.should_finish:
                        break
                done.append(stage.index)
    assert done == [4, 10]
    assert (FINISHED, "fit/rnn", 4) in log.story
    assert log[-1].kind is FINISHED


def test_finish_asked_for_between_stages_does_not_end_the_next() -> None:
    control = FitControl()
    control.finish_stage()
    with control.stage("rnn") as stage:
        assert not stage.should_finish
        control.finish_stage()
        assert stage.should_finish
        assert not stage.should_finish  # it was taken


def test_a_finish_that_comes_in_an_inner_stage_ends_that_one() -> None:
    control = FitControl()
    with control.stage("equations") as outer:
        with control.stage("optuna") as inner:
            control.finish_stage()
            assert inner.should_finish
        assert not outer.should_finish


def test_an_error_of_a_callback_is_not_hidden() -> None:
    def broken(event: FitEvent) -> None:
        raise RuntimeError("in the panel")

    with pytest.raises(RuntimeError, match="in the panel"), FitControl(broken).stage("fit"):
        pass


# Bars -------------------------------------------------------------------------------------------------------


class Bar:
    """Stands in for tqdm's."""

    made: list["Bar"]

    def __init__(self, total: int, desc: str, leave: bool) -> None:
        self.total, self.desc, self.n, self.closed = total, desc, 0, False
        self.postfix: dict[str, str] = {}
        Bar.made.append(self)

    def update(self, steps: int) -> None:
        self.n += steps

    def set_postfix(self, values: dict[str, str], refresh: bool) -> None:
        self.postfix = values

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def bars(monkeypatch: pytest.MonkeyPatch) -> list[Bar]:
    import tqdm.auto

    Bar.made = []
    monkeypatch.setattr(tqdm.auto, "tqdm", Bar)
    return Bar.made


def test_a_bar_for_each_stage_with_steps(bars: list[Bar]) -> None:
    with ProgressBars() as show:
        control = FitControl(show)
        with control.stage("fit"):
            with control.stage("rnn", 3) as stage:
                stage.advance(loss=0.123456)
                stage.advance(loss=0.1)
                assert (bars[0].n, bars[0].closed) == (2, False)
            with control.stage("something new", 5) as stage:
                stage.advance()
    assert [(bar.desc, bar.n, bar.closed) for bar in bars] == [
        ("Training the network", 2, True),
        ("something new", 1, True),
    ]
    assert bars[0].postfix == {"loss": "0.1000"}
    assert bars[0].total == 2  # ended early, and so complete


def test_bars_are_closed_whatever_happens(bars: list[Bar]) -> None:
    show = ProgressBars()

    def fail() -> None:
        with show, FitControl(show).stage("rnn", 3) as stage:
            stage.advance()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [(bar.closed, bar.total) for bar in bars] == [(True, 3)]


def test_without_bars_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    with FitControl().stage("fit", 1) as stage:
        stage.advance(loss=1.0)
        stage.note("a word")
    assert capsys.readouterr() == ("", "")


def test_bars_are_written_to_the_error_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    stream: Any = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with ProgressBars() as show, FitControl(show).stage("refine", 1) as stage:
        stage.advance()
    assert "Refining equations" in stream.getvalue()
