"""How a table is read: answers, filters and what is left out."""

from pathlib import Path

import numpy as np
import pytest
from nb.state.tables import doubtful, loaded, with_bad_rows

from spice_nb.state.columns import Role
from spice_nb.state.data import DataModel


def test_questions_are_answered_and_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "typed.csv").write_text(doubtful())
    model = DataModel()
    model.read_path("typed.csv")
    practice, typed = model.checks
    assert practice.sentence == (
        "Column 'practice' says 0 in 70 rows and 1 in 10 rows. Are all of them trials of the task?"
    )
    assert typed.sentence == "Row 9: 'lfet' was chosen nowhere else. Is it a typing error?"
    assert model.headline.endswith("2 questions about the data are open.")
    assert len(model.dataset.actions) == 3
    model.answer(typed.doubt, typed.doubt.answers[0])
    assert model.dataset.actions == ("left", "right")
    assert model.headline.endswith("1 question about the data is open.")
    assert [check.doubt.key for check in model.checks] == [practice.doubt.key, typed.doubt.key]
    model.answer(practice.doubt, practice.doubt.answers[0])
    assert model.summary.choices == 70
    assert model.reminder == ""
    assert "where=['practice != 1'],\n    relabel={'lfet': 'left'}," in model.python()
    namespace: dict[str, object] = {}
    exec(model.python(), namespace)
    np.testing.assert_array_equal(namespace["dataset"].xs, model.dataset.xs)
    model.take_back(practice.doubt)
    assert model.summary.choices == 80
    model.answer(practice.doubt, practice.doubt.keep)
    assert model.summary.choices == 80
    assert model.reminder == ""
    assert "keep=['phase:practice']" in model.python()


def test_an_answer_about_a_column_goes_with_it() -> None:
    model = loaded(doubtful())
    practice, typed = model.checks
    model.answer(typed.doubt, typed.doubt.answers[0])
    model.answer(practice.doubt, practice.doubt.answers[0])
    model.choose(Role.CHOICE, ("practice",))
    assert [answered.doubt.code for answered in model.answered] == ["phase"]
    model.read_upload("again.csv", doubtful().encode())
    assert model.answered == ()


@pytest.mark.parametrize(("name", "is_guessed"), [("visit_nr", True), ("cond", True), ("reversal_nr", False)])
def test_blocks_under_other_names(name: str, is_guessed: bool) -> None:
    lines = [f"{who},{t % 2},{t % 3 % 2},{t // 10}" for who in "ab" for t in range(20)]
    model = loaded(f"participant,choice,reward,{name}\n" + "\n".join(lines))
    assert model.columns.block == (name if is_guessed else "")
    assert (Role.BLOCK in model.doubtful) is is_guessed
    assert model.reminder == ("" if is_guessed else "1 question about the data is open.")
    if not is_guessed:
        (check,) = model.checks
        model.answer(check.doubt, check.doubt.answers[0])
        assert model.summary.sessions == 4
        model.take_back(check.doubt)
    model.choose(Role.BLOCK, ())
    assert model.reminder == ""
    assert model.summary.sessions == 2


def test_gains_and_losses_are_summed_by_one_answer() -> None:
    lines = [f"{who},{t % 2},{t % 3 % 2},{t % 5 // 4}" for who in "ab" for t in range(20)]
    model = loaded("participant,choice,win,loss\n" + "\n".join(lines))
    assert model.columns.reward == ("win",)
    (check,) = model.checks
    model.answer(check.doubt, check.doubt.answers[0])
    assert model.columns.reward == ("win", "loss")
    assert model.dataset.reward_range == (-1, 1)
    model.take_back(check.doubt)
    assert model.columns.reward == ("win",)
    assert model.dataset.reward_range == (0, 1)


def test_rows_are_filtered() -> None:
    model = loaded(doubtful())
    model.filter_rows(["practice == 0", "choice != 'lfet'"])
    assert model.checks == ()
    assert model.summary.choices == 69
    model.filter_rows(["practice == 7"])
    assert model.dataset is None
    assert "none for which practice == 7" in model.problem


def test_what_is_left_out_follows_the_columns() -> None:
    model = loaded("\n".join(with_bad_rows()))
    model.take_offer(model.checks[1], True)
    model.choose(Role.REWARD, ())
    assert model.leave_out.columns == ()
    model.choose(Role.REWARD, ("reward",))
    assert not any(check.is_taken for check in model.checks)
    model.take_offer(model.checks[1], True)
    model.read_upload("other.csv", "\n".join(with_bad_rows()).encode())
    assert not any(check.is_taken for check in model.checks)
