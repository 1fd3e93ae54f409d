"""Tables of many fits, from the plain results of each."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from tasks import Floats

from studies.people import MECHANISMS, Population
from studies.scores import auc, detection

Results: TypeAlias = Sequence[dict[str, Any]]

UNUSUAL_RATIO = {"asymmetry": 3.84, "forgetting": 3.84, "perseveration": 5.99}
"""Likelihood ratios that one in twenty of those who lack a mechanism exceeds; a trace has two parameters."""
SLACK = 1e-9
EVEN = (0.5, 0.5, 0.5)


def detections(results: Results) -> pd.DataFrame:
    """A row a population and mechanism of study 1: how well it was told, and its prevalence."""
    rows = []
    for line in results:
        cell = Population(*line["cell"])
        for k, name in enumerate(MECHANISMS):
            has, size, probability, ratio, known = (of_mechanism([line], part, k) for part in PARTS)
            found, wrong = detection(has, probability > 0.5)
            found_ratio, wrong_ratio = detection(has, ratio > UNUSUAL_RATIO[name])
            found_oracle, wrong_oracle = detection(has, known > 0.5)
            prevalence, low, high = line["prevalence"][k]
            rows.append({
                "made": f"{cell.kind}, {cell.rates}, {cell.signs}", "mechanism": name,
                "even": tuple(cell.prevalences) == EVEN, "share": has.mean(),
                "auc": auc(has, probability), "auc_size": auc(has, size), "auc_ratio": auc(has, ratio),
                "auc_oracle": auc(has, known), "found_oracle": found_oracle, "wrong_oracle": wrong_oracle,
                "found": found, "wrong": wrong, "found_ratio": found_ratio, "wrong_ratio": wrong_ratio,
                "prevalence": prevalence, "low": low, "high": high,
            })  # fmt: skip
    frame = pd.DataFrame(rows)
    holds = (frame.low - SLACK <= frame.share) & (frame.share <= frame.high + SLACK)
    return frame.assign(error=(frame.prevalence - frame.share).abs(), holds=holds)


PARTS = ("has", "size", "probability", "ratio", "oracle")


def of_mechanism(results: Results, part: str, mechanism: int) -> Floats:
    """One of `PARTS` of everybody in study 1."""
    return np.concatenate([np.array(line[part], dtype=float)[:, mechanism] for line in results])


def structures(results: Results) -> pd.DataFrame:
    """A row a population of study 2: its mechanisms in words, whether its terms are right, and which are not."""
    rows = []
    for line in results:
        has = Population(*line["cell"]).prevalences
        name = ", ".join(word for word, share in zip(MECHANISMS, has, strict=True) if share) or "none of them"
        wrong = [f"{word} `{term}`" for word in ("missing", "extra") for term in line[word]]
        rows.append({"mechanisms": name, "exact": not wrong, "wrong": wrong})
    return pd.DataFrame(rows)


def rates(results: Results) -> pd.DataFrame:
    """A row a population and method of study 3: negative log-likelihood held out, and how near rates are."""
    rows = []
    for line in results:
        name = "file" if line["study"] == "recorded" else line["cell"][0]
        for method, nll in line["held_out"].items():
            rows.append({"rates": name, "method": method, "held_out": nll, **line["rates"].get(method, {})})
    return pd.DataFrame(rows)


def numbers(results: Results) -> pd.DataFrame:
    """A row a number of study 4, with the choices of each person, and whether it is a person's or the population's."""
    frames = []
    for line in results:
        cell = Population(*line["cell"])
        frames.append(pd.DataFrame(line["numbers"]).assign(choices=cell.blocks * cell.trials))
    frame = pd.concat(frames, ignore_index=True)
    return frame.assign(of=np.where(frame.person < 0, "population", "people"))
