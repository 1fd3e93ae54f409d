"""The equations of one participant: what they consist of, and how they are written."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from spice.equations import notation, state_notation
from spice.equations.coefficients import Coefficients


class WrittenEquations(ABC):
    """Equations that can be written down for one participant at a time.

    Attributes
    ----------
    coefficients : Coefficients
        Of everybody; `row` says which row is whose.
    """

    coefficients: Coefficients

    @abstractmethod
    def row(self, participant: int | str) -> int:
        """Row of the coefficient tables that holds a participant's equations.

        Parameters
        ----------
        participant : int or "population"

        Returns
        -------
        int

        Raises
        ------
        ConfigError
            Where there is no such participant.
        """

    def terms(self, participant: int | str) -> dict[str, dict[str, float]]:
        """Coefficients that are not zero.

        Parameters
        ----------
        participant : int or "population"

        Returns
        -------
        {mechanism: {term: coefficient}}

        Raises
        ------
        ConfigError
            Where there is no such participant.
        """
        row, table = self.row(participant), self.coefficients
        return {
            name: {t: float(v) for t, v in zip(terms.names, table.values[name][row], strict=True) if v != 0}
            for name, terms in table.terms.items()
        }

    def inverse_temperatures(self, participant: int | str) -> dict[str, float]:
        """Inverse temperature of each state that has one.

        Parameters
        ----------
        participant : int or "population"

        Returns
        -------
        dict of str to float
            {state: inverse temperature}.

        Raises
        ------
        ConfigError
            Where there is no such participant.
        """
        row = self.row(participant)
        return {state: float(beta[row]) for state, beta in self.coefficients.betas.items()}

    def initial_values(self, participant: int | str) -> dict[str, float]:
        """Value of each state at the start of a session, for states that are part of the logits.

        It is what the model declares or, where that leaves it to the equations, fitted with them: where a state's scale
        is free, so is the place in it that people start from.

        Parameters
        ----------
        participant : int or "population"

        Returns
        -------
        dict of str to float
            {state: initial value}.

        Raises
        ------
        ConfigError
            Where there is no such participant.
        """
        row, table = self.row(participant), self.coefficients
        left_out = {*table.hidden, *self.absent_states(participant)}
        states = dict.fromkeys(m.state for m in table.mechanisms if m.state not in left_out)
        return {state: float(table.initial[state][row]) for state in states}

    def observation_parameters(self, participant: int | str) -> dict[str, float]:
        """Parameters of the observation, such as a lapse rate; none of a softmax.

        Parameters
        ----------
        participant : int or "population"

        Returns
        -------
        dict of str to float
            {name: value}.

        Raises
        ------
        ConfigError
            Where there is no such participant.
        """
        row = self.row(participant)
        return {name: float(values[row]) for name, values in self.coefficients.observed.items()}

    def absent_states(self, participant: int | str) -> tuple[str, ...]:
        """States that this person's choices do not depend on: their inverse temperature is 0.

        Parameters
        ----------
        participant : int or "population"

        Returns
        -------
        tuple of str

        Raises
        ------
        ConfigError
            Where there is no such participant.
        """
        return tuple(state for state, beta in self.inverse_temperatures(participant).items() if beta == 0)

    def text(self, participant: int | str, digits: int = 2) -> str:
        """Equations as plain text: a line a mechanism, such as `V <- V + 0.31 (r - V)`, and one of starting values.

        Parameters
        ----------
        participant : int or "population"
        digits : int
            Decimals of coefficients.

        Returns
        -------
        str

        Raises
        ------
        ConfigError
            Where there is no such participant.
        """
        lines = [
            f"{notation.arms(m)}: {notation.as_text(m, terms, digits)}" if notation.arms(m) else
            notation.as_text(m, terms, digits)
            for m, terms in self.shown_mechanisms(participant)
        ]  # fmt: skip
        lines += [state_notation.absence_as_text(state) for state in self.absent_states(participant)]
        lines.append(state_notation.start_as_text(self.initial_values(participant), digits))
        return "\n".join(
            [line for line in lines if line]
            + [f"{k} = {v:.{digits}f}" for k, v in self.observation_parameters(participant).items()]
        )

    def latex(self, participant: int | str, digits: int = 2) -> str:
        """Equations as a LaTeX `aligned` environment.

        Parameters
        ----------
        participant : int or "population"
        digits : int
            Decimals of coefficients.

        Returns
        -------
        str

        Raises
        ------
        ConfigError
            Where there is no such participant.
        """
        lines = [notation.as_latex(m, terms, digits) for m, terms in self.shown_mechanisms(participant)]
        lines += [state_notation.absence_as_latex(state) for state in self.absent_states(participant)]
        lines += state_notation.start_as_latex(self.initial_values(participant), digits)
        observed = self.observation_parameters(participant).items()
        lines += [f"\\text{{{name}}} &= {value:.{digits}f}" for name, value in observed]
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    def mathml(self, participant: int | str, digits: int = 2) -> str:
        """Equations as presentation MathML, one `math` element a mechanism and one a starting value.

        Parameters
        ----------
        participant : int or "population"
        digits : int
            Decimals of coefficients.

        Returns
        -------
        str
            One element a line.

        Raises
        ------
        ConfigError
            Where there is no such participant.
        """
        lines = [notation.as_mathml(m, terms, digits) for m, terms in self.shown_mechanisms(participant)]
        lines += [state_notation.absence_as_mathml(state) for state in self.absent_states(participant)]
        lines += state_notation.start_as_mathml(self.initial_values(participant), digits)
        observed = self.observation_parameters(participant).items()
        lines += [
            f"<math><mtext>{name}</mtext><mo>=</mo><mn>{value:.{digits}f}</mn></math>" for name, value in observed
        ]
        return "\n".join(lines)

    def sympy(self, participant: int | str) -> dict[str, Any]:
        """Equations as sympy objects, with unrounded coefficients.

        Parameters
        ----------
        participant : int or "population"

        Returns
        -------
        {mechanism: sympy.Eq(next value, polynomial)}

        Raises
        ------
        ConfigError
            Where there is no such participant.
        """
        return {m.name: notation.as_sympy(m, terms) for m, terms in self.shown_mechanisms(participant)}

    def python(self, participant: int | str) -> str:
        """Equations as source of plain Python functions, one a mechanism, that give a state's next value.

        Parameters
        ----------
        participant : int or "population"

        Returns
        -------
        str

        Raises
        ------
        ConfigError
            Where there is no such participant.
        """
        return "\n\n".join(notation.as_python(m, terms) for m, terms in self.shown_mechanisms(participant)) + "\n"

    def shown_mechanisms(self, participant: int | str) -> list[tuple[notation.Described, dict[str, float]]]:
        """Mechanisms with the terms of their equations, as they are written: none of a state that is absent.

        Parameters
        ----------
        participant : int or "population"

        Returns
        -------
        list of (Described, {term: coefficient})

        Raises
        ------
        ConfigError
            Where there is no such participant.
        """
        found, absent = self.terms(participant), self.absent_states(participant)
        return [
            (
                notation.Described.of(m),
                found[m.name] if m.name in found else notation.rename_own(m, dict(m.equation or {})),
            )
            for m in self.coefficients.mechanisms
            # What is given in code, or stays a network, has no equation to show.
            if (m.name in found or m.equation) and m.state not in absent
        ]
