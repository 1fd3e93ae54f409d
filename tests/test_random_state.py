"""What may be given as `random_state`."""

from typing import Any

import numpy as np
import pytest

from spice.exceptions import ConfigError
from spice.random_state import as_generator


def drawn(random_state: Any, stream: int = 0) -> list[float]:
    return as_generator(random_state, stream).random(4).tolist()


def test_seeds_repeat_and_differ_and_none_is_unpredictable() -> None:
    assert drawn(3) == drawn(np.int64(3))
    assert drawn(3) != drawn(4)
    assert drawn(None) != drawn(None)


def test_streams_of_one_seed_have_numbers_of_their_own() -> None:
    assert drawn(3, stream=1) == drawn(3, stream=1)
    assert not set(drawn(3)) & set(drawn(3, stream=1))


def test_a_generator_is_used_as_it_is() -> None:
    generator = np.random.default_rng(0)
    assert as_generator(generator, stream=7) is generator


def test_a_random_state_of_old_seeds_and_moves_on() -> None:
    first, second = np.random.RandomState(0), np.random.RandomState(0)
    assert drawn(first) == drawn(second)
    assert drawn(first) != drawn(np.random.RandomState(0))


@pytest.mark.parametrize("random_state", [-1, 1.0, True, "seed", np.random])
def test_all_else_is_refused_by_name(random_state: Any) -> None:
    with pytest.raises(ConfigError, match=r"random_state.*Pass for example random_state=0"):
        as_generator(random_state)
