"""Whether a fit can be believed: in words, with the numbers.

Doubts speak against believing a result, each with a remedy. Notes say how it came about and what it can tell.
"""

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spice.exceptions import FitWarning
from spice.progress import Stage

WORSE = {"network": 0.05, "equations": 0.01}
"""Nats per choice by which each may be worse than the rules of textbooks for everybody together."""
ROUNDING = 1e-6
LEFT_OUT = 0.05
"""Nats per choice by which a network may be better on the choices that it was trained on."""
STILL_LEARNING, PART = 0.01, 8
"""Share by which the loss of the last part of a training may lie below that of the part before."""
SURPRISING, MOST_NAMED = 4.0, 8
"""Standard deviations by which choices may be more surprising than the equations themselves expect; people named."""
APART = 1.2
"""How much wider all chains may be than one of them, and yet agree."""
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
        What to do; empty where nothing need be done.
    is_doubt : bool
        Whether it speaks against believing the result.
    numbers : mapping of name to float
        What the sentence says, to compute with.
    """

    code: str
    sentence: str
    remedy: str = ""
    is_doubt: bool = True
    numbers: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.sentence} {self.remedy}".strip()


def doubts(diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Those that speak against believing a result.

    Parameters
    ----------
    diagnostics : sequence of Diagnostic

    Returns
    -------
    tuple of Diagnostic
    """
    return tuple(diagnostic for diagnostic in diagnostics if diagnostic.is_doubt)


def notes(diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Those that say how a result came about.

    Parameters
    ----------
    diagnostics : sequence of Diagnostic

    Returns
    -------
    tuple of Diagnostic
    """
    return tuple(diagnostic for diagnostic in diagnostics if not diagnostic.is_doubt)


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
    """
    found = []
    for name, value in nll.items():
        verb = "predict" if name == "equations" else "predicts"
        said = f"The {name} {verb} the choices worse than {{}} ({value:.3f} nats per choice instead of {{:.3f}})."
        if not math.isfinite(value) or value > chance + ROUNDING:
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


def of_training(losses: Sequence[float]) -> tuple[Diagnostic, ...]:
    """Whether a training had settled.

    Parameters
    ----------
    losses : sequence of float
        Of each epoch, nats per choice.
    """
    part = len(losses) // PART
    if not part:
        return ()
    before, last = sum(losses[-2 * part : -part]) / part, sum(losses[-part:]) / part
    gain = (before - last) / abs(before)
    moved = "fell" if gain >= 0 else "rose"
    last_ones = f"In the last {part} of {len(losses)} epochs" if part > 1 else f"In the last of {len(losses)} epochs"
    sentence = f"{last_ones} the network's loss {moved} by {100 * abs(gain):.1f} %."
    remedy = "It may learn more in more epochs." if gain > STILL_LEARNING else ""
    return (Diagnostic("training-settled", sentence, remedy, is_doubt=False, numbers={"gain": gain}),)


def of_searches(starts: Mapping[str, bool]) -> tuple[Diagnostic, ...]:
    """Whether searches for a structure agreed, by where they started."""
    if len(starts) < 2:
        return ()
    agreed = sum(starts.values())
    others = [name for name, agrees in starts.items() if not agrees]
    those = "the one" if len(others) == 1 else "those"
    rest = f"; {those} from {' and '.join(others)} ended in terms that predict less" if others else ""
    sentence = f"{agreed} of {len(starts)} searches for the terms of the equations ended in the same ones{rest}."
    return (Diagnostic("searches-agree", sentence, is_doubt=False, numbers={"agreed": agreed, "of": len(starts)}),)


def of_chains(r_hat: float) -> tuple[Diagnostic, ...]:
    """Whether the chains that intervals come from agreed: how much wider all of them are than one."""
    if r_hat <= APART:
        sentence, remedy = f"The chains that intervals and probabilities come from agree (R-hat {r_hat:.2f}).", ""
    else:
        sentence = (
            f"The chains that intervals and probabilities come from agree only roughly (R-hat {r_hat:.2f}; below "
            f"{APART:g} they agree)."
        )
        remedy = "Fit with another random_state and compare what matters to you."
    return (Diagnostic("chains-agree", sentence, remedy, is_doubt=False, numbers={"r_hat": r_hat}),)


def of_stand_ins(pairs: Sequence[tuple[str, str, float]]) -> tuple[Diagnostic, ...]:
    """Numbers that these data do not tell apart: names and the correlation between them."""
    remedy = "Read them together, or do not read either; a task with reversals or more options may tell them apart."
    found = []
    for first, second, r in pairs:
        sentence = (
            f"In these data the {first} and the {second} stand in for each other (correlation {r:.2f} in a person)."
        )
        numbers = {"correlation": r}
        found.append(Diagnostic("terms-stand-in-for-each-other", sentence, remedy, is_doubt=False, numbers=numbers))
    return tuple(found)


def of_power(smallest: Sequence[tuple[str, float]], choices: float) -> tuple[Diagnostic, ...]:
    """What choices of one person can tell from none: names and sizes."""
    found = []
    for name, size in smallest:
        article = "an" if name[0] in "aeiou" else "a"
        told = (
            f"no {name}, however large, can be told from none"
            if math.isinf(size)
            else f"{article} {name} below {size:.2g} cannot be told from none"
        )
        sentence = f"With {choices:,.0f} choices a person {told} in that person alone."
        found.append(Diagnostic("smallest-effect", sentence, is_doubt=False, numbers={"smallest": size}))
    return tuple(found)


def of_mechanisms(whole: Mapping[str, float], one_step: Mapping[str, float]) -> tuple[Diagnostic, ...]:
    """How much of what a network does with each state its equations do too: over whole sessions, and trial by trial."""
    found = []
    for state, share in whole.items():
        step = one_step.get(state, math.nan)
        sentence = (
            f"Over whole sessions the equations of {state} explain {100 * max(share, 0.0):.0f} % of the variance of "
            "what the network makes of it"
        )
        if math.isfinite(step):
            sentence += f", trial by trial {100 * max(step, 0.0):.0f} % of what it changes"
        numbers = {"r2": share, "r2_one_step": step}
        found.append(Diagnostic("equations-follow-network", f"{sentence}.", is_doubt=False, numbers=numbers))
    return tuple(found)


def of_ensemble(nll: Sequence[float], together: float, wanted: int) -> tuple[Diagnostic, ...]:
    """How much networks differ: nats per choice of each, and of the mean of their probabilities."""
    if wanted < 2:
        return ()
    sentence = (
        f"{len(nll)} networks predict the choices with {min(nll):.3f} to {max(nll):.3f} nats each, the mean of their "
        f"probabilities with {together:.3f}."
    )
    if len(nll) < wanted:
        sentence += f" The others of {wanted} diverged or were not begun."
    numbers = {"networks": len(nll), "best": min(nll), "worst": max(nll), "mean": together}
    return (Diagnostic("networks-differ", sentence, is_doubt=False, numbers=numbers),)


def of_people(surprise: Mapping[str, float]) -> tuple[Diagnostic, ...]:
    """People whom their equations describe badly: how much more surprising than expected, in standard deviations."""
    bad = {who: z for who, z in sorted(surprise.items(), key=lambda item: -item[1]) if z > SURPRISING}
    if not bad:
        return ()
    named = ", ".join(f"{who} ({z:.1f})" for who, z in list(bad.items())[:MOST_NAMED])
    more = f" and {len(bad) - MOST_NAMED} more" if len(bad) > MOST_NAMED else ""
    sentence = (
        f"{len(bad)} of {len(surprise)} people choose otherwise than their equations expect, by more than "
        f"{SURPRISING:g} standard deviations: {named}{more}."
    )
    remedy = "Look at their sessions; leave them out, or try a model with more mechanisms or with lapses."
    return (Diagnostic("people-badly-described", sentence, remedy, is_doubt=False, numbers={"people": len(bad)}),)


def of_held_out(nll: Mapping[str, float]) -> tuple[Diagnostic, ...]:
    """Network and equations on choices that neither was fitted to, nats per choice."""
    if not {"network", "equations"} <= set(nll):
        return ()
    said = f"{nll['network']:.4f} nats per choice (network), {nll['equations']:.4f} (equations)"
    return (Diagnostic("held-out", f"On choices held out: {said}.", is_doubt=False, numbers=dict(nll)),)


def read_diagnostics(saved: Mapping[str, Any]) -> tuple[Diagnostic, ...]:
    """Findings as a file holds them.

    Parameters
    ----------
    saved : mapping
        What the file says of a fit; files of older versions say nothing of diagnostics.

    Returns
    -------
    tuple of Diagnostic
    """
    return tuple(
        Diagnostic(
            code=str(one["code"]),
            sentence=str(one["sentence"]),
            remedy=str(one["remedy"]),
            is_doubt=bool(one.get("is_doubt", True)),
            numbers={str(name): float(value) for name, value in one.get("numbers", {}).items()},
        )
        for one in saved.get("diagnostics", ())
    )


def tell(diagnostics: Sequence[Diagnostic], stage: Stage) -> None:
    """Say findings to who follows the fit, and doubts loudly: as a `FitWarning` each."""
    for diagnostic in diagnostics:
        stage.note(str(diagnostic))
    for diagnostic in doubts(diagnostics):
        warnings.warn(str(diagnostic), FitWarning, stacklevel=3)
