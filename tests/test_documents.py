"""What objects show of themselves in a notebook: text, escaped HTML, plain JSON."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from bundles import HOSTILE, check

import spice
from spice.datasets import simulate_individual_differences
from spice.documents import bundle, document, table
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
    equations = replace(fitted[0].equations_, labels=(HOSTILE, *"bcde"))
    shown = equations._repr_mimebundle_()
    assert HOSTILE not in shown["text/html"]
    assert check(shown, "equations")["participants"][0]["label"] == HOSTILE
    rows = pd.DataFrame({"session": ["a"] * 4, "choice": [HOSTILE, "x", "x", HOSTILE], "reward": [0, 1, 0, 1]})
    dataset, *_ = convert_dataset(rows)
    assert HOSTILE not in dataset._repr_mimebundle_()["text/html"]


def test_a_document_names_its_kind_and_keeps_the_order_of_facts() -> None:
    found = document("run", "A run", {"z": 1, "a": [2]}, losses=[0.5])
    assert list(found) == ["spice-nb", "kind", "made_by", "title", "facts", "losses"]
    assert found["facts"] == [["z", 1], ["a", [2]]]
    assert found["made_by"] == f"spice-nb {spice.__version__}"
    assert document("run", "A run")["facts"] == []


def test_facts_are_shown_as_a_table_where_there_is_nothing_better() -> None:
    content = document("run", HOSTILE, {"<b>": HOSTILE, "epochs": 3})
    shown = check(bundle(content, "text"), "run")
    assert shown == content
    html = bundle(content, "text")["text/html"]
    assert HOSTILE not in html
    assert html.count("<td") == 4
    assert "<table" not in bundle(content, "text", "<p>own</p>")["text/html"]


def test_cells_are_escaped_but_for_columns_of_html() -> None:
    shown = table(("a&b", "c"), [("<i>", "<i>x</i>")], raw=frozenset({1}))
    assert "a&amp;b" in shown
    assert "&lt;i&gt;</td>" in shown
    assert "<i>x</i></td>" in shown
    assert "<thead>" not in table((), [("x",)])
