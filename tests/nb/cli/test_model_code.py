"""Models from Python files, which are run for them."""

import sys
from pathlib import Path

import pytest
from nb.cli.own_models import CODE, OWN_FORWARD, code

from spice.exceptions import ConfigError
from spice_nb.cli.model import read_model
from spice_nb.cli.model_code import is_code, read_class, split_code
from spice_nb.cli.settings import FitSettings

WRONG_DECLARATION = CODE.replace('state="x_value"', 'state="x"')


@pytest.mark.parametrize(
    ("model", "text", "said"),
    [
        ("none.py:MyRNN", "", "a Python file, but got"),
        ("my_module.py", CODE, "my_module.py:MyRNN, but got"),
        ("my_module.py:Their", CODE, "one of MyRNN in"),
        ("my_module.py:Elsewhere", CODE, "derived from spice.resources.rnn.BaseRNN, but got a class that is not"),
        ("my_module.py:number", CODE, "BaseRNN, but got no class (number)"),
        ("my_module.py:MyRNN", "a = 1", "a class that is derived from BaseRNN in"),
        ("my_module.py:MyRNN", "import nowhere_to_be_found", "ModuleNotFoundError: No module named 'nowhere"),
        ("my_module.py:MyRNN", "\n\ndef (", "SyntaxError: invalid syntax in line 3 of"),
        ("my_module.py:MyRNN", "\n1 / 0", "ZeroDivisionError: division by zero in line 2 of"),
        ("my_module.py:MyRNN", "exit(3)", "SystemExit: 3 in line 1 of"),
        ("my_module.py:MyRNN", WRONG_DECLARATION, "expected one of ['x_value'], but got 'x'. Add it to init_values."),
        ("my_module.py:MyRNN", CODE.replace('"chosen", inputs', '"chose", inputs'), "applies_to of mechanism"),
        ("my_module.py:MyRNN", CODE.replace("State(0.5, ", "State(0.5, colour=1, "), "unexpected keyword argument"),
        ("my_module.py:MyRNN", CODE.replace("State(0.5, inverse_temperature=\"participant\")", "'?'"), "init_values"),
        ("my_module.py:MyRNN", OWN_FORWARD + "\ndel CONFIG", "but got no mechanisms and no SpiceConfig. Write"),
        ("my_module.py:MyRNN", OWN_FORWARD + "\nOTHER = SpiceConfig(**CONFIG.to_dict())", "2 SpiceConfig. Write"),
    ],
)  # fmt: skip
def test_what_is_no_model_says_so(tmp_path: Path, model: str, text: str, said: str) -> None:
    if text:
        (tmp_path / model.split(":")[0]).write_text(text)
    with pytest.raises(ConfigError) as raised:
        read_model(FitSettings.of({"data": ("choices.csv",), "model": str(tmp_path / model)}))
    assert said in str(raised.value)


def test_what_stands_beside_a_python_file_can_be_imported(tmp_path: Path) -> None:
    code(tmp_path, "START = 0.25", "my_starts.py")
    path = code(tmp_path, CODE.replace("State(0.5", "State(START") + "\n", "my_other_module.py")
    path.write_text("from my_starts import START\n" + path.read_text())
    found = read_model(FitSettings.of({"model": f"{path}:MyRNN"}))
    assert found.rnn_class.declared_states()["x_value"].initial == 0.25
    assert found.is_data


@pytest.mark.parametrize(
    ("said", "expected"), [("m.py", True), ("m.py:MyRNN", True), ("m.json", False), ("forgetting", False)]
)
def test_python_files_are_told_from_other_models(said: str, expected: bool) -> None:
    assert is_code(said) is expected


def test_a_file_and_its_class_are_taken_apart() -> None:
    assert split_code("a:b/my_module.py:MyRNN") == (Path("a:b/my_module.py"), "MyRNN")
    for said in ("my_module.py", "my_module.py:", "my_module.py:1st", "my_module.txt:MyRNN"):
        with pytest.raises(ConfigError, match=r"--model: .*Name the class"):
            split_code(said)


def test_only_a_forward_of_its_own_comes_with_a_config(tmp_path: Path) -> None:
    declared, config = read_class(code(tmp_path, name="declared.py"), "MyRNN")
    assert [mechanism.name for mechanism in declared.mechanisms] == ["x_value_chosen"]
    assert config is None
    own, config = read_class(code(tmp_path, OWN_FORWARD, "own.py"), "MyRNN")
    assert config is not None
    assert tuple(config.rnn_modules) == ("x_value_reward_chosen",)
    assert not own.mechanisms


def test_the_path_is_as_it_was(tmp_path: Path) -> None:
    before = list(sys.path)
    read_class(code(tmp_path, name="path_one.py"), "MyRNN")
    with pytest.raises(ConfigError):
        read_class(code(tmp_path, "1 / 0", "path_two.py"), "MyRNN")
    assert sys.path == before
