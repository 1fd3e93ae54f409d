"""Find out which mechanisms people have, watch the search, and take its model."""

from typing import Any

import ipywidgets as widgets

from spice_nb.search_worker import SearchWorker
from spice_nb.state.outline import outline
from spice_nb.state.search import BUDGETS, SearchModel
from spice_nb.views.diagram import diagram
from spice_nb.views.ladder import ladder
from spice_nb.views.panel import Panel, as_record, escaped, paragraph, row
from spice_nb.views.when_shown import WhenShown

_ABOUT = (
    "Which mechanisms do these people have? Models with one mechanism more at a time are fitted to a part of the "
    "choices, and what predicts the rest better is kept."
)


class DiscoverPanel(Panel):
    """A search for the mechanisms of a library that people have, in the background.

    Parameters
    ----------
    dataset : DatasetRNN, optional
        Has to be there before a search can start.
    on_use : callable, optional
        Called with the candidate that somebody wants to use. Without it there is no such button.
    """

    title = "Discover"

    def __init__(self, dataset: Any = None, on_use: Any = None) -> None:
        self.model, self.on_use = SearchModel(), on_use
        self.worker = SearchWorker(self.model)
        longest = self.worker.longest
        budgets = {words: seconds for words, seconds in BUDGETS.items() if longest is None or seconds <= longest}
        self.model.budget = min(self.model.budget, max(budgets.values(), default=self.model.budget))
        self.budget = widgets.Dropdown(
            options=budgets or BUDGETS, value=self.model.budget, description="Time", layout={"width": "232px"}
        )
        self.button = widgets.Button(description="Discover", button_style="primary", layout={"width": "208px"})
        self.use = widgets.Button(description="Use this model", layout={"width": "144px"})
        self.headline, self.bar, self.ladder, self.picture = (widgets.HTML() for _ in range(4))
        self.shown = WhenShown()
        super().__init__(
            widgets.HTML("<h3>Discover</h3>" + paragraph(_ABOUT)), row(self.budget, self.button, self.use),
            self.headline, self.bar, self.ladder, self.picture, self.shown,
        )  # fmt: skip
        self.budget.observe(lambda change: setattr(self.model, "budget", change["new"]), "value")
        self.button.on_click(lambda _: self._clicked())
        self.use.on_click(lambda _: self._use())
        self.model.observe(
            lambda _: self._show(), ["state", "blocker", "best", "rungs", "n_done", "seconds", "notes", "problem"]
        )
        self.shown.sight.observe(lambda _: self._say_again(), "seen")
        self.dataset = dataset

    @property
    def dataset(self) -> Any:
        """The data to search; of others nothing that was found stays."""
        return self._dataset

    @dataset.setter
    def dataset(self, dataset: Any) -> None:
        self._dataset = dataset
        self.worker.forget()
        self.model.blocker = "" if dataset is not None else "Choose a data set first."
        self._show()

    def search(self) -> None:
        """Start a search, as the button does."""
        if self.model.may_start:
            self.worker.start(self.dataset)

    def _clicked(self) -> None:
        self.worker.stop() if self.model.state.is_active else self.search()

    def _use(self) -> None:
        """Take the best model so far; a search for a better one ends."""
        best = self.model.best
        self.worker.stop()
        if best is not None and self.on_use is not None:
            self.on_use(best)

    def _show(self) -> None:
        model, active = self.model, self.model.state.is_active
        self.button.description = model.action
        self.button.button_style = "" if active else "primary"
        self.button.disabled = not (model.may_stop or model.may_start)
        self.budget.disabled = active
        self.use.layout.display = "none" if self.on_use is None else ""
        self.use.disabled = model.best is None
        said = f"<p role='status' aria-live='polite'>{escaped(model.headline)}</p>"
        notes = "".join(paragraph(note, "note") for note in model.notes)
        self.headline.value = said + paragraph(model.problem, "problem") + notes
        self.bar.value = _time(model) if active else ""
        for part, is_there in ((self.bar, active), (self.ladder, model.best), (self.picture, model.best)):
            part.layout.display = "" if is_there else "none"
        self.ladder.value = "" if model.best is None else ladder(model.best.names[0], model.rungs)
        self.picture.value = "" if model.best is None else diagram(outline(model.best.rnn_class, model.best.degree, {}))
        if not active:
            self.update_record()

    def _say_again(self) -> None:
        """Send what a page that loads while a search runs may have missed."""
        said = (self.headline, self.bar, self.ladder, self.picture)
        for widget in (*said, *(one.layout for one in said), self.button, self.use, self.use.layout):
            widget.send_state()

    def record(self) -> dict[str, str]:
        """What was found, as text and as HTML.

        Returns
        -------
        dict of MIME type to str
        """
        model = self.model
        lines = [model.headline, model.problem, *model.notes]
        lines += [f"{'+' if rung.is_kept else '-'} {rung.name}: {rung.amount}" for rung in model.rungs]
        said = [line for line in lines if line]
        return as_record("\n".join(said), "".join(map(paragraph, said)))


def _time(model: SearchModel) -> str:
    trying = f"trying {model.trying}" if model.trying else ""
    return (
        "<div class='spice-bar'><span>Time</span><span class='track' role='progressbar' aria-label='Time' "
        f"aria-valuemin='0' aria-valuemax='100' aria-valuenow='{model.share * 100:.0f}'>"
        f"<span class='fill' style='display:block;width:{model.share:.1%}'></span></span>"
        f"<span class='spice-quiet'>{escaped(trying)}</span></div>"
    )
