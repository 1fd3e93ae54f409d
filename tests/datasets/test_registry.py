"""Where files of public data sets are looked for, and how they get there."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pooch
import pytest
import requests

import spice.datasets as datasets
from spice.datasets import registry
from spice.datasets.fetch import fetch_dezfouli2019, fetch_fontanesi2019, fetch_zorowitz2023
from spice.exceptions import DataError, DatasetUnavailableError

CONTENT = b"made up for this test\n"


@pytest.fixture
def info(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> registry.DatasetInfo:
    """A data set of ours, with a cache in a temporary folder and no network."""
    monkeypatch.delenv("SPICE_NB_DATA", raising=False)
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / "cache" / name)
    monkeypatch.setattr(pooch, "HTTPDownloader", lambda **_: no_network)
    return registry.DatasetInfo(
        name="made_up",
        people=1,
        choices=1,
        arms=2,
        licence="MIT",
        citation="",
        url="https://example.org/0123abc/data.csv",
        sha256=hashlib.sha256(CONTENT).hexdigest(),
    )


def no_network(url: str, output_file: str, downloader: Any) -> None:
    raise requests.exceptions.ConnectionError("no network in tests")


def serve(content: bytes) -> Callable[..., Any]:
    def download(url: str, output_file: str, downloader: Any) -> None:
        with open(output_file, "wb") as file:  # noqa: PTH123  (as pooch does)
            file.write(content)

    return lambda **_: download


class TestLocate:
    def test_offline_says_what_to_do(self, info: registry.DatasetInfo) -> None:
        with pytest.raises(DatasetUnavailableError) as caught:
            registry.locate(info)
        message = str(caught.value)
        assert info.url in message
        assert str(info.place.parent) in message
        assert "SPICE_NB_DATA=DIR" in message
        assert list(info.place.parent.iterdir()) == []

    def test_every_public_data_set_offline(self, info: registry.DatasetInfo) -> None:
        for fetch in (fetch_dezfouli2019, fetch_fontanesi2019, fetch_zorowitz2023):
            with pytest.raises(DatasetUnavailableError, match=r"raw\.githubusercontent\.com"):
                fetch()

    def test_downloads_once(
        self, info: registry.DatasetInfo, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(pooch, "HTTPDownloader", serve(CONTENT))
        assert not info.available
        assert registry.locate(info).read_bytes() == CONTENT
        assert info.available
        monkeypatch.setattr(pooch, "HTTPDownloader", lambda **_: no_network)
        assert registry.locate(info) == info.place
        assert [path.name for path in info.place.parent.iterdir()] == ["data.csv"]
        assert capfd.readouterr() == ("", "")

    def test_does_not_wait_for_ever(self, info: registry.DatasetInfo, monkeypatch: pytest.MonkeyPatch) -> None:
        given = {}
        monkeypatch.setattr(pooch, "HTTPDownloader", lambda **options: given.update(options) or no_network)
        with pytest.raises(DatasetUnavailableError):
            registry.locate(info)
        connect, read = given["timeout"]
        assert 0 < connect <= 10
        assert 0 < read <= 30

    def test_wrong_download_is_refused_and_not_kept(
        self, info: registry.DatasetInfo, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pooch, "HTTPDownloader", serve(b"something else"))
        with pytest.raises(DataError, match=rf"sha256 {info.sha256}.*changed or cut short"):
            registry.locate(info)
        assert list(info.place.parent.iterdir()) == []

    def test_damaged_cache_is_replaced(self, info: registry.DatasetInfo, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pooch, "HTTPDownloader", serve(CONTENT))
        info.place.parent.mkdir(parents=True)
        info.place.write_bytes(b"cut")
        assert registry.locate(info).read_bytes() == CONTENT

    def test_folder_variable(self, info: registry.DatasetInfo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("SPICE_NB_DATA", str(tmp_path))
        with pytest.raises(DatasetUnavailableError, match=r"made_up/data\.csv"):
            registry.locate(info)
        (tmp_path / "made_up").mkdir()
        (tmp_path / "made_up" / "data.csv").write_bytes(b"changed")
        with pytest.raises(DataError, match="sha256"):
            registry.locate(info)
        (tmp_path / "made_up" / "data.csv").write_bytes(CONTENT)
        assert registry.locate(info) == tmp_path / "made_up" / "data.csv"


class TestPackage:
    def test_list(self) -> None:
        infos = datasets.list_datasets()
        assert [info.name for info in infos] == ["dezfouli2019", "fontanesi2019", "zorowitz2023"]
        for info in infos:
            assert callable(getattr(datasets, f"fetch_{info.name}"))
            assert len(info.sha256) == 64

    def test_names_resolve(self) -> None:
        assert all(callable(getattr(datasets, name)) for name in datasets.__all__)
        with pytest.raises(AttributeError, match="nothing"):
            _ = datasets.nothing

    def test_import_is_light(self) -> None:
        code = "import sys, spice.datasets as d; d.list_datasets(); print({'torch', 'pooch'} & set(sys.modules))"
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert found.stdout.strip() == "set()"
