"""`fit_spice`: replace the mechanisms of a trained network by sparse equations."""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spice._validation import check_data_set, check_kind, check_names, check_parameters
from spice.agents.agent_network import AgentNetwork
from spice.agents.agent_spice import AgentSpice
from spice.data.dataset import DatasetRNN
from spice.data.splits import split_data_along_sessiondim, split_data_along_timedim
from spice.discovery.discover import Discovery, discover_equations
from spice.discovery.equation_filters import without_bad_participants, without_idle_mechanisms
from spice.discovery.regressions import OffPolicy
from spice.discovery.settings_search import SEARCHED_WHERE_WORSE_BY, OptunaOptions
from spice.discovery.sparse_regression import SparseOptions
from spice.exceptions import ConfigError, FitWarning
from spice.model.config import SpiceConfig
from spice.model.scored_trials import ScoredTrials
from spice.progress import FitControl, ProgressBars
from spice.random_state import RandomState, as_generator


def fit_spice(
    rnn_modules: Iterable[str],
    control_signals: Iterable[str],
    agent_rnn: AgentNetwork,
    data: DatasetRNN | None = None,
    polynomial_degree: int = 2,
    optimizer_threshold: float = 0.05,
    optimizer_alpha: float = 0.1,
    participant_id: int | None = None,
    verbose: bool = False,
    *,
    library_setup: Mapping[str, Iterable[str]] | None = None,
    filter_setup: Mapping[str, Sequence[Any]] | None = None,
    optimizer_type: str = "SR3_weighted_l1",
    n_trials_off_policy: int = 1000,
    n_sessions_off_policy: int = 1,
    n_trials_same_action_off_policy: int = 5,
    use_optuna: bool = False,
    optuna_threshold: float = SEARCHED_WHERE_WORSE_BY,
    optuna_n_trials: int = 50,
    random_state: RandomState = None,
    shuffle: bool = False,
    dataprocessing: Mapping[str, Sequence[Any]] | None = None,
    train_test_ratio: float | Sequence[int] = 1.0,
    deterministic: bool | None = None,
    get_loss: bool | None = None,
    filter_bad_participants: bool = False,
    pruning: bool = False,
) -> tuple[AgentSpice, float]:
    """Find sparse equations for the mechanisms of a trained network.

    The networks run off policy, all participants in one rollout, and pysindy's regression is solved for all of
    them at once.

    Parameters
    ----------
    rnn_modules : iterable of str
        Mechanisms to replace.
    control_signals : iterable of str
        Signals of the model.
    agent_rnn : AgentNetwork
        Trained; not changed.
    data : DatasetRNN, optional
        Outcomes of the off-policy trials are drawn from here (else rewards are 0 or 1), and the loss is taken.
    polynomial_degree : int
        Largest degree of a candidate term.
    optimizer_threshold : float
        SR3's `reg_weight_lam` (times the degree of the term), and the final cut-off.
    optimizer_alpha : float
        SR3's `relax_coeff_nu`.
    participant_id : int, optional
        Find equations for this participant (the id in the data) only.
    verbose : bool
        Show progress bars.
    library_setup, filter_setup : mapping, optional
        As in `SpiceConfig`; by default as the model declares.
    optimizer_type : {"SR3_weighted_l1", "SR3_L1", "STLSQ"}
    n_trials_off_policy, n_sessions_off_policy, n_trials_same_action_off_policy : int
        Size of the off-policy rollouts, and for how many trials a choice is repeated.
    use_optuna, optuna_threshold, optuna_n_trials
        Search with Optuna for participants whose equations are worse than the network by more than the
        threshold (nats per choice).
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState
    shuffle : bool
        Accepted for old scripts. Equations are solved from sums over all samples, which have no order.
    dataprocessing : mapping of signal to (trim, offset, normalize), optional
        Accepted for old scripts. Equations are found in the network's own values, and a warning says so where
        something is asked for; `equations.canonical` has them on a common scale.
    train_test_ratio : float or sequence of int
        Use only the first part of each sequence, or leave out these sessions (from 1) of each participant, as
        `split_data_along_timedim` and `split_data_along_sessiondim` do.
    deterministic : bool, optional
        Whether the agent chooses the arm with the highest logit; None: as `agent_rnn`.
    get_loss : bool, optional
        Whether the loss is taken; None: where there are data.
    filter_bad_participants : bool
        Leave out participants whose choices are less likely by their equations than by the network, by 0.2 in the
        mean.
    pruning : bool
        Empty equations of mechanisms that change no probability on the participant's own trials.

    Returns
    -------
    (AgentSpice, float)
        The agent, and the negative log-likelihood per choice of its equations on `data`, as far as these are used
        (NaN without data).

    Warns
    -----
    FitWarning
        Of what was asked for and is not done.

    Raises
    ------
    ConfigError
        Unknown names, numbers outside the bounds that `SpiceEstimator` has for them, or no data where they are
        needed.
    """
    del shuffle
    check_parameters(
        {
            "polynomial_degree": polynomial_degree,
            "n_trials_off_policy": n_trials_off_policy,
            "n_sessions_off_policy": n_sessions_off_policy,
            "n_trials_same_action_off_policy": n_trials_same_action_off_policy,
            "optuna_threshold": optuna_threshold,
            "optuna_n_trials": optuna_n_trials,
        }
    )
    check_names("rnn_modules", rnn_modules)
    check_names("control_signals", control_signals)
    check_kind("agent_rnn", agent_rnn, AgentNetwork, "an AgentNetwork", "Pass estimator.rnn_agent, say.")
    if data is not None:
        check_data_set("data", data, DatasetRNN)
    names = list(rnn_modules)
    needs = {
        "train_test_ratio": train_test_ratio != 1.0, "get_loss": get_loss,
        "filter_bad_participants": filter_bad_participants, "pruning": pruning,
    }  # fmt: skip
    for argument in (argument for argument, is_asked in needs.items() if is_asked and data is None):
        raise ConfigError(argument, "data, which it is about", "none", "Pass data, or leave it out.")
    _tell_of_processing(dataprocessing)
    data = _training_part(data, train_test_ratio)
    model = agent_rnn.model
    if library_setup is None or filter_setup is None:
        declared = SpiceConfig.from_model(type(model))
        library_setup = declared.library_setup if library_setup is None else library_setup
        filter_setup = declared.filter_setup if filter_setup is None else filter_setup
    discovery = Discovery(
        config=SpiceConfig(
            {k: v for k, v in library_setup.items() if k in names},
            {k: v for k, v in filter_setup.items() if k in names},
            control_signals,
            names,
        ),
        sparse=SparseOptions(optimizer_type, optimizer_threshold, optimizer_alpha),
        degree=polynomial_degree,
        off_policy=OffPolicy(n_trials_off_policy, n_sessions_off_policy, n_trials_same_action_off_policy),
        optuna=OptunaOptions(optuna_threshold, optuna_n_trials) if use_optuna else None,
    )
    scored = None if data is None else ScoredTrials.of(data.xs, data.ys, agent_rnn)
    with ProgressBars() as bars:
        control = FitControl(*([bars] if verbose else []))
        fitted, generator = agent_rnn.fitted, as_generator(random_state)
        equations = discover_equations(fitted, scored, discovery, generator, control, participant_id)
    if scored is not None and pruning:
        equations = without_idle_mechanisms(fitted, equations, scored)
    if scored is not None and filter_bad_participants:
        equations = without_bad_participants(fitted, equations, scored)
    agent = AgentSpice(agent_rnn, equations)
    if deterministic is not None:
        agent.deterministic = deterministic
    is_taken = scored is not None and get_loss is not False
    return agent, scored.mean_nll(agent) if scored is not None and is_taken else float("nan")


def _tell_of_processing(asked: Mapping[str, Sequence[Any]] | None) -> None:
    names = [name for name, steps in (asked or {}).items() if any(int(step) for step in steps)]
    if names:
        warnings.warn(
            f"dataprocessing of {', '.join(names)} is not done: equations are found in the network's own values. "
            "Their canonical form is on a common scale.",
            FitWarning,
            stacklevel=3,
        )


def _training_part(data: DatasetRNN | None, ratio: float | Sequence[int]) -> DatasetRNN | None:
    if data is None or ratio == 1.0:
        return data
    if isinstance(ratio, Sequence):
        return split_data_along_sessiondim(data, ratio)[0]
    return split_data_along_timedim(data, ratio)[0]
