"""Every tutorial, as people run it: what it finds, what it needs, and that it says the same the second time."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from notebooks.execute import Executed, execute

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
# A Binder session has one core of 2 GB for all kernels that are open; limits leave room beside the server for two.
MOST_MB, MOST_CPU_SECONDS = 900, 60


@dataclass(frozen=True)
class Tutorial:
    """What a notebook has to come to.

    Attributes
    ----------
    name : str
    found : mapping of str to tuple
        Expressions of its variables, each with a number and how far from it the result may be.
    runs : mapping of str to tuple
        Runs that ship with it, each with the estimator and the data that it was fitted to.
    """

    name: str
    found: Mapping[str, tuple[float, float]]
    runs: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def _own(name: str, data: str = "dataset") -> dict[str, tuple[str, str]]:
    return {name: ("estimator", data)}


TUTORIALS = (
    Tutorial(
        "00_app",
        {
            "len(_.data.dataset)": (64, 0),
            "_.training.button.disabled": (0, 0),
        },
    ),
    Tutorial(
        "01_data",
        {
            "checked.read['people']": (3, 0),
            "checked.read['choices']": (23, 0),
            "checked.read['share of left']": (18 / 23, 1e-6),
            "checked.read['mean reward']": (12 / 23, 1e-6),
            "(checked['read'] - checked['in the table']).abs().max()": (0, 1e-6),
            "panel.model.checks[0].is_problem": (1, 0),
        },
    ),
    Tutorial(
        "02_rescorla_wagner",
        {
            "recovered.found['learning rate']": (0.30, 0.02),
            "recovered.found['inverse temperature']": (3.0, 0.3),
            "comparison(estimator, others, others_truth).diff().iloc[-1, 0]": (0.0, 1e-3),
        },
        _own("02_rescorla_wagner"),
    ),
    Tutorial(
        "03_forgetting",
        {
            "recovered.found['learning rate']": (0.30, 0.03),
            "recovered.found['forgetting rate']": (0.20, 0.10),
            "recovered.found['learning rate without forgetting']": (0.42, 0.03),
            "scores['nats per choice']['equations'] - scores['nats per choice']['true model']": (0.0, 2e-3),
            "scores['nats per choice']['equations without forgetting'] - scores['nats per choice']['equations']": (
                0.0095,
                3e-3,
            ),
        },
        _own("03_forgetting") | {"03_rescorla_wagner": ("simple", "dataset")},
    ),
    Tutorial(
        "04_learning_rates",
        {
            "recovered.found['after a reward']": (0.60, 0.05),
            "recovered.found['after none']": (0.20, 0.05),
        },
        _own("04_learning_rates"),
    ),
    Tutorial(
        "05_individual_differences",
        {
            "recovered['learning rate']['correlation with the truth']": (0.89, 0.03),
            "recovered['learning rate']['mean absolute error']": (0.09, 0.015),
            "recovered['forgetting rate']['correlation with the truth']": (0.74, 0.05),
            "recovered['forgetting rate']['mean absolute error']": (0.07, 0.015),
            "recovered['learning rate']['intervals with the truth in them']": (0.93, 0.08),
            # Half of these people forget, and nearly all of them are told apart.
            "mixed.prevalences().query('mechanism == \"x_value_reward_not_chosen\"').prevalence.iloc[0]": (0.5, 0.1),
            "(table.probability[:32] > 0.5).mean()": (1.0, 0.1),
            "(table.probability[32:] > 0.5).mean()": (0.0, 0.1),
        },
        _own("05_individual_differences"),
    ),
    Tutorial(
        "06_choice_perseverance",
        {
            "recovered.found['learning rate']": (0.30, 0.05),
            "recovered.found['forgetting rate']": (0.20, 0.06),
            "recovered.found['trace of the last choice']": (1.0, 0.15),
            "recovered.found['weight of the trace']": (1.0, 0.1),
            "recovered.found['weight of values']": (3.0, 0.2),
            "scores['nats per choice']['equations']": (0.477, 3e-3),
        },
        _own("06_choice_perseverance"),
    ),
    Tutorial(
        "07_real_people",
        {
            "scores['nats per choice']['equations']": (0.324, 4e-3),
            "scores['nats per choice']['network']": (0.320, 1e-2),
            "scores['nats per choice']['equations without traces']": (0.348, 5e-3),
            # Effects of rewards and of presses differ from those of the healthy group, or nearly so; traces do not.
            "differences.difference[1]": (0.83, 0.25),
            "(differences.low[:4] > -0.2).all()": (1, 0),
            "((differences.low[4:] < 0) & (differences.high[4:] > 0)).all()": (1, 0),
        },
        _own("07_choice", "training") | {"07_without_traces": ("without", "training")},
    ),
    Tutorial(
        "08_own_model",
        {
            "recovered.found['learning rate, awake']": (0.60, 0.05),
            "recovered.found['learning rate, tired']": (0.20, 0.05),
            "len(terms)": (4, 0),
            "scores['nats per choice']['equations without tiredness'] - scores['nats per choice']['equations']": (
                0.023,
                3e-3,
            ),
        },
        _own("08_own_model"),
    ),
    Tutorial(
        "09_is_it_right",
        {
            "answers['worse than the true model, nats']": (0.008, 2e-3),
            # The prose needs no more than that it is better.
            "answers['better than the black box, nats']": (0.010, 7e-3),
            "answers['correlation of true and found rates']": (0.81, 0.05),
            "answers['correlation of found and found again']": (0.90, 0.05),
            "answers['intervals of learning rates with the truth in them']": (0.93, 0.08),
            "sure['people with a probability of forgetting < .5'] < 0.2": (1, 0),
        },
        _own("09_is_it_right", "training"),
    ),
    Tutorial(
        "10_discovery",
        {
            "found.candidate.names == ('learning', 'forgetting', 'perseveration')": (1, 0),
            "found.ladder().gain[0]": (0.096, 0.01),
            "scores['nats per choice']['equations'] - scores['nats per choice']['true equations']": (0.008, 3e-3),
        },
        _own("10_discovery", "training"),
    ),
)

# Largest distance of what a run that ships predicts, and of its equations for the population, from a fit just made.
COMPARED = """
def _distance(fitted, data, name):
    import numpy as np
    from sklearn.base import clone
    from spice_nb.tutorials import fit_or_open

    opened = fit_or_open(clone(fitted), data, name, fit=False)
    pairs = zip(fitted.predict(data.xs), opened.predict(data.xs), strict=True)
    predicted = max(float(np.nanmax(np.abs(np.asarray(a) - np.asarray(b)))) for a, b in pairs)
    found, kept = (e.equations_.canonical().terms("population") for e in (fitted, opened))
    assert {m: set(t) for m, t in found.items()} == {m: set(t) for m, t in kept.items()}, (found, kept)
    return [predicted, max(abs(found[m][t] - kept[m][t]) for m in found for t in found[m])]
"""


def numbers_of(tutorial: Tutorial) -> str:
    """Code that prints, as JSON, what a notebook found and how far its runs are from that."""
    found = ", ".join(f"{expression!r}: float({expression})" for expression in tutorial.found)
    runs = ", ".join(f"{run!r}: _distance({model}, {data}, {run!r})" for run, (model, data) in tutorial.runs.items())
    return f"import json\nprint(json.dumps({{'found': {{{found}}}, 'runs': {{{runs}}}}}))"


@pytest.mark.parametrize("tutorial", TUTORIALS, ids=lambda tutorial: tutorial.name)
def test_a_tutorial(tutorial: Tutorial, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    _need_data(tutorial, request)
    executed = execute(notebook(tutorial.name), tmp_path, after=COMPARED + numbers_of(tutorial))
    assert executed.errors == []
    assert executed.warnings == []
    first = json.loads(executed.after[0])
    for expression, (expected, tolerance) in tutorial.found.items():
        assert first["found"][expression] == pytest.approx(expected, abs=tolerance), expression
    for run, distances in first["runs"].items():
        assert max(distances) < 0.02, f"{run} is not what a fit finds now: make tutorial-runs"
    keep_record(tutorial.name, executed)
    assert executed.peak_mb < MOST_MB
    assert executed.cpu_seconds < MOST_CPU_SECONDS


def _at_night_if_long(tutorial: Tutorial) -> Any:
    """The shortest one with a fit is run a second time at each commit, the others at night."""
    marks = () if tutorial.name == "02_rescorla_wagner" else pytest.mark.nightly
    return pytest.param(tutorial, marks=marks, id=tutorial.name)


@pytest.mark.parametrize("tutorial", [_at_night_if_long(tutorial) for tutorial in TUTORIALS])
def test_a_tutorial_says_the_same_again(tutorial: Tutorial, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    _need_data(tutorial, request)
    executed = execute(notebook(tutorial.name), tmp_path, after=numbers_of(replace(tutorial, runs={})), times=2)
    assert executed.errors == []
    first, again = map(json.loads, executed.after)
    assert again["found"] == pytest.approx(first["found"], abs=1e-9)


def _need_data(tutorial: Tutorial, request: pytest.FixtureRequest) -> None:
    if tutorial.name == "07_real_people":
        request.getfixturevalue("public_data")("dezfouli2019")


def notebook(name: str) -> Path:
    """Its path."""
    return NOTEBOOKS / f"{name}.ipynb"


def keep_record(name: str, executed: Executed) -> None:
    """Add a line to the file that SPICE_NB_TUTORIAL_RECORD names, for the table in docs/workshop.md."""
    if place := os.environ.get("SPICE_NB_TUTORIAL_RECORD"):
        with Path(place).open("a") as file:
            file.write(f"| {name} | {executed.peak_mb:.0f} MB | {executed.cpu_seconds:.1f} s |\n")


def test_every_notebook_is_tested() -> None:
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")) == [tutorial.name for tutorial in TUTORIALS]


def test_every_run_that_ships_is_tested() -> None:
    from spice_nb.tutorials import FOLDER

    kept = {path.name.split(".")[0] for path in FOLDER.glob("*.spice")}
    assert kept == {run for tutorial in TUTORIALS for run in tutorial.runs}


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_a_notebook_in_git_names_its_kernel_and_holds_no_results(path: Path) -> None:
    content: Any = nbformat.read(path, as_version=4)
    nbformat.validate(content)
    assert content.metadata.kernelspec.name == "python3"
    assert set(content.metadata) <= {"kernelspec", "language_info", "title"}
    assert content.metadata.language_info == {"name": "python"}
    for cell in content.cells:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
        assert cell.metadata == {}
