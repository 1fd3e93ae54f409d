"""Likelihood of choices under equations, with its gradient and Fisher information per row of coordinates.

Everything that is fitted of a row (of one participant, or of all who share one equation set) is a vector of
coordinates. One rollout with an ensemble axis runs the equations with each of them moved a little; the differences of
the logits are their sensitivities, of which the observation (a softmax, as a rule) makes exact Fisher information.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice.equations.anchors import anchored_states
from spice.equations.coefficients import Coefficients
from spice.model.base import BaseRNN
from spice.model.run import Run, run_model
from spice.model.training_data import TrainingData
from spice.refinement.coordinates import Coordinates
from spice.rollout.polynomials import Equations, PolynomialForm

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
STEP = 1e-6
MEMORY = 2**28
"""Bytes that the logits of one rollout may take; more ensemble members run after one another."""


@dataclass(frozen=True)
class Curvature:
    """Likelihood at a point: nll (R,), its gradient (R, K) and Fisher information (R, K, K)."""

    nll: Floats
    gradient: Floats
    information: Floats

    def select(self, rows: NDArray[np.int_]) -> "Curvature":
        """Of some rows.

        Parameters
        ----------
        rows : (R',) of int

        Returns
        -------
        Curvature
        """
        return Curvature(self.nll[rows], self.gradient[rows], self.information[rows])

    def put(self, rows: NDArray[np.int_], new: "Curvature") -> "Curvature":
        """With that of some rows anew.

        Parameters
        ----------
        rows : (R',) of int
        new : Curvature
            Of those.

        Returns
        -------
        Curvature
        """
        out = Curvature(self.nll.copy(), self.gradient.copy(), self.information.copy())
        out.nll[rows], out.gradient[rows], out.information[rows] = new.nll, new.gradient, new.information
        return out


class EquationLikelihood:
    """Negative log-likelihood of choices as a function of the coordinates of people.

    Parameters
    ----------
    model : BaseRNN
        In float64 and eval mode.
    coefficients : Coefficients
        Gives the terms and a starting point.
    data : TrainingData
        In float64.
    table_rows : (S,)
        Row of the coefficients that each sequence belongs to.
    own_betas : tuple of str
        States whose scale is given, so that their inverse temperature is a coordinate of its own.

    Attributes
    ----------
    coordinates : Coordinates
        The K coordinates.
    n_rows : int
        R: participants, or 1 where one equation set serves all.
    n_choices : (R,)
    check : callable
        Called before each look at the choices; what it raises ends the fit.
    """

    check: Callable[[], None] = staticmethod(lambda: None)

    def __init__(
        self,
        model: BaseRNN,
        coefficients: Coefficients,
        data: TrainingData,
        table_rows: NDArray[np.int_],
        own_betas: tuple[str, ...],
    ) -> None:
        self._anchored = anchored_states(model.states, coefficients) if model.is_declared else ()
        coefficients = self._with_temperatures(coefficients)
        self._own_betas = own_betas
        self.model, self.data, self.template = model, data.read_by(model), coefficients
        self.coordinates = Coordinates(
            model.states, model.is_declared, coefficients, own_betas, model.observation.parameters
        )
        self.n_rows = max(coefficients.n_rows - 1, 1)
        self._table_rows = table_rows
        self.rows = np.minimum(table_rows, self.n_rows - 1)
        self.n_choices = self._count(data)

    def start(self, table: Coefficients | None = None) -> tuple[Floats, Mask]:
        """Coordinates of coefficients, and which are present.

        Parameters
        ----------
        table : Coefficients, optional
            Of the same people, terms and scale; by default those that were given.

        Returns
        -------
        theta, active : (R, K)
        """
        given = self.template if table is None else self._with_temperatures(table)
        theta, active = self.coordinates.coordinates(given)
        return theta[: self.n_rows], active[: self.n_rows]

    def _with_temperatures(self, table: Coefficients) -> Coefficients:
        """Values without an inverse temperature have one on the scale of canonical form."""
        ones = {state: np.ones(table.n_rows) for state in self._anchored if state not in table.betas}
        return replace(table, betas={**table.betas, **ones})

    def as_coefficients(self, parameters: Floats) -> Coefficients:
        """Equations of parameters, each row of its own.

        Parameters
        ----------
        parameters : (R', P)
            In order of `Coefficients.parameters`.

        Returns
        -------
        Coefficients
        """
        return self.template.with_vectors(parameters)

    def pooled(self) -> "EquationLikelihood":
        """Treat the choices of all as those of one row.

        Returns
        -------
        EquationLikelihood
            With R = 1, on the same trials.
        """
        together = copy.copy(self)
        together.n_rows, together.rows = 1, np.zeros_like(self.rows)
        together.n_choices = self.n_choices.sum(keepdims=True)
        return together

    def of_some(self, n_choices: float, n_people: int) -> "EquationLikelihood":
        """The likelihood of some people's choices, evenly picked.

        Parameters
        ----------
        n_choices : float
            As many people are picked as make about so many choices.
        n_people : int
            At least so many.

        Returns
        -------
        EquationLikelihood
            The object itself where nobody is left out.
        """
        _, people = np.unique(self.data.trials.participants, return_inverse=True)
        n = int(people.max()) + 1
        wanted = max(n_people, int(np.ceil(n * n_choices / max(float(self.n_choices.sum()), 1.0))))
        if wanted >= n:
            return self
        picked = np.unique(np.linspace(0, n - 1, wanted).round().astype(int))
        return self._of(np.flatnonzero(np.isin(people, picked)))

    def of_rows(self, rows: NDArray[np.int_]) -> "EquationLikelihood":
        """The likelihood of the choices of some rows.

        Parameters
        ----------
        rows : (R',) of int
            In rising order.

        Returns
        -------
        EquationLikelihood
        """
        return self._of(np.flatnonzero(np.isin(self.rows, rows)))

    def _of(self, sequences: NDArray[np.int_]) -> "EquationLikelihood":
        table_rows = self._table_rows[sequences]
        rows = np.unique(table_rows)
        table = self.template.select([*rows, self.template.n_rows - 1]) if self.n_rows > 1 else self.template
        own = np.searchsorted(rows, table_rows) if self.n_rows > 1 else table_rows
        found = EquationLikelihood(self.model, table, self.data.select(sequences), own, self._own_betas)
        found.check = self.check
        return found

    def nll(self, theta: Floats, active: Mask) -> Floats:
        """Negative log-likelihood, summed over the choices of each row.

        Parameters
        ----------
        theta : ([E,] R, K)
            Coordinates; E of each row may be given at once.
        active : ([E,] R, K)
            Which coordinates are present.

        Returns
        -------
        ([E,] R)
            Nats.
        """
        many = theta if theta.ndim == 3 else theta[None]
        found = self._runs(many, active, lambda run: run.nll(self.data.targets)).numpy()
        by_row = np.stack([self._by_row(one) for one in found])
        return by_row if theta.ndim == 3 else by_row[0]

    def curvature(self, theta: Floats, active: Mask) -> Curvature:
        """Value, gradient and Fisher information of the negative log-likelihood.

        Parameters
        ----------
        theta : (R, K)
        active : (R, K)
            Which coordinates are present.

        Returns
        -------
        Curvature
            Zero for coordinates that are present in no row.
        """
        moving = np.flatnonzero(active.any(0))
        moved = np.repeat(theta[None], 1 + len(moving), axis=0)
        steps = STEP * np.maximum(1.0, np.abs(theta[:, moving]))
        for member, k in enumerate(moving):
            moved[1 + member, :, k] += steps[:, member]
        logits = self._runs(moved, active, lambda run: run.choice_logits.transpose(0, 1)).transpose(0, 1)
        observed = self._observed(self.coordinates.parameters(moved, active)[:, self.rows])
        nll, gradient, information = self.model.observation.information(
            logits, observed, steps[self.rows], self.data.targets
        )
        n = len(self.coordinates)
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

    def _runs(self, theta: Floats, active: Mask, result: Callable[[Run], Tensor]) -> Tensor:
        """Results of runs at coordinates (E, R, K), along a first axis E."""
        members = max(1, MEMORY // max(8 * self.data.trials.actions.numel(), 1))
        starts, own = range(0, len(theta), members), active.ndim == 3
        parts = [result(self._run(theta[k : k + members], active[k : k + members] if own else active)) for k in starts]
        return parts[0] if len(parts) == 1 else torch.cat(parts)

    def _observed(self, parameters: Floats) -> dict[str, Tensor]:
        """Parameters of the observation, {name: (E, S, 1)} of parameters (E, S, P)."""
        names = self.template.parameters
        return {
            p.name: torch.as_tensor(parameters[..., [names.index(("observed", p.name, "1"))]])
            for p in self.model.observation.parameters
        }

    def _run(self, theta: Floats, active: Mask) -> Run:
        self.check()
        parameters = self.coordinates.parameters(theta, active)[:, self.rows]
        of_sequences = torch.as_tensor(parameters)
        table = self.template.at(self._table_rows, torch.float64)
        names, forms, position = self.template.parameters, {}, 0
        for name, terms in self.template.terms.items():
            forms[name] = PolynomialForm(terms, of_sequences[..., position : position + len(terms)])
            position += len(terms)
        betas, initial = dict(table.inverse_temperatures), dict(table.initial)
        for entry in self.coordinates.entries:
            kind, state, _ = entry.parameter
            column = of_sequences[..., [names.index(entry.parameter)]]
            if kind == "betas":
                betas[state] = column
            elif kind == "initial":
                initial[state] = column
        equations = Equations(forms, betas, initial, self._observed(parameters))
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
