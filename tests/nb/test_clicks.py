"""How much a person has to click between dropping a file of usual make and *Ready to fit*: three times at most."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spice.utils.convert_dataset import convert_dataset
from spice_nb.app import SpiceApp
from spice_nb.run_store import RunStore
from spice_nb.state.columns import Role

MOST = 3
PEOPLE = ("s1", "s2", "s3")
Record = dict[str, Any]


def trials(person: str) -> list[tuple[int, int]]:
    """Option and reward of each trial."""
    rng = np.random.default_rng(PEOPLE.index(person))
    return [(int(rng.random() < 0.6), int(rng.random() < 0.5)) for _ in range(40)]


def expected(labels: tuple[str, str], people: tuple[str, ...] = PEOPLE) -> Any:
    """The data set of these people, from a table that leaves nothing open."""
    rows = [(person, labels[choice], reward) for person in people for choice, reward in trials(person)]
    table = pd.DataFrame(rows, columns=["person", "choice", "reward"])
    return convert_dataset(table, df_participant_id="person")[0]


def clicks(app: SpiceApp, selected: dict[Role, str]) -> int:
    """Select columns, then take the first answer of all that is asked, until nothing is; how often that was."""
    panel, n = app.data, 0
    for role, name in selected.items():
        panel.roles[role].value = (name,) if role is Role.REWARD else name
        n += 1
    while n <= MOST:
        buttons = [
            box.children[1].children[0] for box in panel.questions.children if "spice-question" in box._dom_classes
        ]
        boxes = [line.children[1] for line in panel.checks.children[:-1] if not line.children[1].value]
        if buttons:
            buttons[0].click()
        elif boxes:
            boxes[0].value = True
        else:
            return n
        n += 1
    return n


def check(
    tmp_path: Path,
    files: list[tuple[str, bytes]],
    expected: Any,
    selected: dict[Role, str] | None = None,
    people: tuple[Any, ...] = PEOPLE,
) -> None:
    app = SpiceApp(RunStore(tmp_path))
    app.data.model.read_uploads(files)
    n = clicks(app, selected or {})
    assert app.training.model.headline == "Ready to fit."
    assert n <= MOST
    dataset = app.data.dataset
    np.testing.assert_array_equal(dataset.xs, expected.xs)
    np.testing.assert_array_equal(dataset.ys, expected.ys)
    assert dataset.participants == people
    assert tuple(map(str, dataset.actions)) == tuple(map(str, expected.actions))


# jsPsych -----------------------------------------------------------------------------------------------------------

KEY = "html-keyboard-response"


def jspsych(
    person: str, keys: tuple[Any, Any], plugin: str = KEY, rewarded: str = "reward", named: bool = True
) -> list[Record]:
    """All screens of a person as jsPsych has them, `named` where the experimenter said which is which."""

    def screen(name: str, **said: Any) -> Record:
        return said | ({"task": name} if named else {}) | {"subject_id": person}

    screens = [
        {"trial_type": "instructions", "rt": 2100, "view_history": [{"page_index": 0}], "subject_id": person},
        screen("start", trial_type=KEY, rt=812, stimulus="<p>Press space</p>", response=" "),
    ]
    for choice, reward in trials(person):
        screens += [
            screen("fixation", trial_type=KEY, rt=None, stimulus="<div>+</div>", response=None),
            screen(
                "choice", trial_type=plugin, rt=431.5, stimulus="<img>", response=keys[choice],
                **{rewarded: reward if rewarded == "reward" else bool(reward)},
            ),
            screen("feedback", trial_type=KEY, rt=None, stimulus=f"<p>+{reward}</p>", response=None),
        ]  # fmt: skip
    return [row | {"trial_index": k, "time_elapsed": 900 * k} for k, row in enumerate(screens)]


def as_csv(rows: list[Record]) -> bytes:
    """As `jsPsych.data.get().csv()` writes it: all in quotes, null as a word."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(names)
    for row in rows:
        cells = [row.get(name, "") for name in names]
        writer.writerow([json.dumps(c) if c is None or isinstance(c, (bool, list)) else c for c in cells])
    return text.getvalue().encode()


@pytest.mark.parametrize("keys", [("f", "j"), ("0", "1")])
@pytest.mark.parametrize("named", [True, False], ids=["named screens", "screens without names"])
def test_jspsych_as_csv(tmp_path: Path, keys: tuple[str, str], named: bool) -> None:
    rows = [row for person in PEOPLE for row in jspsych(person, keys, named=named)]
    check(tmp_path, [("data.csv", as_csv(rows))], expected(keys))


def test_jspsych_with_buttons(tmp_path: Path) -> None:
    rows = [row for person in PEOPLE for row in jspsych(person, (0, 1), "html-button-response")]
    check(tmp_path, [("data.csv", as_csv(rows))], expected(("0", "1")))


def test_jspsych_with_correct_in_place_of_a_reward(tmp_path: Path) -> None:
    rows = [row for person in PEOPLE for row in jspsych(person, ("f", "j"), rewarded="correct")]
    check(tmp_path, [("data.csv", as_csv(rows))], expected(("f", "j")), {Role.REWARD: "correct"})


def test_jspsych_a_file_for_each_person(tmp_path: Path) -> None:
    files = [(f"{person}.csv", as_csv(jspsych(person, ("f", "j")))) for person in PEOPLE]
    check(tmp_path, files, expected(("f", "j")))


@pytest.mark.parametrize("nested", [True, False], ids=["a list for each person", "one list"])
def test_jspsych_as_json(tmp_path: Path, nested: bool) -> None:
    lists = [jspsych(person, ("f", "j")) for person in PEOPLE]
    content = lists if nested else [row for rows in lists for row in rows]
    check(tmp_path, [("data.json", json.dumps(content).encode())], expected(("f", "j")))


# PsychoPy ----------------------------------------------------------------------------------------------------------


def psychopy(person: str, keys: tuple[str, str]) -> bytes:
    """A row for instructions, one a trial, one for the end; what belongs to another routine is blank."""
    rows: list[Record] = [{"instr_key.keys": "space", "instr_key.rt": 2.1}]
    for t, (choice, reward) in enumerate(trials(person)):
        loop = {f"trials.{name}": t for name in ("thisRepN", "thisN")} | {"trials.thisTrialN": 0, "trials.thisIndex": 0}
        rows.append(
            loop | {"key_resp.keys": keys[choice], "key_resp.rt": 0.43, "reward": reward, "trial.started": 2.5 * t}
        )
    rows.append({"thanks.started": 130.2})
    names = list(dict.fromkeys(name for row in rows for name in row))
    said = {
        "participant": person,
        "session": "001",
        "date": "2024-03-01_10h00",
        "expName": "bandit",
        "frameRate": 59.98,
    }
    text = io.StringIO()
    writer = csv.DictWriter(text, [*names, *said, ""])
    writer.writeheader()
    writer.writerows(row | said for row in rows)
    return text.getvalue().encode()


@pytest.mark.parametrize("keys", [("f", "j"), ("left", "right"), ("1", "2")])
def test_psychopy_a_file_for_each_person(tmp_path: Path, keys: tuple[str, str]) -> None:
    files = [(f"{person}_bandit_2024-03-01_10h00.csv", psychopy(person, keys)) for person in PEOPLE]
    check(tmp_path, files, expected(keys))


def test_psychopy_of_one_person(tmp_path: Path) -> None:
    check(tmp_path, [("s1.csv", psychopy("s1", ("f", "j")))], expected(("f", "j"), ("s1",)), people=("s1",))


# Excel -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [("People", "Trials"), ("Trials", "People")])
def test_excel_with_two_sheets(tmp_path: Path, order: tuple[str, str]) -> None:
    pytest.importorskip("openpyxl")
    rows = [
        (person, t, "AB"[choice], reward) for person in PEOPLE for t, (choice, reward) in enumerate(trials(person), 1)
    ]
    sheets = {
        "People": pd.DataFrame({"participant": PEOPLE, "age": [20, 31, 25], "sex": list("fmf")}),
        "Trials": pd.DataFrame(rows, columns=["participant", "trial", "choice", "reward"]),
    }
    content = io.BytesIO()
    with pd.ExcelWriter(content) as book:
        for name in order:
            sheets[name].to_excel(book, sheet_name=name, index=False)
    check(tmp_path, [("data.xlsx", content.getvalue())], expected(("A", "B")))
