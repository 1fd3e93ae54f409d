"""People who have some mechanisms and lack others, and of whom it is known who has which."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tasks import Floats, Played, Rules, play

MECHANISMS = ("asymmetry", "forgetting", "perseveration")
GAP = 2.4
"""Logits between the rates of learning with and without a reward in those who have two."""


class Population(NamedTuple):
    """How a population is drawn and what it plays; all of it plain numbers and words.

    `prevalences` are the shares that have asymmetry, forgetting and perseveration. `rates` says how people differ:
    "logit-normal" around the rules of `TYPICAL`, or "uniform" over wide ranges. `signs` is "+" where those who have two
    rates learn more with a reward and those who perseverate repeat choices, "-" where it is the reverse, and "mixed".
    With `exact` the shares are those of the people drawn; otherwise each has a mechanism with that probability.
    """

    people: int
    blocks: int
    trials: int
    kind: str
    seed: int
    prevalences: tuple[float, float, float] = (0.5, 0.5, 0.5)
    rates: str = "logit-normal"
    signs: str = "+"
    spread: float = 1.0
    exact: bool = True


@dataclass(frozen=True)
class People:
    """Those drawn: their rules, who has which mechanism (people, 3), and the rules of the typical person."""

    rules: Rules
    has: NDArray[np.bool_]
    typical: Rules


TYPICAL = Rules(alpha=0.5, forget=0.354, beta=4.0, beta_choice=1.284, alpha_choice=0.5)


def draw(population: Population) -> People:
    """Draw the people."""
    rng = np.random.default_rng([population.seed, population.people, 15])
    n = population.people
    if population.exact:
        has = np.stack([rng.permutation(n) < round(share * n) for share in population.prevalences], 1)
    else:
        has = rng.random((n, 3)) < np.array(population.prevalences)
    sign = {"+": np.ones(n), "-": -np.ones(n), "mixed": rng.choice([-1.0, 1.0], n)}[population.signs][:, None]
    rules = (
        _logit_normal(rng, n, population.spread, sign) if population.rates == "logit-normal" else _uniform(rng, n, sign)
    )
    typical = replace(
        TYPICAL,
        alpha=float(_sigmoid(sign[0, 0] * GAP / 2)),
        alpha_without_reward=float(_sigmoid(-sign[0, 0] * GAP / 2)),
        beta_choice=TYPICAL.beta_choice * sign[0, 0],
    )
    return People(_only(rules, has), has, _only(typical, np.array(population.prevalences) > 0.5))


def played_by(people: People, population: Population) -> Played:
    """What they choose."""
    return play(population.kind, people.rules, population.people, population.trials, population.seed, population.blocks)


def _only(rules: Rules, has: NDArray[np.bool_]) -> Rules:
    """The rules without what somebody lacks; one rate of learning is the middle of two."""
    asymmetric, forgets, perseverates = (column[:, None] if column.ndim else bool(column) for column in has.T)
    plus, minus = (np.asarray(rate, dtype=float) for rate in (rules.alpha, rules.alpha_without_reward))
    middle = _sigmoid((_logit(plus) + _logit(minus)) / 2)
    parts = {
        "alpha": np.where(asymmetric, plus, middle),
        "alpha_without_reward": np.where(asymmetric, minus, middle),
        "forget": np.where(forgets, rules.forget, 0.0),
        "beta_choice": np.where(perseverates, rules.beta_choice, 0.0),
    }
    return replace(rules, **{name: part if part.ndim else float(part) for name, part in parts.items()})


def _logit_normal(rng: np.random.Generator, n: int, spread: float, sign: Floats) -> Rules:
    deviation = {name: spread * rng.normal(size=(n, 1)) for name in ("middle", "gap", *vars(TYPICAL))}
    middle, gap = 0.5 * deviation["middle"], sign * (GAP + 0.5 * deviation["gap"])
    return Rules(
        alpha=_sigmoid(middle + gap / 2),
        alpha_without_reward=_sigmoid(middle - gap / 2),
        forget=_sigmoid(_logit(TYPICAL.forget) + 0.6 * deviation["forget"]),
        beta=TYPICAL.beta * np.exp(0.35 * deviation["beta"]),
        beta_choice=sign * TYPICAL.beta_choice * np.exp(0.35 * deviation["beta_choice"]),
        alpha_choice=_sigmoid(0.5 * deviation["alpha_choice"]),
    )


def _uniform(rng: np.random.Generator, n: int, sign: Floats) -> Rules:
    def between(low: float, high: float) -> Floats:
        return rng.uniform(low, high, (n, 1))

    high, low = between(0.6, 0.95), between(0.1, 0.35)
    return Rules(
        alpha=np.where(sign > 0, high, low),
        alpha_without_reward=np.where(sign > 0, low, high),
        forget=between(0.15, 0.7),
        beta=between(2.0, 7.0),
        beta_choice=sign * between(0.7, 2.2),
        alpha_choice=between(0.2, 0.8),
    )


def _sigmoid(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))


def _logit(p: Floats) -> Floats:
    return np.log(p) - np.log1p(-np.asarray(p))


FOUR = ("uniform", "skewed", "two kinds", "one scale")
"""Populations whose rates are distributed very differently."""


def learners(name: str, n: int, seed: int) -> Rules:
    """People of one of `FOUR` populations, who learn and forget at rates of their own."""
    rng = np.random.default_rng([seed, n, FOUR.index(name)])
    size, beta = (n, 1), 3.0 * np.exp(0.3 * rng.normal(size=(n, 1)))
    if name == "uniform":
        return Rules(alpha=rng.uniform(0.1, 0.9, size), forget=rng.uniform(0.05, 0.5, size), beta=beta)
    if name == "skewed":
        alpha = _sigmoid(rng.normal(-0.5, 1.0, size))
        return Rules(alpha=alpha, forget=_sigmoid(rng.normal(-1.5, 1.2, size)), beta=beta)
    if name == "two kinds":
        quick = rng.random(size) < 0.5
        rates = np.where(quick, rng.uniform(0.6, 0.9, size), rng.uniform(0.1, 0.3, size))
        return Rules(alpha=rates, forget=np.where(quick, 0.6, 0.1) * rng.uniform(0.5, 1.3, size), beta=beta)
    # Rates that go together: who learns quickly forgets quickly.
    alpha = rng.normal(0.0, 1.0, size)
    return Rules(
        alpha=_sigmoid(alpha), forget=_sigmoid(alpha - 1 + 0.5 * rng.normal(size=size)), beta=3.0 * np.ones(size)
    )
