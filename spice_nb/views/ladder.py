"""What each mechanism that a search found adds, as bars with their intervals."""

from collections.abc import Sequence

from spice_nb.state.search import Rung
from spice_nb.views.panel import escaped, paragraph


def ladder(first: str, rungs: Sequence[Rung]) -> str:
    """HTML of a bar a mechanism.

    Parameters
    ----------
    first : str
        What the search started with.
    rungs : sequence of Rung

    Returns
    -------
    str
    """
    longest = max((max(rung.gain, rung.high if rung.high == rung.high else 0.0) for rung in rungs), default=0.0)
    bars = "".join(_rung(rung, longest) for rung in rungs)
    key = (
        "Bars: how much better choices held out are predicted with it than without. Thin lines, and brackets: where "
        "that lies over people with a probability of 95 %."
    )
    return (
        f"<h4>What people do</h4><div class='spice-rung'><span>{escaped(first)}</span>"
        f"<span class='spice-quiet'>the start</span></div>{bars}{paragraph(key, 'quiet') if rungs else ''}"
    )


def _rung(rung: Rung, longest: float) -> str:
    scale = 100 / longest if longest > 0 else 0.0
    width = min(max(rung.gain * scale, 0.0), 100.0)
    low, high = (min(max(end * scale, 0.0), 100.0) for end in (rung.low, rung.high)) if rung.low == rung.low else (0, 0)
    sign, kind = ("+", "") if rung.is_kept else ("\N{MINUS SIGN}", " dropped")
    said = [rung.sentence if rung.is_kept else "Not needed beside what came later."]
    if rung.ties:
        said.append(f"About as good: {', '.join(rung.ties)}.")
    return (
        f"<div class='spice-bar spice-share spice-rung{kind}'><span>{sign} {escaped(rung.name)}</span>"
        f"<div class='track' aria-hidden='true'><div class='fill' style='width:{width:.1f}%'></div>"
        f"<div class='range' style='left:{low:.1f}%;width:{high - low:.1f}%'></div></div>"
        f"<span>{escaped(rung.amount)}</span>"
        f"<span class='spice-quiet said'>{escaped(' '.join(said))}</span></div>"
    )
