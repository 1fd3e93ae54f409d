"""Read a recorded session, whatever it comes as, for an agent that is to live through it."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spice.data.session import BanditSession
from spice.exceptions import DataError


class Recorded(NamedTuple):
    """A session without its padding.

    Attributes
    ----------
    choices : (n_trials,) array of int
        Chosen arms, -1 where missed.
    rewards : (n_trials, n_actions) array of float
        Reward per arm, as recorded; NaN where the trial was missed.
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


def read_experiment(experiment: BanditSession | ArrayLike, n_actions: int) -> Recorded:
    """Read a `BanditSession` or an array with the columns of ``DatasetRNN.xs``.

    Raises
    ------
    DataError
        If the columns do not fit `n_actions`, an action is not one-hot, or there is no trial.
    """
    recorded = (
        _read_session(experiment, n_actions)
        if isinstance(experiment, BanditSession)
        else _read_array(experiment, n_actions)
    )
    if not len(recorded.choices):
        raise DataError("experiment", "at least one trial", "none", "Pass a session with trials.")
    return recorded


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
    rewards[choices < 0] = np.nan
    ids = _known(participant_id=np.ravel(session.session)[0]) if np.size(session.session) else {}
    return Recorded(choices, rewards, ids, None, [{} for _ in choices])


def _read_array(experiment: Any, n_actions: int) -> Recorded:
    if hasattr(experiment, "detach"):
        experiment = experiment.detach().cpu()
    rows = np.asarray(experiment, dtype=np.float64)
    n_inputs = rows.shape[-1] - 2 * n_actions - 3 if rows.ndim == 2 else -1
    short = rows.ndim == 2 and rows.shape[1] == 2 * n_actions + 1
    if n_inputs < 0 and not short:
        raise DataError(
            "experiment",
            f"trials by features, with {2 * n_actions + 1} or at least {2 * n_actions + 3} features for an "
            f"agent with {n_actions} arms",
            f"shape {rows.shape}",
            "Pass one sequence of DatasetRNN.xs and an agent with as many arms as it has.",
        )
    rows = rows[~(np.isnan(rows).all(axis=1) | (rows == -1).all(axis=1))]
    actions, rewards, rest = np.split(rows, [n_actions, 2 * n_actions], axis=1)
    missed = (np.isnan(actions) | (actions <= 0)).all(axis=1)
    not_offered = (actions == -1) & ~missed[:, None]
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
    choices = np.where(missed, -1, np.argmax(np.nan_to_num(actions), axis=1))
    rewards[missed] = np.nan
    ids = _known(participant_id=rest[0, -1]) if len(rest) else {}
    context: list[dict[str, Any]] = [{} for _ in rest]
    if not short:
        ids |= _known(experiment_id=rest[0, -2]) if len(rest) else {}
        for known, row in zip(context, rest, strict=True):
            known.update(_known(block=row[-3]))
            if n_inputs:
                known["additional_inputs"] = row[:n_inputs]
    return Recorded(choices, rewards, ids, ~not_offered if not_offered.any() else None, context)


def _known(**ids: Any) -> dict[str, int]:
    return {name: int(value) for name, value in ids.items() if not np.isnan(value)}
