"""A clean table of two people, to be made doubtful in one way."""

from typing import Any

import pandas as pd

from spice.data.table.answers import Answers
from spice.data.table.doubts import Doubt, find_doubts
from spice.data.table.trial_columns import TrialColumns


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
