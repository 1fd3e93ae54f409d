"""How many people have what, as bars with their intervals."""

from collections.abc import Sequence

from spice_nb.state.effects import Effect
from spice_nb.views.panel import escaped, paragraph


def prevalences(effects: Sequence[Effect]) -> str:
    """HTML of a bar an effect; empty where there is none.

    Parameters
    ----------
    effects : sequence of Effect

    Returns
    -------
    str
    """
    if not effects:
        return ""
    key = "Bars: the most probable share of people. Thin lines, and brackets: where it lies with a probability of 95 %."
    return "<h4>Who has what</h4>" + "".join(map(_bar, effects)) + paragraph(key, "quiet")


def _bar(effect: Effect) -> str:
    low, high = 100 * effect.low, 100 * effect.high
    terms = escaped(", ".join(effect.terms))
    return (
        f"<div class='spice-bar spice-share' title='{terms}'><span>{escaped(effect.words)}</span>"
        f"<div class='track' aria-hidden='true'><div class='fill' style='width:{100 * effect.prevalence:.1f}%'></div>"
        f"<div class='range' style='left:{low:.1f}%;width:{high - low:.1f}%'></div></div>"
        f"<span>{escaped(effect.share)}</span></div>"
    )
