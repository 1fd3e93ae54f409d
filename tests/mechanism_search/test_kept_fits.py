"""Fits kept in a folder."""

from pathlib import Path

import pytest
from mechanism_search.people import PLAIN, people

from spice.exceptions import ConfigError, OutputError
from spice.mechanism_search.kept_fits import KEPT, KeptFits
from spice.mechanism_search.population_score import Score

SCORE = Score([1.5, 2.0], [10.0, 12.0], {"x": 0.25})


def test_what_is_kept_is_there_again(tmp_path: Path) -> None:
    dataset = people(PLAIN, n_people=4)
    KeptFits.open(tmp_path / "search", dataset).add("learning / 0", SCORE)
    assert KeptFits.open(tmp_path / "search", dataset).scores == {"learning / 0": SCORE}
    with pytest.raises(ConfigError, match="same choices"):
        KeptFits.open(tmp_path / "search", people(PLAIN, n_people=4, seed=3))


def test_without_a_folder_memory_keeps_them() -> None:
    kept = KeptFits.open(None, people(PLAIN, n_people=4))
    kept.add("learning / 0", SCORE)
    assert kept.scores == {"learning / 0": SCORE}


def test_no_room_is_said(tmp_path: Path) -> None:
    """The file has become a folder: whatever keeps it from being written is told alike."""
    kept = KeptFits.open(tmp_path, people(PLAIN, n_people=4))
    (tmp_path / KEPT).unlink()
    (tmp_path / KEPT).mkdir()
    with pytest.raises(OutputError, match="room for another fit"):
        kept.add("learning / 0", SCORE)
