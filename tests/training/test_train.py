"""Training of networks: what is kept, and what becomes of weights without bound."""

import numpy as np
import pytest
import torch
from quick_fit import few_people, quick

from spice.datasets import simulate_individual_differences
from spice.exceptions import (
    TrainingDivergedError,
)
from spice.precoded import ParticipantEmbeddingRNN
from spice.training.gradient import WrittenOutGradient


@pytest.fixture(scope="module")
def people():
    return few_people()


def test_people_held_out_are_judged_as_the_population():
    dataset, _ = simulate_individual_differences(n_participants=12, n_trials=60, random_state=3)
    xs, ys = dataset.xs.numpy(), dataset.ys.numpy()
    estimator = quick(epochs=12, learning_rate=0.02)
    estimator.fit(xs[:6], ys[:6], data_test=xs[6:], target_test=ys[6:])
    best = min(h["validation_loss"] for h in estimator.history_)
    p = estimator.predict(xs[6:])[0]
    scored = np.nansum(ys[6:], -1) > 0
    kept = -np.log((p * np.nan_to_num(ys[6:])).sum(-1)[scored]).mean()
    assert kept == pytest.approx(best, abs=1e-5)


def test_divergence_names_the_epoch_and_changes_nothing(people, monkeypatch):
    estimator = quick().fit(*people)
    agent = estimator.spice_agent
    real, calls = WrittenOutGradient.windows, []

    def breaks_later(self, sequences):
        for nll, n in real(self, sequences):
            calls.append(1)
            yield float("nan") if len(calls) > 7 else nll, n

    monkeypatch.setattr(WrittenOutGradient, "windows", breaks_later)
    with pytest.raises(TrainingDivergedError, match="epoch 3") as caught:
        estimator.set_params(epochs=10).fit(*people)
    assert estimator.spice_agent is agent
    weights = caught.value.weights
    assert all(torch.isfinite(w).all() for w in weights.values())
    assert set(weights) == set(agent.model.state_dict())


def test_weights_without_bound_are_a_named_error(people):
    with pytest.raises(TrainingDivergedError, match="finite loss"):
        quick(ParticipantEmbeddingRNN, epochs=60, learning_rate=1e18).fit(*people)


def test_validation_keeps_the_best_weights(people):
    xs, ys = people
    estimator = quick(ParticipantEmbeddingRNN, epochs=12, learning_rate=0.3, dropout=0.0)
    estimator.fit(xs[:4], ys[:4], data_test=xs, target_test=ys)
    losses = [h["validation_loss"] for h in estimator.history_]
    p = estimator.predict(xs)[0]
    scored = np.nansum(ys, -1) > 0
    final = -np.log((p * np.nan_to_num(ys)).sum(-1)[scored]).mean()
    assert final == pytest.approx(min(losses), abs=0.02)
    assert final < losses[-1] + 1e-6
