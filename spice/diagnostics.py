"""Whether a fit can be believed: its likelihoods beside those of chance and of the rules of textbooks."""

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spice.exceptions import FitWarning
from spice.progress import Stage

WORSE = {"network": 0.05, "equations": 0.01}
"""Nats per choice by which each may be worse than the rules of textbooks for everybody together."""
LEFT_OUT = 0.05
"""Nats per choice by which a network may be better on the choices that it was trained on."""
_RICHER_MODEL = (
    "People may do what the model has no mechanism for, such as perseveration, or start from another value than it "
    'says (State(..., learned="equations") lets the equations find it). Try a model with more mechanisms or inputs, or '
    "a higher degree, leave spice_refine on, and compare on choices held out: a network may know some by heart."
)
_REMEDIES = {
    "network": "What it learned (embeddings, its curves in a session) means little. Train it for more epochs, or with "
    "another random_state.",
    "equations": "Do not interpret them. Check which column of the data is what and which label is which option; then "
    "try a simpler model.",
}


@dataclass(frozen=True)
class Diagnostic:
    """One finding about a fit.

    Attributes
    ----------
    code : str
        What it is about, such as "equations-worse-than-chance".
    sentence : str
        What was found, with the numbers.
    remedy : str
        What to do.
    """

    code: str
    sentence: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.sentence} {self.remedy}"


def diagnose(nll: Mapping[str, float], chance: float, textbook: float | None) -> tuple[Diagnostic, ...]:
    """Compare likelihoods of training choices.

    Parameters
    ----------
    nll : {"network" and "equations": float}
        Negative log-likelihood per choice, nats; those that are not finite are said to be worse than chance.
    chance : float
        That of choosing at random.
    textbook : float, optional
        That of the rules of textbooks, where they can be fitted.

    Returns
    -------
    tuple of Diagnostic
        Empty where nothing speaks against the fit.
    """
    found = []
    for name, value in nll.items():
        verb = "predict" if name == "equations" else "predicts"
        said = f"The {name} {verb} the choices worse than {{}} ({value:.3f} nats per choice instead of {{:.3f}})."
        if not math.isfinite(value) or value > chance:
            found.append(Diagnostic(f"{name}-worse-than-chance", said.format("chance", chance), _REMEDIES[name]))
        elif textbook is not None and value > textbook + WORSE[name]:
            rules = "a textbook model with one set of parameters for everybody"
            sentence = said.format(rules, textbook)
            found.append(Diagnostic(f"{name}-worse-than-textbook", sentence, _REMEDIES[name]))
    equations = nll.get("equations", -math.inf)
    if nll.get("network", math.inf) < equations - LEFT_OUT and not any("equations" in one.code for one in found):
        sentence = (
            f"The equations leave out much of what the network found ({equations:.3f} nats per choice instead of "
            f"{nll['network']:.3f}, on the choices that both were fitted to)."
        )
        found.append(Diagnostic("equations-leave-out-much", sentence, _RICHER_MODEL))
    return tuple(found)


def read_diagnostics(saved: Mapping[str, Any]) -> tuple[Diagnostic, ...]:
    """Findings as a file holds them; none in files of before.

    Parameters
    ----------
    saved : mapping
        What `save_fit` wrote beside the fit.

    Returns
    -------
    tuple of Diagnostic
    """
    names = ("code", "sentence", "remedy")
    return tuple(Diagnostic(*(str(one[name]) for name in names)) for one in saved.get("diagnostics", ()))


def tell(diagnostics: Sequence[Diagnostic], stage: Stage) -> None:
    """Say findings loudly: to who follows the fit, and as a `FitWarning` each.

    Parameters
    ----------
    diagnostics : sequence of Diagnostic
    stage : Stage
        Whose followers are told.

    Warns
    -----
    FitWarning
        One for each.
    """
    for diagnostic in diagnostics:
        stage.note(str(diagnostic))
        warnings.warn(str(diagnostic), FitWarning, stacklevel=3)
