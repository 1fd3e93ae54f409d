"""The data of an analysis: where they come from, what each column is, and what is in them."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
import pandas as pd
from traitlets import Instance, Tuple, Unicode, default

from spice.data.table.convert import convert_table
from spice.data.table.table import Table
from spice.exceptions import SpiceError
from spice.resources.rnn_utils import DatasetRNN
from spice_nb.hosting import Hosting
from spice_nb.state.checks import Check, question_checks, same_option_check, table_checks
from spice_nb.state.columns import Columns, Role
from spice_nb.state.data_summary import DataSummary
from spice_nb.state.examples import EXAMPLES
from spice_nb.state.file_reading import ChosenFiles, FileReading, OpenPoints, open_after, read_files
from spice_nb.state.simulation import Simulation
from spice_nb.state.table_reading import TableReading


class Scripted(Protocol):
    """What can be written as a script: an example, a simulation, a run."""

    def python(self) -> str:
        """The lines that make its data set (for an example, its table).

        Returns
        -------
        str
        """


Source: TypeAlias = Scripted | str | list[str] | None
"""Where data come from; strings are paths of files, None where they were handed over."""


class DataModel(TableReading):
    """State of a `DataPanel`; see `TableReading` for how its table is read.

    Attributes
    ----------
    name : str
        Of the file or example.
    dataset : DatasetRNN, optional
        None until everything needed is there.
    summary : DataSummary, optional
    truth : DataFrame, optional
        Parameters of simulated people.
    checks : tuple of Check
        What is wrong, and what to do; what happens to some of the rows. A data set that was there before a
        simulation failed stays.
    hosting : Hosting
        What may be read, and how much of it.
    """

    name = Unicode()
    dataset = Instance(DatasetRNN, allow_none=True)
    summary = Instance(DataSummary, allow_none=True)
    truth = Instance(pd.DataFrame, allow_none=True)
    checks = Tuple((Check("Choose an example, or a file of your own."),))
    hosting = Instance(Hosting)

    @default("hosting")
    def _hosting(self) -> Hosting:
        return Hosting.from_environment()

    @property
    def problem(self) -> str:
        """All that is wrong; empty where nothing is."""
        return " ".join(check.sentence for check in self.checks if check.is_problem)

    @property
    def notes(self) -> tuple[str, ...]:
        """What happens to some of the rows."""
        return tuple(check.sentence for check in self.checks if not check.is_problem)

    @property
    def headline(self) -> str:
        """What is in the data, or what to do about rows that cannot be used; empty where a problem says it all."""
        if self.summary is not None:
            return " ".join(filter(None, (f"{self.summary.sentence}.", self.reminder)))
        if any(check.offer for check in self.checks):
            return "some rows cannot be used. Leave them out here, or correct the table and choose it again."
        return ""

    @property
    def reminder(self) -> str:
        """How many questions about the table are open; empty where none is."""
        n = sum(check.is_open for check in self.checks)
        return (
            ""
            if n == 0
            else "1 question about the data is open."
            if n == 1
            else f"{n} questions about the data are open."
        )

    @property
    def blocker(self) -> str:
        """What is still needed before anything can be fitted; empty where nothing is."""
        if self.dataset is not None:
            return ""
        if self.table is None:
            return "Choose a data set first."
        return "Some of the data cannot be used yet: see step 1."

    def use_example(self, key: str) -> None:
        """Load one of the examples.

        Parameters
        ----------
        key : str
            One of `EXAMPLES`.
        """
        example = EXAMPLES[key]
        try:
            if example.columns is None:
                self._use(*example.simulate(), example.title, example)
            else:
                frame = example.load()
                self._take(Table(frame, np.arange(len(frame)) + 2), example.title, example.columns, source=example)
        except SpiceError as error:
            self._forget(example.title, str(error))

    def use_dataset(
        self, dataset: DatasetRNN, truth: pd.DataFrame | None = None, name: str = "data set", source: Source = None
    ) -> None:
        """Take a data set as it is.

        Parameters
        ----------
        dataset : DatasetRNN
        truth : DataFrame, optional
            True parameters of simulated people, a row each.
        name : str
            What the panel calls it.
        source : path, list of paths, or what can be written as a script, optional
        """
        self._use(dataset, truth, name, source)

    def simulate(self, simulation: Simulation) -> None:
        """Simulate people; where that cannot be, all stays as it was but `problem`.

        Parameters
        ----------
        simulation : Simulation
        """
        too_many = self.hosting.refusal(simulation.people, simulation.people * simulation.trials)
        if too_many:
            self.checks = (Check(too_many), *(check for check in self.checks if not check.is_problem))
            return
        try:
            self._use(*simulation.run(), "Simulated people", simulation)
        except SpiceError as error:
            self.checks = (Check(str(error)), *(check for check in self.checks if not check.is_problem))

    def read_path(self, path: str) -> None:
        """Read a file on the computer where Python runs.

        Parameters
        ----------
        path : str
        """
        # Asked each time: what may be read can have changed when it is read again.
        self._read(ChosenFiles(Path(path).name or path, path, lambda: self.hosting.path(path)))

    def read_upload(self, name: str, content: bytes) -> None:
        """Read a file that came through the browser.

        Parameters
        ----------
        name : str
        content : bytes
        """
        self.read_uploads([(name, content)])

    def read_uploads(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Read files that came through the browser.

        Parameters
        ----------
        files : sequence of (name, content)
        """
        names = [name for name, _ in files]
        if len(files) == 1:
            self._read(ChosenFiles(names[0], names[0], lambda: _buffers(files)[0]))
        else:
            self._read(ChosenFiles(f"{len(files)} files", names, lambda: _buffers(files)))

    def read_as(self, **said: str) -> None:
        """Read the same files in another way.

        Parameters
        ----------
        **said : str
            Fields of `FileReading`.
        """
        if self._files is not None:
            self._read(self._files, replace(self.reading, **said), self.open_points)

    def _read(self, files: ChosenFiles, reading: FileReading | None = None, before: OpenPoints | None = None) -> None:
        reading = reading or FileReading()
        try:
            found = read_files(files, reading, self.hosting.read_limits)
        except SpiceError as error:
            self._forget(files.name, str(error))
            self._keep_open(files, reading, open_after(error, reading, before or OpenPoints()))
            return
        table, path = found.table, files.path
        if isinstance(path, list):
            # Without those that were left out.
            path = [one for _, one in table.files] or path
        self._take(table, files.name, found.guess.columns, found.guess.doubtful, path, found.reading)
        self._keep_open(files, found.reading, found.open_points)

    def _keep_open(self, files: ChosenFiles, reading: FileReading, points: OpenPoints) -> None:
        # An upload is large: it stays only where there is something to say about how it is read.
        self._files = files if points != OpenPoints() else None
        with self.hold_trait_notifications():
            self.reading, self.open_points = reading, points

    def _use(self, dataset: DatasetRNN, truth: pd.DataFrame | None, name: str, source: Source) -> None:
        self._source, self._files = source, None
        with self.hold_trait_notifications():
            self.table, self.columns, self.doubtful = None, Columns(), frozenset()
            self.name, self.truth = name, truth
            self._forget_answers()
            self._fill(dataset, ())

    def _take(
        self,
        table: Table,
        name: str,
        columns: Columns,
        doubtful: frozenset[Role] = frozenset(),
        source: Source = None,
        reading: FileReading | None = None,
    ) -> None:
        self._source, self._files = source, None
        with self.hold_trait_notifications():
            self.name, self.table, self.truth = name, table, None
            self._forget_answers()
            self.columns, self.doubtful, self.reading = columns, doubtful, reading or FileReading()
        self._convert()

    def _forget(self, name: str, problem: str) -> None:
        self._source = self._files = None
        with self.hold_trait_notifications():
            self.name, self.table, self.truth, self.columns = name, None, None, Columns()
            self.dataset, self.summary, self.checks = None, None, (Check(problem),)
            self._forget_answers()

    def _convert(self) -> None:
        assert self.table is not None
        dataset, problem = None, self._blocker()
        checks = [Check(problem)] if problem else []
        if not problem:
            try:
                dataset, *_ = convert_table(self.table, self._trial_columns(), self.leave_out, self.answers)
            except SpiceError as error:
                problem = str(error)
            checks = question_checks(self.table, self._columns_to_ask_about(), self.answers, self.answered)
            checks += table_checks(self.table, self._trial_columns(), self.leave_out, self.answers, dataset is not None)
            if problem and not any(check.is_problem for check in checks):
                checks.append(Check(problem))
        with self.hold_trait_notifications():
            self._fill(dataset, [*checks, *(Check(note, is_problem=False) for note in self.table.notes)])

    def _fill(self, dataset: DatasetRNN | None, checks: Iterable[Check]) -> None:
        self.summary = None if dataset is None else DataSummary.of(dataset)
        if self.summary is not None:
            too_large = self.hosting.refusal(self.summary.people, self.summary.choices + self.summary.missed)
            if too_large:
                dataset, self.summary, checks = None, None, (Check(too_large),)
        self.dataset = dataset
        same = 0 if self.summary is None else self.summary.same_option
        self.checks = (*checks, *([same_option_check(same)] if same else []))

    def _blocker(self) -> str:
        if self.columns.taken_twice:
            return f"The column {self.columns.taken_twice!r} has two roles: give one of them another column."
        if self.columns.missing:
            names = " and ".join(role.value for role in self.columns.missing)
            return f"Choose the column of {names}."
        return ""

    def page(self, number: int, size: int = 10) -> tuple[list[int], pd.DataFrame]:
        """A page of the table.

        Parameters
        ----------
        number, size : int
            Which page, from 0, and rows of a page.

        Returns
        -------
        rows : list of int
            Numbers of the rows in the file.
        frame : DataFrame
        """
        if self.table is None:
            return [], pd.DataFrame()
        part = slice(number * size, (number + 1) * size)
        return [self.table.row_in_file(int(row)) for row in self.table.rows[part]], self.table.frame.iloc[part]

    def python(self) -> str:
        """The lines of a script that make the same data set.

        Returns
        -------
        str
        """
        source = self._source
        if isinstance(source, (str, list)):
            return _conversion(repr(source), self.arguments())
        if source is None:
            return "# dataset: as it was handed to the panel\n"
        return source.python() + (_conversion("table", self.arguments()) if self.table is not None else "")

    _source: Source = None
    _files: ChosenFiles | None = None


def _buffers(files: Sequence[tuple[str, bytes]]) -> list[io.BytesIO]:
    buffers = []
    for name, content in files:
        buffers.append(io.BytesIO(content))
        buffers[-1].name = name
    return buffers


def _conversion(source: str, arguments: Mapping[str, Any]) -> str:
    lines = "".join(f"    {name}={value!r},\n" for name, value in arguments.items())
    return (
        "from spice.utils.convert_dataset import convert_dataset\n\n"
        f"dataset, sessions, table, truth = convert_dataset(\n    {source},\n{lines})\n"
    )
