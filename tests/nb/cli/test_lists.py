from pathlib import Path

import pytest
from nb.cli.calls import run

from spice.mechanism_search import LIBRARY
from spice.precoded import MODELS


@pytest.mark.parametrize("width", [80, 120])
def test_models(width: int) -> None:
    result = run("models", width=width)
    assert result.exit_code == 0
    assert all(name in result.stdout for name in MODELS)
    assert "…" not in result.stdout
    per_person = [model for model in MODELS.values() if model.context_size]
    assert result.stdout.count("equations per person") == len(per_person)


def test_datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPICE_NB_DATA", str(tmp_path))
    place = tmp_path / "zorowitz2023" / "data.csv"
    place.parent.mkdir()
    place.write_text("")
    result = run("datasets", width=200)
    assert result.exit_code == 0
    for shown in ("132,251", "Apache-2.0", "fetched on first use", "yes", "Fontanesi"):
        assert shown in result.stdout
    assert str(place) in result.stdout.replace("\n", "")


def test_the_library_is_listed_with_what_each_mechanism_builds_on() -> None:
    shown = run("models", width=120).stdout
    assert all(name in shown for name in LIBRARY)
    assert "Builds on learning and perseveration." in " ".join(shown.split())
    assert "spice-nb discover" in shown
