"""How often 95 % intervals of the equations hold the coefficients that people learn by.

python benchmarks/standard_errors.py [--sets 100] [--jobs 2]: fits people who learn by one rule with one equation set
for all, and people who differ with equations of their own, and counts intervals (estimate plus and minus 1.96 standard
errors), raw and canonical, of every coefficient that is part of the rule.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from tasks import Rules, differing, play

WIDTH = 1.96
SHARED_SIZES, OWN_SIZES = ((10, 100), (30, 100), (100, 100)), ((32, 200), (10, 60))
EPOCHS = 16
"""Intervals are those of equations on choices; what the network learns only starts their search."""


class Cell(NamedTuple):
    """People and trials of one fit; whether each person has equations of their own."""

    own: bool
    people: int
    trials: int
    kind: str
    seed: int


def truth_of(rules: Rules, beta: float) -> dict[tuple[str, str], float]:
    """Coefficients of a person's rule in a scale of that inverse temperature; with 1 those of canonical form."""
    alpha, forget, scale = float(rules.alpha), float(rules.forget), float(rules.beta) / beta
    chosen, other = "x_value_reward_chosen", "x_value_reward_not_chosen"
    found = {
        (chosen, "1"): 0.5 * (alpha - alpha * scale) if beta != rules.beta else 0.0,
        (chosen, chosen): 1 - alpha,
        (chosen, "c_reward"): alpha * scale,
        (other, "1"): 0.5 * forget,
        (other, other): 1 - forget,
        ("beta_x_value_reward", "1"): beta,
    }
    return {name: value for name, value in found.items() if value}


def intervals(cell: Cell) -> pd.DataFrame:
    """Estimates, standard errors and truth of one fit, in both forms."""
    import warnings

    from spice.estimator import SpiceEstimator
    from spice.precoded import ForgettingRNN, ParticipantEmbeddingRNN

    warnings.simplefilter("ignore")
    rules = differing(Rules(forget=0.2), cell.people, cell.seed) if cell.own else Rules(forget=0.2)
    played = play(cell.kind, rules, cell.people, cell.trials, cell.seed)
    model = ParticipantEmbeddingRNN if cell.own else ForgettingRNN
    estimator = SpiceEstimator(model, n_actions=played.n_arms, epochs=EPOCHS, random_state=cell.seed)
    equations = estimator.fit(*played.arrays).equations_
    rows = []
    for form, table in (("raw", equations), ("canonical", equations.canonical())):
        frame = table.to_frame()
        people = equations.participants if cell.own else equations.participants[:1]
        for person in people:
            own = rules.of(person)
            # Values of the shared model carry their inverse temperature themselves.
            beta = own.beta if form == "canonical" or cell.own else 1.0
            found = frame[frame.participant == person].set_index(["mechanism", "term"])
            for name, true in truth_of(own, beta).items():
                if name in found.index:
                    row = found.loc[name]
                    rows.append((*cell, form, *name, true, row.coefficient, row.standard_error))
                elif name[0].startswith("x_"):
                    rows.append((*cell, form, *name, true, 0.0, np.nan))
    columns = [*Cell._fields, "form", "mechanism", "term", "true", "coefficient", "standard_error"]
    return pd.DataFrame(rows, columns=columns)


def report(found: pd.DataFrame) -> Iterator[str]:
    """A line a size and form, then a line a coefficient."""
    found = found.assign(
        z=(found.coefficient - found.true) / found.standard_error,
        absent=found.standard_error.isna(),
    )
    found["inside"] = found.z.abs() < WIDTH
    head = f"{'equations':<9} {'people':>6} {'trials':>6} {'form':<10} {'term':<54}"
    yield f"{head} {'coverage':>8} {'SD z':>6} {'absent':>6}"
    for (own, people, trials, form), rows in found.groupby(["own", "people", "trials", "form"], sort=False):
        groups = [("all", rows), *((f"{m}: {t}", part) for (m, t), part in rows.groupby(["mechanism", "term"]))]
        for name, part in groups:
            known = part[~part.absent]
            yield (
                f"{'own' if own else 'shared':<9} {people:>6} {trials:>6} {form:<10} {name:<54} "
                f"{known.inside.mean():>8.3f} {known.z.std():>6.2f} {part.absent.mean():>6.3f}"
            )


def main() -> None:
    """Fit all sets and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--kinds", nargs="+", default=["drift", "reversal"])
    parser.add_argument("--only", choices=["shared", "own"])
    arguments = parser.parse_args()
    sizes = [(own, *size) for own, some in ((False, SHARED_SIZES), (True, OWN_SIZES)) for size in some]
    if arguments.only:
        sizes = [size for size in sizes if size[0] == (arguments.only == "own")]
    cells = [
        Cell(own, people, trials, kind, seed)
        for (own, people, trials), seed in product(sizes, range(arguments.sets))
        for kind in [arguments.kinds[seed % len(arguments.kinds)]]
    ]
    pool: Any = Parallel(n_jobs=arguments.jobs)
    found = pd.concat(pool(delayed(intervals)(cell) for cell in cells))
    sys.stdout.write("\n".join(report(found)) + "\n")


if __name__ == "__main__":
    main()
