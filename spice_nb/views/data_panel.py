"""Choose data, say which column is what, and see what is in them."""

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

from spice_nb.state.checks import Check
from spice_nb.state.columns import Role
from spice_nb.state.data import DataModel
from spice_nb.state.examples import EXAMPLES
from spice_nb.state.simulation import FIELDS, TASKS, Field, Simulation, field_default
from spice_nb.state.upload import UploadModel
from spice_nb.views.files import Files
from spice_nb.views.panel import Panel, as_record, escaped, paragraph, table
from spice_nb.views.questions import Questions
from spice_nb.views.rows import Rows
from spice_nb.views.script import Script
from spice_nb.views.upload import Upload

PAGE = 8
NONE = "(none)"
_HELP = {
    Role.PARTICIPANT: "Who chose: names or numbers.",
    Role.CHOICE: "Which option was chosen; empty or -1 where none was.",
    Role.REWARD: "What the choice brought; one column for each option where others were shown too.",
    Role.BLOCK: "Stretches of trials in which learning starts anew.",
    Role.EXPERIMENT: "Where people took part in several.",
    Role.OPTIONS: "Where only some options were on offer in a trial: the columns that name these.",
    Role.INPUTS: "Further columns of numbers that a model may use.",
}
_SEVERAL = (Role.REWARD, Role.OPTIONS, Role.INPUTS)


class DataPanel(Panel):
    """Data of an analysis.

    Parameters
    ----------
    model : DataModel, optional
        By default one with the first example loaded.

    Attributes
    ----------
    dataset : DatasetRNN or None
        What was chosen, once nothing is missing.
    """

    title = "Data"

    def __init__(self, model: DataModel | None = None) -> None:
        if model is None:
            model = DataModel()
            model.use_example(next(iter(EXAMPLES)))
        self.model = model
        self.example = widgets.Dropdown(
            options=[("Choose an example …", ""), *((e.title, key) for key, e in EXAMPLES.items())],
            description="Example",
            layout={"width": "320px", "max_width": "100%"},
        )
        self.upload = Upload(UploadModel(self._take, model.hosting))
        self.path = widgets.Text(
            description="Path", placeholder="data/choices.csv", continuous_update=False,
            layout={"width": "320px", "max_width": "100%"},
        )  # fmt: skip
        self.numbers = {field.name: self._number(field) for field in FIELDS}
        self.task = widgets.Dropdown(
            options=[(label, key) for key, label in TASKS.items()], description="Task", layout={"width": "200px"}
        )
        self.simulate = widgets.Button(description="Simulate", layout={"width": "120px"})
        numbers = widgets.Box([*self.numbers.values(), self.task])
        numbers.add_class("spice-form")
        simulator = widgets.Accordion([widgets.VBox([numbers, self.simulate])], selected_index=None)
        simulator.titles = ("Simulate people",)
        self.roles = {role: self._role_widget(role) for role in Role}
        self.columns = widgets.Box([*self.roles.values()])
        self.columns.add_class("spice-form")
        self.said = widgets.HTML()
        self.remarks = widgets.HTML()
        self.checks = widgets.VBox()
        self.files, self.questions, self.row_choices = Files(model), Questions(model), Rows(model)
        self._offers: dict[tuple[str, bool], widgets.Box] = {}
        self.earlier, self.later = (
            widgets.Button(description=text, layout={"width": "96px"}) for text in ("Earlier", "Later")
        )
        self.shown, self.script = widgets.HTML(), Script(self.model.python)
        self.rows = widgets.HTML()
        self.pager = widgets.Box([self.earlier, self.later, self.shown])
        self.preview = widgets.VBox([self.rows, self.pager])
        # Where paths are not read the model refuses them too, whatever a page sends.
        sources = widgets.Box([self.example, self.path] if model.hosting.reads_paths else [self.example])
        for box in (sources, self.pager):
            box.add_class("spice-row")
        super().__init__(
            widgets.HTML("<h3>Data</h3>"), sources, self.upload, simulator,
            widgets.VBox([self.said, self.files, self.questions, self.checks]),
            self.columns, self.row_choices, self.preview, self.script,
        )  # fmt: skip
        self._page = 0
        self._filling = False
        self.example.observe(self._example_chosen, "value")
        self.simulate.on_click(lambda _: self._simulate())
        self.path.observe(self._path_given, "value")
        for role, widget in self.roles.items():
            widget.observe(lambda change, role=role: self._role_chosen(role, change["new"]), "value")
        self.earlier.on_click(lambda _: self._turn(-1))
        self.later.on_click(lambda _: self._turn(1))
        model.observe(lambda _: self._table_changed(), "table")
        model.observe(lambda _: self._show(), ["columns", "doubtful", "dataset", "checks"])
        self._table_changed()

    @property
    def dataset(self) -> Any:
        """What was chosen, once nothing is missing."""
        return self.model.dataset

    @staticmethod
    def _number(field: Field) -> widgets.Widget:
        default = field_default(field.name)
        kind = widgets.BoundedIntText if isinstance(default, int) else widgets.BoundedFloatText
        steps = {} if isinstance(default, int) else {"step": 0.05}
        return kind(
            value=default, min=field.low, max=field.high, description=field.label, tooltip=field.help,
            layout={"width": "200px"}, **steps,
        )  # fmt: skip

    def _role_widget(self, role: Role) -> widgets.Widget:
        layout = {"width": "200px"}
        if role in _SEVERAL:
            return widgets.SelectMultiple(
                description=role.value.capitalize(), rows=3, layout=layout, tooltip=_HELP[role]
            )
        return widgets.Dropdown(description=role.value.capitalize(), layout=layout, tooltip=_HELP[role])

    # From the person to the model ------------------------------------------------------------------------------

    def _example_chosen(self, change: dict[str, Any]) -> None:
        if change["new"]:
            self.model.use_example(change["new"])

    def _simulate(self) -> None:
        numbers = {name: widget.value for name, widget in self.numbers.items()}
        self.model.simulate(Simulation(**numbers, task=self.task.value))
        self.example.value = ""

    def _take(self, files: Sequence[tuple[str, bytes]]) -> None:
        self.model.read_uploads(files)
        self.example.value = ""

    def _path_given(self, change: dict[str, Any]) -> None:
        if change["new"].strip():
            self.model.read_path(change["new"].strip())
            self.example.value = ""

    def _role_chosen(self, role: Role, value: Any) -> None:
        if not self._filling:
            names = tuple(value) if isinstance(value, tuple) else tuple(filter(None, (value,)))
            self.model.choose(role, names)

    def _offer_taken(self, key: tuple[str, bool], taken: bool) -> None:
        if not self._filling:
            check = next(check for check in self.model.checks if check.offer and check.key == key)
            self.model.take_offer(check, taken)

    def _turn(self, pages: int) -> None:
        self._page += pages
        self._show_rows()

    # From the model to the person ------------------------------------------------------------------------------

    def _table_changed(self) -> None:
        self._page = 0
        frame = None if self.model.table is None else self.model.table.frame
        self._filling = True
        try:
            for role, widget in self.roles.items():
                names = [] if frame is None else [name for name in frame.columns if isinstance(name, str)]
                if role in _SEVERAL:
                    widget.value, widget.options = (), names
                else:
                    widget.options = [(NONE, ""), *((name, name) for name in names)]
        finally:
            self._filling = False
        self.columns.layout.display = self.preview.layout.display = "none" if frame is None else ""
        self._show()
        self._show_rows()

    def _show(self) -> None:
        self._filling = True
        try:
            for role, widget in self.roles.items():
                chosen = [name for name in self.model.columns.of(role) if name in _names(widget)]
                widget.value = tuple(chosen) if role in _SEVERAL else "".join(chosen[:1])
                mark = " (check)" if role in self.model.doubtful else ""
                widget.description = role.value.capitalize() + mark
            offers = [self._offer(check) for check in self.model.checks if check.offer]
            self.checks.children = [*offers, self.remarks]
        finally:
            self._filling = False
        self.questions.update()
        self.said.value = self._summary()
        self.remarks.value = "".join(
            paragraph(check.sentence, check.kind)
            for check in self.model.checks
            if not check.offer and check.doubt is None
        )
        self.script.update()
        self.script.layout.display = "none" if self.model.dataset is None else ""
        self.update_record()

    def _offer(self, check: Check) -> widgets.Box:
        # The same box stays where it is: the keyboard's focus is on it.
        line = self._offers.get(check.key)
        if line is None:
            box = widgets.Checkbox(indent=False)
            box.observe(lambda change: self._offer_taken(check.key, change["new"]), "value")
            line = self._offers[check.key] = widgets.Box([widgets.HTML(), box])
            line.add_class("spice-check")
        said, box = line.children
        said.value, box.description, box.value = paragraph(check.sentence, check.kind), check.offer, check.is_taken
        return line

    def _summary(self) -> str:
        model = self.model
        name = f"<p><b>{escaped(model.name)}</b>: {escaped(model.headline)}</p>" if model.headline else ""
        return name + ("" if model.summary is None else _shares(model.summary.shares))

    def _show_rows(self) -> None:
        frame = None if self.model.table is None else self.model.table.frame
        if frame is None:
            return
        last = (len(frame) - 1) // PAGE
        self._page = min(max(self._page, 0), last)
        numbers, rows = self.model.page(self._page, PAGE)
        body = [
            [f"{n:,}", *map(_cell, values)] for n, values in zip(numbers, rows.itertuples(index=False), strict=True)
        ]
        self.rows.value = table(["Row", *map(str, frame.columns)], body, frozenset({0}))
        first = self._page * PAGE
        self.shown.value = paragraph(f"Trials {first + 1:,} to {first + len(rows):,} of {len(frame):,}", "quiet")
        self.earlier.disabled, self.later.disabled = self._page == 0, self._page == last

    def record(self) -> dict[str, str]:
        """What was chosen, as text and as HTML.

        Returns
        -------
        dict of MIME type to str
        """
        model = self.model
        head = [f"{model.name}: {model.headline}"] if model.headline else []
        lines = [*head, *(check.sentence for check in model.checks)]
        return as_record("\n".join(lines), "".join(map(paragraph, lines)))


def _names(widget: Any) -> set[str]:
    return {option[1] if isinstance(option, tuple) else option for option in widget.options}


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        # A gap in a column makes 1.0 of 1.
        return str(int(value))
    return "" if value is None or value != value else str(value)


def _shares(shares: dict[str, float]) -> str:
    """How often each option was chosen, as bars."""
    rows = "".join(
        f"<div class='spice-bar'><span>{escaped(label)}</span>"
        f"<span class='track'><span class='fill' style='display:block;width:{share:.1%}'></span></span>"
        f"<span>{share:.0%}</span></div>"
        for label, share in shares.items()
    )
    return f"<p class='spice-quiet'>Chosen how often</p><div role='group' aria-label='Choice shares'>{rows}</div>"
