"""What the library says of each mechanism holds together."""

import pytest

from spice.declaration.mechanisms import check_declaration
from spice.mechanism_search import LIBRARY, Candidate


def smallest(name: str) -> Candidate:
    """The mechanism with all that it builds on."""
    names, wanted = set(), {name}
    while wanted:
        one = wanted.pop()
        names.add(one)
        wanted |= set(LIBRARY[one].builds_on) - names
    return Candidate.of(names)


@pytest.mark.parametrize("name", LIBRARY)
def test_each_mechanism_makes_a_declaration(name: str) -> None:
    candidate = smallest(name)
    check_declaration(candidate.states, candidate.mechanisms, ())
    assert all(terms for terms in candidate.terms.values())
    entry = LIBRARY[name]
    assert entry.sentence.endswith(".")
    assert entry.source.rstrip(" 0123456789,").count("(") >= 1
    assert entry.states or entry.mechanisms or entry.inputs or entry.terms or entry.observation


def test_each_stands_after_what_it_builds_on() -> None:
    order = list(LIBRARY)
    assert all(order.index(other) < order.index(name) for name in LIBRARY for other in LIBRARY[name].builds_on)


def test_starts_are_of_what_is_added() -> None:
    for name in LIBRARY:
        candidate = smallest(name)
        known = {("betas", state) for state in candidate.states} | {("values", m.name) for m in candidate.mechanisms}
        assert set(LIBRARY[name].starts) <= known, name
