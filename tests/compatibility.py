"""Forms of scripts for autospice 0.1.x and what they do here: `python tests/compatibility.py > docs/compatibility.md`.

Every form is run on a little data. What the table says it does is what it did.
"""

import contextlib
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from own_forward import OWN_FORWARD_CONFIG, OwnForwardRNN
from torch import nn

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceConfig, SpiceEstimator
from spice.exceptions import FitWarning, SpiceError
from spice.precoded import PARTICIPANT_EMBEDDING_RNN_CONFIG, ParticipantEmbeddingRNN
from spice.resources.bandits import AgentQ, plot_session
from spice.resources.rnn import BaseRNN
from spice.resources.sindy_training import fit_spice
from spice.utils.convert_dataset import convert_dataset

INTRODUCTION = """# Older scripts

What scripts for autospice 0.1.x write, and what it does here. `python tests/compatibility.py` runs every form on a
little data and prints this page, and a test holds the two equal. A form *runs* as it is; or it *warns*: it runs, and
a warning says what is done instead; or it *is refused*: an error names the part and what to write, and models are
refused before anything is trained.
"""


@dataclass(frozen=True)
class Form:
    """A line of a script.

    Attributes
    ----------
    code : str
        As it is written, and as it is run.
    note : str
    """

    code: str
    note: str = ""


OWN_FORWARDS = (
    Form(
        'self.betas["x_value_reward"] = nn.Sequential(nn.Linear(4, 1), nn.ReLU())',
        "Any module that gives a positive number of the participant's embedding. Equations have no inverse "
        "temperature below 0.0025.",
    ),
    Form(
        'self.betas["x_value_reward"] = self.setup_constant(4, activation=nn.Softplus)',
        "Without `activation` it is the exponential.",
    ),
    Form(
        'self.betas = nn.ParameterDict({"x_value_reward": nn.Parameter(torch.tensor(1.0))})',
        "One number for all.",
    ),
    Form(
        "self.participant_embedding = nn.Embedding(n_participants, 4)",
        "Gets one row more, the mean of all, for people never seen.",
    ),
    Form(
        "self.participant_embedding = nn.Sequential(nn.Embedding(n_participants, 4), nn.ReLU(), nn.Dropout(0.5))",
        "Dropout is drawn from the generator of the fit: `random_state` repeats it.",
    ),
    Form(
        'self.submodules_rnn["x_value_reward_not_chosen"] = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 1))',
        "Takes value, inputs and embedding as one array, and gives the change of the value.",
    ),
    Form(
        'self.submodules_rnn["x_value_reward_not_chosen"] = self.setup_module(input_size=4, dropout=0.1)',
        "Without `dropout` it is the estimator's; `hidden_size` likewise, by keyword.",
    ),
    Form(
        "if not self.training and len(self.submodules_sindy) == 0: self.record_signal(key, value)",
        "`submodules_sindy` is empty always, so that signals are recorded for equations too.",
    ),
    Form("self.participant_embedding = nn.Embedding(1, 4)", "Fewer rows than people."),
    Form(
        'self.submodules_rnn["x_value_reward_not_chosen"] = nn.Linear(5, 2)',
        "A network gives one number for each value.",
    ),
    Form(
        'self.betas["x_value_reward"] = nn.Linear(7, 1)',
        "Of another size than the embedding.",
    ),
)

FITTING = (
    Form("fit_spice(*names, agent_rnn, data, shuffle=True)", "Sums over samples have no order."),
    Form(
        'fit_spice(*names, agent_rnn, data, dataprocessing={"c_reward": [0, 0, 0]})',
        "Nothing is asked for.",
    ),
    Form(
        'fit_spice(*names, agent_rnn, data, dataprocessing={"c_reward": [0, 1, 1]})',
        "Equations are found in the network's own values; `equations.canonical()` has them on a common scale.",
    ),
    Form("fit_spice(*names, agent_rnn, data, train_test_ratio=0.8)", "Uses the first part of each sequence."),
    Form("fit_spice(*names, agent_rnn, data, train_test_ratio=[2])", "Leaves out the second session of each person."),
    Form("fit_spice(*names, agent_rnn, data, deterministic=True)", "Without it, as `agent_rnn`."),
    Form(
        "fit_spice(*names, agent_rnn, data, get_loss=True)",
        "Nats per choice; taken too where it is left out and there are data.",
    ),
    Form("fit_spice(*names, agent_rnn, get_loss=True)", "There are no data."),
    Form(
        "fit_spice(*names, agent_rnn, data, filter_bad_participants=True)",
        "Leaves out those whose choices are less likely by equations than by the network, by 0.2 in the mean.",
    ),
    Form(
        "fit_spice(*names, agent_rnn, data, pruning=True)",
        "Empties equations that change no probability on the person's own trials.",
    ),
    Form(
        'SpiceConfig(library, filters, controls, [*modules, "x_ghost"])',
        "The model has no such module: the rest goes on.",
    ),
    Form(
        'SpiceConfig({**library, "x_value_reward_chosen": ["c_ghost"]}, filters, controls, modules)',
        "An input that exists nowhere.",
    ),
    Form("from spice.precoded import Weinhardt2024RNN, WEINHARDT_2024_CONFIG", "Also of 2025; the value before the "
         "trial is `x_value_reward` in equations."),
)  # fmt: skip

RESULTS = (
    Form("estimator.rnn_model", "`estimator.rnn_agent.model`"),
    Form("estimator.get_spice_agents()", "`estimator.spice_agent`"),
    Form('estimator.load_rnn_model("rnn.pkl")', '`estimator.load_spice("rnn.pkl", None)`'),
    Form('estimator.load_spice_model("spice.pkl")', "Beside the network that is there, of the same fit."),
    Form(
        'SpiceEstimator(SameUnderAnotherNameRNN).load_spice("rnn.pkl", "spice.pkl")',
        "States and mechanisms count, names of classes do not.",
    ),
    Form('SpiceEstimator(OwnForwardRNN).load_spice("rnn.pkl", "spice.pkl")', "Of another structure, which is named."),
    Form(
        'open("rnn.pkl", "wb").write(pickled); estimator.load_spice("rnn.pkl", None)',
        "Pickles can run code: fit again.",
    ),
    Form('convert_dataset("data.csv", additional_inputs=["absent"])', "No column of that name."),
)  # fmt: skip

FIGURES = (
    Form("from spice.resources.bandits import plot_session"),
    Form(
        'plot_session(agents, experiment, signals_to_plot=["x_value_choice", "x_value_reward"])',
        "These states, below probabilities and Q values.",
    ),
    Form('plot_session(agents, experiment, signals_to_plot=["x_learing_rate_reward"])', "No agent has such a state."),
    Form("plot_session(agents, experiment, display_choice=1)", "`arm=1`"),
    Form('plot_session({"groundtruth": AgentQ(), "sindy": estimator.spice_agent}, experiment)', '`"spice"`'),
    Form('plot_session(agents, experiment, save="figure")', "Writes figure.png."),
    Form('plot_session(agents, experiment, save="figure.jpg")', "Also .png, .svg and .pdf."),
)

GROUPS = {
    "Models that write their own forward": OWN_FORWARDS,
    "Fitting": FITTING,
    "Results and files": RESULTS,
    "Figures": FIGURES,
}


class SameUnderAnotherNameRNN(BaseRNN):
    """`ParticipantEmbeddingRNN`, written once more."""

    init_values = ParticipantEmbeddingRNN.init_values
    mechanisms = ParticipantEmbeddingRNN.mechanisms
    context_size = 8


def document() -> str:
    """The page, in Markdown."""
    with _in_new_folder():
        names = _names()
        parts = [INTRODUCTION]
        for title, forms in GROUPS.items():
            rows = [f"| `{form.code}` | {_outcome(form, title, names)} | {form.note} |" for form in forms]
            parts.append("\n".join([f"## {title}", "| form | here | note |", "|---|---|---|", *rows, ""]))
    return "\n".join(parts)


def _outcome(form: Form, title: str, names: dict[str, Any]) -> str:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            if title == "Models that write their own forward":
                _fit(_model(form.code), OWN_FORWARD_CONFIG, names)
            elif form.code.startswith("SpiceConfig("):
                _fit(ParticipantEmbeddingRNN, eval(form.code, names), names)
            else:
                exec(form.code, names)
        except SpiceError:
            return "is refused"
    # What is said of the quality of a fit of one epoch is no matter of its form.
    said = [w for w in caught if issubclass(w.category, FitWarning) and "predict" not in str(w.message)]
    return "warns" if said else "runs"


def _model(code: str) -> type[BaseRNN]:
    """A model with that line in its constructor, or with that condition in front of what it records."""
    condition = code.removeprefix("if ").split(":")[0] if code.startswith("if ") else "True"

    class Model(OwnForwardRNN):
        def __init__(self, n_actions: int, n_participants: int, **_: Any) -> None:
            super().__init__(n_actions, n_participants)
            if condition == "True":
                exec(code, {"self": self, "n_participants": n_participants, "nn": nn, "torch": torch})

        def beta(self, embedding: torch.Tensor) -> torch.Tensor:
            beta = self.betas["x_value_reward"]
            return beta if isinstance(beta, torch.Tensor) else beta(embedding)

        def record_signal(self, key: str, value: torch.Tensor) -> None:
            if eval(condition, {"self": self}):
                super().record_signal(key, value)

    return Model


def _fit(model: type[BaseRNN], config: SpiceConfig, names: dict[str, Any]) -> SpiceEstimator:
    estimator = SpiceEstimator(model, config, epochs=1, spice_refine=False, n_trials_off_policy=50, random_state=0)
    estimator.fit(names["data"].xs, names["data"].ys).predict(names["data"].xs)
    return estimator


def _names() -> dict[str, Any]:
    """What the lines of scripts find, and the files that they read."""
    data, _ = simulate_individual_differences(n_participants=3, n_trials=30, n_sessions=2, random_state=0)
    config, names = PARTICIPANT_EMBEDDING_RNN_CONFIG, {"data": data}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)
        estimator = _fit(ParticipantEmbeddingRNN, config, names)
    estimator.save_spice("rnn.pkl", "spice.pkl")
    Path("data.csv").write_text("session,choice,reward\n" + "1,0,1\n1,1,0\n" * 5)
    experiment = data.xs[0].numpy()
    return names | {
        "estimator": estimator, "agent_rnn": estimator.rnn_agent,
        "names": (config.rnn_modules, config.control_parameters),
        "library": config.library_setup, "filters": config.filter_setup, "controls": config.control_parameters,
        "modules": config.rnn_modules, "agents": {"groundtruth": AgentQ(), "spice": estimator.spice_agent},
        "experiment": experiment, "pickled": b"\x80\x04N.", "AgentQ": AgentQ,
        "fit_spice": fit_spice, "SpiceConfig": SpiceConfig, "SpiceEstimator": SpiceEstimator,
        "plot_session": plot_session,
        "OwnForwardRNN": OwnForwardRNN, "SameUnderAnotherNameRNN": SameUnderAnotherNameRNN,
        "convert_dataset": convert_dataset,
    }  # fmt: skip


@contextlib.contextmanager
def _in_new_folder() -> Iterator[None]:
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


if __name__ == "__main__":
    sys.stdout.write(document())
