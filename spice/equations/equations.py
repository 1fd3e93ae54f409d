"""Equations as objects: per participant, in words that science uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spice.declaration.mechanisms import CHOSEN, REWARD
from spice.documents import bundle
from spice.equations.as_document import equations_document, person_document
from spice.equations.canonical import canonical_form, canonical_gauge, has_reward_term, is_free, learning_rate
from spice.equations.coefficients import Coefficients
from spice.equations.tables import coefficient_frame, derived_frame, prevalence_frame
from spice.equations.written import WrittenEquations
from spice.exceptions import ConfigError

if TYPE_CHECKING:
    import pandas as pd

POPULATION = "population"
UNUSUAL = 0.25
"""How far outside 0 to 1 a starting value may lie before it is pointed out."""
SHOWN, LISTED = 3, 50
"""People that a notebook shows the equations of, and whose equations its document holds."""


@dataclass(frozen=True)
class SpiceEquations(WrittenEquations):
    """The equations of all participants.

    Every method that names a participant takes the id in the data, or "population" for the equations that people
    never seen get, and raises `ConfigError` for anybody else; `row` gives the position in the tables.

    Attributes
    ----------
    coefficients : Coefficients
        One row a participant and the population's as the last; one row where all share one equation set.
    participants : tuple of int
        Ids in the data, in order of the rows.
    labels : tuple of str
        What the participants are called in the data.
    mean_reward : float
        Of the data, scaled to [0, 1]; the learning rate is read off there.
    is_canonical : bool
        Whether values are in canonical form.
    """

    coefficients: Coefficients
    participants: tuple[int, ...]
    labels: tuple[str, ...]
    mean_reward: float = 0.5
    is_canonical: bool = False

    @classmethod
    def of(
        cls, coefficients: Coefficients, participants: Sequence[int], labels: Sequence[str] | None = None,
        mean_reward: float = 0.5,
    ) -> SpiceEquations:  # fmt: skip
        """Equations of these people, who are called by their ids where they have no labels.

        Parameters
        ----------
        coefficients : Coefficients
        participants : sequence of int
            Ids in the data, in order of the rows.
        labels : sequence of str, optional
            In the same order.
        mean_reward : float
            Of the data, scaled to [0, 1].

        Returns
        -------
        SpiceEquations
        """
        names = tuple(map(str, participants)) if labels is None else tuple(labels)
        return cls(coefficients, tuple(participants), names, mean_reward)

    def with_labels(self, labels: Mapping[int, str]) -> SpiceEquations:
        """The same equations of people called by labels instead of their ids; who has none keeps the id.

        Parameters
        ----------
        labels : mapping of int to str
            {id: label}.

        Returns
        -------
        SpiceEquations
        """
        names = tuple(labels.get(i, name) for i, name in zip(self.participants, self.labels, strict=True))
        return replace(self, labels=names)

    def __len__(self) -> int:
        return len(self.participants)

    def __repr__(self) -> str:
        form = "canonical" if self.is_canonical else "raw"
        people = f"{len(self)} participant{'s' if len(self) != 1 else ''}"
        shown = self.participants[0] if self.participants else POPULATION
        return f"<SpiceEquations of {people}, {form} form; participant {shown}:\n{self.text(shown)}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        people = () if self.is_shared else self.participants
        shown: tuple[int | str, ...] = (*people[:SHOWN], POPULATION)
        html = "".join(
            f"<p>{'all participants' if self.is_shared else escape(self.label(person))}</p>"
            + "".join(f"<p>{line}</p>" for line in self.mathml(person).split("\n"))
            for person in shown
        )
        left = len(people) - SHOWN
        more = f"<p>{left:,} more people.</p>" if left > 0 else ""
        return bundle(self.to_document(LISTED), repr(self), html + more)

    def to_document(self, most: int | None = None, config: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """All equations as plain JSON, as `*.spice.json` files hold them (see `spice.equations.as_document`).

        Parameters
        ----------
        most : int, optional
            Largest number of people to list; `left_out` counts the others. Where all share their equations, nobody is
            listed, and the population's are theirs.
        config : mapping, optional
            Settings that they were found with, as JSON holds them; see `spice.figures.estimator`.

        Returns
        -------
        dict
            Plain JSON.
        """
        return equations_document(self, most, config)

    def person_document(self, participant: int | str) -> dict[str, Any]:
        """One participant's part of the document.

        Parameters
        ----------
        participant : int or "population"

        Returns
        -------
        dict
            Plain JSON.

        Raises
        ------
        ConfigError
            Where there is no such participant.
        """
        return person_document(self, participant)

    def label(self, participant: int | str) -> str:
        """What a participant is called in the data; the population by its name.

        Parameters
        ----------
        participant : int or "population"

        Returns
        -------
        str

        Raises
        ------
        ValueError
            Where no participant has that id.
        """
        if isinstance(participant, str):
            return participant
        return self.labels[self.participants.index(participant)]

    @property
    def is_shared(self) -> bool:
        """Whether one equation set serves all participants."""
        return self.coefficients.n_rows == 1

    def canonical(self) -> SpiceEquations:
        """The same equations in canonical form (see `spice.equations.canonical`).

        Returns
        -------
        SpiceEquations
            The object itself where it is in canonical form already.
        """
        if self.is_canonical:
            return self
        return SpiceEquations(canonical_form(self.coefficients), self.participants, self.labels, self.mean_reward, True)

    def without_canonical_form(self) -> set[int | str]:
        """Participants (and "population") for whom a state whose scale is free has no canonical form.

        Their canonical equations are the raw ones, as where no reward is in a learning equation, and the numbers
        cannot be compared with those of others.

        Returns
        -------
        set of int or "population"
        """
        missing = np.zeros(self.coefficients.n_rows, dtype=bool)
        for state in self.coefficients.initial:
            if is_free(self.coefficients, state):
                missing |= np.isnan(canonical_gauge(self.coefficients, state).scale) & ~self._is_nothing(state)
        people: list[int | str] = [*self.participants, POPULATION]
        return {p for p in people if missing[self.row(p)]}

    def _is_nothing(self, state: str) -> NDArray[np.bool_]:
        """Rows (R,) in which no equation of a state has a term, or no choice depends on it: it has no scale."""
        table = self.coefficients
        own = [table.values[m.name] for m in table.mechanisms if m.state == state]
        without_effect = table.betas.get(state, np.ones(table.n_rows)) == 0
        return np.asarray(~np.any([values.any(1) for values in own], axis=0) | without_effect)

    def row(self, participant: int | str) -> int:
        """Position of a participant's equations: the row of the coefficient tables that they stand in.

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
        if participant == POPULATION or self.is_shared:
            if participant != POPULATION and participant not in self.participants:
                raise self._unknown(participant)
            return self.coefficients.n_rows - 1
        if participant not in self.participants:
            raise self._unknown(participant)
        return self.participants.index(int(participant))

    def unusual_starts(self, participant: int | str) -> dict[str, float]:
        """Initial values that lie well outside 0 to 1, of states that rewards feed.

        In canonical form a value between 0 and 1 is one that rewards can lead to. One far outside stands for something
        that the model has no mechanism for, such as perseveration, and rates beside it mean little.

        Parameters
        ----------
        participant : int or "population"

        Returns
        -------
        dict of str to float
            {state: initial value}; empty where the equations are not in canonical form.

        Raises
        ------
        ConfigError
            Where there is no such participant in equations in canonical form.
        """
        fed = {m.state for m in self.coefficients.mechanisms if any(e.signal == REWARD for e in m.entries)}
        if not self.is_canonical or participant in self.without_canonical_form():
            return {}
        return {
            state: v
            for state, v in self.initial_values(participant).items()
            if state in fed and is_free(self.coefficients, state) and not -UNUSUAL <= v <= 1 + UNUSUAL
        }

    def learning_rates(self) -> dict[str, dict[int, float]]:
        """1 - dV'/dV at the mean reward, for mechanisms of the chosen arm.

        Returns
        -------
        {mechanism: {participant: float}}
            NaN where no reward is in the equation.
        """
        rates = {}
        for mechanism in self.coefficients.mechanisms:
            rewarded = any(entry.signal == REWARD for entry in mechanism.entries)
            is_value = mechanism.state not in self.coefficients.hidden
            if mechanism.applies_to == CHOSEN and rewarded and is_value and mechanism.name in self.coefficients.terms:
                values = learning_rate(self.coefficients, mechanism, self.mean_reward)
                values = np.where(has_reward_term(self.coefficients, mechanism), values, np.nan)
                rates[mechanism.name] = {p: float(values[self.row(p)]) for p in self.participants}
        return rates

    def to_frame(self) -> pd.DataFrame:
        """Tidy table: one row a participant, mechanism and term.

        Inverse temperatures and initial values stand there as mechanisms `beta_<state>` and `initial_<state>` with the
        term '1', parameters of the observation by their names. A term that somebody has stands there for everybody: who
        lacks it has a coefficient of 0, or 1 before the state's own value, V <- V.

        Returns
        -------
        DataFrame
            Columns `participant` (the id; -1 for the population), `label`, `mechanism`, `term`, `coefficient`,
            `standard_error`; `probability`, that the person has the term (the population's: the share of people who
            have it); `low` and `high`, the 95 % interval, with the uncertainty of who has what in it. NaN where nobody
            has looked.
        """
        return coefficient_frame(self)

    def prevalences(self) -> pd.DataFrame:
        """How many people have each term.

        Returns
        -------
        DataFrame
            Columns `mechanism`, `term`, `prevalence` (a share) and its 95 % interval, `low` and `high`. Empty where
            all share one equation set, and for equations that were not refined on choices.
        """
        return prevalence_frame(self)

    def derived(self) -> pd.DataFrame:
        """What is read off the canonical equations of each participant.

        Returns
        -------
        DataFrame
            Columns `participant` (-1 for the population), `label`, `quantity`, `mechanism`, `estimate`, `low`, `high`
            (95 % interval) and `probability` (that there is any). Quantities are "learning rate" (at the mean reward),
            "learning rate after reward", "learning rate without reward" and "asymmetry" (their difference) of
            mechanisms of the chosen arm; "forgetting rate" and "forgetting target" (where values go to; NaN without
            forgetting) of the others.
        """
        return derived_frame(self)

    def _unknown(self, participant: int | str) -> ConfigError:
        return ConfigError(
            "participant", f"an id from {shorten_ids(self.participants)}, or {POPULATION!r}", repr(participant),
            "Use the id in the data; `labels` says who is who.",
        )  # fmt: skip


def shorten_ids(ids: Sequence[int]) -> str:
    """Ids for a sentence: all of a dozen, else some and how many there are.

    Parameters
    ----------
    ids : sequence of int

    Returns
    -------
    str
    """
    if len(ids) <= 12:
        return str(list(ids))
    return f"[{', '.join(map(str, ids[:10]))}, …, {ids[-1]}] ({len(ids):,} in all)"
