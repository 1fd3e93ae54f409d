"""Data sets that are there without a file: simulated people whose truth is known, and published choices."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from spice.datasets.info import DEZFOULI2019, ZOROWITZ2023, DatasetInfo
from spice_nb.state.columns import Columns

SEED = 0
"""Simulated people are always the same ones."""


@dataclass(frozen=True)
class Example:
    """A data set to start with.

    Attributes
    ----------
    key, title : str
    function : str
        Of `spice.datasets`.
    columns : Columns, optional
        Of a published table; None where people are simulated.
    arguments : dict
        Of the function, where people are simulated.
    """

    key: str
    title: str
    function: str
    columns: Columns | None = None
    arguments: tuple[tuple[str, Any], ...] = ()

    @property
    def load(self) -> Callable[..., Any]:
        """The function that loads or simulates the example."""
        from spice import datasets

        found: Callable[..., Any] = getattr(datasets, self.function)
        return found

    def simulate(self) -> tuple[Any, pd.DataFrame]:
        """Data set and true parameters of simulated people.

        Returns
        -------
        dataset : DatasetRNN
        truth : DataFrame
            A row a participant.
        """
        found: tuple[Any, pd.DataFrame] = self.load(**dict(self.arguments), random_state=SEED)
        return found

    def python(self) -> str:
        """The lines that load it.

        Returns
        -------
        str
        """
        head = f"from spice.datasets import {self.function}\n\n"
        if self.columns is None:
            arguments = ", ".join([*(f"{name}={value!r}" for name, value in self.arguments), f"random_state={SEED}"])
            return head + f"dataset, truth = {self.function}({arguments})\n"
        return head + f"table = {self.function}()\n"


def _published(title: str, info: DatasetInfo) -> Example:
    return Example(info.name, title, f"fetch_{info.name}", Columns().with_arguments(info.columns))


_SIZE = (("n_participants", 64), ("n_trials", 200))

EXAMPLES = {
    example.key: example
    for example in (
        Example("differences", "People who differ", "simulate_individual_differences", arguments=_SIZE),
        Example("forgetting", "Forgetting", "simulate_forgetting", arguments=_SIZE),
        Example("perseverance", "Perseverance", "simulate_choice_perseverance", arguments=_SIZE),
        _published("Dezfouli et al. 2019", DEZFOULI2019),
        _published("Zorowitz et al. 2023", ZOROWITZ2023),
    )
}
"""Examples by their keys; the app opens with the first."""
