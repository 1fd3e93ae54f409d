"""Seeds and copies of everything that draws."""

import copy

import numpy as np

from spice.agents._random import RandomSource


class Second(RandomSource):
    _stream = 1


def drawn(source: RandomSource) -> list[float]:
    return source._rng.random(3).tolist()


def test_agents_and_environments_of_one_seed_draw_numbers_of_their_own() -> None:
    assert drawn(RandomSource(1)) == drawn(RandomSource(1))
    assert not set(drawn(RandomSource(1))) & set(drawn(Second(1)))


def test_seeding_starts_anew() -> None:
    source = RandomSource(1)
    first = drawn(source)
    assert drawn(source) != first
    source.seed(1)
    assert drawn(source) == first


def test_copies_of_what_was_seeded_repeat_it_and_others_do_not() -> None:
    seeded = RandomSource(1)
    drawn(seeded)
    twin = copy.deepcopy(seeded)
    assert drawn(twin) == drawn(seeded)
    free = RandomSource()
    assert drawn(copy.deepcopy(free)) != drawn(free)
    free.seed(2)
    assert drawn(copy.deepcopy(free)) == drawn(free)


def test_a_copy_shares_nothing_and_keeps_what_is_shared_inside() -> None:
    generator = np.random.default_rng(0)
    pair = [RandomSource(generator), RandomSource(generator)]
    first, second = copy.deepcopy(pair)
    assert first._rng is second._rng
    assert first._rng is not generator
