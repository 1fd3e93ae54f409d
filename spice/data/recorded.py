"""Read a recorded session, whatever it comes as, for an agent that is to live through it."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spice.data.arrays import as_numbers
from spice.data.last_axis import anywhere
from spice.data.layout import NOTHING, Columns, chosen_arms, is_padding, shown_rewards
from spice.data.session import BanditSession
from spice.exceptions import DataError


class Recorded(NamedTuple):
    """A session without its padding.

    Attributes
    ----------
    choices : (n_trials,) array of int
        Chosen arms, -1 where missed.
    rewards : (n_trials, n_actions) array of float
        Reward per arm, as recorded; NaN where it was not shown.
    ids : dict
        ``participant_id`` and ``experiment_id``, where known.
    offered : (n_trials, n_actions) array of bool, optional
        Arms on offer; None where all always were.
    context : list of dict
        ``block`` and ``additional_inputs`` of each trial, where known.
    """

    choices: NDArray[np.int64]
    rewards: NDArray[np.float64]
    ids: dict[str, int]
    offered: NDArray[np.bool_] | None
    context: list[dict[str, Any]]


def read_experiment(
    experiment: BanditSession | ArrayLike | Recorded, n_actions: int, counterfactual: bool = False
) -> Recorded:
    """Read a `BanditSession` or an array with the columns of ``DatasetRNN.xs``; what was read stays as it is.

    Parameters
    ----------
    experiment : BanditSession, array, Tensor or Recorded
    n_actions : int
        Arms of the agent that is to live through it.
    counterfactual : bool
        Whether -1 is known to be a reward on arms that were not chosen too; else the session decides it.

    Returns
    -------
    Recorded

    Raises
    ------
    DataError
        If it is no session, the columns do not fit `n_actions`, an action is not one-hot, or there is no trial.
    """
    if isinstance(experiment, Recorded):
        return experiment
    if isinstance(experiment, BanditSession):
        recorded = _read_session(experiment, n_actions)
    else:
        recorded = _read_array(experiment, n_actions)
    if not len(recorded.choices):
        raise DataError("experiment", "at least one trial", "none", "Pass a session with trials.")
    chosen = recorded.choices[:, None] == np.arange(n_actions)
    shown = shown_rewards(recorded.rewards, chosen, counterfactual or None)
    return recorded._replace(rewards=np.where(shown, recorded.rewards, np.nan))


def _read_session(session: BanditSession, n_actions: int) -> Recorded:
    choices = np.asarray(session.choices, dtype=np.int64)
    rewards = np.array(session.rewards, dtype=np.float64)
    if rewards.shape != (len(choices), n_actions):
        raise DataError(
            "experiment",
            f"rewards of shape {(len(choices), n_actions)}, one per trial and arm of the agent",
            f"shape {rewards.shape}",
            "Pass an agent with as many arms as the session has.",
        )
    ids = _known(participant_id=np.ravel(session.session)[0]) if np.size(session.session) else {}
    return Recorded(choices, rewards, ids, None, [{} for _ in choices])


def _read_array(experiment: Any, n_actions: int) -> Recorded:
    rows = as_numbers("experiment", experiment, "a BanditSession, or one sequence of DatasetRNN.xs")
    if rows.ndim != 2:
        raise DataError(
            "experiment", "one session: trials by features", f"shape {rows.shape}", "Pass dataset.xs[0], say."
        )
    columns = Columns.of(rows.shape[1], n_actions, "experiment")
    rows = rows[~is_padding(rows)]
    actions = rows[:, columns.actions]
    missed = ~anywhere(chosen_arms(actions))
    not_offered = (actions == NOTHING) & ~missed[:, None]
    actions = np.where(not_offered, 0.0, actions)
    one_hot = np.isin(actions, (0.0, 1.0)).all(axis=1) & (actions.sum(axis=1) == 1)
    if not np.all(one_hot | missed):
        trial = int(np.argmin(one_hot | missed))
        raise DataError(
            "experiment",
            f"the action as the first {n_actions} features, 1 for the chosen arm, 0 for the others and -1 for those "
            "not on offer",
            f"{actions[trial].tolist()} on trial {trial}",
            "Mark a missed trial with NaN.",
        )
    of_ids = {name: rows[:, column] for name, column in columns.ids.items()}
    choices = np.where(missed, -1, np.argmax(np.nan_to_num(actions), axis=1))
    ids = _known(**{f"{name}_id": column[0] for name, column in of_ids.items() if name != "block" and len(column)})
    context = [_known(block=block) for block in of_ids["block"]] if "block" in of_ids else [{} for _ in rows]
    if columns.n_inputs:
        for of_trial, row in zip(context, rows, strict=True):
            of_trial["additional_inputs"] = row[columns.inputs]
    return Recorded(choices, rows[:, columns.rewards], ids, ~not_offered if not_offered.any() else None, context)


def _known(**ids: Any) -> dict[str, Any]:
    return {name: int(value) for name, value in ids.items() if not np.isnan(value)}
