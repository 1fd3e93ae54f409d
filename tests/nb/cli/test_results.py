"""The results folder."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from equations.tables import who_lacks_what
from nb.cli.calls import COLUMNS, QUICK, run

from spice.datasets import simulate_individual_differences
from spice.diagnostics import Diagnostic
from spice.estimator import SpiceEstimator
from spice_nb.cli.results import to_json


def test_saved_models_are_those_of_the_tables(csv: Path, tmp_path: Path) -> None:
    from spice.model.scored_trials import ScoredTrials
    from spice.utils.convert_dataset import convert_dataset

    assert run("fit", csv, *COLUMNS, *QUICK, "--holdout", "none", "--out", tmp_path / "o").exit_code == 0
    loaded = SpiceEstimator.load_spice(tmp_path / "o" / "network.spice", tmp_path / "o" / "equations.spice")
    assert loaded.equations_.labels[0] == "person_0 & co"
    dataset, *_ = convert_dataset(csv, df_participant_id="who", df_choice="key", df_reward="points", keep="block")
    scored = ScoredTrials.of(dataset.xs, dataset.ys, loaded.rnn_agent)
    likelihood = pd.read_csv(tmp_path / "o" / "likelihood.csv").set_index("model")["nll_per_choice"]
    assert scored.mean_nll(loaded.rnn_agent) == pytest.approx(likelihood["network"], abs=1e-6)
    assert scored.mean_nll(loaded.spice_agent) == pytest.approx(likelihood["equations"], abs=1e-6)


def test_latex_is_balanced_and_escaped(csv: Path, tmp_path: Path) -> None:
    options = ("--model", "participant-embedding", "--out", tmp_path / "o")
    assert run("fit", csv, *COLUMNS, *QUICK, *options).exit_code == 0
    tex = (tmp_path / "o" / "equations.tex").read_text()
    assert tex.count(r"\begin{align*}") == tex.count(r"\end{align*}") == 7
    assert tex.count("{") == tex.count("}")
    assert r"\paragraph{Participant person\_0 \& co}" in tex
    assert tex.rstrip().endswith(r"\end{document}")
    assert "\\\\\n\\end{align*}" not in tex


def test_while_writing_leaves_earlier_results_whole(csv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ("fit", csv, *COLUMNS, *QUICK, "--out", tmp_path / "o")
    assert run(*arguments).exit_code == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "o").iterdir()}

    def save_spice(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(SpiceEstimator, "save_spice", save_spice)
    assert run(*arguments, "--seed", "9").exit_code == 130
    assert {path.name: path.read_bytes() for path in (tmp_path / "o").iterdir()} == before
    assert run(*arguments[:-1], tmp_path / "new" / "o").exit_code == 130
    assert not (tmp_path / "new").exists()


def test_a_folder_named_results_beside_the_new_one(tmp_path):
    from spice_nb.cli.results import check_folder

    (tmp_path / "results").mkdir()
    check_folder(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_tables_say_who_has_what_and_how_sure_it_is(csv: Path, tmp_path: Path) -> None:
    options = ("--model", "participant-embedding", "--out", tmp_path / "o")
    assert run("fit", csv, *COLUMNS, *QUICK, *options).exit_code == 0
    coefficients, prevalences, rates = (
        pd.read_csv(tmp_path / "o" / f"{name}.csv") for name in ("equations", "prevalences", "derived")
    )
    assert {"probability", "low", "high"} <= set(coefficients)
    assert coefficients["probability"].dropna().between(0, 1).all()
    assert list(prevalences) == ["mechanism", "term", "prevalence", "low", "high"]
    population = coefficients[(coefficients["participant"] == -1) & (coefficients["form"] == "canonical")]
    shares = population.set_index(["mechanism", "term"])["probability"]
    for row in prevalences.itertuples():
        assert row.low <= row.prevalence <= row.high
        if (row.mechanism, row.term) in shares:
            assert shares[row.mechanism, row.term] == pytest.approx(row.prevalence)
    assert {"quantity", "estimate", "low", "high", "probability"} <= set(rates)


def test_diagnostics_are_json_whatever_their_numbers() -> None:
    found = json.loads(
        to_json([Diagnostic("smallest-effect", "Any rate …", is_doubt=False, numbers={"smallest": np.inf})])
    )
    assert found == [
        {
            "code": "smallest-effect",
            "sentence": "Any rate …",
            "remedy": "",
            "is_doubt": False,
            "numbers": {"smallest": None},
        }
    ]


def test_a_state_that_is_absent_has_no_temperature_in_latex() -> None:
    from spice_nb.cli.results import to_tex

    ann, bob = to_tex(who_lacks_what(), "made up").split(r"\paragraph{Participant Bob}")
    assert r"\beta_{V} &= 3.00" in ann
    assert r"\text{no } C" in ann
    assert r"\beta_{C}" not in ann
    assert r"\beta_{C} &= 1.50" in bob


def test_people_without_canonical_form_are_not_in_the_canonical_table():
    import dataclasses

    from spice.estimator import SpiceEstimator
    from spice.precoded import ParticipantEmbeddingRNN
    from spice_nb.cli.results import to_table, to_tex

    dataset, _ = simulate_individual_differences(n_participants=4, n_trials=40, random_state=1)
    estimator = SpiceEstimator(ParticipantEmbeddingRNN, epochs=2, n_trials_off_policy=100, random_state=0)
    equations = estimator.fit(dataset.xs, dataset.ys).equations_
    values = {name: table.copy() for name, table in equations.coefficients.values.items()}
    reward = equations.coefficients.terms["x_value_reward_chosen"].index("c_reward")
    values["x_value_reward_chosen"][2, reward] = 0.0
    changed = dataclasses.replace(equations, coefficients=dataclasses.replace(equations.coefficients, values=values))
    assert changed.without_canonical_form() == {2}
    assert np.isnan(changed.learning_rates()["x_value_reward_chosen"][2])
    assert np.isfinite(changed.learning_rates()["x_value_reward_chosen"][1])
    table = to_table(changed)
    assert set(table.loc[table["form"] == "canonical", "participant"]) == {0, 1, 3, -1}
    assert set(table.loc[table["form"] == "raw", "participant"]) == {0, 1, 2, 3, -1}
    assert to_tex(changed, "made up").count("no canonical form") == 1
