"""A clean table of two people, to be made doubtful in one way."""

from typing import Any

import numpy as np
import pandas as pd

from spice.data.table.answers import Answers
from spice.data.table.doubts import Doubt, find_doubts
from spice.data.table.trial_columns import TrialColumns
from spice.utils.convert_dataset import convert_dataset


def clean(n_trials: int = 20, **columns: Any) -> pd.DataFrame:
    """People `a` and `b`, options left and right, about half of the choices rewarded."""
    frame = pd.DataFrame(
        [
            (who, trial, ("left", "right")[(trial * trial // 3 + shift) % 2], (trial * trial // 5 + shift) % 2)
            for shift, who in enumerate("ab")
            for trial in range(1, n_trials + 1)
        ],
        columns=["participant", "trial", "choice", "reward"],
    )
    return frame.assign(**columns)


def doubts(frame: pd.DataFrame, columns: dict[str, Any] | None = None, **answers: Any) -> list[Doubt]:
    """All that is doubtful in a table."""
    names = {"df_participant_id": "participant", **(columns or {})}
    return list(find_doubts(frame, TrialColumns(**names), Answers.of(**answers)))


def rewards(frame: pd.DataFrame, **arguments: Any) -> Any:
    """Reward of the chosen option on each trial, and the range."""
    dataset, *_ = convert_dataset(frame, df_participant_id="participant", **arguments)
    xs = dataset.xs.numpy()
    return (xs[..., 2:4] * np.nan_to_num(xs[..., :2])).sum(-1), dataset.reward_range


def phases(**columns: Any) -> pd.DataFrame:
    return clean().assign(**columns)


def jspsych() -> pd.DataFrame:
    """Before each choice a fixation, at the beginning instructions."""
    frame = clean()
    rows = []
    for person, of_person in frame.groupby("participant"):
        rows.append({"participant": person, "trial_type": "instructions"})
        for row in of_person.to_dict("records"):
            rows += [{"participant": person, "trial_type": "fixation"}, {**row, "trial_type": "html-button-response"}]
    return pd.DataFrame(rows)
