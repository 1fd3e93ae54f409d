"""Maximum likelihood of textbook models, independent of the engine: what any method could know from the data."""

import numpy as np
from scipy.optimize import minimize


def q_learning_nll(choices, rewards, alpha, forget, beta, beta_choice=0.0, alpha_choice=1.0):
    """Negative log-likelihood of all choices but the first; choices (S, T) int, rewards (S, T)."""
    n_sessions, n_trials = choices.shape
    value, trace = np.full((n_sessions, 2), 0.5), np.zeros((n_sessions, 2))
    rows, total = np.arange(n_sessions), 0.0
    for t in range(n_trials):
        logits = beta * value + beta_choice * trace
        if t > 0:
            shifted = logits - logits.max(1, keepdims=True)
            total -= (shifted[rows, choices[:, t]] - np.log(np.exp(shifted).sum(1))).sum()
        chosen = np.eye(2)[choices[:, t]] > 0
        learned = value + alpha * (rewards[:, t, None] - value)
        value = np.where(chosen, learned, value + forget * (0.5 - value))
        trace = trace + alpha_choice * (chosen - trace)
    return total


def fit_q_learning(choices, rewards, free):
    """Best parameters of those named in `free` ({name: start}); the others are 0 (alpha_choice 1)."""
    names = list(free)
    rates = {"alpha", "forget", "alpha_choice"}

    def loss(theta):
        parameters = {"alpha": 0.0, "forget": 0.0, "beta": 0.0} | dict(zip(names, theta, strict=True))
        return q_learning_nll(choices, rewards, **parameters) / choices.size

    bounds = [(0.0, 1.0) if name in rates else (0.0, 20.0) for name in names]
    found = minimize(loss, list(free.values()), bounds=bounds, method="L-BFGS-B", options={"ftol": 1e-12})
    return dict(zip(names, found.x, strict=True))
