"""Data sets that are there without a file: simulated people whose truth is known, and published choices."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from spice_nb.models.columns import Columns

SEED = 0
"""Simulated people are always the same ones."""


@dataclass(frozen=True)
class Example:
    """A data set to start with.

    Attributes
    ----------
    key, title, sentence : str
    function : str
        Of `spice.datasets`.
    columns : Columns, optional
        Of a published table; None where people are simulated.
    arguments : dict
        Of the function, where people are simulated.
    model : str
        The precoded model that suits it.
    """

    key: str
    title: str
    sentence: str
    function: str
    model: str
    columns: Columns | None = None
    arguments: tuple[tuple[str, Any], ...] = ()

    @property
    def load(self) -> Callable[..., Any]:
        """The function itself."""
        from spice import datasets

        found: Callable[..., Any] = getattr(datasets, self.function)
        return found

    def simulate(self) -> tuple[Any, pd.DataFrame]:
        """Data set and true parameters of simulated people."""
        found: tuple[Any, pd.DataFrame] = self.load(**dict(self.arguments), random_state=SEED)
        return found

    def python(self) -> str:
        """The lines that load it."""
        head = f"from spice.datasets import {self.function}\n\n"
        if self.columns is None:
            arguments = ", ".join([*(f"{name}={value!r}" for name, value in self.arguments), f"random_state={SEED}"])
            return head + f"dataset, truth = {self.function}({arguments})\n"
        return head + f"table = {self.function}()\n"


_PUBLISHED = Columns(participant="participant", choice="choice", reward=("reward",))

EXAMPLES = {
    example.key: example
    for example in (
        Example(
            "differences", "People who differ", "Simulated: everyone learns and forgets, each at rates of their own.",
            "simulate_individual_differences", "participant-embedding",
            arguments=(("n_participants", 64), ("n_trials", 200)),
        ),
        Example(
            "forgetting", "Forgetting", "Simulated: values of options not chosen fade.",
            "simulate_forgetting", "forgetting", arguments=(("n_participants", 64), ("n_trials", 200)),
        ),
        Example(
            "perseverance", "Perseverance", "Simulated: people also repeat what they chose before.",
            "simulate_choice_perseverance", "choice", arguments=(("n_participants", 64), ("n_trials", 200)),
        ),
        Example(
            "dezfouli2019", "Dezfouli et al. 2019", "101 people, two arms: healthy, depressed and bipolar.",
            "fetch_dezfouli2019", "participant-embedding",
            Columns(participant="participant", choice="choice", reward=("reward",), block="block"),
        ),
        Example(
            "zorowitz2023", "Zorowitz et al. 2023", "406 people online, three arms whose rewards swap.",
            "fetch_zorowitz2023", "participant-embedding", _PUBLISHED,
        ),
    )
}  # fmt: skip
"""By key; the first is what the app opens with."""
