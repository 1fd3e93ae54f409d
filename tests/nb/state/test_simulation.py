"""Simulated people."""

import numpy as np
import pytest

from spice.exceptions import ConfigError
from spice.resources.bandits import get_update_dynamics
from spice_nb.state.data import DataModel
from spice_nb.state.simulation import FIELDS, TASKS, Simulation, field_default, true_agent


def test_every_number_has_a_field_within_its_bounds() -> None:
    for field in FIELDS:
        assert field.low <= field_default(field.name) <= field.high
        assert field.help.endswith(".")


@pytest.mark.parametrize("task", TASKS)
def test_the_script_simulates_the_same(task: str) -> None:
    simulation = Simulation(people=5, trials=30, task=task, beta_choice=0.4, alpha_penalty=0.1)
    dataset, truth = simulation.run()
    assert dataset.xs.shape[:2] == (5, 30)
    assert truth.alpha_reward.nunique() == 5
    namespace: dict[str, object] = {}
    exec(simulation.python(), namespace)
    np.testing.assert_array_equal(namespace["dataset"].xs, dataset.xs)


def test_without_differences_all_are_alike() -> None:
    _, truth = Simulation(people=5, trials=10, differences=0).run()
    assert (truth.nunique() == 1).all()
    assert truth.alpha_penalty[0] == truth.alpha_reward[0] == 0.3


@pytest.mark.parametrize(
    ("numbers", "said"),
    [({"people": 0}, "People"), ({"trials": 2.5}, "Trials"), ({"alpha_reward": 1.2}, "Learning rate"),
     ({"people": 10_000, "trials": 1_000}, "choices in all"), ({"task": "chess"}, "task")],
)  # fmt: skip
def test_what_cannot_be_is_said(numbers: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Simulation(**numbers).run()
    model = DataModel()
    model.use_example("forgetting")
    before = model.dataset
    model.simulate(Simulation(**numbers))
    assert said in model.problem
    assert model.dataset is before


def test_true_agents_chose_as_they_did() -> None:
    model = DataModel()
    model.simulate(Simulation(people=40, trials=100, beta_reward=6.0, differences=0.05))
    assert model.problem == ""
    assert "AgentQ" in model.python()
    nll = []
    for person in range(40):
        agent = true_agent(model.truth.iloc[person].to_dict(), 2)
        _, p, _ = get_update_dynamics(model.dataset.xs[person], agent)
        chosen = np.asarray(model.dataset.xs[person, :, :2]) > 0
        nll.append(-np.log(p[chosen]).mean())
    assert np.mean(nll) < 0.6
    model.read_upload("x.csv", b"a,choice,reward\n")
    assert "AgentQ" not in model.python()
