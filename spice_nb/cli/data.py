"""Choices for the command line: from a table, a public data set, or simulated people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from spice_nb.cli.answers import doubt_with_options, read_answers
from spice_nb.cli.holdout import Holdout, read_holdout
from spice_nb.cli.settings import FitSettings

if TYPE_CHECKING:
    import pandas as pd

    from spice.resources.rnn_utils import DatasetRNN

SIMULATED_PEOPLE, SIMULATED_TRIALS = 28, 150
SIMULATION_SEED = 0
"""The simulated people are always the same ones; `--seed` is that of the fit."""


@dataclass(frozen=True)
class Choices:
    """What a fit is made on and scored on.

    Attributes
    ----------
    name : str
        Of the file or data set.
    whole, training : DatasetRNN
    notes : tuple of str
        What was decided when the data were read.
    held_out : DatasetRNN, optional
    holdout : Holdout
    truth : DataFrame, optional
        Parameters of simulated people, one row each.
    """

    name: str
    whole: "DatasetRNN"
    training: "DatasetRNN"
    held_out: "DatasetRNN | None"
    holdout: Holdout
    truth: "pd.DataFrame | None" = None
    notes: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """What participants are called, by integer id."""
        from spice.data.layout import participants_of

        names = self.whole.participants
        if names is None:
            return tuple(str(i) for i in range(int(np.nanmax(participants_of(self.whole.xs).numpy())) + 1))
        return tuple(map(str, names))

    @property
    def n_missed(self) -> int:
        """Trials without a choice."""
        from spice.data.layout import is_trial

        return int(is_trial(self.whole.xs).sum()) - self.n_choices

    @property
    def n_choices(self) -> int:
        """Choices in all."""
        from spice.data.layout import is_choice

        return int(is_choice(self.whole.xs, self.whole.n_actions).sum())


def read_choices(settings: FitSettings, note: Callable[[str], None] = lambda _: None) -> Choices:
    """Read the data that settings name, and hold part of them out.

    Parameters
    ----------
    settings : FitSettings
    note : callable
        Told whatever can be read in more than one way.

    Returns
    -------
    Choices

    Raises
    ------
    DataError, ColumnError, DatasetUnavailableError
    """
    truth, notes = None, tuple[str, ...]()
    if settings.source == "simulated":
        whole, truth = _simulate()
    else:
        whole, notes = _convert(settings, note)
    holdout = read_holdout(settings.holdout)
    training, held_out = holdout.split(whole)
    return Choices(settings.name, whole, training, held_out, holdout, truth, notes)


def _convert(settings: FitSettings, note: Callable[[str], None]) -> "tuple[DatasetRNN, tuple[str, ...]]":
    from spice import datasets
    from spice.data.reading.file_names import name_people
    from spice.data.reading.read_table import read_table
    from spice.data.table.convert import convert_table
    from spice.data.table.doubts import find_doubts
    from spice.data.table.leave_out import LeaveOut
    from spice.data.table.trial_columns import TrialColumns

    source: Any = getattr(datasets, f"fetch_{settings.source}")() if settings.is_builtin else settings.source
    table = read_table(source, encoding=settings.encoding, sheet=settings.sheet, file_pattern=settings.file_pattern)
    table, participant = name_people(table, settings.participant, FitSettings.participant)
    columns = TrialColumns(
        df_participant_id=participant,
        df_block=settings.block,
        df_experiment_id=settings.experiment,
        df_choice=settings.choice,
        df_reward=settings.reward[0] if len(settings.reward) == 1 else settings.reward,
        additional_inputs=settings.input or None,
        df_options=settings.options or None,
    )
    answers = read_answers(settings)
    # Said before anything is refused: a doubt often tells why.
    for doubt in find_doubts(table, columns, answers):
        note(doubt_with_options(doubt))
    dataset, *_ = convert_table(table, columns, LeaveOut(settings.leave_out, settings.leave_out_few), answers)
    return dataset, table.notes


def _simulate() -> "tuple[DatasetRNN, pd.DataFrame]":
    from spice.datasets import simulate_individual_differences

    return simulate_individual_differences(SIMULATED_PEOPLE, SIMULATED_TRIALS, random_state=SIMULATION_SEED)
