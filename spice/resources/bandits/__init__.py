"""Bandit tasks, the agents that play them, and simulated data, under their documented path."""

import importlib

from spice.agents.agent import Agent
from spice.agents.agent_network import AgentNetwork
from spice.agents.agent_q import AgentQ
from spice.agents.agent_spice import AgentSpice
from spice.agents.rescorla_wagner import fit_rescorla_wagner
from spice.data.session import BanditSession
from spice.tasks.environments import (
    Bandits,
    BanditsDrift,
    BanditsFlip,
    BanditsStandard,
    BanditsSwitch,
)
from spice.tasks.simulation import create_dataset, get_update_dynamics

__all__ = [
    "Agent",
    "AgentNetwork",
    "AgentQ",
    "AgentSpice",
    "BanditSession",
    "Bandits",
    "BanditsDrift",
    "BanditsFlip",
    "BanditsStandard",
    "BanditsSwitch",
    "create_dataset",
    "fit_rescorla_wagner",
    "get_update_dynamics",
]


def __getattr__(name: str) -> object:
    """`plot_session`, which older scripts import from here; figures stand above, and come when asked for."""
    if name == "plot_session":
        return importlib.import_module("spice.figures.session_figure").plot_session
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
