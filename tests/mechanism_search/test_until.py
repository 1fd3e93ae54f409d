"""When a search is over."""

from pathlib import Path

import pytest

from spice.mechanism_search.until import STOP, OverError, Until


def test_without_limits_it_goes_on() -> None:
    Until.of(None, None).check()
    assert Until.of(60, None).reason == ""


def test_time_passes() -> None:
    until = Until.of(-1.0, None)
    assert until.reason == "time is up"
    with pytest.raises(OverError, match="time is up"):
        until.check()


def test_a_file_ends_it_and_one_of_before_does_not(tmp_path: Path) -> None:
    (tmp_path / STOP).touch()
    until = Until.of(60, tmp_path)
    until.check()
    (tmp_path / STOP).touch()
    with pytest.raises(OverError, match="stopped"):
        until.check()


def test_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    Until.of(60, tmp_path / "search").check()
