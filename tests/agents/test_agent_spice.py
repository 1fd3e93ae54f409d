"""Features and numbers of parameters, of all mechanisms or of some."""

import numpy as np
import pandas as pd
import pytest

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError
from spice.precoded import ChoiceRNN
from spice.resources.bandits import AgentSpice

REWARD, CHOICE = "x_value_reward", "x_value_choice"


@pytest.fixture(scope="module")
def agent() -> AgentSpice:
    dataset, _ = simulate_individual_differences(n_participants=3, n_trials=30, random_state=1)
    estimator = SpiceEstimator(ChoiceRNN, epochs=2, spice_refine=False, n_trials_off_policy=50, random_state=0)
    return estimator.fit(dataset.xs, dataset.ys).spice_agent


@pytest.mark.parametrize(
    ("mapping", "betas"),
    [
        (None, {f"beta_{REWARD}", f"beta_{CHOICE}"}),
        ({f"{REWARD}_chosen": REWARD}, {f"beta_{REWARD}"}),
        ({f"{CHOICE}_chosen": CHOICE, f"{CHOICE}_not_chosen": CHOICE}, {f"beta_{CHOICE}"}),
        ({f"{REWARD}_chosen": REWARD, f"{CHOICE}_chosen": CHOICE}, {f"beta_{REWARD}", f"beta_{CHOICE}"}),
        ({}, set()),
    ],
)
def test_what_is_counted_is_what_is_given(agent: AgentSpice, mapping: dict[str, str] | None, betas: set[str]) -> None:
    features, counts = agent.get_spice_features(mapping), agent.count_parameters(mapping)
    modules = set(agent.coefficients.terms) if mapping is None else set(mapping)
    for participant, found in features.items():
        assert set(found) == modules | betas
        assert counts[participant] == sum(np.count_nonzero(coefficients) for _, coefficients in found.values())


@pytest.mark.parametrize("call", ["get_spice_features", "count_parameters"])
@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({f"{REWARD}_chosen": "x_value_rewrad"}, rf"states from \['{REWARD}', '{CHOICE}'\], but got 'x_value_rewrad'"),
        ({f"{REWARD}_chosne": REWARD}, rf"modules from .*'{REWARD}_chosen'.*, but got '{REWARD}_chosne'"),
    ],
)
def test_unknown_names_are_answered_with_the_known(
    agent: AgentSpice, call: str, mapping: dict[str, str], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        getattr(agent, call)(mapping)


def test_modules_as_functions(agent: AgentSpice) -> None:
    function = agent.get_modules()["x_value_reward_not_chosen"][2]
    terms = agent.equations.terms(2)["x_value_reward_not_chosen"]
    expected = terms.get("1", 0) + 0.4 * terms.get("x_value_reward_not_chosen", 0)
    assert function(0.4) == pytest.approx(expected)


def test_who_is_printed_is_named_by_one_id(agent: AgentSpice, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(
        ConfigError, match=r"participant_id: expected one id in the data, but got a DataFrame\. Pass .* 0"
    ):
        agent.print_model(pd.DataFrame({"participant": [0, 1]}))  # type: ignore[arg-type]
    assert capsys.readouterr().out == ""
    agent.print_model(1)
    printed = capsys.readouterr().out
    agent.print_model(np.array(1))  # type: ignore[arg-type]
    assert capsys.readouterr().out == printed
