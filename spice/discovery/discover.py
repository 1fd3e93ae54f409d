"""From a trained network to equations: SINDy for everybody, and a search where it falls short."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Integral

import numpy as np
import torch
from numpy.typing import NDArray

from spice.data.ids import rows_of
from spice.data.layout import join_columns
from spice.data.trials import Trials, read_conditions
from spice.discovery.regressions import OffPolicy, Regression, as_coefficients, set_up_regressions
from spice.discovery.settings_search import OptunaOptions, SettingsSearch
from spice.discovery.sparse_regression import SparseOptions
from spice.equations.coefficients import Coefficients
from spice.equations.equations import SpiceEquations, shorten_ids
from spice.exceptions import ConfigError
from spice.model.config import SpiceConfig
from spice.model.fitted import FittedModel
from spice.model.scored_trials import ScoredTrials
from spice.progress import FitControl, Stage
from spice.rollout.polynomials import VALUE_LIMIT


@dataclass(frozen=True)
class Discovery:
    """How equations are searched for.

    Attributes
    ----------
    config : SpiceConfig
    sparse : SparseOptions
    degree : int
        Largest degree of a candidate term.
    off_policy : OffPolicy
    optuna : OptunaOptions, optional
        Search for better sparse options of participants whose equations describe their choices worse than
        the network does by more than its threshold.
    """

    config: SpiceConfig
    sparse: SparseOptions = field(default_factory=SparseOptions)
    degree: int = 1
    off_policy: OffPolicy = field(default_factory=OffPolicy)
    optuna: OptunaOptions | None = None


def discover_equations(
    fitted: FittedModel,
    data: ScoredTrials | None,
    discovery: Discovery,
    generator: np.random.Generator,
    control: FitControl,
    participant_id: int | None = None,
) -> SpiceEquations:
    """SINDy for all participants, and for those whose equations are worse than the network a search with Optuna.

    Parameters
    ----------
    fitted : FittedModel
        With trained networks.
    data : ScoredTrials, optional
        Choices that equations are scored on. Without them nothing is searched for, and outcomes are made up.
    discovery : Discovery
    generator : numpy Generator
    control : FitControl
    participant_id : int, optional
        Find the equations of this participant only.

    Returns
    -------
    SpiceEquations

    Raises
    ------
    ConfigError
        Where there is no such participant, or the config names what the model or the data do not have.
    """
    observed = made_up_trials(fitted.n_actions) if data is None else data.trials
    everybody = range(len(fitted.participant_ids))
    positions = everybody if participant_id is None else [position_of(participant_id, fitted.participant_ids)]
    with control.stage("equations") as stage:
        regressions, table = prepare(fitted, observed, discovery, generator)
        for regression in regressions.values():
            for sentence in regression.notes:
                stage.note(sentence)
    if discovery.optuna is not None and data is not None:
        table = _search(fitted, table, regressions, data, discovery, generator, control, positions)
    if participant_id is None:
        return as_equations(table, fitted.participant_ids, observed)
    own = table.only(min(positions[0], table.n_rows - 1))
    return as_equations(own, (fitted.participant_ids[positions[0]],), observed)


def diverging_participants(fitted: FittedModel, trials: Trials) -> tuple[int, ...]:
    """Ids of participants whose equations run out of bounds on these trials.

    Values stop at `VALUE_LIMIT`, so such equations predict badly, but by a number.

    Parameters
    ----------
    fitted : FittedModel
        With equations.
    trials : Trials

    Returns
    -------
    tuple of int
    """
    largest = torch.stack([values.abs().amax((0, -1)) for values in fitted.run(trials).states.values()]).amax(0)
    rows = rows_of(trials.participants, fitted.participant_ids)
    diverge = np.unique(rows[(largest >= 0.999 * VALUE_LIMIT).numpy() & (rows >= 0)])
    return tuple(fitted.participant_ids[row] for row in diverge)


def note_divergence(fitted: FittedModel, trials: Trials, stage: Stage) -> tuple[int, ...]:
    """Find those participants, and say so in a note of the stage.

    Parameters
    ----------
    fitted : FittedModel
        With equations.
    trials : Trials
    stage : Stage

    Returns
    -------
    tuple of int
        Their ids.
    """
    found = diverging_participants(fitted, trials)
    if found:
        names = ", ".join(map(str, found[:10])) + (", …" if len(found) > 10 else "")
        stage.note(
            f"The equations of some participants grow without bound on their own trials ({names}); values stop at "
            f"{VALUE_LIMIT:g}. Use spice_refine=True, a larger threshold or a lower degree."
        )
    return found


def position_of(participant_id: int, ids: Sequence[int], argument: str = "participant_id") -> int:
    """Position of a participant among those of a fit.

    Parameters
    ----------
    participant_id : int
    ids : sequence of int
    argument : str
        What the error calls the id.

    Returns
    -------
    int

    Raises
    ------
    ConfigError
        Names the known ids.
    """
    if not isinstance(participant_id, Integral) or participant_id not in ids:
        raise ConfigError(
            argument, f"an id in the data, from {shorten_ids(ids)}", repr(participant_id),
            "Use the id in the data; for a table that was converted it is the place in dataset.participants.",
        )  # fmt: skip
    return ids.index(participant_id)


def prepare(
    fitted: FittedModel, observed: Trials, discovery: Discovery, generator: np.random.Generator
) -> tuple[dict[str, Regression], Coefficients]:
    """The regressions of all participants, and their solution with the settings given.

    Parameters
    ----------
    fitted : FittedModel
    observed : Trials
        Outcomes are drawn from here.
    discovery : Discovery
    generator : numpy Generator

    Returns
    -------
    dict of str to Regression
        {mechanism: regression}.
    Coefficients

    Raises
    ------
    ConfigError
        Where the config names what the model or the data do not have.
    """
    n_rows = len(fitted.participant_ids) if fitted.model.embeds_participants else 0
    experiments = _experiments_of_rows(fitted, observed, n_rows)
    regressions = set_up_regressions(
        fitted.model,
        discovery.config,
        observed,
        experiments,
        discovery.degree,
        discovery.off_policy,
        generator,
    )
    return regressions, as_coefficients(fitted.model, regressions, discovery.sparse, n_rows)


def as_equations(
    table: Coefficients, participants: Sequence[int], observed: Trials, labels: Sequence[str] | None = None
) -> SpiceEquations:
    """Equations of these people, with the mean reward of the trials that were observed.

    Parameters
    ----------
    table : Coefficients
    participants : sequence of int
        Ids, in order of the rows.
    observed : Trials
    labels : sequence of str, optional
        The ids where left out.

    Returns
    -------
    SpiceEquations
    """
    mean_reward = float(observed.rewards.sum() / observed.shown.sum().clamp(min=1))
    return SpiceEquations.of(table, participants, labels, mean_reward)


def made_up_trials(n_actions: int) -> Trials:
    """One trial an arm and outcome, for rewards of 0 and 1 and feedback of the chosen arm.

    Parameters
    ----------
    n_actions : int

    Returns
    -------
    Trials
        One sequence of 2 * n_actions trials.
    """
    actions = np.tile(np.eye(n_actions), (2, 1))
    rewards = np.where(actions == 1, np.repeat([0.0, 1.0], n_actions)[:, None], np.nan)
    return read_conditions(join_columns(actions, rewards)[None], n_actions, (0.0, 1.0))[0]


def _experiments_of_rows(fitted: FittedModel, observed: Trials, n_rows: int) -> NDArray[np.int_]:
    """Row of the experiment that each participant took part in (the first of several); -1 for the population."""
    out = np.full(n_rows + 1, -1)
    rows = rows_of(observed.participants, fitted.participant_ids)
    experiments = rows_of(observed.experiments, fitted.experiment_ids)
    known = (rows >= 0) & (rows < n_rows)
    # Reversed, so that the first of several is what stays.
    out[rows[known][::-1]] = experiments[known][::-1]
    return out


def _search(
    fitted: FittedModel, table: Coefficients, regressions: Mapping[str, Regression], data: ScoredTrials,
    discovery: Discovery, generator: np.random.Generator, control: FitControl, positions: Sequence[int],
) -> Coefficients:  # fmt: skip
    """Better settings for those whose equations are worse than the network by more than the threshold."""
    assert discovery.optuna is not None
    found = fitted.with_equations(as_equations(table, fitted.participant_ids, data.trials))
    if table.n_rows == 1:
        positions, network, equations = [0], np.array([data.mean_nll(fitted)]), np.array([data.mean_nll(found)])
    else:
        network, equations = data.nll_of_participants(fitted), data.nll_of_participants(found)
    worse = [p for p in positions if equations[p] - network[p] > discovery.optuna.threshold]
    if not worse:
        return table
    values = {name: v.copy() for name, v in table.values.items()}
    with control.stage("optuna", discovery.optuna.n_trials) as stage:
        search = SettingsSearch(fitted, table, regressions, data, worse)
        selected = search.run(discovery.sparse, discovery.optuna, generator, stage, network[worse])
    for p, best in zip(worse, selected, strict=True):
        for name in values:
            values[name][p] = best.values[name]
    return replace(table, values=values)
