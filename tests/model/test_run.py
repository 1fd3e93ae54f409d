"""Models of all kinds run over trials."""

import numpy as np
import pytest
import torch
from rollout.slow_loop import EverythingRNN, random_trials

from spice.data.ids import Ids
from spice.model import run as model_run
from spice.model.run import run_model


@pytest.fixture(params=["compiled", "reference"])
def run_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models choose the compiled rollout themselves wherever it can run."""
    if request.param == "reference":
        monkeypatch.setattr(model_run, "can_compile", lambda *_: False)


@pytest.mark.usefixtures("run_by")
def test_people_differ_by_their_own_embedding_and_a_batch_is_each_alone() -> None:
    rng = np.random.default_rng(10)
    trials = random_trials(rng, 2, [8, 8, 8]).to(torch.float32)
    torch.manual_seed(0)
    model = EverythingRNN(n_actions=2, n_participants=4).eval()
    ids = Ids(torch.tensor([2, 0, -1]), torch.zeros(3, dtype=torch.long))
    with torch.no_grad():
        together = run_model(model, trials, ids).logits
        for s in range(3):
            one = np.array([s])
            alone = run_model(model, trials.select(one), ids.select(one)).logits
            torch.testing.assert_close(together[:, s], alone[:, 0], rtol=0, atol=1e-6)
        same = trials.select(np.array([0, 0, 0]))
        by_person = run_model(model, same, ids).logits
    assert float((by_person[:, 0] - by_person[:, 1]).abs().max()) > 1e-3
    assert float((by_person[:, 0] - by_person[:, 2]).abs().max()) > 1e-3
