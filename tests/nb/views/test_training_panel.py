"""A fit that is under way before its page can hear of it."""

import ipywidgets as widgets
import pytest

from spice.estimator import SpiceEstimator
from spice.precoded import RescorlaWagnerRNN
from spice_nb.state.training import RunState
from spice_nb.views.training_panel import TrainingPanel


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
