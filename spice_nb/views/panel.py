"""What all panels share: their look, and a plain record of them that needs no widgets to be read again."""

import html
import os
from typing import Any

import ipywidgets as widgets
from IPython.display import display

STYLE = """
<style>
.spice-record { display: none; }
.spice-panel { gap: 16px; padding: 8px 0 16px; max-width: 1080px; color: var(--jp-content-font-color1, #212121);
  font-family: var(--jp-content-font-family, system-ui, sans-serif); overflow: hidden; }
.spice-panel .widget-html-content { line-height: 1.45; font-size: 14px; }
.spice-panel .widget-html, .spice-panel .widget-box { overflow: visible; min-width: 0; max-width: 100%; }
.spice-panel .widget-html-content { flex: 1 1 0; min-width: 0; }
.spice-row .widget-html-content { flex: 0 1 auto; }
.spice-panel h3 { font-size: 17px; font-weight: 600; margin: 0; }
.spice-panel p { margin: 0 0 8px; }
.spice-panel a { color: var(--jp-content-link-color, #1976d2); }
.spice-row { gap: 8px; flex-wrap: wrap; align-items: center; }
.spice-field .widget-label { width: auto; }
.spice-form .widget-text, .spice-form .widget-dropdown, .spice-form .widget-select-multiple { flex-direction: column;
  align-items: stretch; height: auto; }
.spice-form .widget-label { text-align: left; width: auto; }
.spice-form select { flex: none; height: 28px; }
.spice-form select[multiple] { height: 72px; }
.spice-form { gap: 8px 16px; flex-wrap: wrap; align-items: flex-start !important; }
.spice-quiet { color: var(--jp-content-font-color2, #5f5f5f); }
.spice-unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.spice-problem { border-left: 3px solid #D55E00; padding: 4px 0 4px 12px; }
.spice-note { border-left: 3px solid var(--jp-border-color1, #bdbdbd); padding: 4px 0 4px 12px; }
.spice-scroll { overflow-x: auto; max-width: 100%; }
.spice-panel table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
.spice-panel th { text-align: left; vertical-align: bottom; font-weight: 600; padding: 4px 16px 4px 0;
  border-bottom: 1px solid var(--jp-border-color1, #bdbdbd); }
.spice-panel td { padding: 4px 16px 4px 0; white-space: nowrap;
  border-bottom: 1px solid var(--jp-border-color2, #e0e0e0); }
.spice-panel td.number, .spice-panel th.number { text-align: right; }
.spice-panel .spice-reading th { white-space: nowrap; }
.spice-panel .spice-reading th[scope=row] { font-weight: 400; border-bottom-color: var(--jp-border-color2, #e0e0e0); }
.spice-panel .spice-reading td { min-width: 56px; }
.spice-slider { display: flex; flex-wrap: wrap; gap: 0 8px; align-items: center; padding: 4px 0; }
.spice-slider input { flex: 1 1 120px; min-width: 0; accent-color: var(--jp-brand-color1, #1976d2); }
.spice-slider output { width: 48px; text-align: right; font-variant-numeric: tabular-nums; }
.spice-coefficients .spice-slider .name { width: 280px; max-width: 100%; }
.spice-charts .spice-pointer { position: absolute; inset: 0; pointer-events: none; z-index: 1; }
.spice-charts { position: relative; touch-action: pan-y; user-select: none; cursor: crosshair; }
.spice-panel math { font-size: 17px; math-style: normal; }
.spice-bar { display: grid; grid-template-columns: 172px minmax(80px, 320px) auto; gap: 4px 12px; align-items: center;
  margin: 4px 0; }
.spice-bar .track { height: 8px; border-radius: 4px; background: var(--jp-border-color2, #e0e0e0); overflow: hidden; }
.spice-bar .fill { height: 100%; background: var(--jp-brand-color1, #1976d2); }
.spice-bar.stopped .fill { background: var(--jp-content-font-color3, #9e9e9e); }
.spice-panel .bqplot .axislabel { fill: var(--jp-content-font-color1, #212121) !important; }
.spice-panel .bqplot .plotarea_background { fill: transparent !important; }
.spice-panel .lm-TabBar-tab, .spice-panel .lm-TabBar-tabLabel, .spice-panel .jupyter-widget-Collapse-header {
  color: var(--jp-content-font-color1, #212121) !important; }
.spice-panel .lm-TabBar-tabLabel { overflow: visible; }
@media (max-width: 560px) { .spice-panel .lm-TabBar-tab { padding: 0 4px !important; font-size: 12px; } }
@media (max-width: 560px) { .spice-bar { grid-template-columns: 1fr auto; }
  .spice-bar .track { grid-column: 1 / 3; grid-row: 2; } }
</style>
"""


class Panel(widgets.VBox):
    """A panel: a widget in a notebook that runs, a plain record in one that does not.

    Widgets are dead in a notebook that is opened without its kernel. Beside itself a panel therefore shows a record
    without any widget, hidden as long as it lives, and brings that up to date after each finished stage.
    """

    title = ""

    def __init__(self, *children: widgets.Widget) -> None:
        super().__init__([widgets.HTML(STYLE, layout={"display": "none"}), *children])
        self.add_class("spice-panel")
        self._record: Any = None

    def record(self) -> dict[str, str]:
        """What is known so far by MIME type: text and HTML, with everything escaped."""
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
    """A record of a panel: its text, and its HTML (by default the same), hidden where widgets live."""
    return {"text/plain": text, "text/html": f"<div class='spice-record'>{body or paragraph(text)}</div>"}


def script(python: str) -> str:
    """Python to copy, folded away."""
    return f"<details><summary>As Python</summary><pre>{escaped(python)}</pre></details>"


def escaped(value: object) -> str:
    """As text in HTML, whatever it holds."""
    return html.escape(str(value), quote=True)


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text; `kind` is "problem", "note", "quiet" or nothing."""
    if not text:
        return ""
    name = f' class="spice-{kind}"' if kind else ""
    role = ' role="alert"' if kind == "problem" else ""
    return f"<p{name}{role}>{escaped(text)}</p>"


def table(head: list[str], rows: list[list[str]], numbers: frozenset[int] = frozenset(), caption: str = "") -> str:
    """A table of plain text; columns in `numbers` are aligned to the right."""

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
