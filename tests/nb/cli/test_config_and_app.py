"""Settings of the app on the command line, and config files of the command line in the app: the same is fitted."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner, Result

from spice.declaration.mechanisms import Mechanism
from spice.exceptions import ConfigError
from spice_nb.cli.commands import app
from spice_nb.cli.config import gather_settings, read_config
from spice_nb.cli.fit import make_estimator
from spice_nb.cli.model import read_model
from spice_nb.cli.settings import FitSettings
from spice_nb.estimator_options import ESTIMATOR_OPTIONS
from spice_nb.state.candidates import Candidates
from spice_nb.state.model_choice import OWN
from spice_nb.state.schemas.config_as_settings import OF_THE_DATA
from spice_nb.state.settings import SettingsModel


class FakeChoices:
    """What of the choices an estimator is made with."""

    labels = ("ann", "bob")

    class whole:  # noqa: N801
        n_actions = 2


def parameters(estimator: Any) -> dict[str, Any]:
    said = estimator.get_params(deep=False)
    model, config = said.pop("rnn_class"), said.pop("spice_config")
    said |= {"declaration": model.declaration(), "context_size": model.context_size}
    return said | {"config": None if config is None else config.to_dict()}


def on_command_line(path: Path, **said: Any) -> tuple[FitSettings, dict[str, Any]]:
    settings = gather_settings({"data": ("choices.csv",), **said}, path)
    return settings, parameters(make_estimator(settings, read_model(settings), FakeChoices()))  # type: ignore[arg-type]


def app_settings(model: str = "choice", own: bool = False) -> SettingsModel:
    settings = SettingsModel(model=model)
    settings.use_inputs(["arousal"])
    if own:
        settings.build()
        # An input that is there and that not every mechanism takes.
        settings.use_inputs(["arousal", "hour"])
        settings.change(lambda d: d.with_mechanism(Mechanism("calm", "x_value_reward", "all", ("hour",))))
    settings.set("spice_refine", False)
    name = next(m.name for m in settings.rnn_class().mechanisms if m.is_learned)
    settings.set_candidates(name, Candidates(("arousal",), ("c_reward", 1.0)))
    for parameter, value in {"epochs": 7, "scheduler": True, "random_state": 3, "sequence_length": 20}.items():
        settings.set(parameter, value)
    assert settings.problem == ""
    assert settings.candidates
    return settings


@pytest.mark.parametrize("own", [False, True])
def test_there_and_back(tmp_path: Path, own: bool) -> None:
    settings = app_settings(own=own)
    (tmp_path / "settings.json").write_text(settings.to_json())
    of_cli, made = on_command_line(tmp_path / "settings.json")
    assert made == parameters(settings.estimator())
    assert made["config"] is not None
    assert (of_cli.holdout, of_cli.input) == ("none", settings.inputs)
    # And back, through the config file that the command line writes.
    (tmp_path / "config.yaml").write_text(of_cli.to_yaml(tmp_path))
    again, opened = on_command_line(tmp_path / "config.yaml")[1], SettingsModel()
    assert again == made
    opened.from_json((tmp_path / "config.yaml").read_text())
    assert opened.problem == ""
    assert parameters(opened.estimator()) == made
    assert (opened.values, opened.candidates, opened.inputs) == (settings.values, settings.candidates, settings.inputs)


def test_a_seed_of_none_and_the_defaults_of_the_app_stay(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(SettingsModel(model="forgetting").to_json())
    of_cli, made = on_command_line(tmp_path / "settings.json")
    assert made["random_state"] is None
    (tmp_path / "config.yaml").write_text(of_cli.to_yaml(tmp_path))
    opened = SettingsModel()
    opened.from_json((tmp_path / "config.yaml").read_text())
    assert (opened.problem, opened.model, opened.values) == ("", "forgetting", {})


def test_what_is_said_wins(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(app_settings().to_json())
    said = {"epochs": 1, "holdout": "last:0.2", "participant_equations": "bob"}
    settings, made = on_command_line(tmp_path / "settings.json", **said)
    assert (made["epochs"], settings.holdout, made["spice_participant_id"]) == (1, "last:0.2", 1)
    # Another model has other terms.
    assert on_command_line(tmp_path / "settings.json", model="forgetting")[1]["config"] is None


def test_a_model_says_what_its_file_has_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(app_settings().to_json())
    notes = read_model(FitSettings.of({"model": str(path), "input": ("arousal",)})).notes
    assert [note.endswith(f"Use --config {path} for all of it.") for note in notes] == [True, True]


HAND_WRITTEN = """
data: choices.csv
participant: who
model: forgetting
input: reaction time
learning-rate: 5e-3
hidden_size: 4
candidates:
  x_value_reward_not_chosen: {is_found: false}
parameters: {scheduler: true}
"""


def test_a_config_file_by_hand(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(HAND_WRITTEN)
    made, opened = on_command_line(tmp_path / "c.yaml")[1], SettingsModel()
    opened.from_json(HAND_WRITTEN)
    assert opened.problem == ""
    # The command line has a seed where nothing is said.
    assert opened.values == {"hidden_size": 4, "random_state": 0, "scheduler": True}
    assert opened.inputs == ("reaction_time",)
    assert parameters(opened.estimator()) == made
    assert made["config"]["rnn_modules"] == ["x_value_reward_chosen"]


OLD = """# Repeat this fit with: spice-nb fit --config config.yaml
# Paths are relative to this file. Written by spice-nb.
data: choices.csv
participant: participant
block: block
experiment: experiment
choice: choice
reward:
- reward
input: []
options: []
sheet: null
encoding: null
file-pattern: null
leave-out: []
leave-out-few: false
missed: null
where: []
order: null
relabel: []
reward-words: []
reward-missing: []
reward-sum: false
reward-range: null
leave-out-copies: false
keep: []
model: choice
holdout: last:0.33
out: .
participant-equations: null
hidden-size: 8
dropout: 0.25
epochs: 7
learning-rate: 0.005
threshold: 0.03
batch-size: null
n-steps-per-call: 16
weight-decay: 0.0
optimizer: SR3_weighted_l1
regularization: 0.1
degree: 1
refine: true
n-trials-off-policy: 1000
optuna: false
optuna-threshold: 0.1
optuna-trials: 50
seed: 4
"""


def test_config_files_of_earlier_versions_open(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(OLD)
    settings, made = on_command_line(tmp_path / "config.yaml")
    assert (settings.model, settings.holdout, settings.missed, settings.folder) == (
        "choice",
        "last:0.33",
        None,
        tmp_path,
    )
    opened = SettingsModel()
    opened.from_json(OLD)
    assert (opened.problem, opened.model) == ("", "choice")
    assert opened.values == {"epochs": 7, "batch_size": None, "n_steps_per_call": 16, "random_state": 4}
    assert parameters(opened.estimator()) == made
    # Written again, it is the same file but for what was said of the data, and what there is since.
    since = ["validation-share: 0.0", "patience: 32", "ensemble-size: 1"]
    assert [line for line in settings.to_yaml(tmp_path).splitlines()[3:] if line not in since] == OLD.splitlines()[3:]
    app_file = SettingsModel(model="forgetting")
    app_file.build()
    (tmp_path / "own_model.json").write_text(app_file.to_json())
    (tmp_path / "config.yaml").write_text(OLD.replace("model: choice", "model: own_model.json"))
    assert on_command_line(tmp_path / "config.yaml")[1]["declaration"] == app_file.rnn_class().declaration()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("epoch: 3", "but got 'epoch'"),
        ("epochs: many", "epochs: expected a whole number, but got 'many'"),
        ("epochs: true", "epochs: expected a whole number, but got True"),
        ("dropout: .nan", "dropout: expected a number, but got nan"),
        ("candidates: {x_value_reward_chosen: {leave_out: []}}", "expected only names that are known, but got 'leave_"),
        ("parameters: {epochs: 3}", "parameters: expected names from ['bagging'"),
        ("own: {model: Mine}", "own, declaration: expected a value, but got nothing"),
    ],
)
def test_both_say_what_is_wrong_with_a_config_file(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "c.yaml").write_text(f"model: forgetting\n{line}\n")
    with pytest.raises(ConfigError) as raised:
        read_config(tmp_path / "c.yaml")
    opened = SettingsModel()
    opened.from_json((tmp_path / "c.yaml").read_text())
    assert said in str(raised.value)
    assert said in opened.problem


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("model: own_model.json", "Load that file instead"),
        ("model: ../my_module.py:MyRNN", "Choose a model from the list"),
        ("model: own", "one under `own` in this file"),
        ("model: forgetting\nparticipant-equations: ann", "the app shows the equations of everybody"),
        ("model: forgetting\nepochs: -3", "epochs"),
    ],
)
def test_what_the_app_cannot_take_from_a_config_file(line: str, said: str) -> None:
    opened = SettingsModel()
    opened.from_json(line + "\n")
    assert said in opened.problem
    assert opened.model == "participant-embedding"


def test_candidates_of_a_mechanism_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("model: forgetting\ncandidates: {x_value: {is_found: false}}\n")
    with pytest.raises(ConfigError, match="candidates: expected mechanisms that ForgettingRNN learns, x_value_reward"):
        on_command_line(tmp_path / "c.yaml")


def test_every_option_is_known_to_the_app() -> None:
    others = {"model", "input", "participant_equations"}
    assert set(FitSettings.kinds()) == {*OF_THE_DATA, *others, *ESTIMATOR_OPTIONS}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "200"})


def test_a_fit_with_settings_of_the_app(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    choices, rewards = rng.integers(0, 2, (2, 60))
    frame = {"participant": np.repeat(["ann", "bob"], 30), "choice": choices, "reward": rewards}
    pd.DataFrame(frame).to_csv(tmp_path / "choices.csv", index=False)
    settings = SettingsModel(model="forgetting")
    settings.build()
    settings.set_candidates("x_value_reward_chosen", Candidates(is_found=False))
    for name, value in {"epochs": 1, "n_trials_off_policy": 50, "random_state": 0, "scheduler": True}.items():
        settings.set(name, value)
    (tmp_path / "settings.json").write_text(settings.to_json())
    out = tmp_path / "o"
    result = run("fit", tmp_path / "choices.csv", "--config", tmp_path / "settings.json", "--out", out)
    assert result.exit_code == 0, result.stderr
    mechanisms = set(pd.read_csv(out / "equations.csv")["mechanism"])
    assert "x_value_reward_not_chosen" in mechanisms
    assert "x_value_reward_chosen" not in mechanisms
    written = yaml.safe_load((out / "config.yaml").read_text())
    assert (written["model"], written["parameters"]) == (OWN, {"scheduler": True})
    for name in ("config.yaml", "own_model.json"):
        opened = SettingsModel()
        opened.from_json((out / name).read_text())
        assert opened.problem == ""
        assert parameters(opened.estimator()) == parameters(settings.estimator())
    again = run("fit", "--config", out / "config.yaml", "--out", tmp_path / "again")
    assert again.exit_code == 0, again.stderr
    tables = [pd.read_csv(folder / "equations.csv")["coefficient"] for folder in (out, tmp_path / "again")]
    np.testing.assert_allclose(*tables, atol=1e-6)
