"""The key to the curves of a session, and their values on one trial."""

import math

from spice_nb.state.session_curves import Session
from spice_nb.views.panel import escaped
from spice_nb.views.session_charts import PANELS, STYLES


def reading(sentence: str, session: Session, trial: int) -> str:
    """HTML: what happened on a trial, and a row an agent with its value in each chart; as high for every trial.

    Parameters
    ----------
    sentence : str
        What happened, as `SessionModel.read` says it.
    session : Session
    trial : int
        From 1 on.

    Returns
    -------
    str
    """
    panels = [panel for panel in PANELS if panel in session.curves]
    head = "".join(
        f"<th scope='col' class='number'>{escaped(name)}</th>" for name in (*panels, "All trials, nats per choice")
    )
    rows = "".join(
        f"<tr><th scope='row'>{_key(name)}{escaped(name)}</th>"
        + "".join(f"<td class='number'>{_value(session, panel, name, trial)}</td>" for panel in panels)
        + f"<td class='number'>{nll:.3f}</td></tr>"
        for name, nll in session.nll.items()
    )
    return (
        f"<p role='status' aria-live='polite'>{escaped(sentence)}</p>"
        "<div class='spice-scroll' tabindex='0' role='region' aria-label='Values on this trial'>"
        f"<table class='spice-reading'><thead><tr><th scope='col'>Before this trial</th>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _key(name: str) -> str:
    color, dash, width = STYLES[name]
    return (
        f"<span style='display:inline-block;width:28px;margin-right:8px;border-top:{width}px {dash} {color};"
        "vertical-align:middle'></span>"
    )


def _value(session: Session, panel: str, name: str, trial: int) -> str:
    values = session.curves[panel].get(name)
    if values is None or math.isnan(values[trial - 1]):
        return "<span class='spice-quiet'>&ndash;</span>"
    return f"{values[trial - 1]:.3f}"
