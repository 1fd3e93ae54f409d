"""Importing is cheap, and free of what only some users need."""

import subprocess
import sys

import pytest

import spice.precoded
import spice.resources.bandits


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_import_spice_is_light():
    modules = set(run("import sys; before = set(sys.modules); import spice; print(*set(sys.modules) - before)"))
    assert {name.partition(".")[0] for name in modules - {"spice"}} <= sys.stdlib_module_names


def test_the_estimator_needs_no_figures_searches_or_widgets():
    modules = set(run("import spice.estimator, sys; print(*sys.modules)"))
    assert not {"matplotlib", "optuna", "ipywidgets", "bqplot", "pysindy", "pooch", "sympy"} & modules


def test_the_engine_knows_nothing_of_panels():
    modules = set(run("import spice.estimator, spice.datasets, spice.utils.plotting, sys; print(*sys.modules)"))
    assert "spice_nb" not in modules


@pytest.mark.parametrize("package", [spice.precoded, spice.resources.bandits])
def test_exported_names_exist_and_nothing_else_is_public(package):
    public = {
        name
        for name, value in vars(package).items()
        if not name.startswith("_") and getattr(value, "__module__", package.__name__) != "builtins"
        and not isinstance(value, type(sys))
    }  # fmt: skip
    assert public == set(package.__all__)


def test_documented_import_paths():
    code = """
from spice.estimator import SpiceEstimator, SpiceConfig
from spice.precoded import RescorlaWagnerRNN, RESCOLA_WAGNER_CONFIG, RESCORLA_WAGNER_CONFIG
from spice.precoded import ForgettingRNN, FORGETTING_RNN_CONFIG, LearningRateRNN, LEARNING_RATE_RNN_CONFIG
from spice.precoded import ParticipantEmbeddingRNN, PARTICIPANT_EMBEDDING_RNN_CONFIG, ChoiceRNN, CHOICE_CONFIG
from spice.resources.rnn import BaseRNN
from spice.resources.rnn_utils import DatasetRNN, split_data_along_timedim, split_data_along_sessiondim
from spice.resources.bandits import AgentQ, AgentNetwork, AgentSpice, BanditsDrift, BanditsFlip, BanditsSwitch
from spice.resources.bandits import BanditSession, create_dataset, get_update_dynamics
from spice.resources.sindy_training import fit_spice
from spice.resources.optimizer_selection import optimize_for_participant
from spice.utils.convert_dataset import convert_dataset
from spice.utils.plotting import plot_session
print("all")
"""
    assert run(code) == ["all"]
