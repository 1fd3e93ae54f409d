"""`--model`: a name, a declaration in a file, or a class in a Python file."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from nb.cli.own_models import CODE, OWN_FORWARD, code
from typer.testing import CliRunner, Result

from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError
from spice.precoded import ForgettingRNN
from spice_nb.cli.commands import app
from spice_nb.cli.model import read_model
from spice_nb.cli.results import FILES, MODEL
from spice_nb.cli.settings import FitSettings
from spice_nb.state.model_choice import OWN
from spice_nb.state.settings import SettingsModel

QUICK = ("--epochs", "2", "--n-trials-off-policy", "100")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "200"})


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    people = np.repeat(["ann", "bob", "cat"], 30)
    choices, rewards = rng.integers(0, 2, (2, len(people)))
    path = tmp_path / "choices.csv"
    frame = {"participant": people, "choice": choices, "reward": rewards, "reaction time": rng.normal(size=90)}
    pd.DataFrame(frame).to_csv(path, index=False)
    return path


def numbers(folder: Path) -> pd.Series:
    return pd.read_csv(folder / "equations.csv")["coefficient"]


def equations_in(output: str) -> list[str]:
    return output.split("Equations")[1].split("Negative")[0].split("How the result")[0].split()


def test_a_model_that_the_builder_saved(csv: Path, tmp_path: Path) -> None:
    settings = SettingsModel(model="forgetting")
    settings.build()
    settings.set("epochs", 77)
    (tmp_path / "my_model.json").write_text(settings.to_json())
    out = tmp_path / "study" / "results"
    result = run("fit", csv, "--model", tmp_path / "my_model.json", "--input", "reaction time", *QUICK, "--out", out)
    assert result.exit_code == 0, result.stderr
    assert "The parameters in" in result.stderr
    assert {path.name for path in out.iterdir()} == {*FILES, MODEL}
    # The results folder needs nothing else, and opens everywhere.
    (tmp_path / "my_model.json").unlink()
    assert yaml.safe_load((out / "config.yaml").read_text())["model"] == OWN
    again = run("fit", "--config", out / "config.yaml", "--out", tmp_path / "again")
    assert again.exit_code == 0, again.stderr
    np.testing.assert_allclose(numbers(out), numbers(tmp_path / "again"), atol=1e-6)
    loaded = SpiceEstimator.load_spice(out / "network.spice", out / "equations.spice")
    assert [m.name for m in loaded.rnn_class.mechanisms] == [m.name for m in ForgettingRNN.mechanisms]
    shown = run("show", out)
    assert shown.exit_code == 0, shown.stderr
    assert equations_in(shown.stdout) == equations_in(result.stdout)
    assert "cat" in equations_in(shown.stdout) or "everyone" in equations_in(shown.stdout)
    opened = SettingsModel()
    opened.from_json((out / MODEL).read_text())
    assert (opened.problem, opened.model, opened.inputs) == ("", OWN, ("reaction_time",))
    assert opened.rnn_class().declaration() == loaded.rnn_class.declaration()
    assert opened.values == {"epochs": 2, "n_trials_off_policy": 100, "random_state": 0}
    estimator = opened.estimator().load_spice(out / "network.spice", out / "equations.spice")
    assert estimator.equations_.labels == ("ann", "bob", "cat")


def test_a_class_that_is_all_declaration_is_kept_as_data(csv: Path, tmp_path: Path) -> None:
    path, out = code(tmp_path), tmp_path / "o"
    result = run("fit", csv, "--model", f"{path}:MyRNN", *QUICK, "--out", out)
    assert result.exit_code == 0, result.stderr
    (tmp_path / "ran").unlink()
    opened = SettingsModel()
    opened.from_json((out / MODEL).read_text())
    assert opened.rnn_class().context_size == 4
    # Nothing is run to do it again.
    assert run("fit", "--config", out / "config.yaml", "--out", tmp_path / "again").exit_code == 0
    assert not (tmp_path / "ran").exists()
    np.testing.assert_allclose(numbers(out), numbers(tmp_path / "again"), atol=1e-6)


def test_a_forward_of_its_own_comes_with_a_config_and_is_run_where_it_is_named(csv: Path, tmp_path: Path) -> None:
    path, out = code(tmp_path, OWN_FORWARD), tmp_path / "o"
    result = run("fit", csv, "--model", f"{path}:MyRNN", *QUICK, "--out", out)
    assert result.exit_code == 0, result.stderr
    assert {file.name for file in out.iterdir()} == set(FILES)
    assert yaml.safe_load((out / "config.yaml").read_text())["model"] == "../my_module.py:MyRNN"
    shown = run("show", out, "--model", f"{path}:MyRNN")
    assert shown.exit_code == 0, shown.stderr
    assert "c_reward" in shown.stdout or "everyone" in shown.stdout
    code(tmp_path)  # would leave a trace
    unnamed = run("show", out)
    assert unnamed.exit_code == 2
    assert "the model of this folder, which is code" in unnamed.stderr
    again = run("fit", "--config", out / "config.yaml", "--out", tmp_path / "again")
    assert again.exit_code == 2
    assert "in a config file nothing is run" in again.stderr
    assert f"--model {out / '..' / 'my_module.py'}:MyRNN" in again.stderr
    assert not (tmp_path / "ran").exists()
    code(tmp_path, OWN_FORWARD)
    again = run("fit", "--config", out / "config.yaml", "--model", f"{path}:MyRNN", "--out", tmp_path / "again")
    assert again.exit_code == 0, again.stderr
    np.testing.assert_allclose(numbers(out), numbers(tmp_path / "again"), atol=1e-6)


@pytest.mark.parametrize(
    ("model", "text", "said"),
    [
        ("none.json", "", "none.json (No such file or directory). Check the path."),
        ("my_model.json", '{"colour": 1}', "only ['inputs', 'mechanisms', 'per_person', 'states'], but got ['colour']"),
        ("my_model.txt", "", "the name of a model, or a file such as my_model.json"),
    ],
)
def test_what_is_no_model_says_so(tmp_path: Path, model: str, text: str, said: str) -> None:
    if text:
        (tmp_path / model).write_text(text)
    with pytest.raises(ConfigError) as raised:
        read_model(FitSettings.of({"data": ("choices.csv",), "model": str(tmp_path / model)}))
    assert said in str(raised.value)


def test_a_folder_may_be_called_as_a_python_file_is(tmp_path: Path) -> None:
    (tmp_path / "models.py").mkdir()
    settings = SettingsModel(model="forgetting")
    (tmp_path / "models.py" / "mine.json").write_text(settings.to_json())
    found = read_model(FitSettings.of({"model": str(tmp_path / "models.py" / "mine.json")}))
    assert found.rnn_class is ForgettingRNN


def test_a_sentence_and_nothing_written(csv: Path, tmp_path: Path) -> None:
    result = run("fit", csv, "--model", f"{tmp_path / 'none.py'}:MyRNN", "--out", tmp_path / "o")
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "o").exists()


def test_inputs_of_the_model_come_first(tmp_path: Path) -> None:
    text = CODE.replace("    context_size", '    additional_inputs = ("arousal",)\n    context_size')
    said = {"model": f"{code(tmp_path, text)}:MyRNN"}
    with pytest.raises(ConfigError, match=r"--input: .*arousal, first, but got none. Say --input arousal."):
        read_model(FitSettings.of(said))
    found = read_model(FitSettings.of(said | {"input": ("arousal", "2nd")}))
    assert found.rnn_class.additional_inputs == ("arousal", "_2nd")
    assert found.rnn_class.mechanisms[0].input_names == ("c_reward", "_2nd")


def test_config_files_name_models_by_their_place(csv: Path, tmp_path: Path) -> None:
    settings = SettingsModel(model="forgetting")
    settings.build()
    (tmp_path / "mine.json").write_text(settings.to_json())
    content = {"data": csv.name, "model": "mine.json", "epochs": 1, "n-trials-off-policy": 50, "out": "o"}
    (tmp_path / "fit.json").write_text(json.dumps(content))
    result = run("fit", "--config", tmp_path / "fit.json")
    assert result.exit_code == 0, result.stderr
