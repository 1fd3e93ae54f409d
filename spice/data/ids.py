"""Ids in the data, and the rows of tables and embeddings that belong to them."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice.data.trials import Trials


@dataclass(frozen=True)
class Ids:
    """Rows of the embeddings for each sequence (S,), -1 where an id was never seen."""

    participants: Tensor
    experiments: Tensor

    @classmethod
    def of(cls, trials: Trials, participant_ids: tuple[int, ...], experiment_ids: tuple[int, ...]) -> "Ids":
        """Look the ids of trials up among those of a fit.

        Parameters
        ----------
        trials : Trials
        participant_ids, experiment_ids : tuple of int
            Of the fit, in order of the rows.

        Returns
        -------
        Ids
        """
        return cls.among(trials.participants, trials.experiments, participant_ids, experiment_ids)

    @classmethod
    def among(
        cls, participants: NDArray[np.int_], experiments: NDArray[np.int_], participant_ids: tuple[int, ...],
        experiment_ids: tuple[int, ...],
    ) -> "Ids":  # fmt: skip
        """Look the ids of sequences, each (S,), up among those of a fit.

        Parameters
        ----------
        participants, experiments : (S,) of int
        participant_ids, experiment_ids : tuple of int
            Of the fit, in order of the rows.

        Returns
        -------
        Ids
        """
        return cls(
            torch.as_tensor(rows_of(participants, participant_ids)),
            torch.as_tensor(rows_of(experiments, experiment_ids)),
        )

    def select(self, sequences: NDArray[np.int_]) -> "Ids":
        """The rows of some sequences.

        Parameters
        ----------
        sequences : (n,) array of int

        Returns
        -------
        Ids
        """
        return Ids(self.participants[sequences], self.experiments[sequences])


def rows_of(ids: NDArray[np.int_], known: tuple[int, ...]) -> NDArray[np.int_]:
    """Position of each id among the known ones, -1 where it is none of them.

    Parameters
    ----------
    ids : array of int
    known : tuple of int

    Returns
    -------
    array of int, of the same shape
    """
    order, ranked = _in_order(known)
    position = np.clip(np.searchsorted(ranked, ids), 0, len(ranked) - 1)
    return np.where(ranked[position] == ids, order[position], -1)


@lru_cache(maxsize=64)
def _in_order(known: tuple[int, ...]) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Positions of ids in rising order, and the ids so: a prediction asks seven times for those of a fit."""
    ids = np.array(known, dtype=int)
    order = np.argsort(ids)
    return order, ids[order]
