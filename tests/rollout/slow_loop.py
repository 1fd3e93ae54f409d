"""A slow loop over sequences, trials and arms that shares no code with the rollouts, and trials to run it on."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
import torch

from spice.data.trials import Trials
from spice.declaration.terms import polynomial_terms
from spice.resources.mechanisms import Input, Mechanism, State
from spice.resources.rnn import BaseRNN
from spice.rollout.polynomials import VALUE_LIMIT, PolynomialForm

NAN = np.nan


STATES = {"x_value": State(0.5), "x_trace": State(0.0, resets="sequence")}


ADDITIONAL = ("c_stimulus", "c_cue")


def slow_rollout(
    mechanisms: Sequence[Mechanism],
    equations: Mapping[str, Sequence[tuple[str, np.ndarray]]],
    states: Mapping[str, State],
    trials: Trials,
    initial: Mapping[str, np.ndarray],
) -> dict[str, np.ndarray]:
    """States after each trial (T, S, A); equations are lists of (term, coefficients (S,))."""
    n_trials, n_sequences, n_arms = trials.actions.shape
    history = {name: np.full((n_trials, n_sequences, n_arms), NAN) for name in states}
    actions, rewards, shown = (a.double().numpy() for a in (trials.actions, trials.rewards, trials.shown))
    for s in range(n_sequences):
        now = {name: [float(v) for v in initial[name][s]] for name in states}
        for t in range(int(trials.lengths[s])):
            if t > 0 and trials.blocks[t, s] != trials.blocks[t - 1, s]:
                for name, state in states.items():
                    if state.resets == "block":
                        now[name] = [float(v) for v in initial[name][s]]
            chosen = int(np.argmax(actions[t, s]))
            before = {name: list(values) for name, values in now.items()}
            for mechanism in mechanisms:
                old = list(now[mechanism.state])
                result = list(old)
                for arm in range(n_arms):
                    inputs: list[float | None] = []
                    for entry in mechanism.entries:
                        if entry.signal == "c_reward":
                            known = [j for j in range(n_arms) if shown[t, s, j]]
                            values = list(rewards[t, s])
                        else:
                            known = list(range(n_arms))
                            if entry.signal == "c_action":
                                values = [float(j == chosen) for j in range(n_arms)]
                            elif entry.signal in ADDITIONAL:
                                k = ADDITIONAL.index(entry.signal)
                                values = [float(trials.additional[t, s, k])] * n_arms
                            else:
                                values = (before if entry.when == "before" else now)[entry.signal]
                        if entry.arm == "own":
                            source = [arm]
                        elif entry.arm == "chosen":
                            source = [chosen]
                        elif entry.arm == "other":
                            source = [j for j in known if j != arm]
                        else:
                            source = known
                        source = [j for j in source if j in known]
                        inputs.append(sum(values[j] for j in source) / len(source) if source else None)
                    applies = {
                        "chosen": arm == chosen,
                        "not_chosen": arm != chosen,
                        "all": True,
                        "c_action": arm == chosen,
                        "c_reward": bool(shown[t, s, arm]) and rewards[t, s, arm] != 0,
                        "c_stimulus": float(trials.additional[t, s, 0]) != 0,
                        "c_cue": float(trials.additional[t, s, 1]) != 0,
                    }[mechanism.applies_to]
                    if not applies or None in inputs:
                        result[arm] = 0.0 if mechanism.others == "zero" else old[arm]
                        continue
                    names = dict(zip((mechanism.name, *mechanism.input_names), (old[arm], *inputs), strict=True))
                    total = 0.0
                    for term, coefficients in equations[mechanism.name]:
                        product = float(coefficients[s])
                        for factor in term.split() if term != "1" else []:
                            base, _, power = factor.partition("^")
                            product *= float(names[base]) ** int(power or 1)  # type: ignore[arg-type]
                        total += product
                    total = min(max(total, -VALUE_LIMIT), VALUE_LIMIT)
                    if mechanism.bounds is not None:
                        total = min(max(total, mechanism.bounds[0]), mechanism.bounds[1])
                    result[arm] = total
                now[mechanism.state] = result
            for name in states:
                history[name][t, s] = now[name]
    return history


def random_trials(
    rng: np.random.Generator, n_actions: int, lengths: Sequence[int], counterfactual: bool = True
) -> Trials:
    n_trials, n_sequences = max(lengths), len(lengths)
    shape = (n_trials, n_sequences)
    inside = np.arange(n_trials)[:, None] < np.array(lengths)[None]
    actions = np.eye(n_actions)[rng.integers(0, n_actions, shape)] * inside[..., None]
    shown = actions.copy() * (rng.uniform(size=(*shape, 1)) < 0.9)
    if counterfactual:
        shown = np.maximum(shown, (rng.uniform(size=(*shape, n_actions)) < 0.4) * inside[..., None])
    # Never zero where shown, so that "where it is not zero" is "where it was shown".
    rewards = rng.uniform(0.1, 1, size=(*shape, n_actions)) * shown
    additional = np.stack([rng.normal(size=shape), rng.integers(0, 2, shape)], -1) * inside[..., None]
    blocks = np.cumsum((rng.uniform(size=shape) < 0.3) & inside, axis=0)
    return Trials(
        actions=torch.as_tensor(actions),
        rewards=torch.as_tensor(rewards),
        shown=torch.as_tensor(shown),
        additional=torch.as_tensor(additional),
        blocks=torch.as_tensor(blocks),
        participants=np.zeros(n_sequences, dtype=int),
        experiments=np.zeros(n_sequences, dtype=int),
        lengths=np.array(lengths),
        rows=np.tile(np.arange(n_trials)[:, None], (1, n_sequences)),
        source=np.where(inside, np.arange(n_trials)[:, None], -2).T,
    )


def random_forms(
    rng: np.random.Generator, mechanisms: Sequence[Mechanism], lead: tuple[int, ...]
) -> dict[str, PolynomialForm]:
    """Equations of degree 2 that keep values of size 1 near that size; coefficients (*lead, n_terms)."""
    forms = {}
    for m in mechanisms:
        terms = polynomial_terms((m.name, *m.input_names), 2)
        values = rng.uniform(-1, 1, size=(*lead, len(terms))) * 3 / len(terms)
        forms[m.name] = PolynomialForm(terms, torch.as_tensor(values))
    return forms


def random_initial(rng: np.random.Generator, shape: tuple[int, ...]) -> dict[str, torch.Tensor]:
    return {name: torch.as_tensor(rng.uniform(-1, 1, size=shape)) for name in STATES}


MECHANISMS = [
    Mechanism("x_trace_all", "x_trace", "all", inputs=("c_action", "c_cue")),
    Mechanism(
        "x_value_chosen",
        "x_value",
        "chosen",
        inputs=("c_reward", Input("x_trace", "chosen", "after"), Input("x_value", "other")),
        bounds=(-1.0, 1.5),
    ),
    Mechanism("x_value_not_chosen", "x_value", "not_chosen", inputs=(Input("c_reward", "mean"),)),
]


class EverythingRNN(BaseRNN):
    init_values: ClassVar[dict[str, State]] = {
        "x_value": State(0.5, inverse_temperature="participant"),
        "x_trace": State(0.1, inverse_temperature="shared", resets="sequence"),
    }
    mechanisms = tuple(MECHANISMS)
    additional_inputs = ADDITIONAL
    context_size = 3
