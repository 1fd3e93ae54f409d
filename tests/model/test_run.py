"""Models of all kinds run over trials."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from own_forward import OwnForwardRNN
from quick_fit import few_people
from rollout.slow_loop import EverythingRNN, random_trials

from spice.data.ids import Ids
from spice.data.targets import read_targets
from spice.data.trials import Trials, read_conditions
from spice.exceptions import DataError
from spice.model import run as model_run
from spice.model.base import BaseRNN
from spice.model.build import build_model
from spice.model.run import read_model_signals, run_model
from spice.precoded import ParticipantEmbeddingRNN
from spice.rollout.networks import NetworkOptions


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


def two_people(rnn_class: type[BaseRNN]) -> tuple[BaseRNN, Trials, Ids, torch.Tensor]:
    xs, ys = few_people(2, 15)
    trials, _ = read_conditions(xs, 2)
    targets, trials = read_targets("targets", ys, xs.shape, trials)
    return build_model(rnn_class, 2, 2, 1, NetworkOptions()).eval(), trials, Ids.of(trials, (0, 1), (0,)), targets


@pytest.mark.parametrize("rnn_class", [ParticipantEmbeddingRNN, OwnForwardRNN])
def test_likelihood_and_probabilities_follow_from_the_logits(rnn_class: type[BaseRNN]) -> None:
    model, trials, ids, targets = two_people(rnn_class)
    offered = torch.ones(15, 2, 2, dtype=torch.bool)
    offered[3, 0, 1] = False
    with torch.no_grad():
        run = run_model(model, trials, ids)
        limited = run_model(model, replace(trials, offered=offered), ids)
    parts = sum(factor * run.states[name] for name, factor in run.factors.items())
    torch.testing.assert_close(run.logits, parts)
    torch.testing.assert_close(run.probabilities, torch.softmax(run.logits.double(), -1))
    expected = -(torch.log_softmax(run.logits, -1) * targets).sum((0, 2))
    torch.testing.assert_close(run.nll(targets), expected)
    torch.testing.assert_close(limited.logits, run.logits)
    assert limited.probabilities[3, 0].tolist() == [1.0, 0.0]
    torch.testing.assert_close(limited.probabilities[4:], run.probabilities[4:])


def test_choices_that_kernels_score_are_those_of_the_logits() -> None:
    model, trials, ids, targets = two_people(ParticipantEmbeddingRNN)
    with torch.no_grad():
        plain = run_model(model, trials, ids)
        scored = run_model(model, trials, ids, signals=read_model_signals(model, trials, targets))
    assert plain.scored is None
    assert scored.scored is not None
    torch.testing.assert_close(scored.nll(targets), plain.nll(targets))


def test_a_run_goes_on_from_the_last_state_also_by_a_forward_of_ones_own() -> None:
    model, trials, ids, _ = two_people(OwnForwardRNN)
    with torch.no_grad():
        whole = run_model(model, trials, ids)
        first = run_model(model, trials.window(0, 6), ids)
        second = run_model(model, trials.window(6, 15), ids, first.last)
    torch.testing.assert_close(torch.cat([first.logits, second.logits]), whole.logits)
    assert model.equations == {}


def test_inputs_that_a_model_declares_are_asked_for() -> None:
    _, trials, ids, _ = two_people(ParticipantEmbeddingRNN)
    with pytest.raises(DataError, match=r"2 additional inputs.*c_stimulus.*0"):
        run_model(EverythingRNN(n_actions=2, n_participants=2), trials, ids)
