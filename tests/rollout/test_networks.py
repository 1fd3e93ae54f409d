import numpy as np
import pytest
import torch

from spice.data.trials import read_conditions
from spice.resources.mechanisms import Mechanism, State
from spice.rollout.networks import MechanismNetwork, NetworkForm, NetworkOptions, draw_masks, network_options
from spice.rollout.reference import rollout
from spice.rollout.signals import read_signals


def network(n_inputs: int, dropout: float = 0.0, **options: bool) -> MechanismNetwork:
    torch.manual_seed(0)
    with network_options(NetworkOptions(hidden_size=6, dropout=dropout)):
        return MechanismNetwork(n_inputs, **options)


@pytest.mark.parametrize("options", [{}, {"sigmoid": True}, {"residual": False}])
@pytest.mark.parametrize("n_context", [0, 3])
@pytest.mark.parametrize("from_states", [(), (1,), (0, 2), (0, 1, 2)])
def test_a_step_is_the_forward_of_the_network(
    options: dict[str, bool], n_context: int, from_states: tuple[int, ...]
) -> None:
    net = network(3 + n_context, **options).double().eval()
    g = torch.Generator().manual_seed(1)
    value = torch.randn(4, 2, generator=g, dtype=torch.float64)
    inputs = torch.randn(5, 3, 4, 2, generator=g, dtype=torch.float64)  # trials, inputs, sequences, arms
    context = torch.randn(4, n_context, generator=g, dtype=torch.float64) if n_context else None
    data = [None if k in from_states else inputs[:, k] for k in range(3)]
    step = NetworkForm(net, context).prepare(data)
    for t in range(5):
        found = step(t, value, [inputs[t, k] if k in from_states else None for k in range(3)])
        parts = [inputs[t].permute(1, 2, 0)]
        if context is not None:
            parts.append(context[:, None].expand(-1, 2, -1))
        torch.testing.assert_close(found, net(value, torch.cat(parts, -1)), rtol=0, atol=1e-12)


def test_by_hand() -> None:
    net = network(1).double().eval()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
        net.hidden.weight[0] = torch.tensor([0.5, 2.0])
        net.hidden.bias[0] = -0.25
        net.out.weight[0, 0] = 3.0
        net.out.bias[0] = 0.125
        value, reward = torch.tensor([[0.5, 1.0]]).double(), torch.tensor([[[1.0], [0.0]]]).double()
        expected = value + 3 * torch.tanh(0.5 * value + 2 * reward[..., 0] - 0.25) + 0.125
        torch.testing.assert_close(net(value, reward), expected)
        net.residual = False
        torch.testing.assert_close(net(value, reward), expected - value)
        net.sigmoid = True
        torch.testing.assert_close(net(value, reward), torch.sigmoid(expected - value))


@pytest.mark.parametrize("n_inputs", [1, 9])
def test_untrained_it_pulls_every_value_to_a_resting_point(n_inputs: int) -> None:
    net = network(n_inputs).double().eval()
    inputs = torch.rand(200, 1, n_inputs, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    low, high = torch.full((200, 1), -20.0).double(), torch.full((200, 1), 20.0).double()
    with torch.no_grad():
        for _ in range(2000):
            low, high = net(low, inputs), net(high, inputs)
    torch.testing.assert_close(low, high, atol=1e-6, rtol=0)
    assert float(low.abs().max()) < 3


def test_dropout_silences_the_same_units_all_through_a_sequence() -> None:
    net = network(1, dropout=0.5).train()
    torch.manual_seed(3)
    mask = net.draw_mask(200)
    assert mask is not None
    assert mask.shape == (200, 1, 6)
    assert set(mask.unique().tolist()) == {0.0, 2.0}
    assert float(mask.mean()) == pytest.approx(1.0, abs=0.1)
    # Of a network that forgets its value, each trial shows the mask alone: the same one on every trial.
    direct = network(1, dropout=0.5, residual=False).train()
    with torch.no_grad():
        direct.hidden.weight[:, 0] = 0.0
    step = NetworkForm(direct, mask=direct.draw_mask(50)).prepare([torch.ones(8, 50, 2)])
    outputs = torch.stack([step(t, torch.rand(50, 2), [None]) for t in range(8)])
    for t in range(1, 8):
        torch.testing.assert_close(outputs[t], outputs[0], rtol=0, atol=0)
    assert len(outputs[0, :, 0].unique()) > 20  # but another one in every sequence
    torch.testing.assert_close(outputs[0, :, 0], outputs[0, :, 1])  # and the same on all arms
    form = NetworkForm(direct, mask=direct.draw_mask(50))
    again = form.prepare([torch.ones(8, 50, 2)])(0, torch.rand(50, 2), [None])
    assert not torch.equal(again, outputs[0])  # and another in the next window


def test_masks_of_all_networks_are_drawn_at_once_and_differ() -> None:
    networks = [network(0, dropout=0.5).train(), network(1, dropout=0.5).train()]
    first, second = draw_masks(networks, 100)
    assert first is not None
    assert second is not None
    assert first.shape == second.shape == (100, 1, 6)
    assert not torch.equal(first, second)
    assert set(first.unique().tolist()) == {0.0, 2.0}
    assert list(draw_masks([n.eval() for n in networks], 100)) == [None, None]


def test_dropout_in_a_forward_of_ones_own_keeps_its_mask_until_it_is_cleared() -> None:
    net = network(0, dropout=0.5, residual=False).train()
    with torch.no_grad():
        net.hidden.weight[:, 0] = 0.0
    nothing = torch.zeros(50, 2, 0)
    first = net(torch.rand(50, 2), nothing)
    torch.testing.assert_close(net(torch.rand(50, 2), nothing), first, rtol=0, atol=0)
    net.mask = None
    assert not torch.equal(net(torch.rand(50, 2), nothing), first)


def test_no_dropout_outside_training() -> None:
    net = network(0, dropout=0.9).train()
    value = torch.rand(5, 2)
    net(value, torch.zeros(5, 2, 0))  # leaves a mask behind
    net.eval()
    assert net.draw_mask(5) is None
    plain = network(0, dropout=0.0).eval()
    torch.testing.assert_close(net(value, torch.zeros(5, 2, 0)), plain(value, torch.zeros(5, 2, 0)))
    step = NetworkForm(net).prepare([])
    torch.testing.assert_close(step(0, value, []), plain(value, torch.zeros(5, 2, 0)))


def test_as_much_dropout_as_a_training_has_left() -> None:
    net = network(0, dropout=0.5).train()
    net.dropout_left = 0.4
    mask = net.draw_mask(2_000)
    assert mask is not None
    assert float((mask == 0).double().mean()) == pytest.approx(0.2, abs=0.02)
    (drawn,) = draw_masks([net], 10)
    assert drawn is not None
    assert set(drawn.unique().tolist()) <= {0.0, 1.25}
    net.dropout_left = 0.0
    assert net.draw_mask(5) is None
    assert list(draw_masks([net], 5)) == [None]


def test_a_seed_makes_masks_repeat() -> None:
    net = network(0, dropout=0.5).train()
    masks = []
    for _ in range(2):
        torch.manual_seed(5)
        masks.append(net.draw_mask(20))
    torch.testing.assert_close(masks[0], masks[1])


def test_options_hold_inside_only_and_are_put_back_after_an_error() -> None:
    with network_options(NetworkOptions(hidden_size=3, dropout=0.1)):
        inside = MechanismNetwork(0)
        with pytest.raises(KeyError), network_options(NetworkOptions(hidden_size=99)):
            raise KeyError
        again = MechanismNetwork(0)
    outside = MechanismNetwork(0)
    sizes = [(n.hidden.out_features, n.dropout) for n in (inside, again, outside)]
    assert sizes == [(3, 0.1), (3, 0.1), (8, 0.25)]


def test_gradients_reach_weights_and_context() -> None:
    net = network(2 + 3).double().eval()
    xs = np.array([[1, 0, 1, -1, 0, 0, 0], [0, 1, -1, 0, 0, 0, 0], [1, 0, 1, -1, 0, 0, 0]], dtype=float)
    trials = read_conditions(xs, 2)[0].to(torch.float64)
    mechanism = Mechanism("x_1", "x", inputs=("c_action", "x_other"))
    states = {"x": State(0.5), "x_other": State(1.0)}
    context = torch.randn(1, 3, dtype=torch.float64, requires_grad=True)

    def run(context: torch.Tensor) -> torch.Tensor:
        initial = {name: torch.full((1, 2), s.initial, dtype=torch.float64) for name, s in states.items()}
        signals = read_signals([mechanism], states, trials)
        return rollout([mechanism], {"x_1": NetworkForm(net, context)}, states, signals, initial).states["x"]

    assert torch.autograd.gradcheck(run, (context,), atol=1e-7)
    run(context).sum().backward()  # type: ignore[no-untyped-call]
    assert all(p.grad is not None and float(p.grad.abs().sum()) > 0 for p in net.parameters())
