"""Parts that models are set up from."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from spice.exceptions import ConfigError
from spice.rollout.parts import SMALLEST_BETA, IdEmbedding, InverseTemperature, ModuleCall, dropout_mask

CPU = torch.device("cpu")


def test_a_mask_keeps_its_mean_and_repeats_by_its_generator() -> None:
    masks = [dropout_mask((200, 100), 0.25, torch.Generator().manual_seed(seed), CPU) for seed in (0, 0, 1)]
    assert torch.equal(masks[0], masks[1])
    assert not torch.equal(masks[0], masks[2])
    np.testing.assert_allclose(masks[0].unique(), [0.0, 4 / 3], rtol=1e-6)
    assert float(masks[0].mean()) == pytest.approx(1.0, abs=0.02)


def test_an_embedding_has_a_row_for_people_never_seen_and_a_leak_for_what_is_negative() -> None:
    embedding = IdEmbedding(3, 2, leaky_relu=0.1, dropout=0.5).eval()
    assert embedding.table.num_embeddings == 4
    with torch.no_grad():
        embedding.table.weight[2] = torch.tensor([2.0, -2.0])
        np.testing.assert_allclose(embedding(torch.tensor([[2.0]])), [[[2.0, -0.2]]])


def test_an_embedding_is_silenced_in_training_only() -> None:
    embedding = IdEmbedding(1, 1000, leaky_relu=1.0, dropout=0.5)
    embedding.generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        embedding.table.weight.fill_(1.0)
        in_training = embedding(torch.zeros(1))
        assert set(in_training.unique().tolist()) == {0.0, 2.0}
        assert (embedding.eval()(torch.zeros(1)) == 1.0).all()


def test_an_embedding_can_start_around_a_value() -> None:
    embedding = IdEmbedding(500, 4, leaky_relu=0.01, dropout=0.0)
    embedding.start_around(2.0, 0.3)
    table = embedding.table.weight.detach()
    assert embedding.centre == 2.0
    assert float(table.mean()) == pytest.approx(2.0, abs=0.03)
    assert float(table.std()) == pytest.approx(0.3, abs=0.02)


@pytest.mark.parametrize("activation", [None, nn.ReLU, nn.Softplus()])
def test_an_inverse_temperature_begins_near_1_and_stays_positive(activation) -> None:
    shared = InverseTemperature(None, activation)
    assert 1.0 <= shared().item() < 1.4
    with torch.no_grad():
        shared.log_beta.fill_(-50.0)
        assert shared().item() == pytest.approx(SMALLEST_BETA)
        shared.log_beta.fill_(50.0)
        assert shared().item() == pytest.approx(math.exp(6) if activation is None else 50.0)


def test_an_inverse_temperature_of_people_asks_for_their_embedding() -> None:
    own = InverseTemperature(3)
    embedding = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(own(embedding), own.log_beta(embedding).exp())
    with pytest.raises(ConfigError, match=r"self\.participant_embedding"):
        own()


@pytest.mark.parametrize("bounded", [True, False])
def test_a_call_amounts_to_a_declaration(bounded: bool) -> None:
    none = torch.zeros(1, 2)
    call = ModuleCall("x", none, none, none, {}, bounded)
    found = call.mechanism("m", "chosen", ("c_reward", "x_rate"), zeroes=bounded)
    assert (found.name, found.state, found.applies_to, found.input_names) == (
        "m",
        "x",
        "chosen",
        ("c_reward", "x_rate"),
    )
    assert (found.bounds, found.others) == (((0.0, 1.0), "zero") if bounded else (None, "keep"))
