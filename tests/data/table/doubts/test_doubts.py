"""Doubts as a whole: nothing is said about clean tables, and every answer settles its doubt."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from data.table.doubts.tables import clean, doubts

from spice import datasets
from spice.exceptions import DataWarning, RowError
from spice.utils.convert_dataset import convert_dataset


def test_a_clean_table_has_none() -> None:
    assert doubts(clean()) == []


@pytest.mark.parametrize("info", datasets.list_datasets(), ids=lambda info: info.name)
def test_public_data_have_none(info: datasets.DatasetInfo, public_data: object) -> None:
    assert isinstance(public_data(info.name), Path)  # type: ignore[operator]
    assert doubts(getattr(datasets, f"fetch_{info.name}")(), info.columns) == []


def doubtful() -> dict[str, tuple[pd.DataFrame, dict[str, object]]]:
    """A table of each kind, and what its columns are called."""
    frame = clean()
    some = np.isin(np.arange(len(frame)), [3, 11, 23, 31])
    sums = frame.rename(columns={"reward": "gain"}).assign(loss=frame.reward.iloc[::-1].to_numpy())
    halves = frame.assign(trial=frame.trial.where(frame.trial <= 10, frame.trial - 10), half=frame.trial // 11)
    return {
        "missed": (frame.assign(choice=frame.choice.mask(some, "timeout"), reward=frame.reward.mask(some, 0)), {}),
        "order": (frame.sort_values(["participant", "choice"], ignore_index=True), {}),
        "order by blocks": (halves, {}),
        "spelling": (frame.assign(choice=frame.choice.mask(some & (frame.choice == "left"), "Left")), {}),
        "reward-words": (frame.assign(reward=frame.reward.map({0: "loss", 1: "win"})), {}),
        "reward-code": (frame.assign(reward=frame.reward.mask(np.arange(len(frame)) == 9, -999)), {}),
        "gain-and-loss": (sums, {"df_reward": ["gain", "loss"]}),
        "phase": (frame.assign(phase=np.where(frame.trial <= 4, "practice", "main")), {}),
        "block": (frame.assign(run=frame.trial // 11), {}),
        "interleaved": (frame.assign(cond=frame.trial % 2), {"df_block": "cond"}),
    }


@pytest.mark.parametrize("kind", doubtful())
def test_every_answer_settles_it(kind: str) -> None:
    frame, columns = doubtful()[kind]
    (doubt,) = doubts(frame, columns)
    assert doubt.code == kind.split()[0]
    for answer in (*doubt.answers, doubt.keep):
        names = {name: value for name, value in answer.arguments.items() if name.startswith("df_")}
        others = {name: value for name, value in answer.arguments.items() if name not in names}
        assert doubts(frame, columns | names, **others) == [], answer


def test_convert_dataset_warns_and_names_the_answer() -> None:
    frame, _ = doubtful()["missed"]
    with pytest.warns(
        DataWarning, match=r"'timeout' stands in column 'choice' 4 times, always with reward 0\."
    ) as said:
        dataset, *_ = convert_dataset(frame, df_participant_id="participant")
    assert dataset.actions == ("left", "right", "timeout")
    (warning,) = said
    assert "No choice was made: missed=['timeout']." in str(warning.message)
    assert "It is an option: keep=['missed:timeout']." in str(warning.message)
    assert warning.filename == __file__


def test_it_warns_before_it_refuses() -> None:
    frame, _ = doubtful()["missed"]
    frame = frame.assign(reward=frame.reward.where(frame.choice != "timeout"))
    with pytest.warns(DataWarning, match="4 times, without a reward"), pytest.raises(RowError):
        convert_dataset(frame, df_participant_id="participant")
    dataset, *_ = convert_dataset(frame, df_participant_id="participant", missed="timeout")
    assert int((dataset.xs[..., :2] > 0).sum()) == 36


def test_a_kind_can_be_kept_as_a_whole() -> None:
    frame, _ = doubtful()["phase"]
    assert doubts(frame, keep="phase") == []
    assert doubts(frame, keep="phase:phase") == []
    assert len(doubts(frame, keep="missed")) == 1


def test_names_that_are_no_text_and_cells_that_are_lists() -> None:
    frame = clean().set_axis([0, 1, 2, 3], axis=1).assign(**{"phase": [[1, 2]] * 40, "trial": [{"a": 1}] * 40, "t": 1j})
    columns = {"df_participant_id": 0, "df_choice": 2, "df_reward": [3], "df_block": 1}
    assert doubts(frame, columns) == []


def test_the_first_row_may_have_any_label() -> None:
    frame, columns = doubtful()["reward-words"]
    odd = frame.assign(trial=frame.trial).set_index(np.arange(len(frame))[::-1] * 7)
    assert doubts(odd, columns) == doubts(frame, columns)
    answers = dict(doubts(frame, columns)[0].answers[0].arguments)
    for table in (frame, odd):
        dataset, *_ = convert_dataset(table, df_participant_id="participant", order="trial", **answers)
        assert float(dataset.xs[0, 0, 2:4].max()) == frame.reward.map({"loss": 0, "win": 1})[0]
