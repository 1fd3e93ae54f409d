"""What objects show of themselves in a notebook: text, escaped HTML, plain JSON."""

from typing import Any

import pytest
from bundles import HOSTILE, check

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceConfig, SpiceEstimator
from spice.precoded import CHOICE_CONFIG, ParticipantEmbeddingRNN
from spice.utils.convert_dataset import convert_dataset


@pytest.fixture(scope="module")
def fitted() -> tuple[SpiceEstimator, Any]:
    dataset, _ = simulate_individual_differences(n_participants=5, n_trials=40, random_state=0)
    estimator = SpiceEstimator(ParticipantEmbeddingRNN, epochs=2, n_trials_off_policy=50, random_state=0)
    return estimator.fit(dataset.xs, dataset.ys), dataset


def test_data_and_config_as_facts(fitted) -> None:
    facts = dict(check(fitted[1]._repr_mimebundle_(), "dataset")["facts"])
    assert (facts["people"], facts["choices"], facts["options"]) == (5, 200, "0, 1")
    config = SpiceConfig(**CHOICE_CONFIG.to_dict())
    assert "rnn_modules" in dict(check(config._repr_mimebundle_(), "config")["facts"])


def test_names_from_data_are_text_only(fitted) -> None:
    from dataclasses import replace

    equations = replace(fitted[0].equations_, labels=(HOSTILE, *"bcde"))
    shown = equations._repr_mimebundle_()
    assert HOSTILE not in shown["text/html"]
    assert check(shown, "equations")["participants"][0]["label"] == HOSTILE
    import pandas as pd

    table = pd.DataFrame({"session": ["a"] * 4, "choice": [HOSTILE, "x", "x", HOSTILE], "reward": [0, 1, 0, 1]})
    dataset, *_ = convert_dataset(table)
    assert HOSTILE not in dataset._repr_mimebundle_()["text/html"]
