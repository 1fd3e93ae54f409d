"""`%load_ext spice_nb` in a real IPython shell."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

from spice.documents import MIME
from spice.model import registry
from spice_nb.app import SpiceApp
from spice_nb.run_store import RunStore
from spice_nb.state.data import DataModel
from spice_nb.state.declaration import Declaration
from spice_nb.state.model_choice import OWN
from spice_nb.state.settings import SettingsModel
from spice_nb.views.model_panel import ModelPanel

TABLE = "who,key,points,tired\n" + "".join(f"{p},{t % 3 % 2},{t % 4 % 2},{t % 2}\n" for p in "ab" for t in range(20))
MODEL = """
states:
  x_value: {initial: 0.5, inverse_temperature: participant}
mechanisms:
  - {name: x_value_chosen, state: x_value, applies_to: chosen, inputs: [c_reward]}
  - {name: x_value_rest, state: x_value, applies_to: not_chosen, equation: {x_value: 0.9}}
per_person: true
"""


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPICE_NB_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(registry, "_MODELS", dict(registry._MODELS))
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "spice_nb")
    yield shell
    shell.extension_manager.loaded.discard("spice_nb")
    InteractiveShell.clear_instance()


def test_the_app_in_one_line(shell: Any) -> None:
    app = shell.run_line_magic("spice", "")
    assert isinstance(app, SpiceApp)
    assert app.data.dataset is not None


def test_the_app_on_a_table(shell: Any) -> None:
    Path("mine.csv").write_text(TABLE)
    line = "mine.csv --participant who --choice key --reward points --input tired --model forgetting"
    app = shell.run_line_magic("spice", line)
    assert app.data.dataset.participants == ("a", "b")
    assert app.settings.model.model == "forgetting"
    assert app.settings.model.inputs == ("tired",)


@pytest.mark.parametrize("path", ['"my data.csv"', "'my data.csv'", r"my\ data.csv"])
def test_names_with_spaces(shell: Any, path: str) -> None:
    Path("my data.csv").write_text(TABLE.replace("points", "their points"))
    app = shell.run_line_magic("spice", f"{path} --participant who --choice key --reward 'their points'")
    assert app.data.dataset.participants == ("a", "b")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('"mine.csv', "quote in this line has no end"),
        ("--reward points mine.csv", "--reward names a column of a table: write the path"),
        ("nowhere.csv", "nowhere.csv"),
        ("mine.csv --choice button", "no column 'button'; it has who, key, points, tired"),
        ("--model freudian", "no model 'freudian'; there are rescorla-wagner"),
        ("--colour red", "--colour"),
    ],
)
def test_what_cannot_be_is_one_sentence(shell: Any, line: str, said: str) -> None:
    Path("mine.csv").write_text(TABLE)
    with pytest.raises(UsageError, match=said):
        shell.run_line_magic("spice", line)


def test_a_model_in_a_cell(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell_magic("spice_model", "Fading", MODEL)
    assert capsys.readouterr().out == "Fading: x_value_chosen, x_value_rest\n"
    model = shell.user_ns["Fading"]
    assert model.context_size == 8
    assert model.mechanisms[1].equation == {"x_value": 0.9}
    app = shell.run_line_magic("spice", "--model Fading")
    assert app.settings.model.model == OWN
    assert app.settings.model.blocker == ""
    assert "class Fading(BaseRNN)" in app.python()
    assert registry.find_model("Fading").rnn_class is model
    assert "Fading" in completed(shell, "%spice --model ")
    # The list of a panel that is opened now has it too, and settings that are saved hold all of it.
    panel = ModelPanel()
    assert ("Fading", "Fading") in panel.kind.options
    panel.kind.value = "Fading"
    assert panel.model.model == OWN
    assert panel.model.own == Declaration.of(model, "Fading")
    assert json.loads(panel.model.to_json())["own"]["model"] == "Fading"


def test_what_the_builder_saves_can_be_read(shell: Any) -> None:
    from spice.precoded import ChoiceRNN

    saved = Declaration.of(ChoiceRNN, "Mine").to_plain()
    shell.run_cell_magic("spice_model", "Copy", json.dumps(saved))
    assert shell.user_ns["Copy"].declaration() == ChoiceRNN.declaration()
    assert shell.user_ns["Copy"].context_size == ChoiceRNN.context_size


@pytest.mark.parametrize(
    ("text", "said"),
    [("states: {x: {}}\nmechanisms:\n  - [", "line 4"), (MODEL.replace("c_reward", "c_tired"), "c_tired")],
)
def test_a_cell_that_is_no_model_says_so(shell: Any, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        shell.run_cell_magic("spice_model", "Mine", text)
    for name in ("two words", "class", "print", "choice", "own"):
        with pytest.raises(UsageError, match="name of"):
            shell.run_cell_magic("spice_model", name, MODEL)


def completed(shell: Any, line: str) -> set[str]:
    with provisionalcompleter():
        return {completion.text for completion in shell.Completer.completions(line, len(line))}


def test_runs_are_listed_resumed_and_completed(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert repr(shell.run_line_magic("spice_runs", "")) == "No runs yet."
    with pytest.raises(UsageError, match="no folder nowhere"):
        shell.run_line_magic("spice_runs", "nowhere")
    app = shell.run_line_magic("spice", "")
    app.settings.model.set("epochs", 2)
    app.settings.model.set("n_trials_off_policy", 50)
    app.training.button.click()
    assert app.training.worker.wait(60)
    runs = shell.run_line_magic("spice_runs", "")
    assert [run.id for run in runs] == [app.run.id]
    assert app.run.id in runs._repr_mimebundle_()["text/html"]
    shown = runs[0]._repr_mimebundle_()
    assert shown["text/plain"].startswith(app.run.id)
    assert dict(shown[MIME]["facts"])["epochs"] == 2
    again = shell.run_line_magic("spice_resume", app.run.id)
    assert again.equations.model.people
    with pytest.raises(UsageError, match=r"%spice_runs lists"):
        shell.run_line_magic("spice_resume", "nothing")
    assert app.run.id in completed(shell, "%spice_resume ")
    models, options = completed(shell, "%spice --model "), completed(shell, "%spice mine.csv --")
    assert "choice" in models
    assert "--participant" not in models
    assert "--participant" in options
    assert "%spice_runs" in completed(shell, "%spice")
    assert "Traceback" not in "".join(capsys.readouterr())
    assert len(RunStore().runs()) == 1


def test_help_explains_each_option(shell: Any) -> None:
    text = shell.object_inspect_text("%spice")
    assert "--participant" in text
    assert "The column of rewards" in text


def test_on_a_server_runs_are_opened_by_their_ids_only(shell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    data = DataModel()
    data.use_example("forgetting")
    run = RunStore().begin(SettingsModel().to_json(), data.dataset, data.name)
    monkeypatch.setenv("SPICE_NB_HOSTED", "1")
    with pytest.raises(UsageError, match="Runs are not listed where others use this server"):
        shell.run_line_magic("spice_runs", "")
    assert run.id not in completed(shell, "%spice_resume ")
    with pytest.raises(UsageError, match="the id of a run that was kept") as said:
        shell.run_line_magic("spice_resume", "nothing")
    assert run.id not in str(said.value)
    with pytest.raises(UsageError, match="Upload the file"):
        shell.run_line_magic("spice", "mine.csv")
