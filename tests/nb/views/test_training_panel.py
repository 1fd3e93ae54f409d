from spice.estimator import SpiceEstimator
from spice.precoded import ParticipantEmbeddingRNN
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
