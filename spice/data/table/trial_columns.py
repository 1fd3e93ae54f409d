"""The columns of a table of trials, read by their roles."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from spice.data.layout import NOTHING, scaled, shown_rewards
from spice.data.reward_scale import reward_scale
from spice.data.table.answers import Answers
from spice.data.table.choices import read_choices
from spice.data.table.options import read_offers
from spice.data.table.rewards import answered_rewards
from spice.data.table.table import Bools, Floats, Ints, Table
from spice.exceptions import ColumnError, DataError, RowError

DEFAULT_BLOCK, _DEFAULT_EXPERIMENT = "block", "experiment"
_FEWEST = 3


@dataclass(frozen=True)
class TrialColumns:
    """Names of columns; see the arguments of `convert_dataset`."""

    df_participant_id: str = "session"
    df_block: str | None = DEFAULT_BLOCK
    df_experiment_id: str | None = _DEFAULT_EXPERIMENT
    df_choice: str = "choice"
    df_reward: str | Sequence[str] = "reward"
    additional_inputs: str | Sequence[str] | None = None
    df_options: str | Sequence[str] | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """Columns that say which options were on offer."""
        names = self.df_options
        return (names,) if isinstance(names, str) else tuple(names or ())

    @property
    def rewards(self) -> tuple[str, ...]:
        """Columns of rewards, one or one for each arm."""
        return (self.df_reward,) if isinstance(self.df_reward, str) else tuple(self.df_reward)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Columns of additional inputs."""
        names = self.additional_inputs
        return (names,) if isinstance(names, str) else tuple(names or ())

    def by_role(self, table: Table) -> dict[str, tuple[str, ...]]:
        """Columns of each role in this table, by the argument that names them.

        Parameters
        ----------
        table : Table

        Returns
        -------
        dict of str to tuple of str
            {"df_choice": ("choice",), …}; empty where a default is not in the table.
        """

        def optional(name: str | None, default: str) -> tuple[str, ...]:
            return () if name is None or (name == default and name not in table.frame.columns) else (name,)

        return {
            "df_participant_id": (self.df_participant_id,),
            "df_block": optional(self.df_block, DEFAULT_BLOCK),
            "df_experiment_id": optional(self.df_experiment_id, _DEFAULT_EXPERIMENT),
            "df_choice": (self.df_choice,),
            "df_reward": self.rewards,
            "additional_inputs": self.inputs,
            "df_options": self.options,
        }


@dataclass(frozen=True)
class TableTrials:
    """What the rows of a table hold.

    Attributes
    ----------
    participant, experiment, block : (n_rows,) arrays of int
        Positions among the labels.
    participants : tuple
    experiments, blocks : tuple, optional
    choice : (n_rows,) array of int
        Arm, -1 where missed.
    arms : tuple
    reward : (n_rows, n_arms) array of float
        NaN on missed trials; -1 or NaN for arms that were not shown.
    reward_range : (float, float)
        In the table; rewards are scaled to 0 and 1.
    inputs : tuple of (n_rows,) arrays of float
    offered : (n_rows, n_arms) array of bool, optional
        Arms on offer; None where all always were.
    """

    participant: Ints
    experiment: Ints
    block: Ints
    participants: tuple[Hashable, ...]
    experiments: tuple[Hashable, ...] | None
    blocks: tuple[Hashable, ...] | None
    choice: Ints
    arms: tuple[Hashable, ...]
    reward: Floats
    reward_range: tuple[float, float]
    inputs: tuple[Floats, ...]
    offered: Bools | None = None


def read_trials(table: Table, columns: TrialColumns, answers: Answers | None = None) -> TableTrials:
    """Read all columns that have a role.

    Parameters
    ----------
    table : Table
    columns : TrialColumns
    answers : Answers, optional
        To questions about choices and rewards.

    Raises
    ------
    ColumnError
        A column is not in the table, or named for two roles.
    RowError
        The first column some rows of which cannot be used; participants with few choices last.
    DataError
        The table as a whole cannot be used.
    """
    answers = answers or Answers()
    by_role = columns.by_role(table)
    _check_roles(by_role)
    participant, participants = table.labels("df_participant_id", columns.df_participant_id)
    experiment, experiments = _optional_labels(table, "df_experiment_id", by_role["df_experiment_id"])
    block, blocks = _optional_labels(table, "df_block", by_role["df_block"])
    choice, arms = read_choices(table, columns, answers)
    offered = None
    if columns.options:
        offers = read_offers(table, columns.options, choice, arms)
        choice, arms, offered = offers.choice, offers.arms, offers.offered
    _check_arms(arms)
    rewards, names, choice = answered_rewards(table, columns.rewards, choice, answers)
    if isinstance(columns.df_reward, str) or answers.reward_sum:
        reward = _reward_of_chosen(rewards, names[0], choice, len(arms))
    else:
        reward = _reward_per_arm(rewards, names, choice, arms)
    reward, reward_range = _scale(reward, choice, answers.reward_range)
    inputs = tuple(table.numbers("additional_inputs", name, choice >= 0) for name in columns.inputs)
    _check_counts(table, columns.df_participant_id, choice, participant, participants)
    return TableTrials(
        participant, experiment, block, participants, experiments, blocks, choice, arms, reward, reward_range, inputs,
        offered,
    )  # fmt: skip


def _optional_labels(table: Table, role: str, names: tuple[str, ...]) -> tuple[Ints, tuple[Hashable, ...] | None]:
    return table.labels(role, names[0]) if names else (np.zeros(len(table.rows), dtype=np.int64), None)


def _check_roles(roles: dict[str, tuple[str, ...]]) -> None:
    role_of: dict[str, str] = {}
    for role, names in roles.items():
        for name in names:
            if name in role_of:
                raise ColumnError(
                    role,
                    "a column of its own for each role",
                    f"{name!r}, which is {role_of[name]} already",
                    f"Name another column with {role}=...",
                )
            role_of[name] = role


def _check_arms(arms: tuple[Hashable, ...]) -> None:
    if len(arms) < 2:
        raise DataError(
            "df_choice",
            "at least two arms among the choices",
            f"only {arms[0]!r}" if arms else "no choice at all",
            "Name the column that says which arm was chosen.",
        )


def _check_counts(table: Table, name: str, choice: Ints, participant: Ints, participants: tuple[Hashable, ...]) -> None:
    few = np.bincount(participant[choice >= 0], minlength=len(participants)) < _FEWEST
    if few.any():
        people = tuple(participants[index] for index in np.flatnonzero(few))
        more = f" and {len(people) - 5} more" if len(people) > 5 else ""
        named = f"fewer from {', '.join(map(repr, people[:5]))}{more}"
        raise RowError(
            "df_participant_id",
            "at least three choices of each participant",
            named,
            "Leave them out with leave_out_few=True, or name another column of ids.",
        ).about(name, tuple(table.rows[few[participant]].tolist()), named, people)


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
            "Name one column an arm, in that order; one name alone is the reward of the chosen arm; reward_sum=True "
            "takes the sum of several as such.",
        )
    chosen = choice[:, None] == np.arange(len(arms))
    columns = []
    for arm, name in enumerate(names):
        table.numbers("df_reward", name, chosen[:, arm])
        columns.append(table.numbers("df_reward", name, choice >= 0, gaps=True))
    reward = np.column_stack(columns)
    reward[choice < 0] = np.nan
    if not (shown_rewards(reward, chosen) & ~chosen).any():
        reward[(choice[:, None] >= 0) & ~chosen] = NOTHING
    return reward


def _scale(
    reward: Floats, choice: Ints, reward_range: tuple[float, float] | None
) -> tuple[Floats, tuple[float, float]]:
    """Scale rewards as `reward_scale` says, or as was asked for; what was not shown stays marked."""
    chosen = choice[:, None] == np.arange(reward.shape[1])
    observed = shown_rewards(reward, chosen)
    if not observed.any():
        raise DataError(
            "df_choice", "at least one choice", "none", "Name the column of choices, or say which are missed."
        )
    reward_range = reward_range or reward_scale(reward[observed])
    return np.where(observed, scaled(reward, reward_range), reward), reward_range
