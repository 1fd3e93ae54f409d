"""A model as a picture: from signals over mechanisms to states and choices."""

from collections.abc import Sequence

from spice_nb.state.outline import MechanismOutline
from spice_nb.views.panel import escaped

ROW, LETTER, GAP, BOX, EDGE = 36, 7.6, 48, 216, 8
"""Height of a row, width of a letter (about), of the space for lines, of a mechanism, and of the margin; pixels."""
LONGEST = 20
"""Letters of a name that are shown; all stand in its title."""


def diagram(mechanisms: Sequence[MechanismOutline]) -> str:
    """An SVG in the colours of the theme; the table beside it says the same in words.

    Parameters
    ----------
    mechanisms : sequence of MechanismOutline

    Returns
    -------
    str
    """
    signals = list(dict.fromkeys(name for m in mechanisms for name in m.reads))
    states = {m.changes: m.in_choices for m in mechanisms}
    rows = max(len(signals), len(mechanisms), len(states))
    boxes = _width(signals) + GAP
    right = boxes + BOX + GAP
    choice = right + _width(states) + GAP
    y_of_signals, y_of_states = _spread(signals, rows), _spread(states, rows)
    parts = [_text(_width(signals), y, name, "end") for name, y in y_of_signals.items()]
    parts += [_text(right, y, name, "start") for name, y in y_of_states.items()]
    parts += [
        _line(right + _width([name]) + 8, y, choice - 8, ROW * rows / 2)
        for name, y in y_of_states.items()
        if states[name]
    ]
    parts.append(_text(choice, ROW * rows / 2, "choice", "start"))
    for mechanism, y in zip(mechanisms, _spread([m.name for m in mechanisms], rows).values(), strict=True):
        parts += [_line(_width(signals) + 8, y_of_signals[name], boxes, y) for name in mechanism.reads]
        parts.append(_line(boxes + BOX, y, right - 8, y_of_states[mechanism.changes]))
        dash = "" if mechanism.is_learned else " stroke-dasharray='4 3'"
        parts.append(f"<rect x='{boxes:g}' y='{y - 13:g}' width='{BOX}' height='26' rx='4' class='box'{dash}/>")
        parts.append(_text(boxes + BOX / 2, y, f"{mechanism.changes}, {mechanism.applies_to}", "middle", 28))
    label = f"{len(mechanisms)} mechanisms, from {', '.join(signals) or 'no signal'} to {', '.join(states)}"
    width = choice + _width(["choice"]) + 2 * EDGE
    return (
        f"<svg class='spice-diagram' role='img' aria-label='{escaped(label)}' "
        f"viewBox='-{EDGE} 0 {width:g} {ROW * rows}' style='max-width:{width:g}px'>{''.join(parts)}</svg>"
    )


def _width(names: Sequence[str] | dict[str, bool]) -> float:
    return LETTER * max((min(len(name), LONGEST) for name in names), default=0)


def _spread(names: Sequence[str] | dict[str, bool], rows: int) -> dict[str, float]:
    """Middle of each of them, when they share the height of all rows."""
    return {name: ROW * rows * (k + 0.5) / len(names) for k, name in enumerate(names)}


def _line(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f"<path d='M{x:g} {y:g} C{middle:g} {y:g} {middle:g} {to_y:g} {to_x:g} {to_y:g}' class='line'/>"


def _text(x: float, y: float, words: str, anchor: str, most: int = LONGEST) -> str:
    shown = words if len(words) <= most else f"{words[: most - 1]}…"
    return (
        f"<text x='{x:g}' y='{y:g}' dy='.35em' text-anchor='{anchor}'><title>{escaped(words)}</title>"
        f"{escaped(shown)}</text>"
    )
