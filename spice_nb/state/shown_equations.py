"""What equations say: of one person in numbers and words, of everybody as a table, and by structure."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

import pandas as pd
from traitlets import Bool, HasTraits, Instance, observe

from spice.equations.equations import SpiceEquations
from spice.equations.tables import PREFIXES
from spice_nb.state.effects import Effect, effects
from spice_nb.state.presence import present
from spice_nb.state.readings import readings
from spice_nb.state.structures import Structure, structures, typeset

Kept = TypeVar("Kept")


class Number(NamedTuple):
    """A coefficient of one person.

    Attributes
    ----------
    mechanism, term : str
    value : float
    is_there : bool
        Whether it is part of the person's equations.
    probability : float
        Of that; NaN where nobody has asked.
    low, high : float
        The 95 % interval; NaN where it is not known.
    """

    mechanism: str
    term: str
    value: float
    is_there: bool
    probability: float
    low: float
    high: float


class ShownEquations(HasTraits):
    """Equations in the form that is shown, and what is made of them, each once.

    Attributes
    ----------
    equations : SpiceEquations, optional
    canonical : bool
        Whether the canonical form is shown.
    """

    equations = Instance(SpiceEquations, allow_none=True)
    canonical = Bool(True)

    @observe("equations")
    def _equations_changed(self, _: Mapping[str, Any]) -> None:
        self._kept: dict[Any, Any] = {}

    @property
    def blocker(self) -> str:
        """What is still needed; empty where there are equations."""
        return "" if self.equations is not None else "Fit a model first."

    @property
    def shared(self) -> str:
        """What to say where all people have the same equations; empty where they differ."""
        if self.equations is None or not self.equations.is_shared or len(self.equations) == 1:
            return ""
        return f"All {len(self.equations):,} people have these equations."

    @property
    def people(self) -> list[tuple[str, int]]:
        """Label and id of everybody."""
        if self.equations is None:
            return []
        return list(zip(self.equations.labels, self.equations.participants, strict=True))

    @property
    def shown_form(self) -> SpiceEquations:
        """Canonical or raw equations."""
        assert self.equations is not None
        return self._canonical_form if self.canonical else self.equations

    @property
    def _canonical_form(self) -> SpiceEquations:
        assert self.equations is not None
        return self._once("canonical", self.equations.canonical, is_of_form=False)

    def _once(self, what: str, make: Callable[[], Kept], is_of_form: bool = True) -> Kept:
        """What is made of the equations (in this form), once for many people and views."""
        key = what, is_of_form and self.canonical
        if key not in self._kept:
            self._kept[key] = make()
        kept: Kept = self._kept[key]
        return kept

    @property
    def _frame(self) -> pd.DataFrame:
        return self._once("frame", self.shown_form.to_frame)

    def label(self, participant: int) -> str:
        """What a participant is called in the data.

        Parameters
        ----------
        participant : int
            Id.

        Returns
        -------
        str
        """
        return next((label for label, person in self.people if person == participant), str(participant))

    def readings(self, participant: int) -> list[str]:
        """The equations of a participant in plain words.

        Parameters
        ----------
        participant : int
            Id.

        Returns
        -------
        list of str
            A sentence each.
        """
        assert self.equations is not None
        return readings(self.equations, participant)

    def coefficients(self, participant: int) -> list[Number]:
        """Everything that is known of a participant's coefficients, of those too that others have.

        Parameters
        ----------
        participant : int
            Id.

        Returns
        -------
        list of Number
        """
        frame = self._frame[self._frame.participant == participant]
        there = self.present.loc[participant]
        columns = ["mechanism", "term", "coefficient", "probability", "low", "high"]
        return [
            Number(mechanism, term, value, bool(there[f"{mechanism}: {term}"]), *numbers)
            for mechanism, term, value, *numbers in frame[columns].itertuples(index=False)
        ]

    @property
    def effects(self) -> list[Effect]:
        """How many people have what; empty where nobody has asked, or all share their equations."""
        assert self.equations is not None
        return self._once("effects", lambda: effects(self.shown_form))

    # Everybody -------------------------------------------------------------------------------------------------

    @property
    def table(self) -> pd.DataFrame:
        """One row a participant, one column a term; `present` says what of it is part of the equations."""
        return self._once("table", self._make_table)

    def _make_table(self) -> pd.DataFrame:
        wide = self._wide("coefficient").fillna(0.0)
        wide.insert(0, "participant", [self.label(person) for person in wide.index])
        wide["structure"] = self._structures[1]
        return wide

    @property
    def present(self) -> pd.DataFrame:
        """Of the same columns: whether the term is part of a person's equations."""
        return self._once("present", self._make_present)

    def _make_present(self) -> pd.DataFrame:
        table = self.shown_form.coefficients
        columns = [f"{PREFIXES[kind]}{name}: {term}" for kind, name, term in table.parameters]
        people = self.shown_form.participants
        rows = [self.shown_form.row(person) for person in people]
        return pd.DataFrame(present(table)[rows], index=list(people), columns=columns)

    @property
    def probabilities(self) -> pd.DataFrame:
        """Of the same columns: how probable it is that a person has the term; NaN where nobody has asked."""
        return self._once("probabilities", lambda: self._wide("probability"))

    def _wide(self, values: str) -> pd.DataFrame:
        """A row a participant, in order of the data, and a column a term."""
        frame = self._frame[self._frame.participant >= 0]
        frame = frame.assign(column=frame.mechanism + ": " + frame.term)
        order = list(dict.fromkeys(frame.column))
        return frame.pivot(index="participant", columns="column", values=values).loc[
            list(self.shown_form.participants), order
        ]

    @property
    def _structures(self) -> tuple[list[Structure], list[str]]:
        return self._once("structures", lambda: structures(self.shown_form))

    @property
    def structures(self) -> list[Structure]:
        """All of them, the most frequent first."""
        return self._structures[0]

    def typeset(self, structure: Structure) -> str:
        """The equations of a structure in MathML, with letters for coefficients; one `math` element a mechanism.

        Parameters
        ----------
        structure : Structure
            One of `structures`.

        Returns
        -------
        str
        """
        return typeset(structure, self.shown_form)
