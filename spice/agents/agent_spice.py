"""A model with equations in place of its networks, as an agent."""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from spice._validation import check_kind, kind_of
from spice.agents.agent_network import AgentNetwork
from spice.data.ids import rows_of
from spice.declaration.terms import CandidateTerms
from spice.equations.coefficients import Coefficients
from spice.equations.equations import SpiceEquations
from spice.exceptions import ConfigError

Features = dict[int, dict[str, tuple[list[str], list[float]]]]


class AgentSpice(AgentNetwork):
    """A model whose mechanisms are equations.

    Parameters
    ----------
    agent : AgentNetwork
        Whose networks the equations stand in for.
    equations : SpiceEquations
        Of the agent's participants, or of some of them.
    """

    def __init__(self, agent: AgentNetwork, equations: SpiceEquations) -> None:
        check_kind("agent", agent, AgentNetwork, "an AgentNetwork", "Pass estimator.rnn_agent, say.")
        check_kind("equations", equations, SpiceEquations, "SpiceEquations", "Pass estimator.equations_, say.")
        self.equations = equations
        random_state = agent._rng.spawn(1)[0] if agent._seeded else None
        self._begin(agent.fitted.with_equations(equations), agent.deterministic, random_state)

    @property
    def coefficients(self) -> Coefficients:
        """The equations as tables."""
        return self.equations.coefficients

    @property
    def equation_ids(self) -> tuple[int, ...]:
        """Ids of the participants that have equations."""
        return self.equations.participants

    def get_spice_features(self, mapping_modules_values: Mapping[str, str] | None = None) -> Features:
        """The equations as lists of terms.

        All candidate terms that could be told apart on the data are listed, those not in the equation with 0.
        Inverse temperatures stand there as `beta_<state>`, parameters of an observation by their names, with the
        feature '1'.

        Parameters
        ----------
        mapping_modules_values : mapping of module to state, optional
            Only these modules, with the inverse temperatures of these states; a module's own value goes by the
            state's name.

        Returns
        -------
        {participant: {module: (feature names, coefficients)}}
            Keyed by the id in the data.

        Raises
        ------
        ConfigError
            Names what is no module or no state of the model, and what is.
        """
        table = self.coefficients
        modules, states = self._counted(mapping_modules_values)
        features: Features = {}
        for participant in self.equations.participants:
            row = self.equations.row(participant)
            own: dict[str, tuple[list[str], list[float]]] = {}
            for name in modules:
                kept = np.flatnonzero(table.allowed[name])
                names = [table.terms[name].names[k] for k in kept]
                if mapping_modules_values:
                    names = [" ".join(_renamed(t, name, mapping_modules_values[name])) for t in names]
                own[name] = names, [float(v) for v in table.values[name][row, kept]]
            for state in states:
                own[f"beta_{state}"] = ["1"], [float(table.betas[state][row])]
            own |= {name: (["1"], [value]) for name, value in self._observed_by(participant, mapping_modules_values)}
            features[participant] = own
        return features

    def count_parameters(self, mapping_modules_values: Mapping[str, str] | None = None) -> dict[int, int]:
        """Count the coefficients that are not zero, and the inverse temperatures.

        Parameters
        ----------
        mapping_modules_values : mapping of module to state, optional
            Only what `get_spice_features` gives for the same mapping.

        Returns
        -------
        {participant: int}
            Keyed by the id in the data.

        Raises
        ------
        ConfigError
            Names what is no module or no state of the model, and what is.
        """
        table = self.coefficients
        modules, states = self._counted(mapping_modules_values)
        return {
            p: len(states)
            + len(self._observed_by(p, mapping_modules_values))
            + sum(int(np.count_nonzero(table.values[m][self.equations.row(p)])) for m in modules)
            for p in self.equations.participants
        }

    def get_modules(self) -> dict[str, dict[int, Callable[..., float]]]:
        """The equations as functions.

        Returns
        -------
        {module: {participant: function (value, *inputs) -> next value}}
        """
        modules: dict[str, dict[int, Callable[..., float]]] = {name: {} for name in self.coefficients.terms}
        bounds = {m.name: m.bounds for m in self.coefficients.mechanisms}
        for name, terms in self.coefficients.terms.items():
            for p in self.equations.participants:
                values = self.coefficients.values[name][self.equations.row(p)]
                modules[name][p] = partial(_next_value, terms, values, bounds.get(name))
        return modules

    def get_participant_ids(self) -> tuple[int, ...]:
        """Ids of the participants that have equations.

        Returns
        -------
        tuple of int
        """
        return self.equations.participants

    def print_model(self, participant_id: int) -> None:
        """Write a participant's equations and inverse temperatures to the standard output.

        Parameters
        ----------
        participant_id : int or "population"
            Id in the data.

        Raises
        ------
        ConfigError
            Where it has no equations, or is no id.
        """
        is_one = isinstance(participant_id, Real | str) or getattr(participant_id, "ndim", None) == 0
        if not is_one:
            raise ConfigError(
                "participant_id", "one id in the data", kind_of(participant_id),
                f"Pass one of get_participant_ids(), such as {self.equation_ids[0]}.",
            )  # fmt: skip
        lines = [self.equations.text(participant_id)]
        lines += [f"beta({s}) = {b:.2f}" for s, b in self.equations.inverse_temperatures(participant_id).items()]
        sys.stdout.write("\n".join(lines) + "\n")

    def covers(self, participants: NDArray[np.int_]) -> NDArray[np.bool_]:
        """Which ids have equations: their own, the shared ones, or, never seen, the population's.

        Parameters
        ----------
        participants : (n,) array of int

        Returns
        -------
        (n,) array of bool
        """
        known = rows_of(participants, self.participant_ids) >= 0
        return np.asarray((rows_of(participants, self.equation_ids) >= 0) | ~known)

    def _observed_by(self, participant: int, mapping: Mapping[str, str] | None) -> list[tuple[str, float]]:
        """Parameters of the observation, which belong to no module."""
        return [] if mapping else list(self.equations.observation_parameters(participant).items())

    def _counted(self, mapping: Mapping[str, str] | None) -> tuple[list[str], list[str]]:
        """Modules, and states with an inverse temperature, that a mapping names: all without one."""
        table = self.coefficients
        if mapping is None:
            return list(table.terms), list(table.betas)
        check_kind(
            "mapping_modules_values", mapping, Mapping, "a dict of module to state",
            f"Pass {{{next(iter(table.terms), 'module')!r}: {next(iter(table.initial), 'state')!r}}}, say.",
        )  # fmt: skip
        for names, kind, known in ((mapping, "modules", table.terms), (mapping.values(), "states", table.initial)):
            for name in names:
                if name not in known:
                    raise ConfigError(
                        "mapping_modules_values",
                        f"{kind} from {list(known)}",
                        repr(name),
                        "Name only modules and states of this model.",
                    )
        return list(mapping), [state for state in table.betas if state in mapping.values()]


def _next_value(
    terms: CandidateTerms, values: NDArray[np.float64], bounds: tuple[float, float] | None, value: float, *inputs: float
) -> float:
    result = float(terms.evaluate(np.array([value, *inputs], dtype=float)) @ values)
    return result if bounds is None else min(max(result, bounds[0]), bounds[1])


def _renamed(term: str, module: str, state: str) -> list[str]:
    return [state + f[len(module) :] if f.split("^")[0] == module else f for f in term.split()]
