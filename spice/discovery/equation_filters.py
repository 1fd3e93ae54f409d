"""What may be left out of equations that were found: mechanisms without any effect, people they do not describe."""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from spice.data.ids import rows_of
from spice.equations.equations import SpiceEquations
from spice.exceptions import ConfigError
from spice.model.fitted import FittedModel
from spice.model.scored_trials import ScoredTrials

WORSE_BY = 0.2
"""Mean likelihood of a choice by which equations must be worse than the network before a participant is left out."""
NO_EFFECT = 1e-6
"""Probabilities that differ by less are the same."""


def without_idle_mechanisms(fitted: FittedModel, equations: SpiceEquations, data: ScoredTrials) -> SpiceEquations:
    """Empty the equations of mechanisms that change nobody's probabilities on these trials.

    Parameters
    ----------
    fitted : FittedModel
    equations : SpiceEquations
    data : ScoredTrials
        Each participant's own trials decide; those of all, for the population and where one equation set serves all.

    Returns
    -------
    SpiceEquations
    """
    table = equations.coefficients
    rows = table.rows(torch.as_tensor(rows_of(data.trials.participants, equations.participants)))

    def probabilities(found: SpiceEquations) -> Tensor:
        return fitted.with_equations(found).run(data.trials).probabilities

    expected = probabilities(equations)
    values = {name: found.copy() for name, found in table.values.items()}
    for found in values.values():
        kept = found.copy()
        found[:] = 0.0
        differs = probabilities(replace(equations, coefficients=replace(table, values=values))) - expected
        # Beyond the end of a sequence there is nothing that could differ.
        in_use = torch.arange(data.trials.n_trials)[:, None, None] < torch.as_tensor(data.trials.lengths)[:, None]
        changed = (differs.abs() * in_use).amax((0, 2)).numpy() > NO_EFFECT
        needed = np.bincount(rows[changed], minlength=table.n_rows) > 0
        needed[-1] = changed.any()
        needed[: table.n_rows - 1] |= ~np.isin(np.arange(table.n_rows - 1), rows)
        found[needed] = kept[needed]
    return replace(equations, coefficients=replace(table, values=values))


def without_bad_participants(fitted: FittedModel, equations: SpiceEquations, data: ScoredTrials) -> SpiceEquations:
    """Leave out participants whose choices are far less likely by their equations than by the network.

    Parameters
    ----------
    fitted : FittedModel
    equations : SpiceEquations
    data : ScoredTrials
        Choices of the fit's participants.

    Returns
    -------
    SpiceEquations
        Of those who are kept, in the same order.

    Raises
    ------
    ConfigError
        Where nobody would be left.
    """
    by_network = data.nll_of_participants(fitted)
    by_equations = data.nll_of_participants(fitted.with_equations(equations))
    worse = np.exp(-by_network) - np.exp(-by_equations) > WORSE_BY
    bad = {fitted.participant_ids[row] for row in np.flatnonzero(worse)}
    kept = [place for place, participant in enumerate(equations.participants) if participant not in bad]
    if not kept:
        raise ConfigError(
            "filter_bad_participants", "participants whose equations describe them", "none",
            "Leave it out to look at them, or try a smaller threshold or a higher degree.",
        )  # fmt: skip
    table = equations.coefficients
    if table.n_rows > 1:
        table = table.select([*kept, table.n_rows - 1])
    ids, labels = [equations.participants[place] for place in kept], [equations.labels[place] for place in kept]
    return SpiceEquations.of(table, ids, labels, equations.mean_reward)
