"""From a table of trials to the data set of the engine."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spice.exceptions import ColumnError, DataError
from spice.resources.bandits.session import BanditSession
from spice.resources.dataset import DatasetRNN, Device
from spice.utils.read_table import TableSource, read_table
from spice.utils.table import Bools, Floats, Ints, Table, as_labels

GroundTruth: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]

_DEFAULT_BLOCK, _DEFAULT_EXPERIMENT = "block", "experiment"
_GROUND_TRUTH = ("choice_prob", "action_value", "reward_value", "choice_value")


def convert_dataset(
    file: TableSource,
    device: Device = None,
    sequence_length: int | None = None,
    df_participant_id: str = "session",
    df_block: str | None = _DEFAULT_BLOCK,
    df_experiment_id: str | None = _DEFAULT_EXPERIMENT,
    df_choice: str = "choice",
    df_reward: str | Sequence[str] = "reward",
    additional_inputs: str | Sequence[str] | None = None,
) -> tuple[DatasetRNN, list[BanditSession], pd.DataFrame, GroundTruth]:
    """Convert a table with one row a trial.

    Each participant x experiment x block is one sequence, in order of appearance, also where rows of
    several are interleaved. Rows keep their order; there is no sorting by trial number.

    Parameters
    ----------
    file : path, buffer or DataFrame
        A CSV file (also ``.zip``, ``.gz``, ``.tsv``) or what was read from one. It is not modified.
    device : str or torch.device, optional
        Where the tensors live.
    sequence_length : int, optional
        Cut sequences into windows of that many trials that do not overlap; None or -1 keeps them whole.
    df_participant_id, df_block, df_experiment_id : str
        Columns of the ids, with labels of any kind. A column ``block`` or ``experiment`` that is not there
        means one block, one experiment; so does None.
    df_choice : str
        Column of the chosen arm, with labels of any kind: sorted (as numbers where they are), they are arms
        0, 1, ... A row that is empty, NaN or -1 is a missed trial: kept, not learned from, not scored.
    df_reward : str or sequence of str
        Column of the reward of the chosen arm, or one column for each arm, in order of the sorted arm labels,
        where unchosen arms are shown too (empty or NaN: not shown on that trial; -1 as well, if an unchosen
        arm never has any other reward). Rewards outside [0, 1] are scaled to it, over all that were observed.
    additional_inputs : str or sequence of str, optional
        Columns of numbers that a model may use.

    Returns
    -------
    dataset : DatasetRNN
        With the labels of participants, experiments, blocks and arms, and the range of rewards.
    sessions : list of BanditSession
        One for each sequence, rewards as in `dataset`.
    table : DataFrame
        As read.
    probs_choice, values_action, values_reward, values_choice : (n_sequences, n_trials, n_actions) arrays
        What a simulation wrote beside the choices, from the columns ``choice_prob_0``, ``action_value_0``,
        ``reward_value_0``, ``choice_value_0`` and so on, one for each arm index; NaN where there are none.
        Always of whole sequences.

    Raises
    ------
    ColumnError
        A column is not in the table, or named for two roles.
    DataError
        The file cannot be read; ids, rewards or additional inputs are missing or no numbers (with row
        numbers, the header being row 1); fewer than two arms, or than three choices of a participant.
    """
    rewards_by_arm = None if isinstance(df_reward, str) else tuple(df_reward)
    inputs = (additional_inputs,) if isinstance(additional_inputs, str) else tuple(additional_inputs or ())
    table = read_table(file)
    block_column = _optional(table, df_block, _DEFAULT_BLOCK)
    experiment_column = _optional(table, df_experiment_id, _DEFAULT_EXPERIMENT)
    _check_roles(
        {
            "df_participant_id": (df_participant_id,),
            "df_block": (block_column,),
            "df_experiment_id": (experiment_column,),
            "df_choice": (df_choice,),
            "df_reward": rewards_by_arm or (df_reward,),
            "additional_inputs": inputs,
        }
    )
    participant, participants = table.labels("df_participant_id", df_participant_id)
    experiment, experiments = _optional_labels(table, "df_experiment_id", experiment_column)
    block, blocks = _optional_labels(table, "df_block", block_column)
    choice, arms = read_choices(table, df_choice)
    _check_choices(choice, arms, participant, participants)
    if rewards_by_arm is None:
        reward = _reward_of_chosen(table, str(df_reward), choice, len(arms))
    else:
        reward = _reward_per_arm(table, rewards_by_arm, choice, arms)
    reward, reward_range = _scale(reward, choice)
    extra = [table.numbers("additional_inputs", name, choice >= 0) for name in inputs]

    n_experiments, n_blocks = len(experiments or (None,)), len(blocks or (None,))
    sequence = pd.factorize((participant * n_experiments + experiment) * n_blocks + block)[0]
    trial = pd.Series(sequence).groupby(sequence).cumcount().to_numpy().astype(np.int64)
    n_trials = np.bincount(sequence)
    action = np.where(choice[:, None] >= 0, np.eye(len(arms))[choice], np.nan)
    features = np.column_stack([action, reward, *extra, block, experiment, participant])
    xs = _by_sequence(features, sequence, trial).astype(np.float32)
    ys = np.full((*xs.shape[:2], len(arms)), np.nan, dtype=np.float32)
    ys[:, :-1] = xs[:, 1:, : len(arms)]

    dataset = DatasetRNN(
        xs,
        ys,
        sequence_length=sequence_length,
        stride=sequence_length if sequence_length and sequence_length > 0 else 1,
        device=device,
        participants=participants,
        experiments=experiments,
        blocks=blocks,
        actions=arms,
        additional_inputs=inputs,
        reward_range=reward_range,
    )
    order, ends = np.argsort(sequence, kind="stable"), n_trials.cumsum()
    sessions = [
        BanditSession(choice[rows], reward[rows], participant[rows], len(rows)) for rows in np.split(order, ends[:-1])
    ]
    truth = [_by_sequence(_ground_truth(table, name, len(arms)), sequence, trial) for name in _GROUND_TRUTH]
    return dataset, sessions, table.frame, (truth[0], truth[1], truth[2], truth[3])


def _optional(table: Table, name: str | None, default: str) -> str | None:
    return None if name == default and name not in table.frame.columns else name


def _optional_labels(table: Table, role: str, name: str | None) -> tuple[Ints, tuple[Hashable, ...] | None]:
    return (np.zeros(len(table.rows), dtype=np.int64), None) if name is None else table.labels(role, name)


def _check_roles(roles: dict[str, tuple[object, ...]]) -> None:
    role_of: dict[object, str] = {}
    for role, names in roles.items():
        for name in names:
            if name is not None and name in role_of:
                raise ColumnError(
                    role,
                    "a column of its own for each role",
                    f"{name!r}, which is {role_of[name]} already",
                    f"Name another column with {role}=...",
                )
            role_of[name] = role


def read_choices(table: Table, name: str) -> tuple[Ints, tuple[Hashable, ...]]:
    """Arm of each row, -1 where missed, and the label of each arm."""
    raw = table.column("df_choice", name)
    codes, uniques = pd.factorize(raw)
    labels = pd.Series(list(uniques), dtype=object)
    numbers = pd.to_numeric(labels, errors="coerce").astype(np.float64).to_numpy()
    missed = (numbers == -1) | (labels.astype(str).str.strip() == "").to_numpy()
    table.refuse(
        "df_choice",
        "finite labels of arms",
        np.isin(codes, np.flatnonzero(np.isinf(numbers))),
        "infinity",
        "Leave the choice of a missed trial empty.",
    )
    kept = np.flatnonzero(~missed)
    if np.isfinite(numbers[kept]).all():
        # The same number may be written in two ways ("1" and "1.0").
        values, arm = np.unique(numbers[kept], return_inverse=True)
        is_bool = all(isinstance(label, (bool, np.bool_)) for label in labels[kept])
        arms = as_labels(values.astype(bool) if is_bool else values)
    else:
        order = np.argsort(labels[kept].astype(str).to_numpy(dtype=str), kind="stable")
        arm = np.argsort(order, kind="stable")
        arms = as_labels(labels[kept].iloc[order])
    arm_of_code = np.full(len(labels) + 1, -1, dtype=np.int64)  # code -1 (no label) finds the last: missed
    arm_of_code[kept] = arm
    return arm_of_code[codes], arms


def _check_choices(
    choice: Ints, arms: tuple[Hashable, ...], participant: Ints, participants: tuple[Hashable, ...]
) -> None:
    if len(arms) < 2:
        raise DataError(
            "df_choice",
            "at least two arms among the choices",
            f"only {arms[0]!r}" if arms else "no choice at all",
            "Name the column that says which arm was chosen.",
        )
    n_choices = np.bincount(participant[choice >= 0], minlength=len(participants))
    few = [repr(participants[index]) for index in np.flatnonzero(n_choices < 3)]
    if few:
        raise DataError(
            "df_participant_id",
            "at least three choices of each participant",
            f"fewer from {', '.join(few[:5])}{f' and {len(few) - 5} more' if len(few) > 5 else ''}",
            "Drop these participants, or name another column of ids.",
        )


def _reward_of_chosen(table: Table, name: str, choice: Ints, n_arms: int) -> Floats:
    values = table.numbers("df_reward", name, choice >= 0)
    reward = np.where(choice[:, None] >= 0, np.full((len(choice), n_arms), -1.0), np.nan)
    rows = np.flatnonzero(choice >= 0)
    reward[rows, choice[rows]] = values[rows]
    return reward


def _reward_per_arm(table: Table, names: tuple[str, ...], choice: Ints, arms: tuple[Hashable, ...]) -> Floats:
    if len(names) != len(arms):
        raise DataError(
            "df_reward",
            f"{len(arms)} columns, one for each of the arms {', '.join(map(str, arms))}",
            f"{len(names)}: {', '.join(names)}",
            "Name one column an arm, in that order; one name alone is the reward of the chosen arm.",
        )
    chosen = choice[:, None] == np.arange(len(arms))
    columns = []
    for arm, name in enumerate(names):
        table.numbers("df_reward", name, chosen[:, arm])
        columns.append(table.numbers("df_reward", name, choice >= 0, gaps=True))
    reward = np.column_stack(columns)
    reward[choice < 0] = np.nan
    if not _counterfactual(reward, chosen):
        reward[(choice[:, None] >= 0) & ~chosen] = -1.0
    return reward


def _counterfactual(reward: Floats, chosen: Bools) -> bool:
    unchosen = reward[~chosen]
    return bool((np.isfinite(unchosen) & (unchosen != -1)).any())


def _scale(reward: Floats, choice: Ints) -> tuple[Floats, tuple[float, float]]:
    """Scale rewards to [0, 1] unless they are within; what was not shown stays marked."""
    chosen = choice[:, None] == np.arange(reward.shape[1])
    observed = np.isfinite(reward) & (chosen | _counterfactual(reward, chosen))
    low, high = float(reward[observed].min()), float(reward[observed].max())
    if low >= 0 and high <= 1:
        return reward, (0.0, 1.0)
    if low == high:
        high = low + 1.0
    return np.where(observed, (reward - low) / (high - low), reward), (low, high)


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
