"""Equations to read: people, table, structures, words and files."""

import io
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from equations.tables import who_lacks_what

from spice.datasets import simulate_individual_differences
from spice.equations.canonical import Gauge, change_gauge
from spice.estimator import SpiceEstimator
from spice.precoded import ParticipantEmbeddingRNN
from spice_nb.state.equations import EquationsModel


@pytest.fixture(scope="module")
def equations():
    dataset, _ = simulate_individual_differences(n_participants=30, n_trials=60, random_state=0)
    estimator = SpiceEstimator(rnn_class=ParticipantEmbeddingRNN, epochs=6, n_trials_off_policy=200, random_state=0)
    equations = estimator.fit(dataset.xs, dataset.ys).equations_
    values, terms = equations.coefficients.values, equations.coefficients.terms
    # Five people forget all at once, and one does not learn: three structures.
    own = terms["x_value_reward_not_chosen"].names.index("x_value_reward_not_chosen")
    values["x_value_reward_not_chosen"][10:15, own] = 0.0
    values["x_value_reward_chosen"][15, terms["x_value_reward_chosen"].names.index("c_reward")] = 0.0
    return equations


@pytest.fixture
def model(equations) -> EquationsModel:
    return EquationsModel(equations=equations)


def test_without_equations_it_says_so() -> None:
    assert EquationsModel().blocker == "Fit a model first."
    assert EquationsModel().people == []


def test_the_table_holds_every_coefficient(model: EquationsModel, equations) -> None:
    table = model.table
    frame = equations.canonical().to_frame()
    frame = frame[frame.participant >= 0]
    assert len(table) == 30
    numbers = table.drop(columns=["participant", "structure"])
    assert int((numbers != 0).to_numpy().sum()) == int((frame.coefficient != 0).sum())
    row = frame.iloc[7]
    assert table.loc[row.participant, f"{row.mechanism}: {row.term}"] == row.coefficient


def test_raw_and_canonical_are_two_tables(model: EquationsModel, equations) -> None:
    gauge = Gauge(np.full(equations.coefficients.n_rows, 0.1), np.full(equations.coefficients.n_rows, 2.0))
    model.equations = replace(equations, coefficients=change_gauge(equations.coefficients, "x_value_reward", gauge))
    canonical = model.table
    model.canonical = False
    assert not canonical.equals(model.table)


def test_sorting_takes_all_and_pages_follow(model: EquationsModel) -> None:
    column = next(c for c in model.table.columns if c.startswith("x_value_reward_chosen: c_reward"))
    model.page = 1
    model.sort_by, model.descending = column, True
    assert model.page == 0
    rows, n = model.rows(size=7)
    assert n == 30
    assert list(rows[column]) == sorted(model.table[column], reverse=True)[:7]
    model.page = 4
    assert len(model.rows(size=7)[0]) == 2


def test_people_are_found_by_name_and_by_structure(model: EquationsModel) -> None:
    model.search = "2"
    assert set(model.selection.participant) == {str(k) for k in range(30) if "2" in str(k)}
    model.search = ""
    first = model.structures[0]
    model.group = first.name
    assert len(model.selection) == first.people
    assert sum(structure.people for structure in model.structures) == 30
    model.search = "(("
    assert len(model.selection) == 0


def test_a_structure_is_a_set_of_terms(model: EquationsModel) -> None:
    assert [s.name for s in model.structures[:2]] == ["A", "B"]
    assert [s.people for s in model.structures] == sorted((s.people for s in model.structures), reverse=True)
    for structure in model.structures:
        rows = model.table[model.table.structure == structure.name]
        assert len(rows) == structure.people
        mechanisms = [c for c in rows.columns if ": " in c and not c.startswith(("beta_", "initial_"))]
        for some in ("any", "all"):
            there = getattr(rows[mechanisms] != 0, some)()
            assert [c for c in mechanisms if there[c]] == list(structure.terms)


def test_a_structure_is_typeset_with_a_letter_for_each_term(model: EquationsModel) -> None:
    for structure in model.structures:
        typeset = model.typeset(structure)
        assert typeset.count("<math") == 2
        assert typeset.count("<mi>a</mi>") == len(structure.terms)


def test_structures_that_are_not_shown_are_counted(model: EquationsModel) -> None:
    n = len(model.structures)
    rest = sum(structure.people for structure in model.structures[1:])
    assert model.of_structures(1).startswith(f"{n} sets of terms")
    assert f"{n - 1} more, of {rest} people" in model.of_structures(1)
    assert "more" not in model.of_structures(n)


def test_another_form_has_other_structures(model: EquationsModel) -> None:
    model.group, model.sort_by = model.structures[0].name, model.table.columns[1]
    model.canonical = False
    assert (model.group, model.sort_by) == ("", "")


def test_a_spreadsheet_gets_all_rows_as_sorted_and_filtered(model: EquationsModel) -> None:
    column = model.table.columns[1]
    model.search, model.sort_by, model.descending, model.page = "2", column, True, 0
    lines = [line.split("\t") for line in model.tsv().splitlines()]
    assert lines[0] == list(model.table.columns)
    assert len(lines) == 1 + len(model.selection) == 1 + 12
    assert model.selected == "12 rows"
    numbers = [float(line[1]) for line in lines[1:]]
    assert numbers == list(model.selection[column])
    assert numbers == sorted(numbers, reverse=True)


def test_no_cell_on_the_clipboard_is_a_formula(equations) -> None:
    labels = ("=1+1", "two\nlines", "-tab\tin it", *equations.labels[3:])
    model = EquationsModel(equations=replace(equations, labels=labels))
    frame = pd.read_csv(io.StringIO(model.tsv()), sep="\t")
    assert list(frame.participant[:3]) == ["'=1+1", "two\nlines", "'-tab\tin it"]
    assert len(frame) == 30


def test_a_person_has_numbers_with_probabilities_and_intervals(model: EquationsModel, equations) -> None:
    frame = equations.canonical().to_frame().query("participant == 3")
    numbers = model.coefficients(3)
    assert [(n.mechanism, n.term, n.value) for n in numbers] == list(
        zip(frame.mechanism, frame.term, frame.coefficient, strict=True)
    )
    assert [n.probability for n in numbers] == pytest.approx(frame.probability.tolist(), nan_ok=True)
    assert [(n.low, n.high) for n in numbers] == [
        pytest.approx(pair, nan_ok=True) for pair in zip(frame.low, frame.high, strict=True)
    ]
    known = [n for n in numbers if np.isfinite(n.high)]
    assert len(known) > 0
    assert all(n.low <= n.high for n in known)


def test_markdown_says_what_is_not_there() -> None:
    assert EquationsModel(equations=who_lacks_what()).markdown().count("not there") == 1 + 2 + 3 + 2


def test_how_many_people_have_what() -> None:
    model = EquationsModel(equations=who_lacks_what())
    assert [effect.words for effect in model.effects] == [
        "learning from rewards", "asymmetry of learning", "forgetting", "perseveration",
    ]  # fmt: skip
    assert "learning rate after reward" in model.rates()
    assert json.loads(model.document())["prevalences"]


def test_words_agree_with_the_numbers(model: EquationsModel, equations) -> None:
    said = model.readings(0)
    rates = equations.canonical().derived().query("participant == 0 and quantity == 'learning rate'")
    rate, low, high = (rates[name].item() for name in ("estimate", "low", "high"))
    assert said[0].startswith(f"Learning rate {rate:.2f} ({low:.2f} to {high:.2f}): each outcome moves")
    beta = equations.canonical().inverse_temperatures(0)["x_value_reward"]
    assert said[-1].startswith(f"Inverse temperature {beta:.2f} (")
    assert f"{1 / (1 + np.exp(-beta / 2)):.0%}" in said[-1]


def test_files_hold_everybody_and_no_formulas(model: EquationsModel) -> None:
    frame = pd.read_csv(io.StringIO(model.csv()))
    assert set(frame.participant) == {-1, *range(30)}
    assert model.markdown().count("\n") == 32
    assert model.latex().startswith("\\begin{aligned}")
    namespace: dict[str, object] = {}
    exec(model.python(), namespace)
    assert any(callable(value) for value in namespace.values())


def test_new_equations_start_afresh(model: EquationsModel, equations) -> None:
    model.sort_by, model.search, model.page = "structure", "1", 1
    model.equations = equations.canonical()
    assert (model.sort_by, model.search, model.page, model.other) == ("", "", 0, -1)
