"""Bandit tasks, the agents that play them, and simulated data."""

import importlib

from spice.resources.bandits.agent import Agent
from spice.resources.bandits.agent_network import AgentNetwork
from spice.resources.bandits.agent_q import AgentQ
from spice.resources.bandits.agent_spice import AgentSpice
from spice.resources.bandits.environments import (
    Bandits,
    BanditsDrift,
    BanditsFlip,
    BanditsStandard,
    BanditsSwitch,
)
from spice.resources.bandits.rescorla_wagner import fit_rescorla_wagner
from spice.resources.bandits.session import BanditSession
from spice.resources.bandits.simulation import create_dataset, get_update_dynamics

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
        return importlib.import_module("spice.utils.plotting").plot_session
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
