"""Likelihood of choices under equations, with its gradient and Fisher information per row of coefficients.

All coefficients of a row (of one participant, or of all who share one equation set) form a vector. One rollout
with an ensemble axis runs the equations with each of them moved a little; the differences of the logits are
their sensitivities, of which the observation (a softmax, as a rule) makes exact Fisher information.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice.equations.anchors import anchored_states, anchors
from spice.equations.coefficients import Coefficients
from spice.model.base import BaseRNN
from spice.model.hold_out import first_choices
from spice.model.run import Run, run_model
from spice.model.training_data import TrainingData
from spice.rollout.polynomials import Equations, PolynomialForm

Floats = NDArray[np.float64]
STEP = 1e-6
LARGEST_LOG_BETA = 6.0
"""Largest size of the logarithm of an inverse temperature: 0.0025 to 400."""
LARGEST_FREE = 8.0
"""Largest size of a parameter of an observation, on the scale without bounds."""
MEMORY = 2**28
"""Bytes that the logits of one rollout may take; more ensemble members run after one another."""


@dataclass(frozen=True)
class Curvature:
    """Likelihood at a point: nll (R,), its gradient (R, K) and Fisher information (R, K, K)."""

    nll: Floats
    gradient: Floats
    information: Floats


class EquationLikelihood:
    """Negative log-likelihood of choices as a function of all coefficients.

    Parameters
    ----------
    model : BaseRNN
        In float64 and eval mode.
    coefficients : Coefficients
        Gives the terms and the starting point.
    data : TrainingData
        In float64.
    table_rows : (S,)
        Row of the coefficients that each sequence belongs to.
    log_betas : tuple of str
        States whose inverse temperature is a parameter too, as its logarithm.
    usual_betas : mapping of state to float, optional
        Inverse temperatures that are 1 as parameters of anchored states; by default the median of those given.

    Attributes
    ----------
    names : list of (mechanism, term), ("beta", state) or ("observed", name)
        The K parameters.
    n_terms : int
        How many of them are coefficients; they come first.
    n_rows : int
        R: participants, or 1 where one equation set serves all.
    beta_states : tuple of str
        States whose inverse temperature is a parameter: those and the anchored ones.
    """

    def __init__(
        self,
        model: BaseRNN,
        coefficients: Coefficients,
        data: TrainingData,
        table_rows: NDArray[np.int_],
        log_betas: tuple[str, ...],
        usual_betas: Mapping[str, float] | None = None,
    ) -> None:
        anchored = anchored_states(model.states, coefficients) if model.is_declared else ()
        # Values without an inverse temperature have one on the scale of canonical form.
        ones = {state: np.ones(coefficients.n_rows) for state in anchored if state not in coefficients.betas}
        coefficients = replace(coefficients, betas={**coefficients.betas, **ones})
        medians = {state: float(np.median(np.abs(coefficients.betas[state]))) for state in anchored}
        self._units = {state: (usual_betas or {}).get(state, median) for state, median in medians.items()}
        self.model, self.data, self.template = model, data.read_by(model), coefficients
        self.beta_states = (*log_betas, *anchored)
        self.names = [(m, t) for m, terms in coefficients.terms.items() for t in terms.names]
        self.n_terms = len(self.names)
        self.observed = model.observation.parameters
        self.names += [("beta", state) for state in self.beta_states] + [("observed", p.name) for p in self.observed]
        self.n_rows = max(coefficients.n_rows - 1, 1)
        self._anchors = anchors(model.states, coefficients) if model.is_declared else ()
        self._table_rows = table_rows
        self.rows = np.minimum(table_rows, self.n_rows - 1)
        self.n_choices = self._count(data)

    def start(self) -> Floats:
        """Parameters (R, K) of the coefficients given."""
        table = self.template
        parts = [table.values[m] for m in table.terms] + [self._of_beta(s)[:, None] for s in self.beta_states]
        parts += [p.to_free(table.observed[p.name])[:, None] for p in self.observed]
        return self._complete(np.concatenate(parts, axis=1)[: self.n_rows], -1.0)

    def as_vector(self, values: Mapping[str, Floats]) -> Floats:
        """Coefficients of one row, {mechanism: (n_terms,)}, as parameters (K,)."""
        betas = [
            np.ones(1) if s in self._units else np.median(self._of_beta(s), keepdims=True) for s in self.beta_states
        ]
        observed = [np.median(p.to_free(self.template.observed[p.name]), keepdims=True) for p in self.observed]
        return self._complete(np.concatenate([*(values[m] for m in self.template.terms), *betas, *observed]), -1.0)

    def allowed(self) -> NDArray[np.bool_]:
        """Which of the K parameters could be told apart on the data, and do not follow from the others."""
        parts = [self.template.allowed[m] for m in self.template.terms]
        allowed = np.concatenate([*parts, np.ones(len(self.names) - self.n_terms, dtype=bool)])
        for anchor in self._anchors:
            if anchor.is_exact:
                allowed[self._first(anchor.mechanism) + anchor.position] = False
        return allowed

    def bounds(self) -> Floats:
        """Largest size (K,) of each parameter: 1 for how much of a state stays, which else grows without end.

        Inverse temperatures that are fitted as logarithms and parameters of an observation are kept from running away
        where choices do not tell them: from there no gradient leads back.
        """
        sizes = [
            np.where([t == mechanism for t in terms.names], 1.0, np.inf)
            for mechanism, terms in self.template.terms.items()
        ]
        betas = [np.inf if state in self._units else LARGEST_LOG_BETA for state in self.beta_states]
        return np.concatenate([*sizes, betas, np.full(len(self.observed), LARGEST_FREE)])

    def as_coefficients(self, theta: Floats, covariance: Floats | None = None) -> Coefficients:
        """Tables of parameters (R, K) and of their covariance (R, K, K), the population's as the last row."""
        table = self.template
        rows, position = self._complete(theta), 0
        values = {}
        for name, terms in table.terms.items():
            values[name] = rows[:, position : position + len(terms)].copy()
            position += len(terms)
        betas = dict(table.betas)
        for state in self.beta_states:
            betas[state] = rows[:, position] * self._units[state] if state in self._units else np.exp(rows[:, position])
            position += 1
        observed = {p.name: values[:, 0] for p, values in zip(self.observed, self._observed(rows), strict=True)}
        found = replace(table, values=values, betas=betas, observed=observed, covariance=None)
        if covariance is None:
            return found
        # Derivatives of all that equations are made of by the K parameters.
        k = len(self.names)
        complete = (self._complete(np.eye(k)) - self._complete(np.zeros(k))).T
        slopes = np.zeros((len(rows), len(found.parameters), k))
        for own, (first, second) in enumerate(self.names):
            if own < self.n_terms:
                parameter, scale = ("values", first, second), np.ones((1, 1))
            elif first == "beta":
                parameter = "betas", second, "1"
                scale = np.asarray(self._units.get(second, betas[second][:, None]))
            else:
                of_observation = next(p for p in self.observed if p.name == second)
                parameter, scale = ("observed", second, "1"), of_observation.slope(observed[second])[:, None]
            slopes[:, found.parameters.index(parameter)] = complete[own] * scale
        return replace(found, covariance=slopes @ covariance @ slopes.transpose(0, 2, 1))

    def pooled(self) -> "EquationLikelihood":
        """Treat the choices of all as those of one row."""
        together = copy.copy(self)
        together.n_rows, together.rows = 1, np.zeros_like(self.rows)
        together.n_choices = self.n_choices.sum(keepdims=True)
        return together

    def halves(self, share: float) -> tuple["EquationLikelihood", "EquationLikelihood"]:
        """The first choices of each sequence, and those after them with the state carried over."""
        parts = []
        for data in first_choices(self.data, share):
            part = copy.copy(self)
            part.data, part.n_choices = data.read_by(self.model), part._count(data)
            parts.append(part)
        return parts[0], parts[1]

    def nll(self, theta: Floats) -> Floats:
        """Summed over the choices of each row, (R,)."""
        return self._by_row(self._runs(theta[None], lambda run: run.nll(self.data.targets))[0].numpy())

    def curvature(self, theta: Floats, active: NDArray[np.bool_]) -> Curvature:
        """Value, gradient and information; zero for parameters that are active in no row."""
        moving = np.flatnonzero(active.any(0))
        moved = np.repeat(theta[None], 1 + len(moving), axis=0)
        steps = STEP * np.maximum(1.0, np.abs(theta[:, moving]))
        for member, k in enumerate(moving):
            moved[1 + member, :, k] += steps[:, member]
        logits = self._runs(moved, lambda run: run.choice_logits.transpose(0, 1)).transpose(0, 1)
        parameters = {p.name: torch.as_tensor(v) for p, v in zip(self.observed, self._observed(moved), strict=True)}
        parameters = {name: values[:, self.rows] for name, values in parameters.items()}
        nll, gradient, information = self.model.observation.information(
            logits, parameters, steps[self.rows], self.data.targets
        )
        n = len(self.names)
        full_gradient = np.zeros((self.n_rows, n))
        full_information = np.zeros((self.n_rows, n, n))
        full_gradient[:, moving] = self._by_row(gradient)
        full_information[np.ix_(np.arange(self.n_rows), moving, moving)] = self._by_row(information)
        return Curvature(self._by_row(nll), full_gradient, full_information)

    def _count(self, data: TrainingData) -> Floats:
        weights = data.targets.sum((0, 2)).double().numpy()
        return np.bincount(self.rows, weights=weights, minlength=self.n_rows).astype(np.float64)

    def _by_row(self, values: Floats) -> Floats:
        out = np.zeros((self.n_rows, *values.shape[1:]))
        np.add.at(out, self.rows, values)
        return out

    def _runs(self, theta: Floats, result: Callable[[Run], Tensor]) -> Tensor:
        """Results of runs with parameters (E, R, K), along a first axis E."""
        members = max(1, MEMORY // max(8 * self.data.trials.actions.numel(), 1))
        parts = [result(self._run(theta[k : k + members])) for k in range(0, len(theta), members)]
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def _of_beta(self, state: str) -> Floats:
        """Inverse temperatures as parameters: their logarithm, or in units of usual ones where they may be negative."""
        beta = self.template.betas[state]
        return np.asarray(beta / self._units[state] if state in self._units else np.log(beta))

    def _observed(self, theta: Floats) -> list[Floats]:
        """Parameters of the observation, (..., R, 1) each, of parameters (..., R, K)."""
        if not self.observed:
            return []
        first = len(self.names) - len(self.observed)
        free = torch.as_tensor(theta[..., first:])
        return [p.from_free(free[..., k : k + 1]).numpy() for k, p in enumerate(self.observed)]

    def _first(self, mechanism: str) -> int:
        """Position of the first parameter of a mechanism."""
        return self.names.index((mechanism, self.template.terms[mechanism].names[0]))

    def _complete(self, theta: Floats, sign: float = 1.0) -> Floats:
        """Parameters (..., K) with what anchors add to them; with a sign of -1 without it."""
        complete = theta.copy()
        for anchor in self._anchors:
            first = self._first(anchor.mechanism)
            added = sign * (anchor.target - theta[..., first : first + len(anchor.weights)] @ anchor.weights)
            own = 0.0 if anchor.is_exact else theta[..., first + anchor.position]
            complete[..., first + anchor.position] = own + (0.0 if anchor.is_exact and sign < 0 else added)
        return complete

    def _run(self, theta: Floats) -> Run:
        of_sequences = torch.as_tensor(self._complete(theta)[:, self.rows])
        table = self.template.at(self._table_rows, torch.float64)
        forms, position = {}, 0
        for name, terms in self.template.terms.items():
            forms[name] = PolynomialForm(terms, of_sequences[..., position : position + len(terms)])
            position += len(terms)
        betas = dict(table.inverse_temperatures)
        for state in self.beta_states:
            parameter = of_sequences[..., position : position + 1]
            betas[state] = parameter * self._units[state] if state in self._units else parameter.exp()
            position += 1
        observed = {p.name: torch.as_tensor(v) for p, v in zip(self.observed, self._observed(theta), strict=True)}
        observed = {name: values[:, self.rows] for name, values in observed.items()}
        equations = Equations(forms, betas, table.initial, observed)
        with torch.no_grad():
            if not self.model.is_declared:
                return self._run_tiled(equations, len(theta))
            data = self.data
            return run_model(self.model, data.trials, data.ids, signals=data.signals, equations=equations)

    def _run_tiled(self, equations: Equations, members: int) -> Run:
        """A forward of one's own knows no ensemble axis: its members stand side by side as sequences."""
        n = self.data.trials.n_sequences
        tiled = np.tile(np.arange(n), members)

        def side_by_side(values: Mapping[str, Tensor]) -> dict[str, Tensor]:
            return {
                k: (v if v.dim() == 3 else v[None].expand(members, -1, -1)).flatten(0, 1) for k, v in values.items()
            }

        flat = Equations(
            {name: PolynomialForm(f.terms, f.coefficients.flatten(0, 1)) for name, f in equations.forms.items()},
            side_by_side(equations.inverse_temperatures),
            side_by_side(equations.initial),
            side_by_side(equations.observed),
        )
        run = run_model(self.model, self.data.trials.select(tiled), self.data.ids.select(tiled), equations=flat)
        logits = run.logits.reshape(-1, members, n, run.logits.shape[-1])
        return replace(
            run, factors={"logits": logits.new_ones(1)}, states={"logits": logits}, offered=self.data.trials.offered,
            parameters=equations.observed,
        )  # fmt: skip
