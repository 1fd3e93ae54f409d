"""Coordinates in which people are near normal, and in which it can be said that a mechanism is absent.

Equations are fitted on the canonical scale of their states (see `spice.equations.anchors`). There a rate lies between 0
and 1 (2 where nothing is learned from rewards), and people are nearly normal in the logit of its place between them.
Two learning rates, after a reward and without one, are one rate and their difference. What a person does not do is no
number at all: a mechanism that is absent leaves the state where it is, V <- V, a term that is absent is no part of
the change, and a state whose inverse temperature is absent is no part of the choices.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from spice.declaration.mechanisms import CHOSEN, REWARD, Mechanism, State
from spice.equations.anchors import Anchor, anchored_states, anchors
from spice.equations.canonical import reward_variable
from spice.equations.coefficients import Coefficients
from spice.observation.base import ObservationParameter
from spice.refinement.coordinate import NONE, Coordinate, Kind

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


FASTEST = {"rate": 1.0, "free rate": 2.0}
"""Values are learned at most up to the reward; all else may go beyond where it is drawn and come back, as in people who
alternate."""
MARGIN, SLOWEST = 0.02, 0.002
"""Share of the bounds that rates to start from keep away from them; what is slower is taken to be absent."""


class Coordinates:
    """The way between coordinates (..., R, K) of people and parameters (..., R, P) of their equations.

    Parameters
    ----------
    states : mapping of name to State
    is_declared : bool
        Whether a declaration says what states do; a `forward` of one's own may do anything.
    table : Coefficients
        Gives terms, and those that are allowed; every anchored state has an inverse temperature.
    own_betas : sequence of str
        Other states whose inverse temperature is a coordinate.
    observed : sequence of ObservationParameter
    """

    def __init__(
        self, states: Mapping[str, State], is_declared: bool, table: Coefficients, own_betas: Sequence[str],
        observed: Sequence[ObservationParameter],
    ) -> None:  # fmt: skip
        self.table, self._observed = table, {p.name: p for p in observed}
        self._positions = {name: k for k, name in enumerate(table.parameters)}
        self.anchored = anchored_states(states, table) if is_declared else ()
        self._anchors: tuple[Anchor, ...] = anchors(states, table) if is_declared else ()
        self.entries: list[Coordinate] = []
        self._of_parameter: dict[tuple[str, str, str], int] = {}
        self._fed = {m.state for m in table.mechanisms if any(e.signal == REWARD for e in m.entries)}
        for state in (*own_betas, *self.anchored):
            kind: Kind = "beta" if state in self._fed else "trace beta"
            self._add(kind, ("betas", state, "1"), is_optional=state in self.anchored)
            if state in self.anchored and states[state].learned == "equations" and state in self._fed:
                self._add("start", ("initial", state, "1"), self._at("betas", state, "1"), is_optional=False)
        for mechanism in table.mechanisms:
            if mechanism.name in table.terms:
                self._add_mechanism(mechanism)
        for parameter in observed:
            self._add("observed", ("observed", parameter.name, "1"), is_optional=False)
        self.parents = np.array([entry.parent for entry in self.entries])
        self.is_optional = np.array([entry.is_optional for entry in self.entries])
        self.differs = np.array([entry.differs for entry in self.entries])
        self.kinds = np.array([entry.kind for entry in self.entries])
        self.can_be_apart = self.differs & np.isin(self.kinds, ("asymmetry", "trace beta", "term", "target"))
        self.low, self.high, self.mean, self.mean_sd, self.spread = (
            np.array([getattr(entry.usual, name) for entry in self.entries])
            for name in ("low", "high", "mean", "mean_sd", "spread")
        )
        for k, entry in enumerate(self.entries):
            if entry.kind == "observed":
                self.mean[k] = float(
                    self._observed[entry.parameter[1]].to_free(self._observed[entry.parameter[1]].start)
                )

    def __len__(self) -> int:
        return len(self.entries)

    def _at(self, kind: str, name: str, term: str) -> int:
        return self._of_parameter.get((kind, name, term), NONE)

    def _add(
        self, kind: Kind, parameter: tuple[str, str, str], parent: int = NONE, is_optional: bool = True,
        differs: bool = True,
    ) -> None:  # fmt: skip
        self._of_parameter[parameter] = len(self.entries)
        self.entries.append(Coordinate(kind, parameter, parent, is_optional, is_optional and differs))

    def _add_mechanism(self, mechanism: Mechanism) -> None:
        name, state = mechanism.name, mechanism.state
        terms, allowed = self.table.terms[name], self.table.allowed[name]
        of_state = self._at("betas", state, "1") if state in self.anchored else NONE
        anchored = [a for a in self._anchors if a.mechanism == name]
        exact = {terms.names[a.position] for a in anchored if a.is_exact}
        drifting = {terms.names[a.position] for a in anchored if not a.is_exact}
        reward = reward_variable(mechanism)
        asymmetric = None if reward is None else f"{name} {mechanism.input_names[reward - 1]}"
        # The mechanism's own value first: others are told from it.
        order = sorted(range(len(terms)), key=lambda k: terms.names[k] != name)
        for k in order:
            term = terms.names[k]
            parameter = "values", name, term
            if not allowed[k] or term in exact:
                continue
            rate = self._at("values", name, name)
            if term == name and state in self.anchored:
                # A trace of choices that does not fade is not told from one that does, in most people.
                is_learned = state in self._fed and mechanism.applies_to == CHOSEN
                of_kind: Kind = "rate" if is_learned else "free rate"
                self._add(of_kind, parameter, of_state, mechanism.applies_to != CHOSEN, state in self._fed)
            elif term == name and mechanism.update == "residual":
                self._add("change", parameter, of_state)
            elif term == asymmetric and state in self.anchored and rate != NONE:
                self._add("asymmetry", parameter, rate)
            elif term in drifting and rate != NONE:
                self._add("target", parameter, rate)
            else:
                # Nothing else moves a state that is not drawn anywhere: it would grow without end. And where V is
                # absent, a square of it would stand in for it.
                is_square = mechanism.update == "residual" and terms.powers[k][0] > 1
                hangs_on_rate = rate != NONE and (state in self.anchored or is_square)
                self._add("term", parameter, rate if hangs_on_rate else of_state)

    def closed(self, active: Mask) -> Mask:
        """What is present once everything is absent whose parent is.

        Parameters
        ----------
        active : (..., K)

        Returns
        -------
        (..., K)
        """
        active = active.copy()
        for k, parent in enumerate(self.parents):
            if parent != NONE:
                active[..., k] &= active[..., parent]
        return active

    def with_parents(self, prevalence: Floats) -> Floats:
        """Shares of all people who have each coordinate.

        Parameters
        ----------
        prevalence : (..., K)
            Shares of those who have what it hangs on.

        Returns
        -------
        (..., K)
        """
        found = prevalence.copy()
        for k, parent in enumerate(self.parents):
            if parent != NONE:
                found[..., k] *= found[..., parent]
        return found

    def of_parameters(self, probability: Floats) -> Floats:
        """Probabilities that parameters are there.

        Coefficients that follow from others are there with the rate of their mechanism.

        Parameters
        ----------
        probability : (..., K)
            That coordinates are.

        Returns
        -------
        (..., P)
            NaN for what is there always.
        """
        found = np.full((*probability.shape[:-1], len(self._positions)), np.nan)
        for (kind, name, term), position in self._positions.items():
            k = self._at(kind, name, term)
            if kind == "values" and (k == NONE or self.kinds[k] == "target"):
                allowed = self.table.allowed[name][self.table.terms[name].names.index(term)]
                k = self._at("values", name, name) if allowed else NONE
            if k != NONE and self.kinds[k] not in ("start", "observed"):
                found[..., position] = probability[..., k]
        return found

    def families(self) -> list[NDArray[np.int_]]:
        """For each coordinate, itself and all that is absent without it.

        Returns
        -------
        list of (n,)
            Positions of coordinates.
        """
        found = []
        for k in range(len(self)):
            without = np.ones(len(self), dtype=bool)
            without[k] = False
            found.append(np.flatnonzero(~self.closed(without)))
        return found

    def parameters(self, theta: Floats, active: Mask) -> Floats:
        """Parameters of the equations of people of whose coordinates some are present.

        Parameters
        ----------
        theta, active : (..., R, K)
            Coordinates, and which are present.

        Returns
        -------
        (..., R, P)
        """
        active = self.closed(active)
        found = np.zeros((*theta.shape[:-1], len(self._positions)))
        for kind, table in (("initial", self.table.initial), ("betas", self.table.betas)):
            for name, given in table.items():
                found[..., self._positions[kind, name, "1"]] = given[: theta.shape[-2]]
        for mechanism in self.table.mechanisms:
            # Without a mechanism a state stays where it is.
            own = self._positions.get(("values", mechanism.name, mechanism.name))
            if own is not None and (mechanism.state in self.anchored or mechanism.update == "residual"):
                found[..., own] = 1.0
        for k, entry in enumerate(self.entries):
            u, present = theta[..., k], active[..., k]
            position = self._positions[entry.parameter]
            if entry.kind in FASTEST:
                found[..., position] = 1.0 - np.where(present, _rate(u, FASTEST[entry.kind]), 0.0)
            elif entry.kind == "asymmetry":
                # The rate is that between the two.
                middle, half = theta[..., entry.parent], np.where(present, 0.5 * u, 0.0)
                without, rewarded = _rate(middle - half, 1.0), _rate(middle + half, 1.0)
                slope = self._positions[self.entries[entry.parent].parameter]
                found[..., slope] = np.where(active[..., entry.parent], 1.0 - without, 1.0)
                found[..., position] = np.where(present, without - rewarded, 0.0)
            elif entry.kind == "observed":
                free = self._observed[entry.parameter[1]]
                found[..., position] = _from_free(free, u)
            elif entry.kind in ("start", "change"):
                found[..., position] = found[..., position] + np.where(present, u, 0.0)
            elif entry.kind != "target":
                found[..., position] = np.where(present, u, 0.0)
        self._anchor(found, theta, active)
        return found

    def _anchor(self, found: Floats, theta: Floats, active: Mask) -> None:
        """Coefficients that follow from others, in place."""
        for anchor in self._anchors:
            terms = self.table.terms[anchor.mechanism]
            names = [self._positions["values", anchor.mechanism, term] for term in terms.names]
            position = names[anchor.position]
            # What leaves its place returns to the declared start, wherever a person starts from.
            own: Floats | float = 0.0
            k = self._at("values", anchor.mechanism, terms.names[anchor.position])
            if k != NONE:
                own = np.where(active[..., k], theta[..., k], 0.0)
                rate = self._at("values", anchor.mechanism, anchor.mechanism)
                if self.entries[k].kind == "target":
                    own = own * _rate(theta[..., rate], FASTEST[self.entries[rate].kind])
            found[..., position] = 0.0
            found[..., position] = own + anchor.target - found[..., names] @ anchor.weights

    def coordinates(self, table: Coefficients) -> tuple[Floats, Mask]:
        """Coordinates of equations on the canonical scale, and which of them are present.

        Parameters
        ----------
        table : Coefficients

        Returns
        -------
        theta, active : (R, K)
        """
        vectors = table.vectors()
        theta = np.tile(self.mean, (len(vectors), 1))
        active = np.ones(theta.shape, dtype=bool)
        for k, entry in enumerate(self.entries):
            value = vectors[:, self._positions[entry.parameter]]
            if entry.kind in FASTEST:
                active[:, k] = np.abs(1.0 - value) > SLOWEST
                theta[:, k] = _of_rate(1.0 - value, FASTEST[entry.kind])
            elif entry.kind == "asymmetry":
                slope = vectors[:, self._positions[self.entries[entry.parent].parameter]]
                active[:, k] = value != 0
                without, rewarded = _of_rate(1.0 - slope, 1.0), _of_rate(1.0 - slope - value, 1.0)
                theta[:, k] = rewarded - without
                theta[:, entry.parent] = (rewarded + without) / 2
            elif entry.kind == "observed":
                theta[:, k] = self._observed[entry.parameter[1]].to_free(value)
            elif entry.kind == "start":
                theta[:, k] = value - self.table.initial[entry.parameter[1]][0]
            elif entry.kind == "change":
                active[:, k], theta[:, k] = value != 1.0, value - 1.0
            elif entry.kind == "target":
                # What is found off the start is said by the rate; where to is left to the fit.
                active[:, k], theta[:, k] = value != 0, 0.0
            else:
                active[:, k] = (value != 0) | (entry.parameter[0] == "betas")
                theta[:, k] = value
        return theta.clip(self.low, self.high), active


def _rate(u: Floats, fastest: float) -> Floats:
    """Rate of a coordinate."""
    return np.asarray(0.5 * fastest * (1.0 + np.tanh(0.5 * u)))


def _of_rate(rate: Floats, fastest: float) -> Floats:
    """Coordinate of a rate, well within the bounds."""
    share = np.clip(rate / fastest, MARGIN, 1.0 - MARGIN)
    return np.asarray(np.log(share) - np.log1p(-share))


def _from_free(parameter: ObservationParameter, free: Floats) -> Floats:
    import torch

    return np.asarray(parameter.from_free(torch.as_tensor(free)).numpy())
