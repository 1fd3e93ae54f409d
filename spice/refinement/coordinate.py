"""One number that people differ in: of what kind, what it hangs on, and what is usual of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["rate", "free rate", "asymmetry", "target", "term", "change", "start", "beta", "trace beta", "observed"]


@dataclass(frozen=True)
class Usual:
    """What is usual in people: mean and its uncertainty, and the spread of people; by which bounds a fit is kept."""

    mean: float
    mean_sd: float
    spread: float
    low: float
    high: float


USUAL: Mapping[Kind, Usual] = {
    "rate": Usual(0.0, 1.5, 1.0, -7.0, 7.0),
    "free rate": Usual(-1.0, 1.5, 1.0, -7.0, 7.0),
    "asymmetry": Usual(0.0, 1.5, 0.7, -10.0, 10.0),
    "target": Usual(0.0, 0.5, 0.3, -5.0, 5.0),
    "term": Usual(0.0, 0.5, 0.15, -10.0, 10.0),
    # How much of a state stays lies within -1 and 1: beyond, it grows without end.
    "change": Usual(0.0, 0.5, 0.15, -2.0, 0.0),
    "start": Usual(0.0, 0.5, 0.2, -5.0, 5.0),
    "beta": Usual(3.0, 3.0, 1.5, -100.0, 100.0),
    "trace beta": Usual(0.0, 1.25, 0.75, -100.0, 100.0),
    "observed": Usual(0.0, 1.5, 0.6, -8.0, 8.0),
}

NONE = -1


@dataclass(frozen=True)
class Coordinate:
    """One of the K numbers of a person.

    Attributes
    ----------
    kind : str
        "rate", "free rate": logit of how much of the way to its target a state goes, of what it can go; "asymmetry":
        how much larger that logit is after a reward; "target": where to, from the declared start; "term": a
        coefficient; "change": what a state's own coefficient differs by from 1; "start": the initial value, from the
        declared one; "beta", "trace beta": inverse temperature of a state that rewards feed, or not; "observed":
        parameter of the observation, on its scale without bounds.
    parameter : (str, str, str)
        Which of `Coefficients.parameters` it is the coordinate of.
    parent : int
        Coordinate without which there is nothing that this one could change; -1 for none.
    is_optional : bool
        Whether everybody can be without it.
    differs : bool
        Whether some can have it, and some not.
    """

    kind: Kind
    parameter: tuple[str, str, str]
    parent: int = NONE
    is_optional: bool = True
    differs: bool = True

    @property
    def usual(self) -> Usual:
        """What is usual of its kind."""
        return USUAL[self.kind]
