"""Fits on tasks of many kinds and sizes, beside the maximum likelihood of the rules that people learn by.

python benchmarks/robustness.py [--seeds 8] [--people 1 4 12] [--results FILE]: fits every precoded model to people who
learn by its rules, on tasks of five kinds, and compares network and equations with the maximum likelihood of those
rules, pooled over people, on the same choices. Fits that are in FILE already are not made again.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from joblib import Parallel, delayed

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from tasks import KINDS, RULES, maximum_likelihood, play

NETWORK_TOLERANCE, EQUATION_TOLERANCE = 0.05, 0.01
"""Nats per choice above maximum likelihood, on the choices that were fitted."""


class Cell(NamedTuple):
    """One fit of the sweep."""

    model: str
    people: int
    trials: int
    kind: str
    seed: int


def measure(cell: Cell) -> dict[str, Any]:
    """Make one fit; likelihoods in nats per choice."""
    import warnings

    from spice.estimator import SpiceEstimator
    from spice.model.scored_trials import ScoredTrials
    from spice.precoded import MODELS

    # A fit that does not succeed warns; here it is counted.
    warnings.simplefilter("ignore")
    rules, free = RULES[cell.model]
    played = play(cell.kind, rules, cell.people, cell.trials, cell.seed)
    _, limit = maximum_likelihood(played, free)
    xs, ys = played.arrays
    began = time.perf_counter()
    estimator = SpiceEstimator(MODELS[cell.model], n_actions=played.n_arms, random_state=cell.seed).fit(xs, ys)
    seconds = time.perf_counter() - began
    agents = {"network": estimator.rnn_agent_, "equations": estimator.spice_agent_}
    found = {name: ScoredTrials.of(xs, ys, agent).mean_nll(agent) for name, agent in agents.items()}
    return cell._asdict() | found | {"limit": limit, "chance": float(np.log(played.n_arms)), "seconds": seconds}


def report(results: Sequence[dict[str, Any]]) -> Iterator[str]:
    """A line a model and kind of task, with its worst fits; then all of them together."""
    yield f"{'model':<22} {'task':<11} {'fits':>5} {'network - limit':>24} {'equations - limit':>26} {'s':>6}"
    yield f"{'':<22} {'':<11} {'':>5} {'median':>9} {'worst':>6} {'>.05':>5} {'median':>11} {'worst':>6} {'>.01':>5}"
    groups = [(m, k) for m, k in product(RULES, KINDS)] + [("all", "all")]
    for model, kind in groups:
        rows = [r for r in results if model in (r["model"], "all") and kind in (r["kind"], "all")]
        if not rows:
            continue
        network, equations = (np.array([r[name] - r["limit"] for r in rows]) for name in ("network", "equations"))
        seconds = np.median([r["seconds"] for r in rows])
        yield (
            f"{model:<22} {kind:<11} {len(rows):>5} {np.median(network):>9.3f} {network.max():>6.3f} "
            f"{(network > NETWORK_TOLERANCE).sum():>5} {np.median(equations):>11.3f} {equations.max():>6.3f} "
            f"{(equations > EQUATION_TOLERANCE).sum():>5} {seconds:>6.1f}"
        )
    above = [r for r in results if r["network"] > r["chance"]]
    yield f"networks above chance: {len(above)} of {len(results)}"
    for r in sorted(results, key=lambda r: r["limit"] - r["equations"])[:10]:
        cell = ", ".join(str(r[name]) for name in Cell._fields)
        yield f"  {cell}: network {r['network']:.3f}, equations {r['equations']:.3f}, limit {r['limit']:.3f}"


def main() -> None:
    """Make the fits that are not there yet, two at a time, and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", choices=RULES, default=list(RULES))
    parser.add_argument("--people", nargs="+", type=int, default=[1, 4, 12, 20, 40])
    parser.add_argument("--trials", nargs="+", type=int, default=[100, 200, 360])
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--results", type=Path, default=Path(__file__).parent / "robustness.jsonl")
    arguments = parser.parse_args()
    lines = arguments.results.read_text().splitlines() if arguments.results.exists() else []
    results = [json.loads(line) for line in lines]
    done = {Cell(*(r[name] for name in Cell._fields)) for r in results}
    axes = arguments.models, arguments.people, arguments.trials, arguments.kinds, range(arguments.seeds)
    cells = [Cell(*values) for values in product(*axes)]
    todo = [cell for cell in cells if cell not in done]
    # Seeds last: what is there when it is interrupted covers all tasks.
    todo.sort(key=lambda cell: cell.seed)
    pool = Parallel(n_jobs=arguments.jobs, return_as="generator_unordered")
    with arguments.results.open("a") as file:
        for result in pool(delayed(measure)(cell) for cell in todo):
            results.append(result)
            file.write(json.dumps(result) + "\n")
            file.flush()
    wanted = set(cells)
    table = report([r for r in results if Cell(*(r[name] for name in Cell._fields)) in wanted])
    sys.stdout.write("\n".join(table) + "\n")


if __name__ == "__main__":
    main()
