"""Let agents play bandit tasks, and let them replay what somebody else did."""

import copy
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spice._validation import check_device, check_kind
from spice.agents._checks import check_count
from spice.agents.agent import Agent
from spice.data.dataset import DatasetRNN
from spice.data.recorded import Recorded, read_experiment
from spice.data.session import BanditSession
from spice.exceptions import ConfigError
from spice.random_state import RandomState, as_generator
from spice.tasks._layout import build_dataset, mark_unknown_rewards
from spice.tasks.environments import Bandits

FloatArray = NDArray[np.float64]

AGENT_VERBS = ("update", "get_choice", "get_choice_probs", "q")
ENVIRONMENT_VERBS = ("step",)
PLAYED = ("new_sess", "update", "get_choice")


def create_dataset(
    agent: Agent,
    environment: Bandits,
    n_trials: int,
    n_sessions: int,
    sample_parameters: bool = False,
    *,
    sequence_length: int | None = None,
    stride: int = 1,
    device: Any = None,
    verbose: bool = False,
    random_state: RandomState = None,
) -> tuple[DatasetRNN, list[BanditSession], list[dict[str, Any]]]:
    """Simulate sessions of an agent in an environment.

    All sessions are played at once, trial by trial. Where the `new_sess` of either has no parameter
    `n_sessions`, they are played one after the other; likewise where a subclass overrides what is done on a
    trial and inherits `new_sess`, which makes no promise for the new code. The agent and the environment stay
    as they are: copies of them play.

    Parameters
    ----------
    agent : Agent
        Who chooses. Its `new_sess` is told the `participant_id` if it accepts one: the index of the session, or
        for an agent of several people their ids in turn.
    environment : Bandits
        What the choices lead to; as many arms as the agent has.
    n_trials, n_sessions : int
        Trials of a session, and number of sessions. Each session is another participant.
    sample_parameters : bool, default False
        Draw the agent's parameters anew for each session, see `AgentQ`.
    sequence_length, stride : int
        Windows of the data set, see `DatasetRNN`.
    device : str or torch.device, optional
        Where the tensors of the data set live.
    verbose : bool, default False
        Show a progress bar.
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState
        Seed of this simulation. None: those of agent and environment hold, so that two calls differ unless
        both of them are seeded. Objects without a `seed` method keep their own random numbers.

    Returns
    -------
    dataset : DatasetRNN
        ``xs`` (n_sessions, n_trials, 2 * n_actions + 3) and ``ys`` (n_sessions, n_trials, n_actions); the
        participant id is the index of the session. Rewards outside [0, 1] are scaled to it.
    sessions : list of BanditSession
        The same sessions, with the rewards as the environment gave them.
    parameters : list of dict
        True parameters of each session, empty for agents without any.

    Raises
    ------
    ConfigError
        Fewer than one trial or session, different numbers of arms, sampling an agent that cannot be sampled, a
        device that is not there.
    """
    check_kind("agent", agent, ("n_actions", *PLAYED), "an agent", "Pass AgentQ(), or an Agent of your own.")
    check_kind(
        "environment", environment, ("n_actions", "new_sess", "step"), "a task such as BanditsDrift",
        "Pass BanditsDrift(0.1), or a task of your own.",
    )  # fmt: skip
    n_trials, n_sessions = check_count("n_trials", n_trials), check_count("n_sessions", n_sessions)
    if device is not None:
        check_device(device)
    # One copy of both, for they may share a generator.
    agent, environment = copy.deepcopy((agent, environment))
    if random_state is not None:
        streams = as_generator(random_state).spawn(2)
        for player, stream in zip((agent, environment), streams, strict=True):
            if hasattr(player, "seed"):
                player.seed(stream)
    options: dict[str, Any] = {"sample_parameters": True} if sample_parameters else {}
    if sample_parameters and not _accepts(agent.new_sess, "sample_parameters", anything=False):
        raise ConfigError(
            "sample_parameters",
            "False for an agent whose new_sess does not take it",
            True,
            "Use AgentQ, or give each participant an agent of their own.",
        )
    choices, rewards, parameters = simulate(agent, environment, n_trials, n_sessions, options, verbose)
    dataset = build_dataset(
        choices, rewards, np.arange(n_sessions), sequence_length=sequence_length, stride=stride, device=device
    )
    sessions = [BanditSession(choices[i], rewards[i], np.full(n_trials, i), n_trials) for i in range(n_sessions)]
    return dataset, sessions, parameters


def simulate(
    agent: Agent,
    environment: Bandits,
    n_trials: int,
    n_sessions: int,
    options: Mapping[str, Any],
    verbose: bool = False,
) -> tuple[NDArray[np.int64], FloatArray, list[dict[str, Any]]]:
    """Play sessions with the agent and the environment themselves.

    Parameters
    ----------
    agent, environment : Agent, Bandits
        The players; both are changed.
    n_trials, n_sessions : int
        Trials of a session, number of sessions.
    options : mapping
        Further arguments of the agent's `new_sess`.
    verbose : bool
        Show a progress bar.

    Returns
    -------
    choices : (n_sessions, n_trials) array of int
    rewards : (n_sessions, n_trials, n_actions) array of float
        With the marks of `mark_unknown_rewards`.
    parameters : list of dict
        One for each session.

    Raises
    ------
    ConfigError
        If agent and environment have different numbers of arms.
    """
    if agent.n_actions != environment.n_actions:
        raise ConfigError(
            "environment",
            f"{agent.n_actions} arms, as the agent has",
            environment.n_actions,
            "Give both the same n_actions.",
        )
    # Where an environment shows all rewards, -1 is one of them.
    agent.counterfactual = bool(getattr(environment, "counterfactual", False))
    # Agents of several people take turns; the data set's participants are its sessions all the same.
    people = np.resize(getattr(agent, "participant_ids", np.arange(n_sessions)), n_sessions)
    if _plays_batches(agent, AGENT_VERBS) and _plays_batches(environment, ENVIRONMENT_VERBS):
        _start(agent, {**options, "n_sessions": n_sessions, "participant_id": people})
        environment.new_sess(n_sessions=n_sessions)
        trials = _progress(range(n_trials), "trials", verbose)
        choices, rewards = _play(agent, environment, trials)
        current = getattr(agent, "parameters", {})
        per_session = {name: np.broadcast_to(value, n_sessions) for name, value in current.items()}
        parameters = [{n: v[i].item() for n, v in per_session.items()} for i in range(n_sessions)]
        choices, rewards = choices.swapaxes(0, 1), rewards.swapaxes(0, 1)
    else:
        played, parameters = [], []
        for i in _progress(range(n_sessions), "sessions", verbose):
            _start(agent, {**options, "participant_id": int(people[i])})
            environment.new_sess()
            played.append(_play(agent, environment, range(n_trials)))
            parameters.append(dict(getattr(agent, "parameters", {})))
        choices, rewards = (np.stack(arrays) for arrays in zip(*played, strict=True))
    return choices, mark_unknown_rewards(choices, rewards, agent.counterfactual), parameters


def get_update_dynamics(
    experiment: BanditSession | ArrayLike | Recorded, agent: Agent
) -> tuple[tuple[FloatArray, dict[str, FloatArray]], FloatArray, Agent]:
    """Let an agent live through a recorded session and write down what it holds before each trial.

    Parameters
    ----------
    experiment : BanditSession, or (n_trials, n_features) array or Tensor
        The session. An array has the columns of `DatasetRNN.xs`; its padding rows are dropped. The agent is told NaN
        for rewards that were not shown, which is decided by the whole session, or was by the data of the agent's fit.
    agent : Agent
        Whose states are wanted. It stays as it is: a copy of it starts a new session. Its `new_sess` is told
        `participant_id` and `experiment_id`, its `update` `block` and `additional_inputs`, where they are
        known and accepted.

    Returns
    -------
    values : (q, states)
        The logits, (n_trials, n_actions), and for each state its part of the logits (or, of a state such as
        a learning rate that is not part of them, its value), (n_trials, n_actions), all before the trial.
    choice_probs : (n_trials, n_actions) array
        Probability of each choice, before the trial.
    agent : Agent
        The copy, after the last trial.

    Raises
    ------
    DataError
        If the columns do not fit the number of arms, or there is no trial.
    """
    check_kind("agent", agent, ("n_actions", "states", *PLAYED), "an agent", "Pass estimator.spice_agent, say.")
    recorded = read_experiment(experiment, agent.n_actions, getattr(agent, "counterfactual", False))
    agent = copy.deepcopy(agent)
    # What was not shown is NaN by now.
    agent.counterfactual = True
    _start(agent, recorded.ids)
    q, probs = [], []
    signals: dict[str, list[FloatArray]] = {name: [] for name in agent.states}
    # Asked once: looking up what a function accepts takes as long as a trial.
    accepted = {name for name in ("block", "additional_inputs") if _accepts(agent.update, name)}
    offers = [None] * len(recorded.choices) if recorded.offered is None else recorded.offered
    for choice, reward, offered, known in zip(
        recorded.choices, recorded.rewards, offers, recorded.context, strict=True
    ):
        q.append(np.array(agent.q, dtype=np.float64))
        p = agent.get_choice_probs() if offered is None else agent.get_choice_probs(offered)
        probs.append(np.array(p, dtype=np.float64))
        for name, values in signals.items():
            values.append(np.array(agent.get_state_value(name), dtype=np.float64))
        agent.update(int(choice), reward, **{name: value for name, value in known.items() if name in accepted})
    return (np.stack(q), {name: np.stack(values) for name, values in signals.items()}), np.stack(probs), agent


def _play(agent: Agent, environment: Bandits, trials: Iterable[int]) -> tuple[NDArray[np.int64], FloatArray]:
    """Play trials from where the players are; the trials are the first axis of what they did."""
    choices, rewards = [], []
    for _ in trials:
        choice = agent.get_choice()
        reward = np.asarray(environment.step(choice), dtype=np.float64)
        agent.update(choice, reward)
        choices.append(choice)
        rewards.append(reward)
    return np.asarray(choices, dtype=np.int64), np.stack(rewards)


def _plays_batches(player: Agent | Bandits, verbs: Iterable[str]) -> bool:
    """Whether a player knows of batches, and what it does on a trial is not of a class below that promise."""

    def depth(name: str) -> int:
        classes = type(player).__mro__
        return next((i for i, cls in enumerate(classes) if name in vars(cls)), len(classes))

    promise = depth("new_sess")
    knows = _accepts(player.new_sess, "n_sessions", anything=False)
    return knows and all(promise <= depth(verb) for verb in verbs)


def _start(agent: Agent, options: Mapping[str, Any]) -> None:
    agent.new_sess(**_accepted(agent.new_sess, options))


def _accepted(function: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if _accepts(function, name)}


def _accepts(function: Callable[..., Any], name: str, anything: bool = True) -> bool:
    """Whether a function has a parameter of that name, or (`anything`) takes any by ``**kwargs``."""
    parameters = inspect.signature(function).parameters
    return name in parameters or (anything and any(p.kind is p.VAR_KEYWORD for p in parameters.values()))


def _progress(numbers: range, unit: str, verbose: bool) -> Iterable[int]:
    if not verbose:
        return numbers
    from tqdm.auto import tqdm

    return cast(Iterable[int], tqdm(numbers, unit=unit))
