"""SINDy for all participants at once: from trained networks to sparse equations."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from spice.data.ids import Ids
from spice.data.trials import Trials
from spice.declaration.mechanisms import Mechanism
from spice.declaration.terms import CandidateTerms, polynomial_terms
from spice.discovery.off_policy import off_policy_trials, repeat_for
from spice.discovery.samples import Samples, check_modules, sample_mechanisms
from spice.discovery.sparse_regression import SparseOptions, combinations, independent_terms, sparse_coefficients
from spice.equations.coefficients import Coefficients
from spice.model.base import BaseRNN
from spice.model.config import SpiceConfig
from spice.model.own_parts import temperatures

VALUES_AT_ONCE = 2**24
"""Values of one signal, over trials, arms and participants, in one rollout; bounds the memory of samples."""
ROWS_LOOKED_AT = 8
"""Participants whose samples tell which terms can be told apart."""


@dataclass(frozen=True)
class OffPolicy:
    """Size of the rollouts that equations are fitted on."""

    n_trials: int = 1000
    n_sessions: int = 1
    n_trials_same_action: int = 5


@dataclass(frozen=True)
class Regression:
    """The regression problem of one mechanism for R rows; see `sparse_coefficients` for the arrays.

    `redundant` (F, F) has, for each term of the library that was left out, the combination of others that it is.
    """

    mechanism: Mechanism
    terms: CandidateTerms
    gram: NDArray[np.float64]
    moment: NDArray[np.float64]
    allowed: NDArray[np.bool_]
    redundant: NDArray[np.float64]

    @property
    def notes(self) -> list[str]:
        """A sentence for each term left out."""
        sentences = []
        for k in np.flatnonzero(self.redundant.any(1)):
            parts = [f"{w:.3g} {self.terms.names[j]}" for j, w in enumerate(self.redundant[k]) if w]
            same = " + ".join(parts).replace("1 1", "1").removeprefix("1 ")
            sentences.append(f"{self.mechanism.name}: {self.terms.names[k]} is left out, in these data it is {same}.")
        return sentences

    def solve(self, options: SparseOptions | Sequence[SparseOptions]) -> NDArray[np.float64]:
        """Sparse coefficients of every row.

        Parameters
        ----------
        options : SparseOptions, or one for each row

        Returns
        -------
        (R, n_terms)
        """
        return sparse_coefficients(self.gram, self.moment, self.terms.degrees, self.allowed, options)


def set_up_regressions(
    model: BaseRNN,
    config: SpiceConfig,
    observed: Trials,
    experiments_of_rows: NDArray[np.int_],
    degree: int,
    off_policy: OffPolicy,
    generator: np.random.Generator,
) -> dict[str, Regression]:
    """Run the networks of every participant over made-up trials and sum up what each mechanism did.

    Parameters
    ----------
    model : BaseRNN
        Trained.
    config : SpiceConfig
    observed : Trials
        Outcomes are drawn from here.
    experiments_of_rows : (R,)
        Experiment of each participant; the last row is the population.
    degree : int
        Largest degree of a candidate term.
    off_policy : OffPolicy
    generator : numpy Generator

    Returns
    -------
    dict of mechanism to Regression

    Raises
    ------
    ConfigError
        Where the config names what the model or the data do not have.
    """
    check_modules(model, config)
    model = model.eval()
    trials = off_policy_trials(
        observed, off_policy.n_trials, off_policy.n_sessions, off_policy.n_trials_same_action, generator
    )
    n_rows = len(experiments_of_rows)
    parts: list[dict[str, Regression]] = []
    rows_at_once = max(1, VALUES_AT_ONCE // (16 * trials.actions.numel()))
    for start in range(0, n_rows, rows_at_once):
        chunk = np.arange(start, min(start + rows_at_once, n_rows))
        sessions, local = repeat_for(trials, len(chunk))
        rows = chunk[local]
        ids = Ids(
            torch.as_tensor(np.where(rows == n_rows - 1, -1, rows)),
            torch.as_tensor(experiments_of_rows[rows]),
        )
        samples = sample_mechanisms(model, config, sessions, ids)
        parts.append({name: _sum_up(s, config, degree, len(chunk)) for name, s in samples.items()})
    return {name: _join([part[name] for part in parts]) for name in config.rnn_modules}


def as_coefficients(
    model: BaseRNN, regressions: dict[str, Regression], options: SparseOptions, n_participants: int
) -> Coefficients:
    """Solve the regressions; inverse temperatures stay those of the network.

    Parameters
    ----------
    model : BaseRNN
    regressions : dict of str to Regression
        {mechanism: regression}.
    options : SparseOptions
    n_participants : int
        With equations of their own; 0 where one equation set serves all.

    Returns
    -------
    Coefficients
        n_participants + 1 rows, the population's last.
    """
    found = {r.mechanism.name: r.mechanism for r in regressions.values()}
    if model.is_declared:
        mechanisms = tuple(found.get(m.name, m) for m in model.mechanisms)
    else:
        # What a forward of one's own has hard-coded is known by name and state only; it may read any state.
        coded = (
            Mechanism(name, state=state, equation={}, inputs=tuple(s for s in model.states if s != state))
            for name, state in model.coded_states.items()
        )
        mechanisms = (*found.values(), *coded)
    values = {name: regression.solve(options) for name, regression in regressions.items()}
    return Coefficients(
        mechanisms=mechanisms,
        terms={name: regression.terms for name, regression in regressions.items()},
        values=values,
        betas=network_temperatures(model, n_participants),
        initial=network_initial_values(model, n_participants),
        allowed={name: regression.allowed for name, regression in regressions.items()},
        hidden=frozenset(name for name, state in model.states.items() if not state.readout),
        observed=network_observation(model, n_participants),
    )


def network_temperatures(model: BaseRNN, n_participants: int) -> dict[str, NDArray[np.float64]]:
    """Inverse temperatures of every state that has one.

    Parameters
    ----------
    model : BaseRNN
    n_participants : int

    Returns
    -------
    dict of str to (n_participants + 1,)
        {state: inverse temperatures}, the population's last.
    """
    with torch.no_grad():
        found = temperatures(model, torch.arange(n_participants + 1))
    return {name: factor.double().numpy().copy() for name, factor in found.items()}


def network_initial_values(model: BaseRNN, n_participants: int) -> dict[str, NDArray[np.float64]]:
    """Values of every state at the start of a sequence.

    Parameters
    ----------
    model : BaseRNN
    n_participants : int

    Returns
    -------
    dict of str to (n_participants + 1,)
        {state: initial values}, the population's last.
    """
    with torch.no_grad():
        initial = model.initial_state(n_participants + 1, torch.arange(n_participants + 1))
    return {name: value[:, 0].detach().double().numpy().copy() for name, value in initial.items()}


def network_observation(model: BaseRNN, n_participants: int) -> dict[str, NDArray[np.float64]]:
    """Parameters of the observation, such as a lapse rate.

    Parameters
    ----------
    model : BaseRNN
    n_participants : int

    Returns
    -------
    dict of str to (n_participants + 1,)
        {name: values}, the population's last.
    """
    with torch.no_grad():
        found = model.observation_parameters(torch.arange(n_participants + 1))
    return {name: np.resize(value[:, 0].double().numpy(), n_participants + 1) for name, value in found.items()}


def _sum_up(samples: Samples, config: SpiceConfig, degree: int, n_rows: int) -> Regression:
    mechanism = samples.mechanism
    terms = polynomial_terms((mechanism.name, *mechanism.input_names), degree)
    n_trials, n_sequences, n_actions = samples.mask.shape
    by_row = (n_trials, n_rows, n_sequences // n_rows, n_actions)
    mask = samples.mask.reshape(by_row)
    features = terms.evaluate(samples.variables).reshape(*by_row, -1) * mask[..., None]
    targets = samples.targets.reshape(by_row) * mask
    count = np.maximum(mask.sum((0, 2, 3)), 1)
    flat = np.moveaxis(features, 1, 0).reshape(n_rows, -1, len(terms))
    gram = np.einsum("pnf,png->pfg", flat, flat, optimize=True) / count[:, None, None]
    moment = np.einsum("pnf,pn->pf", flat, np.moveaxis(targets, 1, 0).reshape(n_rows, -1)) / count[:, None]
    applies = np.moveaxis(mask, 1, 0).reshape(n_rows, -1)
    some = np.unique(np.linspace(0, n_rows - 1, ROWS_LOOKED_AT).astype(int))
    told_apart = np.logical_or.reduce([independent_terms(flat[row][applies[row]]) for row in some])
    in_library = _in_library(terms, config, mechanism)
    redundant = combinations(flat[some[0]][applies[some[0]]], told_apart) * in_library[:, None]
    return Regression(mechanism, terms, gram, moment, in_library & told_apart, redundant)


def _in_library(terms: CandidateTerms, config: SpiceConfig, mechanism: Mechanism) -> NDArray[np.bool_]:
    """Terms of no other inputs than those the config lists, without signals that a filter drops."""
    listed = set(config.library_setup.get(mechanism.name, ())) - config.dropped(mechanism.name)
    usable = [True, *(name in listed for name in mechanism.input_names)]
    powers = np.array(terms.powers)
    return np.asarray((powers[:, ~np.array(usable)] == 0).all(1))


def _join(parts: list[Regression]) -> Regression:
    first = parts[0]
    return Regression(
        first.mechanism,
        first.terms,
        np.concatenate([p.gram for p in parts]),
        np.concatenate([p.moment for p in parts]),
        np.logical_or.reduce([p.allowed for p in parts]),
        first.redundant * ~np.logical_or.reduce([p.allowed for p in parts])[:, None],
    )
