"""What comes back of simulated people, and how sure: docs/recovery.md with its figures.

python benchmarks/recovery.py [--quick] [--studies NAME ...] [--results FILE] [--file NPZ] [--jobs N]: makes four
studies (who has what, structure, rates, intervals; `tests/studies`), each fit a line of FILE, and writes what they come
to. Fits that are in FILE already are not made again, so that a run can be interrupted; after a change of the package
remove it. A quick run starts anew unless FILE is given. NPZ holds choices, rewards and true rates of people, and more
choices that are held out (`studies.fits.recorded_learners`); it is measured like the study of rates.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")

from joblib import Memory, Parallel, delayed

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from recovery_report import write
from studies.fits import Learners
from studies.people import FOUR, Population

HERE = Path(__file__).parent
KINDS, RATES, SIGNS = ("drift", "reversal"), ("logit-normal", "uniform"), ("+", "+", "-", "mixed")
SHARES = ((0.0, 0.5, 1.0), (0.75, 0.25, 0.5), (1.0, 0.0, 0.25), (0.25, 0.25, 0.25), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
"""Prevalences of asymmetry, forgetting and perseveration beside those of half and half."""
STRUCTURES = tuple(product((0.0, 1.0), repeat=3))


class Size(NamedTuple):
    """How much of each study is made: populations, people of each and choices of each person.

    `interval_choices` are those a person of study 4, in blocks of at most 100.
    """

    populations: int
    uneven: int
    people: int
    structure_seeds: int
    structure_people: int
    rate_seeds: int
    interval_sets: int
    interval_people: int
    interval_choices: tuple[int, ...]


FULL = Size(20, 18, 64, 10, 64, 4, 67, 32, (100, 240, 800))
QUICK = Size(2, 1, 48, 1, 48, 1, 6, 24, (100, 240))


def tasks(size: Size) -> Iterator[tuple[str, Any]]:
    """Study and cell of every fit; what is varied goes round, so that each part of a study has some of everything."""
    for seed in range(size.populations):
        yield "who has what", _mixed(size, seed, seed, (0.5, 0.5, 0.5))
    for seed in range(size.uneven):
        yield "who has what", _mixed(size, 1000 + seed, seed, SHARES[seed % len(SHARES)])
    for seed, shares in product(range(size.structure_seeds), STRUCTURES):
        spread = 0.5 if seed % 2 else 0.0
        kind = KINDS[seed // 2 % 2]
        yield "structure", Population(size.structure_people, 4, 100, kind, 2000 + seed, shares, spread=spread)
    for seed, name in product(range(size.rate_seeds), FOUR):
        yield "rates", Learners(name, 48, 240, KINDS[seed % 2], 3000 + seed)
    for seed, choices in product(range(size.interval_sets), size.interval_choices):
        blocks = -(-choices // 100)
        # Mixed populations tell of people and prevalences, those who are all alike of the population's numbers too.
        shares, exact = ((0.5, 0.5, 0.5), False) if seed % 2 == 0 else (STRUCTURES[seed // 2 % 8], True)
        yield (
            "intervals",
            Population(
                size.interval_people, blocks, choices // blocks, KINDS[seed // 2 % 2], 4000 + seed, shares, exact=exact
            ),
        )


def _mixed(size: Size, seed: int, turn: int, shares: tuple[float, float, float]) -> Population:
    kind, rates, signs = KINDS[turn % 2], RATES[turn // 2 % 2], SIGNS[turn // 4 % 4]
    return Population(size.people, 4, 100, kind, seed, shares, rates, signs)


def measure(study: str, cell: Any) -> dict[str, Any]:
    """Make one fit."""
    from studies import fits

    # These take longer than some fits, and are the same after each change of the package, though not of the studies.
    at_best = Memory(HERE / ".work", verbose=0).cache(fits.who_has_what_at_best)
    made = {
        "who has what": lambda population: fits.who_has_what(population) | at_best(population),
        "structure": fits.structure,
        "rates": fits.learners_and_forgetters,
        "intervals": fits.intervals,
        "recorded": fits.recorded_learners,
    }
    began = time.perf_counter()
    found = made[study](cell)
    return {"study": study, "cell": cell, "seconds": round(time.perf_counter() - began, 1), **found}


def key(study: str, cell: Any) -> str:
    """What names a fit in the file of results."""
    return json.dumps([study, cell])


def main() -> None:
    """Make the fits that are not there yet, and write the document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes, in some minutes")
    parser.add_argument("--studies", nargs="+", choices=["who has what", "structure", "rates", "intervals"])
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--file", type=Path, help="people whose rates are known, beside those that are simulated")
    parser.add_argument("--results", type=Path, help="default: recovery.jsonl beside this, or in .work")
    parser.add_argument("--document", type=Path, help="default: docs/recovery.md, or in .work")
    arguments = parser.parse_args()
    home, docs = (HERE / ".work", HERE / ".work") if arguments.quick else (HERE, HERE.parent / "docs")
    home.mkdir(exist_ok=True)
    results, document = arguments.results or home / "recovery.jsonl", arguments.document or docs / "recovery.md"
    todo = [task for task in tasks(QUICK if arguments.quick else FULL) if task[0] in (arguments.studies or [task[0]])]
    # What is there when it is interrupted has some of all studies.
    todo.sort(key=lambda task: task[1].seed % 1000)
    if arguments.file:
        todo.append(("recorded", str(arguments.file)))
    if arguments.quick and not arguments.results:
        results.unlink(missing_ok=True)
    lines = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []
    done = {key(line["study"], line["cell"]): line for line in lines}
    missing = [task for task in todo if key(*task) not in done]
    pool = Parallel(n_jobs=arguments.jobs, return_as="generator_unordered")
    with results.open("a", encoding="utf-8") as file:
        for line in pool(delayed(measure)(*task) for task in missing):
            done[key(line["study"], line["cell"])] = line
            file.write(json.dumps(line) + "\n")
            file.flush()
    write(document, [done[key(*task)] for task in todo])
    sys.stdout.write(f"{document}\n")


if __name__ == "__main__":
    main()
