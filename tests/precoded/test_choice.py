"""`ChoiceRNN`: what was chosen leaves a trace beside its value."""

import numpy as np
import torch

from spice.data.ids import Ids
from spice.data.trials import read_conditions
from spice.declaration.terms import polynomial_terms
from spice.model.build import build_model
from spice.model.run import run_model
from spice.precoded import CHOICE_CONFIG, ChoiceRNN
from spice.resources.bandits import AgentNetwork
from spice.rollout.networks import NetworkOptions
from spice.rollout.polynomials import Equations, PolynomialForm


def test_mechanisms_states_and_config() -> None:
    states = ChoiceRNN.declared_states()
    assert {name: state.initial for name, state in states.items()} == {"x_value_reward": 0.5, "x_value_choice": 0.0}
    assert {(state.learned, state.inverse_temperature) for state in states.values()} == {("equations", "participant")}
    assert CHOICE_CONFIG.library_setup == {
        "x_value_reward_chosen": ["c_reward"],
        "x_value_reward_not_chosen": [],
        "x_value_choice_chosen": [],
        "x_value_choice_not_chosen": [],
    }
    assert CHOICE_CONFIG.filter_setup["x_value_choice_chosen"] == ["c_action", 1, True]
    assert CHOICE_CONFIG.filter_setup["x_value_choice_not_chosen"] == ["c_action", 0, True]


def test_traces_know_choices_and_no_rewards() -> None:
    agent = AgentNetwork(build_model(ChoiceRNN, 2, 3, 1, NetworkOptions()))
    found = {}
    for reward in (0.0, 1.0):
        agent.new_sess(participant_id=1)
        agent.update(0, [reward, np.nan])
        found[reward] = [agent.get_state_value(f"x_value_{kind}", False) for kind in ("choice", "reward")]
    np.testing.assert_array_equal(found[0.0][0], found[1.0][0])
    assert found[0.0][1][0] != found[1.0][1][0]
    assert found[0.0][1][1] == found[1.0][1][1]


def test_people_persevere_by_their_own_inverse_temperature() -> None:
    """Equations of a trace alone: its logits are the inverse temperature times an exponential average of choices."""
    choices = np.array([0, 0, 1, 0])
    xs = np.zeros((2, 4, 7))
    xs[..., :2], xs[..., 2:4] = np.eye(2)[choices], np.where(np.eye(2)[choices] > 0, 1.0, -1.0)
    xs[1, :, -1] = 1
    trials, _ = read_conditions(xs, 2)
    model = build_model(ChoiceRNN, 2, 2, 1, NetworkOptions()).eval()
    own = {
        "x_value_reward_chosen": [0.0, 0.0, 0.0],
        "x_value_reward_not_chosen": [0.0, 0.0],
        "x_value_choice_chosen": [0.3, 0.7],
        "x_value_choice_not_chosen": [0.0, 0.7],
    }
    forms = {
        m.name: PolynomialForm(polynomial_terms((m.name, *m.input_names), 1), torch.tensor([own[m.name]]))
        for m in ChoiceRNN.mechanisms
    }
    betas = {"x_value_reward": torch.ones(2, 1), "x_value_choice": torch.tensor([[2.0], [-1.0]])}
    start = {"x_value_reward": torch.zeros(2, 1), "x_value_choice": torch.zeros(2, 1)}
    with torch.no_grad():
        run = run_model(model, trials, Ids.of(trials, (0, 1), (0,)), equations=Equations(forms, betas, start))
    trace, expected = np.zeros(2), []
    for choice in choices:
        trace = trace + 0.3 * (np.eye(2)[choice] - trace)
        expected.append(trace)
    np.testing.assert_allclose(run.logits[:, 0], 2.0 * np.array(expected), atol=1e-6)
    np.testing.assert_allclose(run.logits[:, 1], -1.0 * np.array(expected), atol=1e-6)
    assert run.probabilities[-1, 0, 0] > 0.5 > run.probabilities[-1, 1, 0]
