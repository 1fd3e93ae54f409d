"""The check list of a table: every kind of row that cannot be used, left out and put back."""

from pathlib import Path

import numpy as np
import pytest
from nb.state.tables import CSV, loaded, with_bad_rows

from spice_nb.state.checks import rows_named
from spice_nb.state.columns import Role
from spice_nb.state.data import DataModel


def test_rows_that_cannot_be_used_are_listed_and_left_out_and_put_back() -> None:
    model = loaded("\n".join(with_bad_rows()))
    assert [(c.sentence, c.offer, c.is_problem) for c in model.checks] == [
        (
            "Row 14: expected a label in each row of column 'participant', but got nothing.",
            "Leave out this row",
            True,
        ),
        (
            "Rows 6 and 10: expected numbers in column 'reward' on trials with a choice, but got 'much' or nothing.",
            "Leave out these 2 rows",
            True,
        ),
    ]
    assert model.headline.startswith("some rows cannot be used")
    for k in range(2):
        assert model.dataset is None
        model.take_offer(model.checks[k], True)
    assert model.problem == ""
    assert model.summary.sentence == "2 people, 10 to 11 choices, 2 options, 38% rewarded"
    assert model.notes[1].startswith("Rows 6 and 10 left out: expected numbers")
    model.take_offer(model.checks[0], False)
    assert model.dataset is None
    assert [c.is_taken for c in model.checks] == [False, True]


def test_the_script_leaves_out_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.csv").write_text("\n".join([*with_bad_rows(), "3,1,0", "3,0,1"]))
    model = DataModel()
    model.read_path("here.csv")
    while model.dataset is None:
        model.take_offer(next(c for c in model.checks if c.offer and not c.is_taken), True)
    assert model.checks[-1].offer == "Leave out this person"
    assert "leave_out=['participant', 'reward'],\n    leave_out_few=True," in model.python()
    namespace: dict[str, object] = {}
    exec(model.python(), namespace)
    np.testing.assert_array_equal(namespace["dataset"].xs, model.dataset.xs)
    assert namespace["dataset"].participants == model.dataset.participants == (1, 2)


def test_missed_trials_are_named_without_rows_that_are_left_out() -> None:
    lines = with_bad_rows()
    lines[13], lines[16] = ",,", "2,,"
    model = loaded("\n".join(lines))
    for check in model.checks:
        model.take_offer(check, True)
    assert model.notes[-1].startswith("Row 17: no choice.")


def test_when_nobody_would_be_left() -> None:
    lines = ["participant,choice,reward", *(f"1,{t % 3 % 2},x{t}" if t % 2 else f",{t % 3 % 2},0" for t in range(8))]
    model = loaded("\n".join(lines))
    for check in model.checks:
        model.take_offer(check, True)
    assert model.dataset is None
    assert "none: each of the 8 rows would be left out" in model.problem
    model.take_offer(model.checks[0], False)
    assert "would be left out" not in model.problem


def test_a_column_that_holds_nothing_of_use_is_no_offer() -> None:
    model = loaded(CSV.replace(",1\n", ",high\n").replace(",0\n", ",low\n").replace("reward", "feedback"))
    model.choose(Role.REWARD, ("feedback",))
    check = model.checks[-1]
    assert check.sentence == (
        "All 24 rows: expected numbers in column 'feedback' on trials with a choice, but got 'high' or 'low'. "
        "Choose another column, or correct the table."
    )
    assert check.offer == ""


def test_people_with_few_choices_and_with_one_option() -> None:
    model = loaded(CSV + "3,1,0\n3,0,1\n" + "4,0,1\n" * 5)
    (few,) = model.checks
    assert few.sentence.startswith("Rows 26 and 27: expected at least three choices of each participant")
    model.take_offer(few, True)
    assert model.summary.people == 3
    assert model.notes[-1] == "1 person only ever chose one option, which tells little of how they learn."


def test_one_option_only() -> None:
    model = loaded(CSV.replace(",1,", ",0,"))
    model.choose(Role.CHOICE, ("choice",))
    model.choose(Role.REWARD, ("reward",))
    assert "at least two arms among the choices, but got only 0" in model.problem
    assert not any(check.offer for check in model.checks)


def test_rows_are_listed_in_words() -> None:
    assert rows_named([5]) == "Row 5"
    assert rows_named([5, 9]) == "Rows 5 and 9"
    assert rows_named([5, 9, 1_200]) == "Rows 5, 9 and 1,200"
    assert rows_named(list(range(2, 10))) == "Rows 2, 3, 4, 5, 6 and 3 more"


def test_one_kind_of_outcome_is_not_offered_to_be_left_out() -> None:
    lines = [f"{who},{t % 2},{'1;200' if t % 4 == 0 else 90 + t}" for who in "ab" for t in range(20)]
    (check,) = loaded("participant,choice,reward\n" + "\n".join(lines)).checks
    assert "'1;200' stands there 10 times, so this is a kind of outcome" in check.sentence
    assert (check.offer, check.is_problem) == ("", True)


def test_an_option_is_not_offered_to_be_left_out() -> None:
    lines = [f"{who},{t % 3},{t if t % 3 else ''}" for who in "ab" for t in range(20)]
    check = loaded("participant,choice,reward\n" + "\n".join(lines)).checks[-1]
    assert "These are all choices of 0: without them that option would be gone." in check.sentence
    assert check.offer == ""


def test_an_offer_of_many_rows_says_how_many() -> None:
    lines = [f"{who},{t % 2},{'' if t % 7 == 0 else t % 3 % 2}" for who in "ab" for t in range(20)]
    (check,) = loaded("participant,choice,reward\n" + "\n".join(lines)).checks
    assert check.offer == "Leave out these 6 rows: 6 of 40 rows, 15%"
