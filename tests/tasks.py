"""People of known rules on tasks of several kinds, and the likelihood of those rules: nothing here is the engine's."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]

KINDS = ("drift", "reversal", "stationary", "four arms", "graded")
REVERSAL = 40
"""Trials between two reversals."""


@dataclass(frozen=True)
class Rules:
    """How people learn: values by a learning rate and by forgetting, traces of choices, and how both weigh.

    Each is a number for all or one a person, (people, 1).

    Attributes
    ----------
    alpha, forget, alpha_choice : float
        Rates of learning, of forgetting towards the middle, and of the trace of choices.
    beta, beta_choice : float
        Inverse temperatures of values and traces.
    alpha_without_reward : float, optional
        Rate of learning from a reward of 0 where it is another than `alpha`.
    """

    alpha: float | Floats = 0.4
    forget: float | Floats = 0.0
    beta: float | Floats = 4.0
    beta_choice: float | Floats = 0.0
    alpha_choice: float | Floats = 0.5
    alpha_without_reward: float | Floats | None = None

    def of(self, person: int) -> "Rules":
        """Those of one person."""
        return Rules(**{k: float(v[person, 0]) if isinstance(v, np.ndarray) else v for k, v in vars(self).items()})

    def repeated(self, times: int) -> "Rules":
        """Those of a row for each block, all blocks of a person one after the other."""
        return Rules(**{k: v.repeat(times, 0) if isinstance(v, np.ndarray) else v for k, v in vars(self).items()})


LEARNING, FORGETTING = ("alpha", "beta"), ("alpha", "beta", "forget")
CHOICE = (*FORGETTING, "beta_choice", "alpha_choice")
RULES: dict[str, tuple[Rules, tuple[str, ...]]] = {
    "rescorla-wagner": (Rules(), LEARNING),
    "forgetting": (Rules(forget=0.2), FORGETTING),
    "learning-rate": (Rules(forget=0.2), FORGETTING),
    "participant-embedding": (Rules(forget=0.2), FORGETTING),
    "choice": (Rules(forget=0.2, beta_choice=1.0), CHOICE),
    "reward-choice": (Rules(forget=0.2, beta_choice=1.0), CHOICE),
    "weinhardt-2024": (Rules(forget=0.2, beta_choice=1.0), CHOICE),
    "weinhardt-2025": (Rules(forget=0.2, beta_choice=1.0), CHOICE),
}
"""Rules by which the people of each precoded model learn, and which of them are free in its maximum likelihood."""


def differing(rules: Rules, n_people: int, seed: int) -> Rules:
    """People around a rule: rates by a logistic normal, inverse temperatures by a log-normal distribution."""
    rng = np.random.default_rng([seed, n_people])
    found = {}
    for name, value in vars(rules).items():
        if value is None:
            continue
        deviation = 0.5 * rng.normal(size=(n_people, 1))
        if name.startswith("beta"):
            found[name] = value * np.exp(0.6 * deviation)
        else:
            found[name] = value / (value + (1 - value) * np.exp(-deviation))
    return Rules(**found)


@dataclass(frozen=True)
class Played:
    """Choices (people x blocks, trials) and rewards of the arm chosen, all blocks of a person one after the other."""

    choices: NDArray[np.int_]
    rewards: Floats
    n_arms: int
    blocks: int = 1

    def in_blocks(self, first: int, last: int) -> "Played":
        """What was played in some of the blocks."""
        choices, rewards = (
            played.reshape(-1, self.blocks, played.shape[1])[:, first:last].reshape(-1, played.shape[1])
            for played in (self.choices, self.rewards)
        )
        return Played(choices, rewards, self.n_arms, last - first)

    @property
    def arrays(self) -> tuple[Floats, Floats]:
        """Conditions and targets in the documented layout."""
        n_rows, n_trials = self.choices.shape
        chosen = np.eye(self.n_arms)[self.choices]
        rewards = np.where(chosen > 0, self.rewards[..., None], -1.0)
        ids = np.zeros((n_rows, n_trials, 3))
        person, block = np.divmod(np.arange(n_rows), self.blocks)
        ids[..., 0], ids[..., 2] = block[:, None], person[:, None]
        ys = np.full(chosen.shape, np.nan)
        ys[:, :-1] = chosen[:, 1:]
        return np.concatenate([chosen, rewards, ids], axis=-1), ys


def play(kind: str, rules: Rules, n_people: int, n_trials: int, seed: int, blocks: int = 1) -> Played:
    """Let people choose, in blocks that start anew."""
    rng = np.random.default_rng([seed, n_people, n_trials, KINDS.index(kind)])
    n_arms, n_rows = 4 if kind == "four arms" else 2, n_people * blocks
    rules = rules.repeated(blocks)
    pays = np.linspace(0.75, 0.25, n_arms) * np.ones((n_rows, 1))
    if kind == "drift":
        pays = rng.uniform(0.2, 0.8, (n_rows, n_arms))
    value, trace = np.full((n_rows, n_arms), 0.5), np.zeros((n_rows, n_arms))
    choices, rewards = np.zeros((2, n_rows, n_trials))
    everybody = np.arange(n_rows)
    for t in range(n_trials):
        if kind in ("reversal", "four arms") and t % REVERSAL == 0 and t > 0:
            pays = pays[:, ::-1]
        if kind == "drift":
            pays = np.clip(pays + rng.normal(0, 0.1, pays.shape), 0, 1)
        logits = rules.beta * value + rules.beta_choice * trace + rng.gumbel(size=value.shape)
        choice = logits.argmax(1)
        pay = pays[everybody, choice]
        reward = np.clip(rng.normal(pay, 0.15), 0, 1) if kind == "graded" else (rng.random(n_rows) < pay).astype(float)
        value, trace = _learn(rules, value, trace, choice, reward)
        choices[:, t], rewards[:, t] = choice, reward
    return Played(choices.astype(int), rewards, n_arms, blocks)


def nll(rules: Rules, played: Played) -> float:
    """Negative log-likelihood per choice, nats; the first choice of each block is not scored."""
    rules = rules.repeated(played.blocks)
    shape = len(played.choices), played.n_arms
    value, trace = np.full(shape, 0.5), np.zeros(shape)
    everybody, total = np.arange(len(value)), 0.0
    for t in range(played.choices.shape[1]):
        choice = played.choices[:, t]
        if t > 0:
            logits = rules.beta * value + rules.beta_choice * trace
            top = logits.max(1)
            total += float((top + np.log(np.exp(logits - top[:, None]).sum(1)) - logits[everybody, choice]).sum())
        value, trace = _learn(rules, value, trace, choice, played.rewards[:, t])
    return total / (played.choices.size - len(value))


def maximum_likelihood(played: Played, free: tuple[str, ...]) -> tuple[Rules, float]:
    """The best rules for everybody together and their negative log-likelihood; what is not free is absent."""
    absent = {"forget": 0.0, "beta_choice": 0.0}
    bounds = [(-20.0, 20.0) if name.startswith("beta") else (0.0, 1.0) for name in free]
    best: tuple[float, Rules] | None = None
    for alpha, beta in ((0.3, 3.0), (0.7, 1.0), (0.1, 6.0)):
        start = {"alpha": alpha, "beta": beta, "forget": 0.1, "beta_choice": 0.3, "alpha_choice": 0.5}
        found = minimize(
            lambda theta: nll(Rules(**absent | dict(zip(free, theta, strict=True))), played),
            [start[name] for name in free], bounds=bounds, method="L-BFGS-B",
        )  # fmt: skip
        if best is None or found.fun < best[0]:
            best = float(found.fun), Rules(**absent | dict(zip(free, map(float, found.x), strict=True)))
    assert best is not None
    return best[1], best[0]


def _learn(
    rules: Rules, value: Floats, trace: Floats, choice: NDArray[np.int_], reward: Floats
) -> tuple[Floats, Floats]:
    chosen = np.arange(value.shape[1]) == choice[:, None]
    alpha = rules.alpha
    if rules.alpha_without_reward is not None:
        alpha = np.where(reward[:, None] > 0, alpha, rules.alpha_without_reward)
    towards = np.where(chosen, alpha * (reward[:, None] - value), rules.forget * (0.5 - value))
    return value + towards, trace + rules.alpha_choice * (chosen - trace)
