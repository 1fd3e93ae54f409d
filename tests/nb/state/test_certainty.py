"""Probabilities, intervals and shares in words."""

import math

import pytest

from spice_nb.state.certainty import as_interval, as_probability, as_share, probably


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.973, ".97"), (0.5, ".50"), (0.05, ".05"), (1.0, "> .99"), (0.992, "> .99"), (0.004, "< .01"), (math.nan, "")],
)
def test_probabilities(probability: float, words: str) -> None:
    assert as_probability(probability) == words
    assert probably(probability) == (f" (probability {words})" if words else "")


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.123, 0.456, "0.12 to 0.46"), (-0.001, 0.2, "0.00 to 0.20"), (-1.004, -0.5, "-1.00 to -0.50"),
     (0.0, 0.0, ""), (0.49999, 0.50001, ""), (math.nan, math.nan, "")],
)  # fmt: skip
def test_intervals(low: float, high: float, words: str) -> None:
    assert as_interval(low, high) == words


def test_shares() -> None:
    assert as_share(0.468, 0.35, 0.634) == "47 % of people (35 to 63 %)"
