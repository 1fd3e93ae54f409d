"""What the names of files say."""

from pathlib import Path

import pytest
from data.reading.texts import ONE, people

from spice.data.reading.read_table import read_table
from spice.exceptions import ColumnError, DataError, DataWarning
from spice.utils.convert_dataset import convert_dataset


def test_one_file_is_one_person(tmp_path: Path) -> None:
    (tmp_path / "p1.csv").write_text(ONE)
    assert people(tmp_path / "p1.csv") == ("p1",)
    with pytest.raises(ColumnError, match="'who'"):
        people(tmp_path / "p1.csv", df_participant_id="who")


def test_a_column_of_people_counts_more_than_files(tmp_path: Path) -> None:
    for name, who in (("a", "ann"), ("b", "bo"), ("c", "ann")):
        rows = ONE.replace("\n", f",{who}\n").replace(f"coins,{who}", "coins,subject", 1)
        (tmp_path / f"{name}.csv").write_text(rows)
    with pytest.raises(ColumnError, match="df_participant_id='subject'"):
        people(tmp_path)
    with pytest.warns(DataWarning, match="df_block='file'"):
        dataset, *_ = convert_dataset(tmp_path, df_participant_id="subject", df_choice="key", df_reward="coins")
    assert dataset.participants == ("ann", "bo")
    # Two files of one person are one session after the other.
    assert dataset.xs.shape[:2] == (2, 8)


def test_what_names_of_files_say(tmp_path: Path) -> None:
    for name in ("sub-07_task-a", "sub-12_task-b"):
        (tmp_path / f"{name}.csv").write_text(ONE)
    for pattern in ("sub-{participant}_task", r"sub-(?P<participant>\d+)", r"sub-(\d+)"):
        assert people(tmp_path, file_pattern=pattern) == ("07", "12")
    table = read_table(tmp_path, file_pattern="sub-{participant}_task-{task}")
    assert table.frame["task"].tolist() == ["a"] * 4 + ["b"] * 4
    assert "file" not in table.frame
    assert people(tmp_path / "sub-07_task-a.csv", file_pattern="sub-{participant}_") == ("07",)
    with pytest.raises(DataError, match="'sub-07_task-a'"):
        read_table(tmp_path, file_pattern="vp{participant}")
    with pytest.raises(DataError, match="names nothing"):
        read_table(tmp_path, file_pattern="sub")
    with pytest.raises(ColumnError, match="'key'"):
        read_table(tmp_path, file_pattern="sub-{key}_")


def test_sessions_of_people_are_not_people(tmp_path: Path) -> None:
    for name in ("p1", "p2"):
        (tmp_path / f"{name}.csv").write_text(ONE.replace("\n", ",001\n").replace("coins,001", "coins,session", 1))
    assert people(tmp_path) == ("p1", "p2")
    for name in ("p1", "p2"):
        rows = ONE.replace("\n", f",001,{name}\n").replace(f"coins,001,{name}", "coins,session,participant", 1)
        (tmp_path / f"{name}.csv").write_text(rows)
    with pytest.raises(ColumnError, match="df_participant_id='participant'"):
        people(tmp_path)
