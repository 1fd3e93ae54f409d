"""From a table of trials to the data set of the engine."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spice._validation import check_device, check_kind
from spice.data.dataset import DatasetRNN, Device
from spice.data.layout import Columns, join_columns, next_actions
from spice.data.reading.file_names import name_people
from spice.data.reading.read_table import TableSource, read_table
from spice.data.session import BanditSession
from spice.data.table.answers import Answers
from spice.data.table.arrange import arrange
from spice.data.table.doubts import find_doubts
from spice.data.table.leave_out import LeaveOut, read_usable
from spice.data.table.table import Floats, Ints, Table
from spice.data.table.trial_columns import TrialColumns
from spice.exceptions import DataWarning

GroundTruth: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]

_GROUND_TRUTH = ("choice_prob", "action_value", "reward_value", "choice_value")


def convert_dataset(
    file: TableSource,
    device: Device = None,
    sequence_length: int | None = None,
    df_participant_id: str = "session",
    df_block: str | None = "block",
    df_experiment_id: str | None = "experiment",
    df_choice: str = "choice",
    df_reward: str | Sequence[str] = "reward",
    additional_inputs: str | Sequence[str] | None = None,
    leave_out: Sequence[str] = (),
    leave_out_few: bool = False,
    *,
    df_options: str | Sequence[str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    file_pattern: str | None = None,
    missed: Hashable | Sequence[Hashable] | None = None,
    order: str | None = None,
    where: str | Sequence[str] = (),
    relabel: Mapping[Any, Any] | None = None,
    reward_words: Mapping[Any, float] | None = None,
    reward_missing: float | Sequence[float] = (),
    reward_sum: bool = False,
    reward_range: tuple[float, float] | None = None,
    leave_out_copies: bool = False,
    keep: str | Sequence[str] = (),
) -> tuple[DatasetRNN, list[BanditSession], pd.DataFrame, GroundTruth]:
    """Convert a table with one row a trial.

    Each participant x experiment x block is one sequence, in order of appearance, also where rows of
    several are interleaved. Rows keep their order unless `order` names a column to sort by. Rows with a value in
    a column such as ``trial_type`` with which there never is a choice (fixation, instructions) are left out.

    What can be read in more than one way is said by a `DataWarning` each, with the arguments that answer it.

    Parameters
    ----------
    file : path, buffer, DataFrame or Table, or several paths or buffers
        Text, a workbook or another file with one row a trial, also compressed; several files, a folder or an archive
        of such (see `read_table`); or a table that was read. It is not modified.
    device : str or torch.device, optional
        Where the tensors live.
    sequence_length : int, optional
        Cut sequences into windows of that many trials that do not overlap; None or -1 keeps them whole.
    df_participant_id, df_block, df_experiment_id : str
        Columns of the ids, with labels of any kind: whole numbers where all are, otherwise text as it is written. A
        column ``block`` or ``experiment`` that is not there means one block, one experiment; so does None. Where
        ``df_participant_id`` is not given and no column has a name that is usual for it, each file is a person, by the
        name of the file, which is also what ``"file"`` means.
    df_choice : str
        Column of the chosen arm, with labels of any kind: sorted (as numbers where they are), they are arms
        0, 1, ... A row that is empty or NaN is a missed trial: kept, not learned from, not scored; so is one with
        -1, unless that is an arm like others: beside other negative numbers, beside one label only, or chosen
        nearly as often as others are.
    df_reward : str or sequence of str
        Column of the reward of the chosen arm, or one column for each arm, in order of the sorted arm labels,
        where unchosen arms are shown too (empty or NaN: not shown on that trial; -1 as well, if an unchosen
        arm never has any other reward). Rewards outside [0, 1], and such as use little of it (0 and 0.01), are
        scaled to it, over all that were observed.
    additional_inputs : str or sequence of str, optional
        Columns of numbers that a model may use.
    leave_out : sequence of str
        Columns: rows that cannot be used because of what one of them holds are left out, instead of refused.
        Trials before and after such a row follow on each other.
    leave_out_few : bool
        Whether participants with fewer than three choices are left out, instead of refused.
    df_options : str or sequence of str, optional
        Columns that say which options were on offer in each trial, where not all were: columns that name the options
        shown, one column with all of them in a cell ("a-b"), or one of 0 and 1 for each option. Where the choices are
        places (left, right) and the columns name what stood there, the option in the place is what was chosen.
    encoding, sheet, file_pattern : str, optional
        How to read files; see `read_table`.
    missed : label or sequence of labels, optional
        Labels of the choice column that mean that no choice was made, besides empty cells; ``[]`` says that all
        labels are arms, -1 too.
    order : str, optional
        Column to sort by within participants, experiments and blocks; equal values keep their order.
    where : str or sequence of str
        Conditions on columns; only rows for which all of them hold are read: ``"phase == 'main' and trial > 10"``,
        ``"`trial type` in ['a', 'b']"``.
    relabel : dict, optional
        Labels of choices and participants, and what to read instead: ``{"Left": "left"}``.
    reward_words : dict, optional
        Rewards that words stand for: ``{"win": 1, "loss": 0}``.
    reward_missing : float or sequence of float
        Rewards that are codes for a missing one, such as -999; their trials count as missed.
    reward_sum : bool
        Whether the reward of the chosen arm is the sum of the columns in `df_reward`. A column that is called a
        loss, and holds no negative number, is subtracted.
    reward_range : (float, float), optional
        Rewards that become 0 and 1; by default the smallest and the largest where any is scaled. New data are read
        on the scale of others with ``reward_range=dataset.reward_range``.
    leave_out_copies : bool
        Whether rows that equal an earlier one in all columns are left out.
    keep : str or sequence of str
        Questions that were looked at and about which nothing is to be done, as their warnings name them.

    Returns
    -------
    dataset : DatasetRNN
        With the labels of participants, experiments, blocks and arms, and the range of rewards.
    sessions : list of BanditSession
        One for each sequence, rewards as in `dataset`.
    table : DataFrame
        As read, without rows that were left out, sorted as asked for; numbers only where they say exactly what is
        written.
    probs_choice, values_action, values_reward, values_choice : (n_sequences, n_trials, n_actions) arrays
        What a simulation wrote beside the choices, from the columns ``choice_prob_0``, ``action_value_0``,
        ``reward_value_0``, ``choice_value_0`` and so on, one for each arm index; NaN where there are none.
        Always of whole sequences.

    Raises
    ------
    ColumnError
        A column is not in the table, or named for two roles.
    RowError
        Ids, rewards or additional inputs are missing or no numbers, with row numbers, the header being row 1; or
        a participant has fewer than three choices. `find_problems` gives all of them at once.
    ConfigError
        A device that is not there.
    DataError
        The file cannot be read; fewer than two arms; no row is left; a condition is none.

    Warns
    -----
    DataWarning
        Something can be read in more than one way; see `spice.data.table.doubts.find_doubts`.
    """
    if device is not None:
        check_device(device)
    named = {
        "df_participant_id": df_participant_id,
        "df_choice": df_choice,
        "df_block": df_block,
        "df_experiment_id": df_experiment_id,
    }
    for argument, name in named.items():
        if name is not None or argument in ("df_participant_id", "df_choice"):
            check_kind(
                argument, name, (str, int, float, tuple, np.generic), "the name of a column", f'Write {argument}="...".'
            )
    lists = {"df_reward": df_reward, "additional_inputs": additional_inputs, "df_options": df_options}
    for argument, names in lists.items():
        if names is not None or argument == "df_reward":
            check_kind(argument, names, (str, Sequence), "a column, or a list of columns", f'Write {argument}="...".')
    table = read_table(file, encoding=encoding, sheet=sheet, file_pattern=file_pattern)
    table, df_participant_id = name_people(table, df_participant_id, TrialColumns.df_participant_id)
    columns = TrialColumns(
        df_participant_id, df_block, df_experiment_id, df_choice, df_reward, additional_inputs, df_options
    )
    answers = Answers.of(
        missed=missed, order=order, where=where, relabel=relabel, reward_words=reward_words,
        reward_missing=reward_missing, reward_sum=reward_sum, reward_range=reward_range,
        leave_out_copies=leave_out_copies, keep=keep,
    )  # fmt: skip
    # Said before anything is refused: a doubt often tells why.
    for doubt in find_doubts(table, columns, answers):
        warnings.warn(DataWarning(str(doubt)), stacklevel=2)
    return convert_table(table, columns, LeaveOut(tuple(leave_out), leave_out_few), answers, device, sequence_length)


def convert_table(
    table: Table,
    columns: TrialColumns,
    leave_out: LeaveOut,
    answers: Answers,
    device: Device = None,
    sequence_length: int | None = None,
) -> tuple[DatasetRNN, list[BanditSession], pd.DataFrame, GroundTruth]:
    """Convert a table that was read; `convert_dataset` without its warnings.

    Parameters
    ----------
    table : Table
    columns : TrialColumns
        Which columns hold what.
    leave_out : LeaveOut
    answers : Answers
        To what is doubtful in the table.
    device, sequence_length
        As for `convert_dataset`.

    Returns
    -------
    dataset, sessions, table, truth
        As of `convert_dataset`.

    Raises
    ------
    DataError
        As of `convert_dataset`.
    """
    table, trials = read_usable(arrange(table, columns, answers), columns, leave_out, answers)
    participant, experiment, block = trials.participant, trials.experiment, trials.block
    choice, reward = trials.choice, trials.reward

    n_experiments, n_blocks = len(trials.experiments or (None,)), len(trials.blocks or (None,))
    sequence = pd.factorize((participant * n_experiments + experiment) * n_blocks + block)[0]
    trial = pd.Series(sequence).groupby(sequence).cumcount().to_numpy().astype(np.int64)
    n_trials = np.bincount(sequence)
    action = np.where(choice[:, None] >= 0, np.eye(len(trials.arms))[choice], np.nan)
    if trials.offered is not None:
        action[(choice[:, None] >= 0) & ~trials.offered] = -1.0
    inputs = np.column_stack(trials.inputs) if trials.inputs else None
    rows = join_columns(action, reward, inputs, block=block, experiment=experiment, participant=participant)
    xs = _by_sequence(rows, sequence, trial).astype(np.float32)

    dataset = DatasetRNN(
        xs,
        next_actions(xs[..., Columns(len(trials.arms)).actions]),
        sequence_length=sequence_length,
        stride=sequence_length if sequence_length and sequence_length > 0 else 1,
        device=device,
        participants=trials.participants,
        experiments=trials.experiments,
        blocks=trials.blocks,
        actions=trials.arms,
        additional_inputs=columns.inputs,
        reward_range=trials.reward_range,
    )
    order, ends = np.argsort(sequence, kind="stable"), n_trials.cumsum()
    sessions = [
        BanditSession(choice[rows], reward[rows], participant[rows], len(rows)) for rows in np.split(order, ends[:-1])
    ]
    truth = [_by_sequence(_ground_truth(table, name, len(trials.arms)), sequence, trial) for name in _GROUND_TRUTH]
    return dataset, sessions, table.frame, (truth[0], truth[1], truth[2], truth[3])


def _by_sequence(values: Floats, sequence: Ints, trial: Ints) -> Floats:
    """Lay rows out as (n_sequences, n_trials, n_columns), NaN beyond the end of a sequence."""
    filled = np.full((sequence.max() + 1, trial.max() + 1, values.shape[1]), np.nan)
    filled[sequence, trial] = values
    return filled


def _ground_truth(table: Table, name: str, n_arms: int) -> Floats:
    everywhere = np.ones(len(table.rows), dtype=np.bool_)
    columns = [f"{name}_{arm}" for arm in range(n_arms)]
    return np.column_stack(
        [
            table.numbers("file", column, everywhere, gaps=True)
            if column in table.frame.columns
            else np.full(len(table.rows), np.nan)
            for column in columns
        ]
    )
