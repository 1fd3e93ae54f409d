"""What is usual of each kind of coordinate."""

import numpy as np
import pytest

from spice.refinement.coordinate import NONE, USUAL, Coordinate


@pytest.mark.parametrize("kind", USUAL)
def test_what_is_usual_lies_within_the_bounds(kind) -> None:
    usual = Coordinate(kind, ("values", "x", "x")).usual
    assert usual is USUAL[kind]
    assert usual.low < usual.high
    assert usual.low <= usual.mean <= usual.high
    # Bounds keep a fit from running away; they do not take part in what people usually are.
    assert usual.high - usual.low > 2 * np.hypot(usual.mean_sd, usual.spread)
    assert 0 < usual.spread < usual.mean_sd


def test_by_default_it_hangs_on_nothing_and_may_be_absent() -> None:
    coordinate = Coordinate("beta", ("betas", "x", "1"))
    assert (coordinate.parent, coordinate.is_optional, coordinate.differs) == (NONE, True, True)
