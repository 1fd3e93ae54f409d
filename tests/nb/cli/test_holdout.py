import pytest
from data.sequences import make, scored

from spice.exceptions import ConfigError, DataError
from spice_nb.cli.holdout import Holdout, read_holdout


@pytest.mark.parametrize(
    ("text", "rule", "words"),
    [
        ("sessions:6,3,3", Holdout(sessions=(3, 6)), "sessions 3, 6 of each participant"),
        ("sessions:2", Holdout(sessions=(2,)), "session 2 of each participant"),
        (" last:0.25 ", Holdout(last=0.25), "the last 25% of each session"),
        ("none", Holdout(), "nothing"),
    ],
)
def test_rules_are_read_and_said_in_words(text: str, rule: Holdout, words: str) -> None:
    assert read_holdout(text) == rule
    assert rule.describe() == words


@pytest.mark.parametrize(
    "text", ["", "last", "last:0", "last:1", "last:x", "sessions:", "sessions:0,2", "sessions:1.5", "none:1", "first:2"]
)
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match=f"--holdout: .*got '{text}'"):
        read_holdout(text)


def test_choices_are_held_out_by_the_rule() -> None:
    dataset = make([[0, 1, 0, 1, 0, 1, 1, 0], [1, 0, 1, 0, 1, 0, 0, 1]], participants=[0, 0])
    training, held_out = Holdout(last=0.25).split(dataset)
    assert held_out is not None
    assert (scored(training), scored(held_out)) == ([5, 5], [2, 2])
    training, held_out = Holdout(sessions=(2,)).split(dataset)
    assert held_out is not None
    assert (scored(training), scored(held_out)) == ([7], [7])
    assert Holdout().split(dataset) == (dataset, None)
    with pytest.raises(DataError, match="positions from 1 to 2"):
        Holdout(sessions=(3,)).split(dataset)
