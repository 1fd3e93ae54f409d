"""What all panels share: their look, and a plain record of them that needs no widgets to be read again."""

import html
import os
from typing import Any

import ipywidgets as widgets
from IPython.display import display

from spice_nb.views.look import Look

FIELD = {"width": "232px", "max_width": "100%"}
"""Layout of a field of a form."""


class Panel(widgets.VBox):
    """A panel: a widget in a notebook that runs, a plain record in one that does not.

    Widgets are dead in a notebook that is opened without its kernel. Beside itself a panel therefore shows a record
    without any widget, hidden as long as it lives, and brings that up to date after each finished stage.

    Parameters
    ----------
    *children : Widget
        What is shown, from top to bottom.
    """

    title = ""

    def __init__(self, *children: widgets.Widget) -> None:
        super().__init__([Look(layout={"display": "none"}), *children])
        self.add_class("spice-panel")
        self._record: Any = None

    def __repr__(self) -> str:
        # What a terminal shows, and a page that knows no widgets, above the record.
        return f"{type(self).__name__}, to be seen in a notebook that runs"

    def record(self) -> dict[str, str]:
        """What is known so far, as text and as HTML with everything escaped.

        Returns
        -------
        dict of MIME type to str
        """
        raise NotImplementedError

    def update_record(self) -> None:
        """Bring the plain record up to date where it is shown."""
        if self._record is not None:
            self._record.update(self.record(), raw=True)

    def _ipython_display_(self) -> None:
        display(super()._repr_mimebundle_(), raw=True)
        # Voila keeps no notebook, and would show the record until the widgets have loaded.
        if not os.environ.get("SERVER_SOFTWARE", "").startswith("voila"):
            self._record = display(self.record(), raw=True, display_id=True)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return self.record()


def as_record(text: str, body: str = "") -> dict[str, str]:
    """A record of a panel: its text, and its HTML (by default the same), hidden where widgets live.

    Parameters
    ----------
    text : str
    body : str
        HTML, with everything escaped.

    Returns
    -------
    dict of MIME type to str
    """
    return {"text/plain": text, "text/html": f"<div class='spice-record'>{body or paragraph(text)}</div>"}


def form(*fields: widgets.Widget) -> widgets.Box:
    """Fields beside each other, each below its label, as many in a line as there is room for.

    Parameters
    ----------
    *fields : Widget

    Returns
    -------
    Box
    """
    box = widgets.Box(fields)
    box.add_class("spice-form")
    return box


def row(*children: widgets.Widget) -> widgets.Box:
    """Buttons and words in a line.

    Parameters
    ----------
    *children : Widget
        From left to right.

    Returns
    -------
    Box
    """
    box = widgets.Box(children)
    box.add_class("spice-row")
    return box


def escaped(value: object) -> str:
    """Escape text for HTML, whatever it holds.

    Parameters
    ----------
    value : object
        Anything that has a text.

    Returns
    -------
    str
    """
    return html.escape(str(value), quote=True)


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text.

    Parameters
    ----------
    text : str
        Empty for no paragraph.
    kind : {"", "problem", "question", "note", "quiet"}
        How it looks; a problem is read out at once.

    Returns
    -------
    str
        HTML, with everything escaped.
    """
    if not text:
        return ""
    name = f' class="spice-{kind}"' if kind else ""
    role = ' role="alert"' if kind == "problem" else ""
    return f"<p{name}{role}>{escaped(text)}</p>"


def table(head: list[str], rows: list[list[str]], numbers: frozenset[int] = frozenset(), caption: str = "") -> str:
    """A table of plain text.

    Parameters
    ----------
    head : list of str
        A title a column.
    rows : list of list of str
        Cells from left to right.
    numbers : frozenset of int
        Columns, from 0, that are aligned to the right.
    caption : str
        What stands above; empty for nothing.

    Returns
    -------
    str
        HTML, with everything escaped.
    """

    def cells(values: list[str], tag: str) -> str:
        scope = ' scope="col"' if tag == "th" else ""
        return "".join(
            f"<{tag}{scope}{' class=number' if k in numbers else ''}>{escaped(value)}</{tag}>"
            for k, value in enumerate(values)
        )

    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    name = f"<caption class='spice-quiet'>{escaped(caption)}</caption>" if caption else ""
    return (
        f"<div class='spice-scroll' tabindex='0'><table>{name}<thead><tr>{cells(head, 'th')}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )
