"""A panel that fits, says how it went, and misses nothing while its page loads."""

import ipywidgets as widgets
import pytest

from spice.estimator import SpiceEstimator
from spice.precoded import ParticipantEmbeddingRNN, RescorlaWagnerRNN
from spice_nb.state.training import RunState
from spice_nb.views.training_panel import TrainingPanel


def test_a_training_panel_fits_and_says_how_it_went(fitted) -> None:
    _, dataset = fitted
    estimator, heard = SpiceEstimator(ParticipantEmbeddingRNN, epochs=4, n_trials_off_policy=100), []
    panel = TrainingPanel(estimator, on_done=heard.append)
    assert panel.button.disabled
    assert "Choose a data set first." in panel.headline.value
    panel.dataset = dataset
    assert not panel.button.disabled
    panel.button.click()
    assert panel.worker.wait(60)
    assert heard == [estimator]
    assert panel.button.description == "Fit again"
    assert panel.stages.value.count("done in") == 3
    assert len(panel.chart.lines["loss"].y) == 4
    assert "loss: " in panel.record()["text/plain"]


def test_what_changed_while_a_page_was_loading_is_sent_once_it_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = TrainingPanel(SpiceEstimator(RescorlaWagnerRNN, epochs=1))
    panel.model.messages, panel.model.state = ("Goes on after epoch 7.",), RunState.RUNNING
    sent: list[tuple[widgets.Widget, object]] = []
    monkeypatch.setattr(widgets.Widget, "send_state", lambda widget, key=None: sent.append((widget, key)))
    panel.shown.sight.seen = True
    # All of its state, also what is as it was.
    whole = [widget for widget, key in sent if key is None]
    assert panel.messages in whole
    assert panel.finish in whole
    assert "Goes on after epoch 7." in panel.messages.value
