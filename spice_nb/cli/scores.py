"""How well chance, network, equations and published models predict the choices."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from spice.estimator import SpiceEstimator
from spice.model.scored_trials import ScoredTrials
from spice_nb.cli.data import Choices

if TYPE_CHECKING:
    import pandas as pd

    from spice.resources.rnn_utils import DatasetRNN

CHANCE, NETWORK, EQUATIONS = "chance", "network", "equations"
CLASSICAL = "learning + forgetting + perseveration"
BLACK_BOX = "GRU, 16 units"

BASELINES: dict[str, tuple[str, dict[str, float]]] = {
    "dezfouli2019": ("sessions:3,6,9", {CLASSICAL: 0.3402, BLACK_BOX: 0.2650}),
    "zorowitz2023": ("last:0.33", {CLASSICAL: 0.5727, BLACK_BOX: 0.5869}),
}
"""Held-out nats per choice of two reference models, and the hold-out rule that they were measured with.

The classical one is Rescorla-Wagner with forgetting and choice perseveration, five parameters a person, maximum
a posteriori toward the population; the other a recurrent network with an embedding of 8 numbers a person and
dropout (Dezfouli: after 400 epochs; Zorowitz: the best of 500). Both were fitted to the same training
choices. Under another rule other choices are scored, and the numbers say nothing.
"""


@dataclass(frozen=True)
class Score:
    """Negative log-likelihood per choice, nats; None where it was not measured.

    Attributes
    ----------
    name : str
    training, held_out : float, optional
    is_reference : bool
        Whether it is quoted, not measured in this run.
    """

    name: str
    training: float | None
    held_out: float | None
    is_reference: bool = False


@dataclass(frozen=True)
class Scores:
    """All scores of a run, and the number of choices that they are means over."""

    rows: tuple[Score, ...]
    n_training: int
    n_held_out: int

    def to_frame(self) -> "pd.DataFrame":
        """Tidy table: model, part, nll_per_choice, n_choices, source.

        Returns
        -------
        DataFrame
        """
        import pandas as pd

        rows: list[tuple[Any, ...]] = []
        for score in self.rows:
            source = "reference" if score.is_reference else "this fit"
            for part, value, n in (
                ("training", score.training, self.n_training),
                ("held_out", score.held_out, self.n_held_out),
            ):
                if value is not None:
                    rows.append((score.name, part, value, n, source))
        return pd.DataFrame(rows, columns=["model", "part", "nll_per_choice", "n_choices", "source"])


def score_fit(estimator: SpiceEstimator, choices: Choices, holdout: str) -> Scores:
    """Score a fit on what it was trained on and on what was held out.

    Where equations were found for one participant only, all are scored on that participant's choices.

    Parameters
    ----------
    estimator : SpiceEstimator
        Fitted.
    choices : Choices
    holdout : str
        The rule by which choices were held out; references count where it is theirs.

    Returns
    -------
    Scores
    """
    training = _score(estimator, choices.training)
    held_out = _score(estimator, choices.held_out) if choices.held_out is not None else {}
    rows = [Score(name, training[name], held_out.get(name)) for name in (CHANCE, NETWORK, EQUATIONS)]
    rule, references = BASELINES.get(choices.name, ("", {}))
    if held_out and holdout == rule and estimator.spice_participant_id is None:
        rows += [Score(name, None, value, is_reference=True) for name, value in references.items()]
    return Scores(tuple(rows), int(training["n"]), int(held_out.get("n", 0)))


def _score(estimator: SpiceEstimator, part: "DatasetRNN") -> dict[str, float]:
    equations = estimator.spice_agent
    scored = ScoredTrials.of(part.xs, part.ys, equations)
    covered = np.flatnonzero(equations.covers(scored.trials.participants))
    trials = scored.trials.select(covered)
    scored = ScoredTrials(trials, scored.targets[: trials.n_trials, covered])
    n = float(scored.targets.sum())
    if n == 0:
        return {"n": 0.0, **dict.fromkeys((CHANCE, NETWORK, EQUATIONS), math.nan)}
    return {
        "n": n,
        CHANCE: scored.chance,
        NETWORK: scored.mean_nll(estimator.rnn_agent),
        EQUATIONS: scored.mean_nll(equations),
    }
