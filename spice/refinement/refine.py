"""Refinement: coefficients and structure that the choices themselves support.

The structure of the population is searched first: what people have at all. Then comes who of them has what, and how
sure that and every number is.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from spice.data.ids import rows_of
from spice.equations.anchors import anchored_states, on_canonical_scale, without_temperatures
from spice.equations.canonical import common_gauge, is_free
from spice.equations.coefficients import LEVEL, Coefficients
from spice.equations.equations import SpiceEquations
from spice.model.base import BaseRNN
from spice.model.training_data import TrainingData
from spice.progress import FitControl, Stage
from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.population import Population
from spice.refinement.population_fit import RowFit, fit_rows, maximise
from spice.refinement.posterior import Posterior, average, draw_posterior
from spice.refinement.presence import Mixture, fit_mixture
from spice.refinement.report import RefinementReport, report_on
from spice.refinement.structure_search import ROUNDS, Found, Start, search_structure
from spice.refinement.textbook import Textbook, textbook_values

WORSE_THAN_TEXTBOOK = 0.005
"""Nats per choice by which equations of the structure that is chosen may be worse than the rules of textbooks."""
HALF = 0.5
"""Probability from which an equation shows a term."""
BETAS = {"beta": 3.0, "trace beta": 0.5}
"""Inverse temperatures that the rules which people are known by start from."""
LAST_STEPS = 4
"""Of Fisher scoring, to the most probable equations of each person."""
UNLIKELY, MOST_STRUCTURES = 0.05, 3
"""Probability below which a structure of the population is passed over; how many are averaged at most."""
FAR_BEHIND = 50.0
"""Nats of evidence by which a structure that everybody has is too far behind to lead where some lack parts of it."""
MIN_SHARE = 0.1
"""Share of people in whose equations SINDy must have found a term for a search to start with it."""
ENOUGH_CHOICES, FEWEST_PEOPLE = 30_000, 48
"""Choices that a structure of the population is searched on, of so many people at least."""


def refine_coefficients(
    model: BaseRNN, equations: SpiceEquations, data: TrainingData, control: FitControl, generator: np.random.Generator,
    textbook: Textbook | None = None, others: Sequence[Coefficients] = (),
) -> tuple[Coefficients, RefinementReport]:  # fmt: skip
    """Refine equations on the choices of the people that they are of, and say what was found on the way.

    Parameters
    ----------
    model : BaseRNN
        Whose networks they stand in for; not changed.
    equations : SpiceEquations
        What SINDy found.
    data : TrainingData
        Choices of all participants; those without equations are left out.
    control : FitControl
    generator : Generator
        Of the draws that say how sure everything is.
    textbook : Textbook, optional
        Rules fitted to the same choices. They give the scale of values, which a network that failed knows nothing of,
        and another start.
    others : sequence of Coefficients
        What SINDy found of the other networks of an ensemble, with the rows of `equations`: a start each.

    Returns
    -------
    Coefficients
        With the rows of `equations`, and draws that say how sure they are.
    RefinementReport
    """
    model = copy.deepcopy(model).double()
    own = rows_of(data.trials.participants, equations.participants)
    data = data.select(np.flatnonzero(own >= 0)).to(torch.float64)
    table = equations.coefficients
    anchored = anchored_states(model.states, table) if model.is_declared else ()
    free = tuple(state for state in table.betas if is_free(table, state))
    # Where a given equation fixes a state's scale, its inverse temperature is a coordinate.
    of_fixed_scale = tuple(state for state in table.betas if state not in free)
    usual = {} if textbook is None else textbook.betas
    initial = {state: model.states[state].initial for state in anchored}
    table, *others = (
        on_canonical_scale(common_gauge(one, tuple(state for state in free if state not in anchored), usual), initial)
        for one in (table, *others)
    )
    rows = table.rows(torch.as_tensor(own[own >= 0]))
    likelihood = EquationLikelihood(model, table, data, rows, of_fixed_scale)
    likelihood.check = control.check
    with control.stage("refine") as stage:
        starts = _starts(likelihood, model, table, others)
        most_nll = np.inf if textbook is None else textbook.nll + WORSE_THAN_TEXTBOOK
        mixtures, ends = _people(likelihood, starts, stage, most_nll)
        draws = [draw_posterior(likelihood, mixture, generator) for mixture in mixtures]
        posterior = average(draws, list(_odds(mixtures)))
        report = report_on(likelihood, ends, posterior)
    found = _as_coefficients(likelihood, posterior)
    # One person alone is the population too.
    found = found.select(np.minimum(np.arange(table.n_rows), found.n_rows - 1))
    return without_temperatures(found, {s: model.states[s].initial for s in anchored if s not in model.betas}), report


def _starts(
    likelihood: EquationLikelihood, model: BaseRNN, table: Coefficients, others: Sequence[Coefficients]
) -> list[Start]:
    """From the rules that people are known by, and from what SINDy found of each network."""
    coordinates = likelihood.coordinates
    values = {name: of_mechanism[None] for name, of_mechanism in textbook_values(model, table).items()}
    rules, _ = coordinates.coordinates(replace(likelihood.template.select([0]), values=values))
    for k, kind in enumerate(coordinates.kinds):
        if kind in ("beta", "trace beta"):
            rules[0, k] = BETAS[kind]
    usual = ~np.isin(coordinates.kinds, ("term", "target"))
    return [
        Start("rules", rules[0], usual),
        _of_sindy(likelihood, table, "SINDy"),
        *(_of_sindy(likelihood, one, f"SINDy of network {place}") for place, one in enumerate(others, 2)),
    ]


def _of_sindy(likelihood: EquationLikelihood, table: Coefficients, name: str) -> Start:
    theta, present = likelihood.start(table)
    return Start(name, np.median(theta, axis=0), present.mean(0) >= MIN_SHARE)


def _people(
    likelihood: EquationLikelihood, starts: list[Start], stage: Stage, most_nll: float
) -> tuple[list[Mixture], Mapping[str, bool]]:
    """Who has what, under each of the structures that the population is likely to have, the most probable first."""
    some = likelihood.of_some(ENOUGH_CHOICES, FEWEST_PEOPLE)
    found = search_structure(some, starts, stage)
    fits = _with_rules(some, starts[0], _no_worse(found, most_nll * float(some.n_choices.sum())))
    leader = max(fit.evidence for fit in fits)
    fits = [fit for fit in fits if fit.evidence > leader - FAR_BEHIND]
    mixtures = [fit_mixture(some, fit) for fit in fits]
    odds = _odds(mixtures)
    likely = [int(k) for k in np.argsort(-odds)[:MOST_STRUCTURES] if odds[k] > UNLIKELY * odds.sum()]
    kept = [_of_all(likelihood, some, fits[k], mixtures[k]) for k in likely]
    # Of many people only some were looked at so far; all of them say which structure is the likely one.
    odds = _odds(kept)
    return [kept[k] for k in np.argsort(-odds) if odds[k] > UNLIKELY * odds.sum()], found.starts


def _odds(mixtures: Sequence[Mixture]) -> NDArray[np.float64]:
    """How probable each structure of the population is, against the most probable one."""
    evidence = np.array([mixture.evidence for mixture in mixtures])
    return np.asarray(np.exp(evidence - evidence.max()))


def _of_all(likelihood: EquationLikelihood, some: EquationLikelihood, fit: RowFit, mixture: Mixture) -> Mixture:
    """The mixture of all people, from that of some of them."""
    if some is likelihood:
        return mixture
    everybody = likelihood.n_rows, 1
    theta = np.tile(mixture.population.mean, everybody)
    return fit_mixture(
        likelihood, fit_rows(likelihood, theta, np.tile(fit.active[0], everybody), fit.population, ROUNDS)
    )


def _with_rules(likelihood: EquationLikelihood, rules: Start, fits: tuple[RowFit, ...]) -> list[RowFit]:
    """Structures with all that people are known by, and those without what may stand in for it.

    What few people have, or what few choices show of everybody, is not worth its price to everybody, yet some may have
    it; who does is found out person by person.
    """
    coordinates = likelihood.coordinates
    known = coordinates.closed(rules.present | ~coordinates.is_optional)
    made: dict[bytes, RowFit] = {fit.active[0].tobytes(): fit for fit in fits}
    with_rules: dict[bytes, RowFit] = {}
    for fit in fits:
        found = fit.active[0]
        for present in (found | known, (found & (coordinates.kinds != "target")) | known):
            name = present.tobytes()
            if name not in made:
                new = np.flatnonzero(present & ~found)
                population = fit.population.as_usual(Population.usual(coordinates), new)
                theta = fit.theta.copy()
                theta[:, new] = rules.theta[new]
                active = np.tile(present, (likelihood.n_rows, 1))
                made[name] = fit_rows(likelihood, theta, active, population, ROUNDS)
            with_rules[name] = made[name]
    return list(with_rules.values())


def _no_worse(found: Found, most_nll: float) -> tuple[RowFit, ...]:
    """The best structures that predict no worse than that, if there are any.

    What few choices do not show to be there by the price of its parameters may yet be needed to predict them as well as
    the rules of textbooks do.
    """
    fits = tuple(fit for fit in found.fits if fit.nll.sum() <= most_nll)
    others = [fit for fit in found.seen if fit.nll.sum() <= most_nll]
    return fits or tuple(others[:1]) or found.fits


def _as_coefficients(likelihood: EquationLikelihood, posterior: Posterior) -> Coefficients:
    """Equations of each person, and those of the population where there are several."""
    coordinates = likelihood.coordinates
    present = coordinates.closed(posterior.probability > HALF)
    theta, _ = maximise(likelihood, posterior.start, present, posterior.population, LAST_STEPS)
    best = coordinates.parameters(theta, present)
    draws = coordinates.parameters(posterior.theta.transpose(1, 0, 2), posterior.present.transpose(1, 0, 2))
    probability, prevalence = posterior.probability, coordinates.with_parents(posterior.prevalence)
    tails = None
    if likelihood.n_rows > 1:
        # What is given differs from person to person; the population's is that of the middle of them.
        common = prevalence.mean(0) > HALF
        mean = np.tile(posterior.mean.mean(0), (likelihood.n_rows, 1))
        of_all = coordinates.parameters(mean, np.tile(common, (likelihood.n_rows, 1)))
        best = np.vstack([best, np.median(of_all, axis=0)])
        means = np.tile(posterior.mean[:, None], (1, likelihood.n_rows, 1))
        of_all = np.median(coordinates.parameters(means, np.tile(common, (likelihood.n_rows, 1))), axis=1)
        draws = np.concatenate([draws, of_all[:, None]], axis=1)
        probability = np.vstack([probability, prevalence.mean(0)])
        tails = np.quantile(prevalence, ((1 - LEVEL) / 2, (1 + LEVEL) / 2), axis=0)
    found = likelihood.as_coefficients(best)
    return replace(
        found,
        draws=draws.transpose(1, 0, 2).astype(np.float32),
        probability=coordinates.of_parameters(probability),
        prevalence_interval=None if tails is None else coordinates.of_parameters(tails),
    )
