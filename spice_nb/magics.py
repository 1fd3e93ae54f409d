"""The app in one line of a notebook: `%spice` and its companions."""

import argparse
import builtins
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from spice.documents import bundle, document
from spice.exceptions import SpiceError
from spice.model.registry import register_model, registered_models
from spice_nb.app import SpiceApp, resume
from spice_nb.run_store import RunStore, SavedRun
from spice_nb.state.columns import Role
from spice_nb.state.model_choice import OWN
from spice_nb.state.model_text import read_model

_ROLES = {"input" if role is Role.INPUTS else role.value: role for role in Role}
"""Roles of columns by the option that names them."""


class Runs(list[SavedRun]):
    """Runs that show themselves as a table."""

    def __repr__(self) -> str:
        return "\n".join(f"{run.id}  {run.title}" for run in self) or "No runs yet."

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        facts = {run.id: run.title for run in self}
        return bundle(document("run", "Runs, the newest first", facts=facts), repr(self))


@magics_class
class SpiceMagics(Magics):
    """`%spice`, `%%spice_model`, `%spice_runs`, `%spice_resume`.

    Parameters
    ----------
    shell : InteractiveShell
        Where they are made known by `register`.
    """

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self._shell = shell

    def register(self) -> None:
        """Make them known to the shell, with what Tab completes behind them."""
        self._shell.register_magics(self)
        self._shell.set_hook("complete_command", lambda *_: self._run_ids(), str_key="%spice_resume")
        self._shell.set_hook("complete_command", lambda _, event: self._completions(event.line), str_key="%spice")

    @magic_arguments()
    @argument("path", nargs="?", help="A table with one row a trial; without it the app opens with an example.")
    @argument("--model", help="A model of the list, or one that %%%%spice_model has made.")
    @argument("--participant", help="The column that says who chose.")
    @argument("--choice", help="The column of choices.")
    @argument("--reward", nargs="+", help="The column of rewards, or one for each option.")
    @argument("--block", help="The column of blocks.")
    @argument("--experiment", help="The column of experiments.")
    @argument("--options", nargs="+", help="The columns that say which options were on offer.")
    @argument("--input", nargs="+", help="Further columns that a model may use.")
    @line_magic
    def spice(self, line: str) -> SpiceApp:
        """Open the app, on data where a path is given."""
        given = self.spice.parser.parse_args(_words(line))
        columns = [f"--{option}" for option in _ROLES if getattr(given, option) is not None]
        if columns and given.path is None:
            raise UsageError(f"{columns[0]} names a column of a table: write the path of the table first.")
        with _in_one_sentence():
            app = SpiceApp()
            if given.model is not None:
                _choose(app, given.model)
            if given.path is not None:
                app.data.model.read_path(given.path)
                if app.data.model.table is None:
                    raise UsageError(app.data.model.problem)
                _choose_columns(app, given)
            return app

    @cell_magic
    def spice_model(self, line: str, cell: str) -> None:
        """Read a model: `%%spice_model NAME` above its states and mechanisms as YAML or JSON.

        A state is its name with what differs from the defaults of `spice.resources.mechanisms.State`, a mechanism
        as in `Mechanism`; `inputs` lists additional inputs, `per_person: true` gives people equations of their own.
        What the builder saves is read too. The model is then a class in the notebook, and known to `%spice --model`.

            %%spice_model Habit
            states:
              x_value: {initial: 0.5, inverse_temperature: participant}
            mechanisms:
              - {name: x_value_chosen, state: x_value, applies_to: chosen, inputs: [c_reward]}
            per_person: true
        """
        name = line.strip()
        precoded = {model.name for model in registered_models() if model.is_precoded}
        if name in precoded or name == OWN or hasattr(builtins, name):
            raise UsageError(f"{name!r} is the name of something else: choose another name.")
        with _in_one_sentence():
            model = read_model(name, cell)
        rnn_class = model.rnn_class()
        register_model(model.name, rnn_class)
        self._shell.user_ns[model.name] = rnn_class
        names = ", ".join(m.name for m in model.mechanisms)
        print(f"{model.name}: {names}")  # noqa: T201  (a magic answers on the page)

    @line_magic
    def spice_runs(self, line: str) -> Runs:
        """List the runs that the app has kept, the newest first: `%spice_runs`, or `%spice_runs FOLDER`."""
        store = RunStore(line.strip() or None)
        if store.hosting.is_hosted:
            raise UsageError("Runs are not listed where others use this server: %spice_resume opens one by its id.")
        if line.strip() and not store.folder.is_dir():
            raise UsageError(f"There is no folder {line.strip()}.")
        return Runs(store.runs())

    @line_magic
    def spice_resume(self, line: str) -> SpiceApp:
        """Open the app at a run: `%spice_resume ID`."""
        run_id = line.strip()
        store = RunStore()
        if not store.hosting.is_hosted and run_id not in self._run_ids():
            raise UsageError(f"There is no run {run_id!r}; %spice_runs lists those there are.")
        with _in_one_sentence():
            # Said here, ahead of an app that nobody asked for.
            store.open(run_id)
        return resume(run_id)

    def _run_ids(self) -> list[str]:
        return [run.id for run in RunStore().runs()]

    def _completions(self, line: str) -> list[str]:
        """What may follow in a line of `%spice`; Tab comes behind a space or in a word."""
        before = line.split() if line.endswith(" ") else line.split()[:-1]
        if not before:
            # In the name of the magic itself, of which there are others.
            return []
        return _names() if before[-1] == "--model" else _OPTIONS


def _names() -> list[str]:
    """Models that the app can take."""
    return [model.name for model in registered_models() if model.is_declared]


def _choose(app: SpiceApp, name: str) -> None:
    if name not in _names():
        raise UsageError(f"There is no model {name!r}; there are {', '.join(_names())}.")
    app.settings.model.choose(name)


def _words(line: str) -> list[str]:
    """The words of a line; quotes hold together what has spaces, and on Windows a backslash is no more than that."""
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    lexer.escape = "" if os.name == "nt" else "\\"
    try:
        return list(lexer)
    except ValueError as error:
        raise UsageError("A quote in this line has no end.") from error


_OPTIONS = ["--model", *(f"--{name}" for name in _ROLES)]


def _choose_columns(app: SpiceApp, given: argparse.Namespace) -> None:
    data = app.data.model
    assert data.table is not None
    for option, role in _ROLES.items():
        columns = getattr(given, option)
        if columns is None:
            continue
        names = tuple(columns) if isinstance(columns, list) else (columns,)
        unknown = [name for name in names if name not in data.table.frame.columns]
        if unknown:
            there = ", ".join(map(str, data.table.frame.columns))
            raise UsageError(f"--{option}: the table has no column {unknown[0]!r}; it has {there}.")
        data.choose(role, names)


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    """Errors of ours are said in one sentence, without a traceback."""
    try:
        yield
    except SpiceError as error:
        raise UsageError(str(error)) from error
