"""A model from a Python file, which is run for it."""

import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType

from spice.declaration.mechanisms import check_declaration
from spice.exceptions import ConfigError, SpiceError
from spice.model.base import BaseRNN
from spice.model.config import SpiceConfig

SUFFIX = ".py"


def is_code(said: str) -> bool:
    """Whether `--model` names a Python file, with or without a class in it.

    Parameters
    ----------
    said : str

    Returns
    -------
    bool
    """
    return Path(said.rpartition(":")[0] or said).suffix == SUFFIX


def split_code(said: str) -> tuple[Path, str]:
    """`my_module.py:MyRNN` as the file and the name of the class.

    Parameters
    ----------
    said : str

    Returns
    -------
    file : Path
    name : str

    Raises
    ------
    ConfigError
        No class is named.
    """
    file, sign, name = said.rpartition(":")
    if not (sign and name.isidentifier() and file.endswith(SUFFIX)):
        raise ConfigError(
            "--model", "a file and the class in it, such as my_module.py:MyRNN", repr(said), "Name the class."
        )
    return Path(file), name


def read_class(path: Path, name: str) -> tuple[type[BaseRNN], SpiceConfig | None]:
    """Run a Python file and take a model from it.

    Parameters
    ----------
    path : Path
    name : str
        Of the class.

    Returns
    -------
    (type of BaseRNN, SpiceConfig or None)
        A model that declares no mechanisms comes with the only `SpiceConfig` of the file.

    Raises
    ------
    ConfigError
        No file, code that fails, no such class, one that is no model, or one whose declaration is wrong.
    """
    if not path.is_file():
        raise ConfigError("--model", "a Python file", f"{path}, which is none", "Check the path.")
    module = _run(path)
    found = getattr(module, name, None)
    if found is None:
        models = [key for key, value in vars(module).items() if _is_own_model(value, module)]
        there = f"one of {', '.join(models)}" if models else "a class that is derived from BaseRNN"
        raise ConfigError("--model", f"{there} in {path}", repr(name), "Correct the name, or write the class.")
    if not (isinstance(found, type) and issubclass(found, BaseRNN)):
        got = f"a class that is not ({name})" if isinstance(found, type) else f"no class ({name})"
        raise ConfigError("--model", "a class derived from spice.resources.rnn.BaseRNN", got, "Derive it from BaseRNN.")
    try:
        check_declaration(found.declared_states(), found.mechanisms, found.additional_inputs)
        if found.mechanisms:
            SpiceConfig.from_model(found)
    except SpiceError as error:
        raise _in_file(path, error) from error
    except (TypeError, ValueError, AttributeError) as error:
        expected = "init_values with a number or a State each, and a tuple of Mechanism"
        raise ConfigError(f"{name} in {path}", expected, f"another form ({error})", "Correct the class.") from error
    return found, None if found.mechanisms else _only_config(module, path, name)


def _run(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Where classes are looked up by their module, and what stands beside the file can be imported, as in a script.
    sys.modules.setdefault(path.stem, module)
    sys.path.insert(0, str(path.resolve().parent))
    try:
        spec.loader.exec_module(module)
    except SpiceError as error:
        raise _in_file(path, error) from error
    except (Exception, SystemExit) as error:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
        where = "" if line is None else f" in line {line}"
        said = error.msg if isinstance(error, SyntaxError) else error
        raise ConfigError(
            "--model", "Python code that runs", f"{type(error).__name__}: {said}{where} of {path}", "Correct the file."
        ) from error
    finally:
        sys.path.remove(str(path.resolve().parent))
    return module


def _in_file(path: Path, error: SpiceError) -> ConfigError:
    return ConfigError(f"--model {path}, {error.argument}", error.expected, error.got, error.remedy)


def _is_own_model(value: object, module: ModuleType) -> bool:
    return isinstance(value, type) and issubclass(value, BaseRNN) and value.__module__ == module.__name__


def _only_config(module: ModuleType, path: Path, name: str) -> SpiceConfig:
    configs = [value for value in vars(module).values() if isinstance(value, SpiceConfig)]
    if len(configs) != 1:
        raise ConfigError(
            f"{name} in {path}", "mechanisms, or a forward of its own and one SpiceConfig beside it in the file",
            f"no mechanisms and {len(configs) or 'no'} SpiceConfig", "Write CONFIG = SpiceConfig(...) in the file.",
        )  # fmt: skip
    return configs[0]
