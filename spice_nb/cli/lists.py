"""What `spice-nb models` and `spice-nb datasets` show."""

import inspect

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from spice.datasets import list_datasets
from spice.datasets.info import FOLDER_VARIABLE
from spice.declaration.mechanisms import CHOSEN, NOT_CHOSEN
from spice.mechanism_search import LIBRARY
from spice.model.base import BaseRNN
from spice.model.registry import registered_models
from spice_nb.cli.tables import calm_table, titled


def models_table() -> RenderableType:
    """Every registered model: what it does, its states and mechanisms, and whose equations it gives.

    Returns
    -------
    RenderableType
    """
    table = calm_table()
    table.add_column("model", no_wrap=True)
    table.add_column("what it does", ratio=1)
    table.add_column("states: mechanisms", no_wrap=True)
    for found in registered_models():
        name, model = found.name, found.rnn_class
        first_line = (inspect.getdoc(model) or "").partition("\n")[0]
        whose = "equations per person" if model.context_size else "shared equations"
        title = Text.assemble((name, "bold"), "\n", (whose, "dim"))
        table.add_row(title, first_line.replace("`", ""), _mechanisms(model), end_section=True)
    hint = (
        "A model of your own: spice-nb fit choices.csv --model my_model.json, as the app saves it (Model, Save "
        "settings), or --model my_module.py:MyRNN, a class in a Python file, which is run."
    )
    return titled("Models", table, Padding(hint, (1, 0)))


def library_table() -> RenderableType:
    """Every mechanism that a search may add: what it is, what it builds on, and where it comes from.

    Returns
    -------
    RenderableType
    """
    table = calm_table()
    table.add_column("mechanism", style="bold", no_wrap=True)
    table.add_column("what a person does who has it", ratio=1)
    for entry in LIBRARY.values():
        builds_on = f" Builds on {' and '.join(entry.builds_on)}." if entry.builds_on else ""
        needs = f" Needs {entry.needs}." if entry.needs else ""
        told = Text.assemble(entry.sentence, (f"{builds_on}{needs} {entry.source}.", "dim"))
        table.add_row(entry.name, told, end_section=True)
    hint = (
        "Which of them people have: spice-nb discover choices.csv --budget 10m\n"
        "With --input COL, learning, forgetting and repetition may depend on a column of the data."
    )
    return titled("Library of mechanisms", table, Padding(hint, (1, 0)))


def datasets_table() -> RenderableType:
    """Every public data set, and where it is.

    Returns
    -------
    RenderableType
    """
    table = calm_table()
    table.add_column("name", style="bold", no_wrap=True)
    for heading in ("people", "choices", "arms"):
        table.add_column(heading, justify="right")
    table.add_column("licence", no_wrap=True)
    table.add_column("on this computer")
    details = Table.grid(padding=(0, 2, 0, 0))
    details.add_column(style="bold", no_wrap=True)
    details.add_column(overflow="fold")
    for info in list_datasets():
        here = "yes" if info.available else "fetched on first use"
        table.add_row(info.name, f"{info.people:,}", f"{info.choices:,}", f"{info.arms}", info.licence, here)
        details.add_row(info.name, info.citation)
        details.add_row("", Text(str(info.place) if info.available else info.url, style="dim"))
    hint = (
        "Fit one by name: spice-nb fit zorowitz2023 --model choice. On a computer without a network, put each file "
        f"into DIR/NAME/ and set the environment variable {FOLDER_VARIABLE}=DIR."
    )
    return titled("Data sets", table, details, Padding(hint, (1, 0)))


def _mechanisms(model: type[BaseRNN]) -> str:
    """`x_value_reward: chosen, not chosen`, a line a state."""
    arms: dict[str, list[str]] = {state: [] for state in model.init_values}
    words = {CHOSEN: "chosen", NOT_CHOSEN: "not chosen"}
    for mechanism in model.mechanisms:
        given = "" if mechanism.is_learned else " (given)"
        arms[mechanism.state].append(words.get(mechanism.applies_to, mechanism.applies_to) + given)
    return "\n".join(f"{state}\n  {', '.join(found)}" for state, found in arms.items())
