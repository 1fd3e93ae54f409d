"""A model with what it was fitted to: the one thing that discovery, refinement, files and agents work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice.data.ids import Ids, rows_of
from spice.data.trials import Trials
from spice.exceptions import NotFittedError
from spice.model.base import BaseRNN
from spice.model.run import Run, read_model_signals, run_model
from spice.rollout.polynomials import Equations
from spice.rollout.signals import Signals


class Table(Protocol):
    """Coefficients of people, a row each."""

    @property
    def terms(self) -> Mapping[str, Any]:
        """Candidate terms of each mechanism that has an equation."""

    def rows(self, indices: Tensor) -> NDArray[np.int_]:
        """Row of each participant (S,), by the position; that of the population for -1."""

    def at(self, rows: NDArray[np.int_], dtype: torch.dtype) -> Equations:
        """What a rollout of sequences with those rows needs."""


class StandIns(Protocol):
    """Equations in place of networks, and whose they are."""

    @property
    def coefficients(self) -> Table:
        """Coefficients of the equations."""

    @property
    def participants(self) -> tuple[int, ...]:
        """Ids in the data, in order of the rows."""


@dataclass(frozen=True)
class FittedModel:
    """A model, the ids in the data that its embeddings belong to, and the rewards that it knows as 0 and 1.

    Attributes
    ----------
    model : BaseRNN
        On the processor, in eval mode.
    participant_ids, experiment_ids : tuple of int
        Ids in the data; the place of one is its row in the model's embeddings.
    reward_range : (float, float)
        Rewards that the model knows as 0 and 1.
    counterfactual : bool
        Whether -1 on an arm that was not chosen is a reward to it, as in the data of its fit; else not shown.
    equations : StandIns, optional
        Run in place of the networks.
    is_trained : bool
        Whether its networks are; those of a model that was loaded with equations alone are not, and it runs only where
        equations stand in for all of them.
    others : tuple of BaseRNN
        The other networks of an ensemble: of the same declaration, fitted to the same choices from other weights.
    """

    model: BaseRNN
    participant_ids: tuple[int, ...]
    experiment_ids: tuple[int, ...]
    reward_range: tuple[float, float] = (0.0, 1.0)
    counterfactual: bool = False
    equations: StandIns | None = None
    is_trained: bool = True
    others: tuple[BaseRNN, ...] = ()

    @property
    def n_actions(self) -> int:
        """Number of arms."""
        return self.model.n_actions

    @property
    def dtype(self) -> torch.dtype:
        """Precision of the model."""
        return next(self.model.parameters(), torch.zeros(())).dtype

    def with_equations(self, equations: StandIns | None) -> FittedModel:
        """The same model, run by these equations in place of its networks.

        Parameters
        ----------
        equations : StandIns or None
            None: run by the networks.

        Returns
        -------
        FittedModel
        """
        return replace(self, equations=equations)

    @property
    def members(self) -> tuple[FittedModel, ...]:
        """Each network of the ensemble alone, this one first."""
        return tuple(replace(self, model=model, others=()) for model in (self.model, *self.others))

    def ids(self, participants: Any, experiments: Any) -> Ids:
        """Rows of the embeddings that belong to ids in the data, each (S,).

        Parameters
        ----------
        participants, experiments : (S,) of int
            Ids in the data.

        Returns
        -------
        Ids
            -1 where an id was never seen.
        """
        return Ids.among(participants, experiments, self.participant_ids, self.experiment_ids)

    def equations_of(self, participants: NDArray[Any]) -> Equations | None:
        """Equations of people (S,) that stand in for the networks, where any do.

        Parameters
        ----------
        participants : (S,) of int
            Ids in the data.

        Returns
        -------
        Equations or None
        """
        if self.equations is None:
            return None
        table, own = self.equations.coefficients, rows_of(np.asarray(participants), self.equations.participants)
        return table.at(table.rows(torch.as_tensor(own)), self.dtype)

    @property
    def can_run(self) -> bool:
        """Whether no network would run that is not trained."""
        if self.is_trained or self.equations is None:
            return self.is_trained
        learned = [m.name for m in self.model.mechanisms if m.is_learned]
        return self.model.is_declared and all(name in self.equations.coefficients.terms for name in learned)

    def read(self, trials: Trials, blocks: Tensor | None = None) -> Signals | None:
        """What a declared model reads from trials.

        Parameters
        ----------
        trials : Trials
        blocks : (S,), optional
            Blocks of the trial before.

        Returns
        -------
        Signals or None
            None for a model with a `forward` of its own.
        """
        if not self.model.is_declared:
            return None
        return read_model_signals(self.model, trials.to(self.dtype), previous_blocks=blocks)

    def run(self, trials: Trials, start: dict[str, Tensor] | None = None, signals: Signals | None = None) -> Run:
        """Logits after each trial (T, S, A), all sequences at once.

        Parameters
        ----------
        trials : Trials
        start : mapping of state to (S, A), optional
            State to go on from. It is the state of one network: the others of an ensemble do not run.
        signals : Signals, optional
            What `read` gives for these trials, where it is at hand.

        Returns
        -------
        Run

        Raises
        ------
        NotFittedError
            Where networks would run that are not trained.
        """
        if not self.can_run:
            raise NotFittedError(
                "predictions of equations", "the network that they stand in", "equations loaded alone",
                "Give path_rnn to load_spice.",
            )  # fmt: skip
        ids = self.ids(trials.participants, trials.experiments)
        equations = self.equations_of(trials.participants)
        trials = trials.to(self.dtype)
        with torch.no_grad():
            run = run_model(self.model, trials, ids, start, signals, equations)
            if not self.others or start is not None or equations is not None:
                return run
            return replace(run, others=tuple(run_model(model, trials, ids, None, signals) for model in self.others))
