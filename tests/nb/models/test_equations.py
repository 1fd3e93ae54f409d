"""Equations to read: people, table, structures, words and files."""

import io

import numpy as np
import pandas as pd
import pytest

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.precoded import ParticipantEmbeddingRNN
from spice_nb.models.equations import EquationsModel, safe_cell
from spice_nb.models.readings import part


@pytest.fixture(scope="module")
def equations():
    dataset, _ = simulate_individual_differences(n_participants=30, n_trials=60, random_state=0)
    estimator = SpiceEstimator(rnn_class=ParticipantEmbeddingRNN, epochs=6, n_trials_off_policy=200, random_state=0)
    return estimator.fit(dataset.xs, dataset.ys).equations_


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


def test_raw_and_canonical_are_two_tables(model: EquationsModel) -> None:
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
    name, n, _ = model.groups[0]
    model.group = name
    assert len(model.selection) == n
    assert sum(size for _, size, _ in model.groups) == 30
    model.search = "(("
    assert len(model.selection) == 0


def test_a_structure_is_a_set_of_terms(model: EquationsModel) -> None:
    for name, n, terms in model.groups:
        rows = model.table[model.table.structure == name]
        assert len(rows) == n
        mechanisms = [c for c in rows.columns if ": " in c and not c.startswith(("beta_", "initial_"))]
        assert [c for c in mechanisms if (rows[c] != 0).any()] == list(terms)


def test_intervals_are_around_coefficients(model: EquationsModel, equations) -> None:
    errors = {
        (r.mechanism, r.term): r.standard_error
        for r in equations.canonical().to_frame().itertuples()
        if r.participant == 3
    }
    known = [row for row in model.coefficients(3) if np.isfinite(row[3])]
    assert len(known) > 0
    for mechanism, term, value, low, high in known:
        assert low <= value <= high
        assert high - low == pytest.approx(3.92 * errors[mechanism, term])


def test_words_agree_with_the_numbers(model: EquationsModel, equations) -> None:
    said = model.readings(0)
    rates = equations.canonical().learning_rates()
    assert said[0].startswith(f"Learning rate {rates['x_value_reward_chosen'][0]:.2f}: each outcome moves")
    beta = equations.canonical().inverse_temperatures(0)["x_value_reward"]
    assert said[-1].startswith(f"Inverse temperature {beta:.2f}: ")
    assert f"{1 / (1 + np.exp(-beta / 2)):.0%}" in said[-1]


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (0.31, "a third of the way"),
        (0.0, "hardly"),
        (0.52, "half of the way"),
        (1.3, "beyond it"),
        (-0.2, "the other way"),
    ],
)
def test_parts(rate: float, words: str) -> None:
    assert part(rate) == words


def test_files_hold_everybody_and_no_formulas(model: EquationsModel) -> None:
    frame = pd.read_csv(io.StringIO(model.csv()))
    assert set(frame.participant) == {-1, *range(30)}
    assert safe_cell("=1+1") == "'=1+1"
    assert safe_cell("@cmd") == "'@cmd"
    assert safe_cell(-0.5) == -0.5
    assert model.markdown().count("\n") == 32
    assert model.latex().startswith("\\begin{aligned}")
    namespace: dict[str, object] = {}
    exec(model.python(), namespace)
    assert any(callable(value) for value in namespace.values())


def test_new_equations_start_afresh(model: EquationsModel, equations) -> None:
    model.sort_by, model.search, model.page = "structure", "1", 1
    model.equations = equations.canonical()
    assert (model.sort_by, model.search, model.page, model.other) == ("", "", 0, -1)
