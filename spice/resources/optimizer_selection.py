"""`optimize_for_participant`: better SINDy settings for one participant."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spice._validation import check_data_set, check_kind, check_parameters, kind_of
from spice.agents.agent_network import AgentNetwork
from spice.data.dataset import DatasetRNN
from spice.discovery.discover import Discovery, position_of, prepare
from spice.discovery.regressions import OffPolicy
from spice.discovery.settings_search import OptunaOptions, SettingsSearch
from spice.discovery.sparse_regression import SparseOptions
from spice.exceptions import ConfigError
from spice.model.config import SpiceConfig
from spice.model.scored_trials import ScoredTrials
from spice.progress import FitControl, ProgressBars
from spice.random_state import RandomState, as_generator


def optimize_for_participant(
    participant_id: int,
    agent_rnn: AgentNetwork,
    data: DatasetRNN,
    metric_rnn: ArrayLike | None,
    rnn_modules: list[str],
    control_signals: list[str],
    library_setup: Mapping[str, Any],
    filter_setup: Mapping[str, Any],
    polynomial_degree: int,
    n_sessions_off_policy: int,
    n_trials_optuna: int = 50,
    verbose: bool = False,
    *,
    n_trials_off_policy: int = 1000,
    n_trials_same_action_off_policy: int = 5,
    optimizer_type: str = "SR3_weighted_l1",
    optimizer_threshold: float = 0.05,
    optimizer_alpha: float = 0.1,
    timeout: float | None = 600,
    threshold: float = 0.01,
    storage: str | None = None,
    study_name: str = "spice-participant",
    random_state: RandomState = None,
) -> dict[str, Any]:
    """Find the optimizer and thresholds that give a participant's equations the best likelihood.

    The settings given are tried first, so that the result is never worse than they are. With a `storage` a study is
    continued where it stopped.

    Parameters
    ----------
    participant_id : int
        As in the data.
    agent_rnn : AgentNetwork
        Trained.
    data : DatasetRNN
        The participant's choices are scored.
    metric_rnn : float or array, optional
        Likelihood of the network (nats per choice), or that of each of its participants in their order; the search
        ends within `threshold` of it.
    rnn_modules, control_signals, library_setup, filter_setup
        As in `SpiceConfig`.
    polynomial_degree : int
    n_sessions_off_policy : int
        Sessions of the off-policy rollouts, each of `n_trials_off_policy` trials.
    n_trials_optuna : int
        Settings tried, the given ones included.
    verbose : bool
        Show a progress bar.
    n_trials_off_policy, n_trials_same_action_off_policy : int
        Trials of a session off policy, and for how many a choice is repeated.
    optimizer_type, optimizer_threshold, optimizer_alpha
        Settings to start from.
    timeout, storage, study_name
        See `OptunaOptions`.
    threshold : float
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState

    Returns
    -------
    dict
        "optimizer_type", "optimizer_threshold", "optimizer_alpha", and "loss" in nats per choice, with
        "loss_before" of the settings given.

    Raises
    ------
    ConfigError
        Unknown names, or numbers outside the bounds that `SpiceEstimator` has for them.
    """
    check_parameters(
        {
            "polynomial_degree": polynomial_degree,
            "n_trials_off_policy": n_trials_off_policy,
            "n_sessions_off_policy": n_sessions_off_policy,
            "n_trials_same_action_off_policy": n_trials_same_action_off_policy,
            "n_trials_optuna": n_trials_optuna,
        }
    )
    check_kind("agent_rnn", agent_rnn, AgentNetwork, "an AgentNetwork", "Pass estimator.rnn_agent, say.")
    check_data_set("data", data, DatasetRNN)
    position = position_of(participant_id, agent_rnn.participant_ids)
    metric = None if metric_rnn is None else _own_metric(metric_rnn, position, len(agent_rnn.participant_ids))
    discovery = Discovery(
        SpiceConfig(library_setup, filter_setup, control_signals, rnn_modules),
        SparseOptions(optimizer_type, optimizer_threshold, optimizer_alpha),
        polynomial_degree,
        OffPolicy(n_trials_off_policy, n_sessions_off_policy, n_trials_same_action_off_policy),
    )
    options = OptunaOptions(threshold, n_trials_optuna, timeout, storage, study_name)
    generator = as_generator(random_state)
    scored = ScoredTrials.of(data.xs, data.ys, agent_rnn)
    regressions, table = prepare(agent_rnn.fitted, scored.trials, discovery, generator)
    with ProgressBars() as bars:
        control = FitControl(*([bars] if verbose else []))
        with control.stage("optuna", n_trials_optuna) as stage:
            search = SettingsSearch(agent_rnn.fitted, table, regressions, scored, (position,))
            before = float(search.losses(search.solve(discovery.sparse))[0])
            (best,) = search.run(discovery.sparse, options, generator, stage, metric)
    return {
        "optimizer_type": best.options.optimizer_type,
        "optimizer_threshold": best.options.threshold,
        "optimizer_alpha": best.options.alpha,
        "loss": best.loss,
        "loss_before": before,
    }


def _own_metric(metric: ArrayLike, position: int, n_participants: int) -> NDArray[np.float64]:
    """The participant's (1,), of one number or of everybody's."""
    try:
        values = np.asarray(metric, dtype=float).ravel()
    except (TypeError, ValueError):
        values = np.empty(0)
    if len(values) not in (1, n_participants):
        raise ConfigError(
            "metric_rnn", f"one number, or {n_participants} in the order of participants",
            f"{len(values)} of them" if len(values) else kind_of(metric),
            "Pass the network's nats per choice.",
        )  # fmt: skip
    return values if len(values) == 1 else values[[position]]
