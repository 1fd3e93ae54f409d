"""Facts of a run, there and back, and what is no run."""

import json

import pytest

from spice.exceptions import ConfigError
from spice_nb.state.schemas.run import read_run_facts
from spice_nb.state.training import RunState

FACTS = {
    "spice-nb run": 1, "started": "2026-05-01T10:00:00+00:00", "name": "Simulated people", "state": "done",
    "settings": {"model": "forgetting"}, "something": "of a later time",
}  # fmt: skip


def test_facts_are_kept_there_and_back() -> None:
    facts = read_run_facts(FACTS)
    assert (facts.name, facts.state, facts.started.year) == ("Simulated people", RunState.DONE, 2026)
    again = json.loads(facts.to_json())
    assert read_run_facts(again) == facts
    assert again["something"] == "of a later time"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"spice-nb run": 2}, "version 2. Update spice-nb"),
        ({"spice-nb run": None}, "another file"),
        ({"state": "asleep"}, "state: expected"),
        ({"started": 3}, "started: expected"),
    ],
)
def test_what_is_no_run_is_said(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        read_run_facts(FACTS | change)
