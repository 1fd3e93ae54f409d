"""The document of `benchmarks/recovery.py`, from results that are made up."""

import json
from pathlib import Path

import numpy as np
import pytest
from studies.found import Number
from studies.people import FOUR, Population

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def recovery(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import recovery

    return recovery


def who_has_what(seed: int):
    rng = np.random.default_rng(seed)
    has = rng.random((20, 3)) < 0.5
    sure = np.clip(has * 0.6 + 0.4 * rng.random((20, 3)), 0, 1)
    prevalence = np.stack([has.mean(0), has.mean(0) - 0.1, has.mean(0) + 0.1], 1)
    return {
        "study": "who has what", "cell": Population(20, 4, 100, "drift", seed), "has": has.tolist(),
        "size": sure.tolist(), "probability": sure.tolist(), "ratio": (9 * sure).tolist(),
        "oracle": sure.tolist(),
        "prevalence": prevalence.tolist(),
    }  # fmt: skip


def results():
    numbers = [
        Number(kind, kind, person, 0.5, 0.6, 0.4, 0.7, True)
        for kind in ("learning rate", "forgetting rate", "prevalence")
        for person in range(-1, 4)
    ]
    near = {"r_learning": 0.9, "r_forgetting": 0.8, "rmse_forgetting": 0.1}
    scores = dict.fromkeys(("rules", "hierarchical", "alone", "equations", "network"), 0.5678)
    rates = {"held_out": scores, "rates": dict.fromkeys(("hierarchical", "alone", "equations"), near)}
    wrong = {"missing": ["x_value_reward_not_chosen: x_value_reward_not_chosen"], "extra": []}
    return [
        *(who_has_what(seed) for seed in range(2)),
        {"study": "structure", "cell": Population(20, 4, 100, "drift", 0, (0.0, 1.0, 0.0)), **wrong},
        *({"study": "rates", "cell": [name, 48, 240, "drift", 0], **rates} for name in FOUR),
        {"study": "recorded", "cell": "people.npz", **rates},
        {
            "study": "intervals", "cell": Population(4, 1, 100, "drift", 0),
            "numbers": dict(zip(Number._fields, zip(*numbers, strict=True), strict=True)),
        },
    ]  # fmt: skip


def test_the_document(recovery, tmp_path) -> None:
    recovery.write(tmp_path / "recovery.md", json.loads(json.dumps(results())))
    text = (tmp_path / "recovery.md").read_text()
    assert text.count("\n## ") == 4
    assert "0.5678" in text
    assert "missing `x_value_reward_not_chosen: x_value_reward_not_chosen` (1)" in text
    assert "people.npz" not in text
    drawn = {file.name for file in (tmp_path / "recovery").iterdir()}
    assert drawn == {"rates.png", "coverage.png", "prevalence.png", "calibration.png"}
    assert all(f"recovery/{name}" in text for name in drawn)
    assert "| learning rate | people | 1.00 of 4 |" in text
    assert "| all | 6 | 1.00 | 0.000 | 1.00 |" in text


def test_sizes_have_all_structures_and_are_different_fits(recovery) -> None:
    for size in (recovery.QUICK, recovery.FULL):
        tasks = list(recovery.tasks(size))
        assert len({recovery.key(*task) for task in tasks}) == len(tasks)
        structures = {cell.prevalences for study, cell in tasks if study == "structure"}
        assert len(structures) == 8
    counted = {
        study: sum(own == study for own, _ in tasks) for study in ("who has what", "structure", "rates", "intervals")
    }
    assert counted == {"who has what": 38, "structure": 80, "rates": 16, "intervals": 201}


def test_fits_that_are_there_are_not_made_again(recovery, tmp_path, monkeypatch) -> None:
    file = tmp_path / "results.jsonl"
    made = {recovery.key(line["study"], line["cell"]): line for line in results()}
    monkeypatch.setattr(recovery, "tasks", lambda size: [(r["study"], r["cell"]) for r in results()[:3]])
    file.write_text("".join(json.dumps(line) + "\n" for line in made.values()))
    monkeypatch.setattr(recovery, "measure", None)
    monkeypatch.setattr(
        "sys.argv",
        ["recovery.py", "--quick", "--jobs", "1", "--results", str(file), "--document", str(tmp_path / "recovery.md")],
    )
    recovery.main()
    assert (tmp_path / "recovery.md").is_file()
    assert len(file.read_text().splitlines()) == len(made)
