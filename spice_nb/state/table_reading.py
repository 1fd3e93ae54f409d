"""How a table is read: the column of each role, rows that are left out, and questions that were answered."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

import pandas as pd
from traitlets import HasTraits, Instance, Tuple, Unicode

from spice.data.table.answers import Answers, label_text
from spice.data.table.choices import read_choices
from spice.data.table.doubts import Answer, Doubt
from spice.data.table.leave_out import LeaveOut
from spice.data.table.table import Table
from spice.data.table.trial_columns import DEFAULT_BLOCK, TrialColumns
from spice.exceptions import DataError
from spice_nb.state.checks import Check
from spice_nb.state.columns import Columns, Role
from spice_nb.state.file_reading import FileReading, OpenPoints
from spice_nb.state.questions import Answered, combined


class TableReading(HasTraits):
    """All that decides how a table becomes a data set; whatever changes, it is converted again.

    Attributes
    ----------
    table : Table, optional
        What was read; None for simulated people.
    columns : Columns
    doubtful : frozenset of Role
        Roles that were guessed from little.
    leave_out : LeaveOut
        Rows that are left out.
    answered : tuple of Answered
        Questions about the table that were answered.
    filters : tuple of str
        Conditions; rows for which one does not hold are not read.
    order : str
        Column to sort by; empty where nobody chose one.
    missed : tuple of str, optional
        Labels that mean that no choice was made; None where nobody chose any.
    reading : FileReading
        How its files were read.
    open_points : OpenPoints
        What else could be said about that.
    """

    table = Instance(Table, allow_none=True)
    columns = Instance(Columns, args=())
    doubtful = Instance(frozenset, args=())
    leave_out = Instance(LeaveOut, args=())
    answered = Tuple()
    filters = Tuple()
    order = Unicode()
    missed = Instance(tuple, allow_none=True)
    reading = Instance(FileReading, args=())
    open_points = Instance(OpenPoints, args=())

    def _convert(self) -> None:
        raise NotImplementedError

    def choose(self, role: Role, names: tuple[str, ...]) -> None:
        """Read these columns as a role.

        Parameters
        ----------
        role : Role
        names : tuple of str
            Columns; empty for none.
        """
        with self.hold_trait_notifications():
            self.answered = tuple(a for a in self.answered if not a.concerns(role, self.columns))
            self.columns = self.columns.with_role(role, names)
            self.missed = None if role is Role.CHOICE else self.missed
            self._no_block = not names if role is Role.BLOCK else self._no_block
            self.leave_out = self.leave_out.among(self.columns)
            self.doubtful = self.doubtful - {role}
        if self.table is not None:
            self._convert()

    def take_offer(self, check: Check, taken: bool) -> None:
        """Leave out what a check offers to leave out, or put it back.

        Parameters
        ----------
        check : Check
            One that has an offer.
        taken : bool
            Whether to leave it out.
        """
        if check.few:
            self.leave_out = replace(self.leave_out, few=taken)
        else:
            columns = set(self.leave_out.columns) - {check.column} | ({check.column} if taken else set())
            self.leave_out = replace(self.leave_out, columns=tuple(sorted(columns)))
        self._convert()

    def answer(self, doubt: Doubt, answer: Answer) -> None:
        """Settle a doubt.

        Parameters
        ----------
        doubt : Doubt
        answer : Answer
            One of the doubt's, or that all stays as it is.
        """
        with self.hold_trait_notifications():
            self.answered = (*self.answered, Answered(doubt, answer, self.columns))
            self.columns = self.columns.with_arguments(answer.arguments)
            self.leave_out = self.leave_out.among(self.columns)
            self._no_block = self._no_block or ("df_block" in answer.arguments and not self.columns.block)
        self._convert()

    def take_back(self, doubt: Doubt) -> None:
        """Open a doubt again.

        Parameters
        ----------
        doubt : Doubt
            One that was answered; the columns that the answer chose become what they were.
        """
        with self.hold_trait_notifications():
            for answered in self.answered:
                if answered.doubt == doubt:
                    for role in answered.roles:
                        self.columns = self.columns.with_role(role, answered.before.of(role))
                        self._no_block = self._no_block and role is not Role.BLOCK
            self.answered = tuple(answered for answered in self.answered if answered.doubt != doubt)
            self.leave_out = self.leave_out.among(self.columns)
        self._convert()

    def filter_rows(self, conditions: Iterable[str]) -> None:
        """Read only rows for which all of these hold.

        Parameters
        ----------
        conditions : iterable of str
            As `condition_of` gives them; none for all rows.
        """
        self.filters = tuple(dict.fromkeys(conditions))
        if self.table is not None:
            self._convert()

    def sort_by(self, column: str) -> None:
        """Sort by a column; by none where it is empty.

        Parameters
        ----------
        column : str
        """
        with self.hold_trait_notifications():
            self.answered = tuple(a for a in self.answered if a.doubt.code != "order")
            self.order = column
        if self.table is not None:
            self._convert()

    def choose_missed(self, labels: tuple[str, ...]) -> None:
        """Read these labels, and no others, as no choice.

        Parameters
        ----------
        labels : tuple of str
            As in `choice_labels`.
        """
        with self.hold_trait_notifications():
            self.answered = tuple(a for a in self.answered if a.doubt.code != "missed")
            self.missed = labels
        if self.table is not None:
            self._convert()

    @property
    def choice_labels(self) -> dict[str, bool]:
        """Labels in the column of choices, as text, and whether each is read as no choice."""
        if self.table is None or not self.columns.choice:
            return {}
        try:
            column = self.table.column("df_choice", self.columns.choice)
            choice, _ = read_choices(self.table, self._trial_columns(), self.answers)
        except DataError:
            return {}
        texts = column.map(label_text, na_action="ignore")
        is_missed = pd.Series(choice < 0).groupby(texts.to_numpy()).all()
        return {str(text): bool(missed) for text, missed in is_missed.items() if text != ""}

    @property
    def sorted_by(self) -> str:
        """The column that rows are sorted by, or nothing."""
        return self.answers.order or ""

    @property
    def answers(self) -> Answers:
        """All that was answered."""
        chosen: dict[str, Any] = {"where": list(self.filters)}
        if self.order:
            chosen["order"] = self.order
        if self.missed is not None:
            chosen["missed"] = list(self.missed)
        return combined([chosen, *(answered.answer.arguments for answered in self.answered)])

    def arguments(self) -> dict[str, Any]:
        """Arguments of `convert_dataset`, besides the table.

        Returns
        -------
        dict of str to object
        """
        left_out = {"leave_out": list(self.leave_out.columns), "leave_out_few": self.leave_out.few}
        left_out = {name: value for name, value in left_out.items() if value}
        return asdict(self._trial_columns()) | self.reading.arguments() | left_out | self.answers.arguments()

    def _trial_columns(self) -> TrialColumns:
        columns = self.columns
        return TrialColumns(
            df_participant_id=columns.participant,
            df_choice=columns.choice,
            df_reward=columns.reward[0] if len(columns.reward) == 1 else list(columns.reward),
            df_block=columns.block or None,
            df_experiment_id=columns.experiment or None,
            additional_inputs=list(columns.inputs) or None,
            df_options=list(columns.options) or None,
        )

    def _columns_to_ask_about(self) -> TrialColumns:
        """The columns as chosen, with the usual column of blocks where nobody said that there is none."""
        columns = self._trial_columns()
        asked = columns.df_block is None and not self._no_block
        assert self.table is not None
        return replace(columns, df_block=DEFAULT_BLOCK) if asked and DEFAULT_BLOCK not in self.table.frame else columns

    def _forget_answers(self) -> None:
        self.leave_out, self.answered, self.filters, self._no_block = LeaveOut(), (), (), False
        self.order, self.missed = "", None
        self.reading, self.open_points = FileReading(), OpenPoints()

    _no_block = False
    """Whether somebody said that there is none."""
