"""Start a fit, watch it, stop it."""

from typing import Any

import ipywidgets as widgets

from spice.estimator import SpiceEstimator
from spice.progress import EventKind
from spice_nb.fit_worker import FitWorker
from spice_nb.state.training import StageProgress, TrainingModel, duration
from spice_nb.views.loss_chart import LossChart
from spice_nb.views.panel import Panel, as_record, escaped, paragraph
from spice_nb.views.when_shown import WhenShown


class TrainingPanel(Panel):
    """A fit of an estimator to a data set, in the background.

    Parameters
    ----------
    estimator : SpiceEstimator
        Fitted in place; after a fit that was cancelled or failed it is as it was before.
    dataset : DatasetRNN, optional
        Has to be there before a fit can start.
    on_done : callable, optional
        Called with the estimator after each fit.
    on_start : callable, optional
        Called with the estimator ahead of each fit.
    """

    title = "Fit"

    def __init__(
        self, estimator: SpiceEstimator, dataset: Any = None, on_done: Any = None, on_start: Any = None
    ) -> None:
        self.model = TrainingModel(has_result=hasattr(estimator, "spice_agent_"))
        self.worker = FitWorker(self.model, on_done)
        self.estimator, self.on_start = estimator, on_start
        self.button = widgets.Button(description="Fit", button_style="primary", layout={"width": "120px"})
        self.finish = widgets.Button(
            description="Find equations now",
            tooltip="End the training with the network as it is",
            layout={"width": "176px"},
        )
        self.headline = widgets.HTML()
        self.stages = widgets.HTML()
        self.chart = LossChart()
        self.messages = widgets.HTML()
        self.buttons = widgets.Box([self.button, self.finish])
        self.buttons.add_class("spice-row")
        self.shown = WhenShown()
        title = widgets.HTML("<h3>Fit</h3>")
        super().__init__(title, self.buttons, self.headline, self.stages, self.chart, self.messages, self.shown)
        self.button.on_click(lambda _: self._clicked())
        self.finish.on_click(lambda _: self.worker.finish_training())
        self.model.observe(lambda _: self._show(), ["state", "blocker", "reminder", "stages", "messages"])
        self.model.observe(lambda change: self.chart.show(change["new"]), "losses")
        self.shown.sight.observe(lambda _: self._say_again(), "seen")
        self.dataset = dataset

    @property
    def dataset(self) -> Any:
        """The data to fit; the estimator's number of options follows them."""
        return self._dataset

    @dataset.setter
    def dataset(self, dataset: Any) -> None:
        self._dataset = dataset
        self.model.blocker = "" if dataset is not None else "Choose a data set first."
        self._show()

    def fit(self) -> None:
        """Start the fit, as the button does."""
        if self.model.may_start:
            self.chart.clear()
            self.estimator.set_params(n_actions=self.dataset.n_actions)
            if self.on_start is not None:
                self.on_start(self.estimator)
            self.worker.start(self.estimator, self.dataset)

    def _clicked(self) -> None:
        self.worker.cancel() if self.model.state.is_active else self.fit()

    def _show(self) -> None:
        model = self.model
        active = model.state.is_active
        self.button.description = model.action
        self.button.button_style = "" if active else "primary"
        self.button.disabled = not (model.may_cancel or model.may_start)
        self.finish.layout.display = "" if active else "none"
        self.finish.disabled = not model.may_finish
        said = f"<p role='status' aria-live='polite'>{escaped(model.headline)}</p>"
        self.headline.value = said + paragraph(model.problem, "problem")
        self.stages.value = "".join(map(_bar, model.stages))
        self.messages.value = "".join(paragraph(message, "note") for message in model.messages)
        if not active:
            self.update_record()

    def _say_again(self) -> None:
        """Send what a page may have missed: changes while it loads, as of a run that goes on, do not reach it."""
        said = (self.headline, self.stages, self.messages, self.chart.legend, self.chart.above)
        for widget in (*said, self.button, self.finish, self.finish.layout, self.chart.layout):
            widget.send_state()

    def record(self) -> dict[str, str]:
        """How the fit went, as text and as HTML.

        Returns
        -------
        dict of MIME type to str
        """
        lines = [self.model.headline, self.model.problem, *self.model.messages]
        lines += [f"{name}: {values[-1]:.4f} nats per choice" for name, values in self.model.losses if values]
        return as_record("\n".join(filter(None, lines)), "".join(map(paragraph, lines)))


def _bar(stage: StageProgress) -> str:
    stopped = stage.state in (EventKind.CANCELLED, EventKind.FAILED)
    if stage.state is EventKind.FINISHED:
        said = f"done in {duration(stage.seconds)}"
    elif stopped:
        said = "stopped"
    elif stage.remaining is not None:
        said = f"{stage.share:.0%}, {duration(stage.remaining)} left"
    else:
        said = "…"
    label = escaped(stage.label)
    return (
        f"<div class='spice-bar{' stopped' if stopped else ''}'><span>{label}</span>"
        f"<span class='track' role='progressbar' aria-label='{label}' aria-valuemin='0' aria-valuemax='100' "
        f"aria-valuenow='{stage.share * 100:.0f}'>"
        f"<span class='fill' style='display:block;width:{stage.share:.1%}'></span></span>"
        f"<span class='spice-quiet'>{escaped(said)}</span></div>"
    )
