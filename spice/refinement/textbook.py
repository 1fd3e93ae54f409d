"""The learning rules of textbooks, fitted to everybody's choices together: what a fit is measured by, and its start.

Delta rules with one rate for all know nothing of the network and take milliseconds. A network that predicts worse has
not learned; equations of a network can lie in the basin of a poor optimum, above all where two states can stand in for
each other, or in a scale that no equation is found in. Textbook rules lie in the basin of most models of learning.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spice.declaration.mechanisms import CHOSEN, REWARD, Mechanism
from spice.declaration.terms import CandidateTerms, polynomial_terms
from spice.equations.anchors import USUAL_BETAS, anchored_states
from spice.equations.canonical import canonical_form, is_free
from spice.equations.coefficients import Coefficients
from spice.model.base import BaseRNN
from spice.model.training_data import TrainingData
from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.population import Population
from spice.refinement.population_fit import RowFit, fit_rows

Floats = NDArray[np.float64]

LEARNING_RATES, TRACE_RATE = (0.3, 0.7, 0.1), 0.5
"""Rates of which the best one is where the fit starts; the first is that of a start that is not fitted."""
TYPICAL_BETA = 3.0
"""Inverse temperature to start from. Values of models that have none carry it themselves."""


@dataclass(frozen=True)
class Textbook:
    """Textbook rules of a model, with the parameters that predict everybody's choices best.

    Attributes
    ----------
    values : mapping of mechanism to {term: coefficient}
        In a scale where values lie between 0 and 1.
    betas : mapping of state to float
        Inverse temperatures to match, within the bounds of usual ones.
    nll : float
        Negative log-likelihood per choice, nats.
    """

    values: Mapping[str, Mapping[str, float]]
    betas: Mapping[str, float]
    nll: float


def fit_textbook(model: BaseRNN, data: TrainingData) -> Textbook | None:
    """Fit textbook rules to the choices of all.

    Parameters
    ----------
    model : BaseRNN
        Its weights are not looked at.
    data : TrainingData

    Returns
    -------
    Textbook or None
        None for models with a `forward` of their own, or without a learned mechanism.
    """
    if not model.is_declared or not any(m.is_learned for m in model.mechanisms):
        return None
    model = copy.deepcopy(model).cpu().double().eval()
    data = data.on("cpu").to(next(model.parameters()).dtype)
    table = _table(model, LEARNING_RATES[0])
    fit, found = _fit(model, table, data)
    found = canonical_form(found)
    values = {
        name: {term: float(value) for term, value in zip(found.terms[name].names, v[0], strict=True) if value}
        for name, v in found.values.items()
    }
    betas = {state: float(np.copysign(np.clip(abs(b[0]), *USUAL_BETAS), b[0])) for state, b in found.betas.items()}
    return Textbook(values, betas, float(fit.nll[0]) / float(data.targets.sum()))


def _fit(model: BaseRNN, table: Coefficients, data: TrainingData) -> tuple[RowFit, Coefficients]:
    """The best fit from several rates."""
    of_fixed_scale = tuple(state for state in table.betas if not is_free(table, state))
    rows = np.zeros(data.trials.n_sequences, dtype=int)
    likelihood = EquationLikelihood(model, table, data, rows, of_fixed_scale)
    coordinates = likelihood.coordinates
    starts = [coordinates.coordinates(_table(model, rate)) for rate in LEARNING_RATES]
    active = np.ones((1, len(coordinates)), dtype=bool)
    theta = min((theta for theta, _ in starts), key=lambda theta: float(likelihood.nll(theta, active)[0]))
    fit = fit_rows(likelihood, theta, active, Population.usual(coordinates, of_one=True), rounds=0)
    return fit, likelihood.as_coefficients(coordinates.parameters(fit.theta, active))


def textbook_values(model: BaseRNN, table: Coefficients) -> dict[str, Floats]:
    """Coefficients of each mechanism's textbook rule, with middling rates, as far as its terms are allowed.

    Parameters
    ----------
    model : BaseRNN
    table : Coefficients
        Gives mechanisms and terms.

    Returns
    -------
    dict of str to (n_terms,)
        {mechanism: coefficients}.
    """
    found = {}
    for mechanism in table.mechanisms:
        if mechanism.name not in table.terms:
            continue
        wanted = _rule(model, table.mechanisms, mechanism, LEARNING_RATES[0], table.betas)
        terms = table.terms[mechanism.name]
        values = np.array([wanted.get(name, 0.0) for name in terms.names])
        found[mechanism.name] = np.where(table.allowed[mechanism.name], values, 0.0)
    return found


def rules_of_people(model: BaseRNN, n_people: int, terms: Mapping[str, Sequence[str]]) -> Coefficients:
    """Textbook rules as equations of each person, in which some terms may be.

    Parameters
    ----------
    model : BaseRNN
        In which participants have equations of their own.
    n_people : int
    terms : mapping of mechanism to sequence of str
        Those that are allowed, of degree 2 at most.

    Returns
    -------
    Coefficients
        A row a person and one of the population, all alike.
    """
    one = _table(model, LEARNING_RATES[0])
    rows = n_people + 1
    candidates: dict[str, CandidateTerms] = {}
    values, allowed = {}, {}
    for mechanism in filter(lambda m: m.is_learned, one.mechanisms):
        name = mechanism.name
        rule = dict(zip(one.terms[name].names, one.values[name][0], strict=True))
        is_linear = set(terms[name]) <= set(rule)
        candidates[name] = polynomial_terms((name, *mechanism.input_names), 1 if is_linear else 2)
        values[name] = np.tile([rule.get(term, 0.0) for term in candidates[name].names], (rows, 1))
        allowed[name] = np.isin(candidates[name].names, terms[name])
    tables = (
        {name: np.repeat(v, rows) for name, v in table.items()} for table in (one.betas, one.initial, one.observed)
    )
    betas, initial, observed = tables
    return replace(
        one, terms=candidates, values=values, allowed=allowed, betas=betas, initial=initial, observed=observed
    )


def _table(model: BaseRNN, rate: float) -> Coefficients:
    """Textbook rules that learn at a rate, as the equations of everybody: no terms but those they have."""
    table = _rules(model, rate, tuple(model.betas))
    # Values without an inverse temperature have one on the scale of canonical form.
    return _rules(model, rate, tuple(dict.fromkeys((*model.betas, *anchored_states(model.states, table)))))


def _rules(model: BaseRNN, rate: float, with_beta: tuple[str, ...]) -> Coefficients:
    initial = {name: np.array([state.initial]) for name, state in model.states.items()}
    betas = {name: np.array([TYPICAL_BETA]) for name in with_beta}
    terms: dict[str, CandidateTerms] = {}
    values: dict[str, Floats] = {}
    allowed: dict[str, NDArray[np.bool_]] = {}
    for mechanism in model.mechanisms:
        if mechanism.is_learned:
            rule = _rule(model, model.mechanisms, mechanism, rate, betas)
            terms[mechanism.name] = polynomial_terms((mechanism.name, *mechanism.input_names), 1)
            names = terms[mechanism.name].names
            values[mechanism.name] = np.array([[rule.get(name, 0.0) for name in names]])
            allowed[mechanism.name] = np.array([name in rule for name in names])
    return Coefficients(
        mechanisms=model.mechanisms, terms=terms, values=values, betas=betas, initial=initial,
        allowed=allowed,
        hidden=frozenset(name for name, state in model.states.items() if not state.readout),
        observed={p.name: np.array([p.start]) for p in model.observation.parameters},
    )  # fmt: skip


def _rule(
    model: BaseRNN, mechanisms: tuple[Mechanism, ...], mechanism: Mechanism, rate: float, betas: Mapping[str, object]
) -> dict[str, float]:
    """Terms of a mechanism's textbook rule.

    A state that rewards feed is learned on the chosen arm and drifts to the middle elsewhere; one that no reward
    feeds is a trace of choices; one that is not read out, such as a learning rate, is constant.
    """
    fed = {m.state for m in mechanisms if _reward_of(m) is not None}
    state, own = model.states.get(mechanism.state), mechanism.name
    scale = 1.0 if mechanism.state in betas else TYPICAL_BETA
    if state is not None and not state.readout:
        return {"1": rate}
    if mechanism.state in fed:
        reward = _reward_of(mechanism)
        if reward is None:
            return {"1": 0.5 * scale * rate, own: 1 - rate}
        # The constant puts the initial value in the middle between what no reward and what reward leads to.
        initial = 0.0 if state is None else state.initial
        return {"1": rate * (initial - 0.5 * scale), own: 1 - rate, reward: scale * rate}
    if mechanism.applies_to == CHOSEN:
        return {"1": scale * TRACE_RATE, own: 1 - TRACE_RATE}
    # A fixed start takes the place of the constant.
    return {own: 1 - TRACE_RATE} | ({"1": 0.0} if state is not None and state.learned == "fixed" else {})


def _reward_of(mechanism: Mechanism) -> str | None:
    """Name of the first input that is a reward."""
    return next((entry.name for entry in mechanism.entries if entry.signal == REWARD), None)
