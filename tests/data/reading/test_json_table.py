"""Tables in JSON."""

import io
import json
from typing import Any

import pytest

from spice.data.reading.read_table import read_table
from spice.exceptions import DataError

JSPSYCH = [
    {"trial_type": "instructions", "trial_index": 0, "response": None},
    {"trial_type": "button", "trial_index": 1, "response": 0, "reward": 1, "more": {"Q0": "yes"}},
    {"trial_type": "button", "trial_index": 2, "response": 1, "reward": 0},
]


def read_json(value: Any) -> Any:
    buffer = io.StringIO(value if isinstance(value, str) else json.dumps(value))
    buffer.name = "a.json"
    return read_table(buffer)


def test_jspsych() -> None:
    table = read_json(JSPSYCH)
    assert table.frame["response"].tolist()[1:] == [0, 1]
    assert table.frame["response"].isna()[0]
    assert table.frame["more"][1] == '{"Q0": "yes"}'
    both = read_json([JSPSYCH, JSPSYCH])
    assert both.frame["participant"].tolist() == [1, 1, 1, 2, 2, 2]
    assert both.notes == ("Column participant numbers the 2 lists of trials in the file.",)
    named = [[{"subject": who, **trial} for trial in JSPSYCH] for who in ("b", "a")]
    lines = "\n".join(map(json.dumps, named))
    for value in (named, lines, {"b": named[0], "a": named[1]}):
        assert read_json(value).frame["subject"].tolist() == ["b"] * 3 + ["a"] * 3
        assert read_json(value).notes == ()
    for value in ([{"id": who, "trials": JSPSYCH} for who in (3, 4)], {"id": 3, "trials": JSPSYCH}):
        assert read_json(value).frame["id"].tolist()[:3] == [3] * 3


@pytest.mark.parametrize("value", ["{", "[]", "3", '{"a": 1}', "[1, 2]", '{"a": [1], "b": [1, 2]}'])
def test_json_without_a_table(value: str) -> None:
    with pytest.raises(DataError, match=r"a\.json"):
        read_json(value)
