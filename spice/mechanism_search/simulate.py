"""People who have mechanisms of the library: what a search must find in them."""

import numpy as np

from spice.agents.agent_network import AgentNetwork
from spice.agents.agent_spice import AgentSpice
from spice.data.dataset import DatasetRNN
from spice.equations.equations import SpiceEquations
from spice.exceptions import ConfigError
from spice.mechanism_search.candidate import Candidate
from spice.mechanism_search.population_score import people_of, usual_start
from spice.random_state import RandomState, as_generator
from spice.tasks.environments import Bandits, BanditsDrift
from spice.tasks.simulation import create_dataset

SIGMA = 0.15
"""Drift of the task that people play where none is given."""
DIFFERENCES = 0.5
"""How much simulated people differ, in usual spreads."""


def simulate_people(
    candidate: Candidate, n_people: int = 64, n_trials: int = 300, environment: Bandits | None = None,
    random_state: RandomState = None,
) -> tuple[DatasetRNN, AgentSpice]:  # fmt: skip
    """Simulate people who have all mechanisms of a candidate, each a little differently.

    Parameters
    ----------
    candidate : Candidate
    n_people, n_trials : int
        One session each.
    environment : Bandits, optional
        The task. By default two arms that drift; both outcomes are shown where a mechanism needs that.
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState

    Returns
    -------
    DatasetRNN
    AgentSpice
        Who chose; its `equations` are those of the people.

    Raises
    ------
    ConfigError
        A candidate for data with inputs: no task shows any.

    Examples
    --------
    >>> from spice.mechanism_search import Candidate, simulate_people
    >>> dataset, truth = simulate_people(Candidate.of(["learning"]), n_people=4, n_trials=50, random_state=0)
    >>> dataset.xs.shape
    torch.Size([4, 50, 7])
    """
    if candidate.inputs:
        raise ConfigError(
            "candidate", "mechanisms without inputs of the data", f"{', '.join(candidate.inputs)}",
            "Leave them out, or simulate such people by yourself.",
        )  # fmt: skip
    rng = as_generator(random_state)
    if environment is None:
        sees_all = any(entry.needs for entry in candidate.entries)
        environment = BanditsDrift(sigma=SIGMA, counterfactual=sees_all)
    people = people_of(candidate, environment.n_actions, n_people)
    coordinates = people.coordinates
    start, _ = coordinates.coordinates(people.rules.select([0]))
    typical = usual_start(coordinates, start[0], candidate)
    said = {name: value for entry in candidate.entries for name, value in entry.typical.items()}
    for k, entry in enumerate(coordinates.entries):
        typical[k] = said.get(entry.parameter, typical[k])
    drawn = typical + DIFFERENCES * coordinates.spread * rng.normal(size=(n_people, len(typical)))
    theta = np.vstack([drawn, typical]).clip(coordinates.low, coordinates.high)
    table = people.rules.with_vectors(coordinates.parameters(theta, np.ones(theta.shape, dtype=bool)))
    network = AgentNetwork(people.model, participant_ids=range(n_people))
    agent = AgentSpice(network, SpiceEquations.of(table, range(n_people)))
    dataset, _, _ = create_dataset(agent, environment, n_trials, n_people, random_state=rng)
    return dataset, agent
