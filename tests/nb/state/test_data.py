"""The data of an analysis: every source, every blocker, every odd file."""

import gzip
import io
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spice_nb.state.columns import Role
from spice_nb.state.data import DataModel

LINES = ["participant,choice,reward", *(f"{p},{t % 2},{(t + p) % 3 % 2}" for p in (1, 2) for t in range(12))]
CSV = "\n".join(LINES) + "\n"


def loaded(text: str | bytes = CSV, name: str = "mine.csv") -> DataModel:
    model = DataModel()
    model.read_upload(name, text if isinstance(text, bytes) else text.encode())
    return model


def test_empty_it_says_what_to_do() -> None:
    model = DataModel()
    assert model.dataset is None
    assert model.problem == "Choose an example, or a file of your own."


def test_a_table_is_ready_at_once() -> None:
    model = loaded()
    assert model.problem == ""
    assert model.summary is not None
    assert model.summary.sentence == "2 people, 12 choices each, 2 options, 33% rewarded"
    assert model.summary.shares == {"0": 0.5, "1": 0.5}
    assert model.dataset is not None
    assert model.dataset.xs.shape == (2, 12, 7)


def test_roles_can_be_changed_and_say_what_is_missing() -> None:
    model = loaded()
    heard = []
    model.observe(lambda change: heard.append(change["new"]), "checks")
    model.choose(Role.CHOICE, ())
    assert model.problem == "Choose the column of choice."
    assert model.dataset is None
    assert model.summary is None
    model.choose(Role.CHOICE, ("reward",))
    assert model.problem == "The column 'reward' has two roles: give one of them another column."
    model.choose(Role.CHOICE, ("choice",))
    assert model.problem == ""
    assert model.dataset is not None
    assert len(heard) == 3


def test_what_a_person_chose_is_not_doubtful_any_more() -> None:
    model = loaded(CSV.replace("choice", "key_pressed"))
    assert model.doubtful == {Role.CHOICE}
    model.choose(Role.CHOICE, ("reward",))
    assert model.doubtful == frozenset()


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + CSV.encode(),
        CSV.replace(",", ";").encode(),
        CSV.replace(",", "\t").encode(),
        CSV.replace("\n", "\r\n").encode(),
        CSV.replace("1,", "J\xfcrgen,").encode("latin-1"),
        CSV.replace("\n1,", '\n"Last, First",').encode(),
    ],
    ids=["byte-order mark", "semicolons", "tabs", "windows lines", "latin-1", "quoted commas"],
)
def test_files_of_all_kinds_are_read(content: bytes) -> None:
    model = loaded(content)
    assert model.problem == ""
    assert model.summary.people == 2


def test_latin_names_are_kept() -> None:
    model = loaded(CSV.replace("\n1,", "\nJ\xfcrgen,").encode("latin-1"))
    assert "J\xfcrgen" in model.dataset.participants


def test_a_file_on_the_computer_is_read_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "here.csv").write_text(CSV)
    model = DataModel()
    model.read_path(str(tmp_path / "here.csv"))
    assert model.summary.people == 2
    model.read_path(str(tmp_path / "there.csv"))
    assert "no such file" in model.problem
    assert model.dataset is None


def test_rows_with_a_problem_are_named_as_in_the_file() -> None:
    lines = [*LINES]
    lines[5] = "1,0,much"
    lines.insert(3, "")
    model = loaded("\n".join(lines))
    assert model.dataset is None
    assert "7" in model.problem
    assert model.page(0)[0][:3] == [2, 3, 5]


def test_a_table_is_no_picture() -> None:
    model = loaded(b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe\x81" * 50, "picture.csv")
    assert model.table is None
    assert "a table in text form, but got picture.csv (not text)" in model.problem


@pytest.mark.parametrize("name", ["mine.csv.gz", "mine.zip"])
def test_compressed_uploads(name: str) -> None:
    buffer = io.BytesIO()
    if name.endswith(".gz"):
        buffer.write(gzip.compress(CSV.encode()))
    else:
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("mine.csv", CSV)
    assert loaded(buffer.getvalue(), name).summary.people == 2


def test_50_mb_are_read_in_seconds() -> None:
    person = "".join(f"person{{0:05d}},{t % 2},{t % 3 % 2},0.123456789\n" for t in range(500))
    people = 50_000_000 // len(person.format(0)) + 1
    content = ("participant,choice,reward,pupil\n" + "".join(map(person.format, range(people)))).encode()
    assert len(content) > 50_000_000
    began = time.process_time()
    model = loaded(content)
    assert time.process_time() - began < 30
    assert (model.summary.people, model.summary.choices) == (people, 500 * people)


def test_missed_trials_are_explained() -> None:
    lines = [*LINES]
    lines[4], lines[7] = "1,,", "1,-1,0"
    model = loaded("\n".join(lines))
    assert model.problem == ""
    assert model.summary.missed == 2
    assert model.notes == (
        "Rows 5 and 8: no choice. The trial stays in its session, but nothing is learned from it and it is not scored.",
    )


def test_a_new_table_replaces_everything() -> None:
    model = DataModel()
    model.use_example("forgetting")
    model.read_upload("mine.csv", CSV.encode())
    assert model.truth is None
    assert model.summary.people == 2
    model.read_upload("empty.csv", b"")
    assert (model.dataset, model.summary, model.table) == (None, None, None)
    assert "empty" in model.problem


def test_the_script_makes_the_same_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.csv").write_text(CSV)
    model = DataModel()
    model.read_path("here.csv")
    namespace: dict[str, object] = {}
    exec(model.python(), namespace)
    np.testing.assert_array_equal(namespace["dataset"].xs, model.dataset.xs)


def test_pages_hold_what_is_there() -> None:
    model = loaded()
    numbers, rows = model.page(2, 10)
    assert numbers == [22, 23, 24, 25]
    assert list(rows.choice) == [0, 1, 0, 1]
    assert DataModel().page(0)[0] == []


def test_people_that_are_named_like_code_stay_names() -> None:
    model = loaded(CSV.replace("\n1,", "\n<b>=1+1</b>,"))
    assert "<b>=1+1</b>" in model.dataset.participants


ONE_PERSON = "key,points\n" + "L,0\nR,1\nL,1\nR,0\n" * 3


def test_files_of_one_person_each(tmp_path: Path) -> None:
    model = DataModel()
    model.read_uploads(
        [("p10.csv", ONE_PERSON.encode()), ("p2.csv", ONE_PERSON.encode()), ("p2.log", b"noise"), ("README.txt", b"Hi")]
    )
    assert model.dataset is not None
    assert model.dataset.participants == ("p2", "p10")
    assert model.columns.participant == "file"
    assert model.notes[-2:] == ("Left out, no tables: p2.log.", "Left out, no tables of trials: README.txt.")
    assert model.page(1, 12)[0][:2] == [2, 3]
    assert "['p2.csv', 'p10.csv']" in model.python()
    model.read_uploads([("p1.csv", ONE_PERSON.encode()), ("p2.csv", ONE_PERSON.replace("R,1", "R,x").encode())])
    assert model.problem.startswith("Rows 3 of p2.csv, 7 of p2.csv and 11 of p2.csv: expected numbers")


def test_a_file_of_one_person_and_its_script(tmp_path: Path) -> None:
    (tmp_path / "ann.csv").write_text(ONE_PERSON)
    model = DataModel()
    model.read_path(str(tmp_path / "ann.csv"))
    assert model.dataset is not None
    assert model.dataset.participants == ("ann",)
    namespace: dict[str, Any] = {}
    exec(model.python(), namespace)
    assert namespace["dataset"].participants == ("ann",)


def test_money_is_a_reward_and_headings_are_said() -> None:
    model = DataModel()
    text = "who,choice,reward\nWho are you?,Which?,Coins\n" + "ann,L,$0.50\nann,R,$1.20\nann,L,$0\n" * 2
    model.read_upload("a.csv", text.replace("Coins", "$").encode())
    assert model.columns.reward == ("reward",)
    model.read_upload("a.csv", text.replace("$", "").encode())
    assert model.dataset is not None
    assert model.notes[-1] == "Line 2 was left out: headings below the names of the columns."
