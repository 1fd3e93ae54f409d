import json
import os
import pickle
import stat
import sys
import threading
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import save

from spice.exceptions import ModelFileError, OutputError
from spice.files import container as files
from spice.files.container import HEADER, VERSION, check_writable, read_model, write_model, write_whole

TENSORS = {
    "weights": np.arange(6.0).reshape(2, 3),
    "single": np.float32([0.1, np.nan]),
    "allowed": np.array([True, False]),
    "turned": np.arange(6.0).reshape(2, 3).T,
    "empty": np.zeros((3, 0)),
}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "model.pkl"  # the ending says nothing
    write_model(path, "network", {"name": "Ångström", "sizes": [1, 2]}, TENSORS)
    return path


def test_round_trip_keeps_values_types_and_shapes(saved: Path) -> None:
    file = read_model(saved, "network")
    assert file.header["name"] == "Ångström"
    assert file.header["sizes"] == [1, 2]
    assert file.header["version"] == VERSION
    assert set(file.tensors) == set(TENSORS)
    for name, value in TENSORS.items():
        np.testing.assert_array_equal(file.tensors[name], value)
        assert file.tensors[name].dtype == value.dtype
        assert file.tensors[name].shape == value.shape


def test_the_content_is_safetensors_with_a_readable_header(saved: Path) -> None:
    from safetensors import safe_open

    with safe_open(saved, "numpy") as opened:
        header = json.loads(opened.metadata()[HEADER])
    assert (header["format"], header["kind"]) == ("spice-nb", "network")


def test_a_header_of_any_length_can_be_read(tmp_path: Path) -> None:
    # The file starts with that length; some of them start like a pickle or an archive.
    path, first_bytes = tmp_path / "model", set()
    for n in range(0, 2048, 8):
        write_model(path, "network", {"note": "x" * n}, {"a": np.zeros(1)})
        assert read_model(path, "network").header["note"] == "x" * n
        first_bytes.add(path.read_bytes()[0])
    assert 0x80 in first_bytes


def words_of(path: Path, kind: str = "network") -> str:
    with pytest.raises(ModelFileError) as raised:
        read_model(path, kind)
    return str(raised.value)


class Trap:
    def __reduce__(self) -> Any:
        return (os.system, ("echo unpickled > " + os.environ["SPICE_TEST_TRAP"],))


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_pickles_are_refused_and_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, protocol: int) -> None:
    trap = tmp_path / "trap"
    monkeypatch.setenv("SPICE_TEST_TRAP", str(trap))
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps({"weights": Trap()}, protocol))
    assert "a pickle" in words_of(path)
    assert not trap.exists()


def test_models_of_torch_and_other_archives_are_refused(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(2)}, tmp_path / "new.pt")
    torch.save({"a": torch.zeros(2)}, tmp_path / "old.pt", _use_new_zipfile_serialization=False)
    with zipfile.ZipFile(tmp_path / "archive.npz", "w") as archive:
        archive.writestr("a", "b")
    for name in ("new.pt", "old.pt", "archive.npz"):
        assert "a pickle" in words_of(tmp_path / name)


def test_a_truncated_file_is_refused_wherever_it_ends(saved: Path) -> None:
    whole = saved.read_bytes()
    header_end = 8 + int.from_bytes(whole[:8], "little")
    lengths = {*range(0, 20), header_end - 1, header_end, header_end + 1, len(whole) - 1}
    lengths |= set(np.linspace(0, len(whole) - 1, 40).astype(int).tolist())
    for length in lengths:
        saved.write_bytes(whole[:length])
        words = words_of(saved)
        assert "truncated" in words, length
        assert str(saved) in words
    saved.write_bytes(whole)
    read_model(saved, "network")


@pytest.mark.parametrize(
    "content",
    [
        b"hello, this is not a model",
        b'{"format": "spice-nb"}',
        b"\xff" * 100,
        (2).to_bytes(8, "little") + b"{}",
        (2).to_bytes(8, "little") + b"[]",
        (4).to_bytes(8, "little") + b"null",
        save({"a": np.zeros(2)}),
        save({"a": np.zeros(2)}, metadata={"other": "program"}),
        save({"a": np.zeros(2)}, metadata={HEADER: "no json"}),
        save({"a": np.zeros(2)}, metadata={HEADER: "[1, 2]"}),
        save({"a": np.zeros(2)}, metadata={HEADER: "null"}),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    assert "save_spice" in words_of(tmp_path / "file")


def test_a_newer_version_is_named_and_an_update_advised(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "VERSION", VERSION + 1)
    write_model(saved, "network", {}, {"a": np.zeros(1)})
    monkeypatch.undo()
    words = words_of(saved)
    assert f"version {VERSION} or older" in words
    assert f"version {VERSION + 1}" in words
    assert "Update" in words


@pytest.mark.parametrize("version", ["two", None, 1.5])
def test_a_version_that_is_none_is_refused(tmp_path: Path, version: Any) -> None:
    header = json.dumps({"format": "spice-nb", "version": version, "kind": "network"})
    (tmp_path / "file").write_bytes(save({"a": np.zeros(1)}, metadata={HEADER: header}))
    words_of(tmp_path / "file")


def test_the_other_kind_of_file_is_named(saved: Path) -> None:
    words = words_of(saved, "equations")
    assert "a file of equations" in words
    assert "a file of network" in words


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert "No such file" in words_of(tmp_path / "none.pkl")
    assert "directory" in words_of(tmp_path)


# Writing ----------------------------------------------------------------------------------------------------


def test_a_file_is_replaced_whole_and_nothing_else_is_left(saved: Path) -> None:
    write_model(saved, "network", {"again": True}, {"a": np.zeros(1)})
    assert read_model(saved, "network").header["again"] is True
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


@pytest.mark.parametrize("place", ["file/model.pkl", "none/model.pkl", "folder"])
def test_a_place_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("kept")
    (tmp_path / "folder").mkdir()
    before = sorted(path.name for path in tmp_path.iterdir())
    for write in (
        lambda path: write_model(path, "network", {}, {"a": np.zeros(1)}),
        lambda path: write_whole(path, b"content"),
        check_writable,
    ):
        with pytest.raises(OutputError) as raised:
            write(tmp_path / place)
        assert raised.value.argument == "path"
        assert place.split("/")[0] in str(raised.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert (tmp_path / "file").read_text() == "kept"
    assert not list((tmp_path / "folder").iterdir())


def test_what_fails_on_the_way_leaves_the_old_file(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="No space left"):
        write_whole(saved, b"new")
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == [saved.name]


def test_checking_a_place_writes_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "model.pkl")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_others_may_read_a_file_as_they_may_any_other(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    write_whole(tmp_path / "model", b"content")
    plain, ours = ((tmp_path / name).stat().st_mode for name in ("plain", "model"))
    assert stat.S_IMODE(ours) == stat.S_IMODE(plain)


def test_two_writers_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    contents = [bytes([k]) * 200_000 for k in range(8)]
    threads = [threading.Thread(target=write_whole, args=(tmp_path / "model", c)) for c in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "model").read_bytes() in contents
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
