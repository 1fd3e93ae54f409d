"""One table, written in many ways, is one data set; or it is refused."""

import random
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spice.resources.rnn_utils import DatasetRNN
from spice.utils.convert_dataset import convert_dataset

PEOPLE: dict[str, list[str]] = {
    "names": ["ann", "bo", "cy"],
    "numbers": ["1", "2", "10"],
    "with zeros": ["007", "07", "7"],
    "of parts": ["1.1", "1.10", "1.2"],
    "long": ["20260115101112001", "20260115101112002", "20260115101112003"],
    "with marks": ["a-1", "a_1", "A.1"],
    "letters": ["Zoë", "Jürgen", "Ann"],
    "of two words": ["ann b", "bo c", "cy d"],
}
ARMS = [("0", "1"), ("left", "right"), ("1", "2"), ("A", "B"), ("links oben", "rechts")]
REWARDS = [("0", "1"), ("0.5", "1.25"), ("-10", "20"), ("90", "1200")]
SEPARATORS = [",", ";", "\t", "|", " "]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]
N_TRIALS = 8


@st.composite
def written(draw: st.DrawFn) -> tuple[dict[str, Any], list[list[str]], bytes]:
    """What a table holds, its clean rows, and one way to write it."""
    people, arms, rewards = (
        draw(st.sampled_from(sorted(PEOPLE))),
        draw(st.sampled_from(ARMS)),
        draw(st.sampled_from(REWARDS)),
    )
    rng = random.Random(draw(st.integers(0, 10_000)))
    rows = [
        [who, str(trial), rng.choice(arms), rng.choice(rewards)]
        for who in PEOPLE[people]
        for trial in range(1, N_TRIALS + 1)
    ]
    for who in range(3):
        # Both arms and both rewards are there, whatever was drawn.
        rows[who * N_TRIALS][2:], rows[who * N_TRIALS + 1][2:] = [arms[0], rewards[0]], [arms[1], rewards[1]]
    separator = draw(st.sampled_from(SEPARATORS))
    decimal = "," if separator in ";\t" and draw(st.booleans()) else "."
    # Where semicolons are, a comma is a decimal mark.
    thousands = separator != ";" and draw(st.booleans())
    quoted = draw(st.sampled_from(["none", "text", "all"]))
    blanks = draw(st.sampled_from(["", "before", "behind", "runs"]))

    def cell(value: str, is_reward: bool) -> str:
        if is_reward:
            value = value.replace(".", decimal)
            if thousands and value == "1200":
                value = "1,200"
        needs = separator in value
        text = not value.replace(".", "").replace(",", "").replace("-", "").isdigit()
        quotes = needs or quoted == "all" or (quoted == "text" and text)
        value = f'"{value}"' if quotes else value
        if separator == " ":
            return value
        return {"before": f" {value}", "behind": f"{value} ", "runs": f"  {value}  "}.get(blanks, value)

    gap = "   " if separator == " " and blanks == "runs" else separator
    names = ["participant", "trial", "choice", "reward"]
    end = draw(st.sampled_from(["", "", separator if separator != " " else " "]))
    lines = [gap.join(cell(name, False) for name in names) + end]
    lines += [gap.join(cell(value, k == 3) for k, value in enumerate(row)) + end for row in rows]
    for position in sorted(draw(st.lists(st.integers(1, len(rows)), max_size=3)), reverse=True):
        lines.insert(position, draw(st.sampled_from(["", "", "   ", separator * 3])))
    title = draw(st.sampled_from([[], [], ["Our study"], ["Our study", ""], [f"sep={separator}"]]))
    if separator == " ":
        title = []
    newline = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    text = newline.join([*title, *lines]) + draw(st.sampled_from(["", newline, 3 * newline]))
    return {"people": PEOPLE[people], "arms": arms}, rows, text.encode(draw(st.sampled_from(ENCODINGS)))


def clean(rows: list[list[str]], folder: Path) -> DatasetRNN:
    path = folder / "clean.csv"
    path.write_text("participant,trial,choice,reward\n" + "".join(",".join(row) + "\n" for row in rows), "utf-8")
    return convert_dataset(path, df_participant_id="participant")[0]


@settings(max_examples=200, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(written())
def test_all_ways_to_write_a_table_are_one_data_set(
    tmp_path_factory: Any, case: tuple[dict[str, Any], list[list[str]], bytes]
) -> None:
    about, rows, content = case
    folder = tmp_path_factory.getbasetemp()
    expected = clean(rows, folder)
    assert [str(who) for who in expected.participants or ()] == about["people"]
    assert [str(arm) for arm in expected.actions or ()] == sorted(about["arms"])
    path = folder / "written.txt"
    path.write_bytes(content)
    read = convert_dataset(path, df_participant_id="participant")[0]
    assert (read.participants, read.actions, read.reward_range) == (
        expected.participants, expected.actions, expected.reward_range,
    )  # fmt: skip
    np.testing.assert_array_equal(read.xs, expected.xs)
