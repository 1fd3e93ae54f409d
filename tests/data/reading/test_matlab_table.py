"""Tables in MATLAB's files."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from spice.data.reading.read_table import read_table
from spice.exceptions import DataError


def test_structs_of_people(tmp_path: Path) -> None:
    people = np.zeros(2, dtype=[("choice", object), ("reward", object), ("age", object)])
    people["choice"] = [np.array([1.0, 2, 1]), np.array([2.0, 2, 1])]
    people["reward"] = [np.array([0.0, 1, 0.5]), np.array([1.0, 1, 1])]
    people["age"] = [30, 40]
    savemat(tmp_path / "a.mat", {"data": people, "n": 2})
    table = read_table(tmp_path / "a.mat")
    assert table.frame["participant"].tolist() == [1, 1, 1, 2, 2, 2]
    assert table.frame["age"].tolist() == [30] * 3 + [40] * 3
    assert table.frame["choice"].tolist() == [1, 2, 1, 2, 2, 1]
    assert table.notes[0] == "Variable 'data' was read; others are n."


def test_matlab_without_a_table(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"x": np.eye(3)})
    (tmp_path / "b.mat").write_bytes(b"MATLAB 7.3 MAT-file" + b" " * 105 + b"\x00\x02IM" + b"\x00" * 100)
    (tmp_path / "c.mat").write_bytes(b"no")
    for name, message in (("a", "none in a"), ("b", "version 7.3"), ("c", "no MATLAB file")):
        with pytest.raises(DataError, match=message):
            read_table(tmp_path / f"{name}.mat")
