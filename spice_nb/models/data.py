"""The data of an analysis: where they come from, what each column is, and what is in them."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from traitlets import HasTraits, Instance, Tuple, Unicode

from spice.exceptions import SpiceError
from spice.resources.rnn_utils import DatasetRNN
from spice.utils.convert_dataset import convert_dataset, read_choices
from spice.utils.read_table import read_table
from spice.utils.table import Table
from spice_nb.models.columns import Columns, Role, guess_columns
from spice_nb.models.data_summary import DataSummary
from spice_nb.models.examples import EXAMPLES, Example
from spice_nb.models.simulation import Simulation

UPLOAD_LIMIT = 9_000_000
"""Bytes that an upload may have: what is larger never arrives, and nobody is told."""
ROWS_NAMED = 5

Source: TypeAlias = Example | Simulation | str | None
"""Where data come from: an example, a simulation, the path of a file; None where they were handed over."""


class DataModel(HasTraits):
    """State of a `DataPanel`.

    Attributes
    ----------
    name : str
        Of the file or example.
    table : Table, optional
        What was read; None for simulated people.
    columns : Columns
    doubtful : frozenset of Role
        Roles that were guessed from little.
    dataset : DatasetRNN, optional
        None until everything needed is there.
    summary : DataSummary, optional
    truth : DataFrame, optional
        Parameters of simulated people.
    problem : str
        What is wrong, and what to do; a data set that was there before a simulation failed stays.
    notes : tuple of str
        What happens to some of the rows.
    """

    name = Unicode()
    table = Instance(Table, allow_none=True)
    columns = Instance(Columns, args=())
    doubtful = Instance(frozenset, args=())
    dataset = Instance(DatasetRNN, allow_none=True)
    summary = Instance(DataSummary, allow_none=True)
    truth = Instance(pd.DataFrame, allow_none=True)
    problem = Unicode("Choose an example, or a file of your own.")
    notes = Tuple()

    def use_example(self, key: str) -> None:
        """Load one of the examples."""
        example = EXAMPLES[key]
        try:
            if example.columns is None:
                self._use(*example.simulate(), example.title, example)
            else:
                frame = example.load()
                self._take(Table(frame, np.arange(len(frame)) + 2), example.title, example.columns, source=example)
        except SpiceError as error:
            self._forget(example.title, str(error))

    def use_dataset(self, dataset: DatasetRNN, truth: pd.DataFrame | None = None, name: str = "data set") -> None:
        """Take a data set as it is, with the true parameters where they are known."""
        self._use(dataset, truth, name, None)

    def simulate(self, simulation: Simulation) -> None:
        """Simulate people; where that cannot be, all stays as it was but `problem`."""
        try:
            self._use(*simulation.run(), "Simulated people", simulation)
        except SpiceError as error:
            self.problem = str(error)

    def read_path(self, path: str) -> None:
        """Read a file on the computer where Python runs."""
        self._read(Path(path).expanduser(), Path(path).name, path)

    def read_upload(self, name: str, content: bytes) -> None:
        """Read a file that came through the browser."""
        if len(content) > UPLOAD_LIMIT:
            self._forget(name, f"{name} has {len(content) / 1e6:.0f} MB; up to {UPLOAD_LIMIT / 1e6:.0f} MB can be "
                               "uploaded. Put it where Python runs, and give its path.")  # fmt: skip
            return
        buffer = io.BytesIO(content)
        buffer.name = name
        self._read(buffer, name, name)

    def _read(self, file: Any, name: str, path: str) -> None:
        try:
            table = read_table(file)
        except SpiceError as error:
            self._forget(name, str(error))
            return
        guess = guess_columns(table.frame)
        self._take(table, name, guess.columns, guess.doubtful, path)

    def _use(self, dataset: DatasetRNN, truth: pd.DataFrame | None, name: str, source: Source) -> None:
        self._source = source
        with self.hold_trait_notifications():
            self.table, self.columns, self.doubtful = None, Columns(), frozenset()
            self.name, self.truth, self.notes, self.problem = name, truth, (), ""
            self.dataset, self.summary = dataset, DataSummary.of(dataset)

    def _take(
        self, table: Table, name: str, columns: Columns, doubtful: frozenset[Role] = frozenset(), source: Source = None
    ) -> None:
        self._source = source
        with self.hold_trait_notifications():
            self.name, self.table, self.truth = name, table, None
            self.columns, self.doubtful = columns, doubtful
        self._convert()

    def _forget(self, name: str, problem: str) -> None:
        self._source = None
        with self.hold_trait_notifications():
            self.name, self.table, self.truth, self.columns = name, None, None, Columns()
            self.dataset, self.summary, self.notes, self.problem = None, None, (), problem

    def choose(self, role: Role, names: tuple[str, ...]) -> None:
        """Read these columns as a role."""
        with self.hold_trait_notifications():
            self.columns = self.columns.with_role(role, names)
            self.doubtful = self.doubtful - {role}
        if self.table is not None:
            self._convert()

    def _convert(self) -> None:
        assert self.table is not None
        dataset, problem = None, self._blocker()
        if not problem:
            try:
                dataset, *_ = convert_dataset(self.table, **self.arguments())
            except SpiceError as error:
                problem = str(error)
        with self.hold_trait_notifications():
            self.dataset, self.problem = dataset, problem
            self.summary = None if dataset is None else DataSummary.of(dataset)
            self.notes = () if dataset is None else self._notes()

    def _blocker(self) -> str:
        if self.columns.taken_twice:
            return f"The column {self.columns.taken_twice!r} has two roles: give one of them another column."
        if self.columns.missing:
            names = " and ".join(role.value for role in self.columns.missing)
            return f"Choose the column of {names}."
        return ""

    def arguments(self) -> dict[str, Any]:
        """Arguments of `convert_dataset`, besides the table."""
        columns = self.columns
        return {
            "df_participant_id": columns.participant,
            "df_choice": columns.choice,
            "df_reward": columns.reward[0] if len(columns.reward) == 1 else list(columns.reward),
            "df_block": columns.block or None,
            "df_experiment_id": columns.experiment or None,
            "additional_inputs": list(columns.inputs) or None,
        }

    def _notes(self) -> tuple[str, ...]:
        assert self.table is not None
        choice, _ = read_choices(self.table, self.columns.choice)
        missed = choice < 0
        if not missed.any():
            return ()
        rows = self.table.rows[missed]
        return (
            f"{rows_named(rows)}: no choice. The trial stays in its session, but nothing is learned from it "
            "and it is not scored.",
        )  # fmt: skip

    def page(self, number: int, size: int = 10) -> tuple[list[int], pd.DataFrame]:
        """Row numbers in the file and rows of a page, counted from 0."""
        if self.table is None:
            return [], pd.DataFrame()
        part = slice(number * size, (number + 1) * size)
        return [int(row) for row in self.table.rows[part]], self.table.frame.iloc[part]

    def python(self) -> str:
        """The lines of a script that make the same data set."""
        source = self._source
        if isinstance(source, str):
            return _conversion(repr(source), self.arguments())
        if source is None:
            return "# dataset: as it was handed to the panel\n"
        return source.python() + (_conversion("table", self.arguments()) if self.table is not None else "")

    _source: Source = None


def rows_named(rows: Sequence[int] | np.ndarray[Any, Any]) -> str:
    """`Row 5`, `Rows 5, 9 and 12`, `Rows 5, 9, 12, 14, 20 and 30 more`."""
    shown = [f"{int(row):,}" for row in rows[:ROWS_NAMED]]
    more = len(rows) - len(shown)
    last = [f"{more:,} more"] if more else [shown.pop()] if len(shown) > 1 else []
    head = ", ".join(shown)
    return f"Row{'s' if len(rows) > 1 else ''} {head}" + (f" and {last[0]}" if last else "")


def _conversion(source: str, arguments: Mapping[str, Any]) -> str:
    lines = "".join(f"    {name}={value!r},\n" for name, value in arguments.items())
    return (
        "from spice.utils.convert_dataset import convert_dataset\n\n"
        f"dataset, sessions, table, truth = convert_dataset(\n    {source},\n{lines})\n"
    )
