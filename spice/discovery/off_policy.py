"""Made-up trials that visit more of a mechanism's range than people's own choices do."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice.data.trials import Trials


def off_policy_trials(
    observed: Trials,
    n_trials: int,
    n_sessions: int,
    n_trials_same_action: int,
    generator: np.random.Generator,
) -> Trials:
    """Sessions of random choices, each repeated for some trials, with outcomes drawn from those observed.

    Parameters
    ----------
    observed : Trials
        Rewards, additional inputs and whether feedback is counterfactual are taken from here.
    n_trials, n_sessions, n_trials_same_action : int
    generator : numpy Generator

    Returns
    -------
    Trials
        `n_sessions` sequences of `n_trials` trials.
    """
    n_actions, shape = observed.n_actions, (n_trials, n_sessions)
    n_choices = -(-n_trials // n_trials_same_action)
    choices = generator.integers(n_actions, size=(n_choices, n_sessions)).repeat(n_trials_same_action, axis=0)
    actions = np.eye(n_actions)[choices[:n_trials]]
    was_shown = observed.shown > 0
    pool = observed.rewards[was_shown].numpy()
    counterfactual = bool((was_shown & (observed.actions == 0)).any())
    shown = np.ones_like(actions) if counterfactual else actions
    rewards = generator.choice(pool, size=actions.shape) * shown
    return Trials(
        actions=torch.as_tensor(actions, dtype=torch.float32),
        rewards=torch.as_tensor(rewards, dtype=torch.float32),
        shown=torch.as_tensor(shown, dtype=torch.float32),
        additional=_resample(observed, shape, generator),
        blocks=torch.zeros(shape, dtype=torch.long),
        participants=np.zeros(n_sessions, dtype=int),
        experiments=np.zeros(n_sessions, dtype=int),
        lengths=np.full(n_sessions, n_trials),
        rows=np.tile(np.arange(n_trials)[:, None], (1, n_sessions)),
        source=np.tile(np.arange(n_trials), (n_sessions, 1)),
    )


def _resample(observed: Trials, shape: tuple[int, int], generator: np.random.Generator) -> Tensor:
    in_sequence = observed.actions.sum(-1) > 0
    rows = observed.additional[in_sequence].numpy()
    if rows.shape[-1] == 0:
        return torch.zeros((*shape, 0))
    return torch.as_tensor(rows[generator.integers(len(rows), size=shape)], dtype=torch.float32)


def repeat_for(trials: Trials, n_rows: int) -> tuple[Trials, NDArray[np.int_]]:
    """The same sessions for every participant.

    Parameters
    ----------
    trials : Trials
        Of S sequences.
    n_rows : int
        Number of participants.

    Returns
    -------
    Trials
        Of n_rows * S sequences, participant by participant.
    (n_rows * S,)
        Row of each sequence.
    """
    rows = np.repeat(np.arange(n_rows), trials.n_sequences)
    return trials.select(np.tile(np.arange(trials.n_sequences), n_rows)), rows
