"""Options on offer, in each way in which tables say it."""

import numpy as np
import pandas as pd
import pytest
from data.table.frames import of_pairs

from spice.datasets import fetch_fontanesi2019
from spice.datasets.info import FONTANESI2019
from spice.exceptions import DataError, RowError
from spice.utils.convert_dataset import convert_dataset

NAMES = "abcd"


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return of_pairs()


def actions(table: pd.DataFrame, options: list[str] | str) -> np.ndarray:
    dataset, *_ = convert_dataset(table, df_participant_id="who", df_options=options)
    assert dataset.actions == tuple(NAMES)
    return dataset.xs.numpy()[..., :4].reshape(-1, 4)


@pytest.fixture(scope="module")
def expected(table: pd.DataFrame) -> np.ndarray:
    left, right, choice = (table[name].to_numpy() for name in ("on_left", "on_right", "choice"))
    shown = np.array([[name in (a, b) for name in NAMES] for a, b in zip(left, right, strict=True)])
    return np.where([[name == c for name in NAMES] for c in choice], 1.0, np.where(shown, 0.0, -1.0))


def test_columns_that_name_them(table, expected):
    np.testing.assert_array_equal(actions(table, ["on_left", "on_right"]), expected)


@pytest.mark.parametrize("form", ["{}-{}", "{}|{}", "{}, {}", "[{}, {}]", "['{}', '{}']", "{} {}", "{}/{}", "{}_{}"])
def test_a_list_in_a_cell(table, expected, form):
    pair = [form.format(a, b) for a, b in zip(table["on_left"], table["on_right"], strict=True)]
    np.testing.assert_array_equal(actions(table.assign(pair=pair), "pair"), expected)


def test_a_column_for_each_option_found_by_its_name(table, expected):
    flags = {
        f"has_{name}": ((table["on_left"] == name) | (table["on_right"] == name)).astype(int) for name in NAMES[::-1]
    }
    np.testing.assert_array_equal(actions(table.assign(**flags), list(flags)), expected)


def test_choices_that_are_places(table, expected):
    side = np.where(table["choice"] == table["on_left"], "left", "right")
    np.testing.assert_array_equal(actions(table.assign(choice=side), ["on_left", "on_right"]), expected)
    first = np.where(table["choice"] == table["on_left"], 1, 2)
    np.testing.assert_array_equal(actions(table.assign(choice=first), ["on_left", "on_right"]), expected)


def test_an_option_that_was_offered_and_never_chosen_is_an_option(table):
    never = table[table["choice"] != "d"]
    dataset, *_ = convert_dataset(never, df_participant_id="who", df_options=["on_left", "on_right"])
    assert dataset.actions == tuple(NAMES)


def test_missed_trials_and_forced_choices(table):
    some = table.copy()
    some.loc[3, "choice"] = None
    some.loc[5, "on_right"] = None
    some.loc[5, "choice"] = some.loc[5, "on_left"]
    found = actions(some, ["on_left", "on_right"])
    assert np.isnan(found[3]).all()
    assert sorted(found[5]) == [-1, -1, -1, 1]


def test_what_cannot_be_is_refused(table):
    wrong = table.copy()
    wrong.loc[7, "choice"] = next(n for n in NAMES if n not in (wrong.loc[7, "on_left"], wrong.loc[7, "on_right"]))
    with pytest.raises(RowError, match="on offer in on_left, on_right, but got another one in row 9"):
        actions(wrong, ["on_left", "on_right"])
    with pytest.raises(DataError, match="often not to be found"):
        actions(table.assign(x=1, y=2), ["x", "y"])


def test_a_public_data_set_with_pairs(public_data):
    public_data("fontanesi2019")
    dataset, *_ = convert_dataset(fetch_fontanesi2019(), **FONTANESI2019.columns)
    chosen = (dataset.xs[..., :4] == 1).any(-1)
    assert ((dataset.xs[..., :4] >= 0).sum(-1)[chosen] == 2).all()
