import numpy as np
from data.sequences import padded, rows

from spice.data.ids import Ids, rows_of
from spice.data.trials import read_conditions


def test_positions_among_the_known_ones_in_any_order() -> None:
    known = (30, -5, 20230415123, 7)
    assert rows_of(np.array([7, 30, 20230415123, -5, 30]), known).tolist() == [3, 0, 2, 1, 0]


def test_who_was_never_seen_is_minus_one() -> None:
    # Below, between and above the known ones.
    assert rows_of(np.array([-1, 5, 99, 4]), (4, 9)).tolist() == [-1, -1, -1, 0]


def test_participants_and_experiments_of_trials() -> None:
    sequences = [rows([(0, [1, -1])], participant=p, experiment=e) for p, e in ((8, 1), (3, 2), (5, 1))]
    trials, _ = read_conditions(padded(sequences, np.nan), 2)
    ids = Ids.of(trials, (3, 8), (1,))
    assert ids.participants.tolist() == [1, 0, -1]
    assert ids.experiments.tolist() == [0, -1, 0]
    some = ids.select(np.array([2, 0]))
    assert some.participants.tolist() == [-1, 1]
    assert some.experiments.tolist() == [0, 0]
