"""One session, seen through agents: what each believed of an arm, before every trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spice._validation import check_path
from spice.agents.agent import Agent
from spice.agents.agent_network import AgentNetwork
from spice.agents.agent_spice import AgentSpice
from spice.data.recorded import Recorded, read_experiment
from spice.data.session import BanditSession
from spice.exceptions import ConfigError
from spice.figures.session_drawing import PANELS, PROBABILITY, Q_VALUE, RATE, STYLES, Panel, draw_session
from spice.files.container import write_whole
from spice.tasks.simulation import get_update_dynamics

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Floats = NDArray[np.float64]


FORMATS = ("png", "svg", "pdf", "jpg", "jpeg")
EARLIER_KEYS = {"sindy": "spice"}
"""Keys of agents in scripts for autospice 0.1.x."""


def plot_session(
    agents: Mapping[str, Agent] | Agent,
    experiment: BanditSession | ArrayLike,
    labels: Mapping[str, str] | Sequence[str] | None = None,
    save: str | Path | None = None,
    *,
    arm: int = 0,
    signals_to_plot: Sequence[str] | None = None,
    display_choice: int | None = None,
) -> tuple[Figure, NDArray[Any]]:
    """Draw what agents hold of one arm before each trial of a session.

    Axes share the trials: action probabilities, Q values (logits), reward values, learning rates, choice
    values and trial values, or those states that are asked for. Values of states are drawn as they enter the
    logits, times their inverse temperature, all agents on one scale: nothing is normalised. A constant that is
    the same on every arm changes no choice, so curves of different agents may differ by one in the logits and
    agree in the probabilities. The learning rate of an arm is held from its last update on.

    Ticks over the probabilities mark trials on which the arm was chosen, those under them trials on which
    another one was; a tick is the longer, the larger the reward of the arm that was chosen. Missed trials are
    shaded.

    Parameters
    ----------
    agents : mapping of {"groundtruth", "rnn", "spice", "benchmark"} to Agent, or Agent
        Whose states are drawn. They stay as they are. One agent alone counts as "spice" or "rnn" if it is an
        `AgentSpice` or an `AgentNetwork`, else as "groundtruth". The key "sindy" of older scripts is "spice".
    experiment : BanditSession, or (n_trials, n_features) array or Tensor
        The session, as for `get_update_dynamics`; an array has the columns of `DatasetRNN.xs`.
    labels : mapping of key to str, or sequence of str, optional
        Names for the legend; a sequence in the order of `agents`.
    save : path, optional
        Also write the figure there, as .png, .svg, .pdf or .jpg; as .png where the name has no ending.
    arm : int, default 0
        Index of the arm.
    signals_to_plot : sequence of str, optional
        States to draw, in that order, below probabilities and Q values; by default the four named above, also where
        no agent has one.
    display_choice : int, optional
        What older scripts call `arm`.

    Returns
    -------
    figure : matplotlib.figure.Figure
        Not known to pyplot; a notebook shows it, and `figure.savefig` writes it.
    axes : (6,) array of matplotlib.axes.Axes
        In the order above; (2 + n,) where n states were asked for. One whose state no agent has says so.

    Raises
    ------
    ConfigError
        Unknown keys, states or arms, labels that do not fit the agents, another file format.
    DataError
        A session that does not fit the agents.
    OutputError
        If the figure cannot be written.
    """
    named = _named_agents(agents)
    names = _legend_names(named, labels)
    n_actions = next(iter(named.values())).n_actions
    if display_choice is not None:
        if arm not in (0, display_choice):
            raise ConfigError(
                "display_choice", "the same as arm, or nothing", f"{display_choice} and {arm}", "Pass arm."
            )
        arm = display_choice
    if isinstance(arm, bool) or not isinstance(arm, int | np.integer) or not 0 <= arm < n_actions:
        raise ConfigError("arm", f"an index from 0 to {n_actions - 1}", repr(arm), "Name one of the arms.")
    panels = _panels(signals_to_plot, named)
    check_path("save", save)
    save = None if save is None else _with_ending(Path(save))
    # Agents see one session: where one knows that -1 is a reward, it is to all.
    recorded = read_experiment(experiment, n_actions, any(agent.counterfactual for agent in named.values()))
    curves = {key: _curves(agent, recorded, int(arm), panels) for key, agent in named.items()}

    from spice.figures.figure import calm_style

    with calm_style():
        figure = draw_session(curves, names, recorded, int(arm), panels)
        if save is not None:
            write_whole(save, figure.render(save.suffix.lower().lstrip("."), dpi=200))
    return figure, np.array(figure.axes)


def _curves(agent: Agent, recorded: Recorded, arm: int, panels: Sequence[Panel]) -> dict[Panel, Floats]:
    """Curve (n_trials,) of each panel that the agent has."""
    (logits, states), probabilities, _ = get_update_dynamics(recorded, agent)
    curves = {PROBABILITY: probabilities[:, arm], Q_VALUE: logits[:, arm]}
    for panel in panels:
        if panel.state in states:
            curves[panel] = states[panel.state][:, arm]
    if RATE in curves:
        curves[RATE] = rate_of_last_update(curves[RATE], recorded.choices, arm)
    return curves


def rate_of_last_update(rate: Floats, choices: NDArray[np.int64], arm: int) -> Floats:
    """Hold the rate from one update of the arm to the next; NaN before the first.

    On trials on which it learns nothing, the rate of an arm is 0 by convention, which would hide the rates
    under a comb of zeros.

    Parameters
    ----------
    rate : (n_trials,) array of float
        Learning rate of the arm before each trial.
    choices : (n_trials,) array of int
    arm : int

    Returns
    -------
    (n_trials,) array of float
    """
    updated = np.r_[False, (choices[:-1] == arm)] | (rate != 0)
    last = np.maximum.accumulate(np.where(updated, np.arange(len(rate)), -1))
    return np.where(last >= 0, rate[last], np.nan)


def _named_agents(agents: Mapping[str, Agent] | Agent) -> dict[str, Agent]:
    if isinstance(agents, Agent):
        key = (
            "spice" if isinstance(agents, AgentSpice) else "rnn" if isinstance(agents, AgentNetwork) else "groundtruth"
        )
        return {key: agents}
    if not isinstance(agents, Mapping) or not agents:
        raise ConfigError(
            "agents",
            "an agent, or a dict of at least one",
            repr(agents),
            "Pass {'spice': estimator.spice_agent}.",
        )
    twice = [key for key, now in EARLIER_KEYS.items() if key in agents and now in agents]
    if twice:
        raise ConfigError("agents", f"one of {twice[0]!r} and {EARLIER_KEYS[twice[0]]!r}", "both", "Leave one out.")
    agents = {EARLIER_KEYS.get(key, key): agent for key, agent in agents.items()}
    for key, agent in agents.items():
        if key not in STYLES:
            raise ConfigError("agents", f"keys from {list(STYLES)}", repr(key), "Rename the key; labels are free.")
        if not isinstance(agent, Agent):
            raise ConfigError(f"agents[{key!r}]", "an agent", type(agent).__name__, "Pass an Agent object.")
    return agents


def _legend_names(agents: Mapping[str, Agent], labels: Mapping[str, str] | Sequence[str] | None) -> dict[str, str]:
    names = {key: STYLES[key].label for key in agents}
    if labels is None:
        return names
    if isinstance(labels, Mapping):
        labels = {EARLIER_KEYS.get(key, key): label for key, label in labels.items()}
        unknown = [key for key in labels if key not in agents]
        if unknown:
            raise ConfigError("labels", f"keys from {list(agents)}", repr(unknown[0]), "Name agents that are drawn.")
        return names | {key: str(label) for key, label in labels.items()}
    if isinstance(labels, str) or not isinstance(labels, Sequence) or len(labels) != len(agents):
        raise ConfigError(
            "labels", f"{len(agents)} names, one for each of {list(agents)}", repr(labels), "Or pass a dict."
        )
    return dict(zip(agents, map(str, labels), strict=True))


def _panels(signals: Sequence[str] | None, agents: Mapping[str, Agent]) -> tuple[Panel, ...]:
    if signals is None:
        return PANELS
    if isinstance(signals, str):
        raise ConfigError("signals_to_plot", "a list of states", repr(signals), f"Write [{signals!r}].")
    known = [panel.state for panel in PANELS if panel.state]
    known += [state for agent in agents.values() for state in agent.states if state not in known]
    for signal in signals:
        if signal not in known:
            raise ConfigError(
                "signals_to_plot", f"states from {known}", repr(signal), "Correct the name, or leave it out."
            )
    return (PROBABILITY, Q_VALUE, *map(Panel.of, signals))


def _with_ending(path: Path) -> Path:
    if not path.suffix:
        path = path.with_name(f"{path.name}.png")
    if path.suffix.lower().lstrip(".") not in FORMATS:
        raise ConfigError("save", f"a path that ends in one of {list(FORMATS)}", repr(str(path)), "Change its ending.")
    return path
