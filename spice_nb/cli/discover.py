"""`spice-nb discover`: which mechanisms people have, then a fit of the model that has them."""

import json
import re
from dataclasses import replace
from pathlib import Path

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from spice.exceptions import ConfigError
from spice.mechanism_search import LIBRARY, Discovery, discover_model
from spice.mechanism_search.search import SearchProgress
from spice_nb.cli.data import Choices, read_choices
from spice_nb.cli.errors import tell
from spice_nb.cli.fit import run_fit
from spice_nb.cli.results import check_folder
from spice_nb.cli.settings import FitSettings
from spice_nb.cli.tables import calm_table, titled

LONGEST_WORD = max(len(word) for name in LIBRARY for word in name.split())
UNITS = {"s": 1, "m": 60, "h": 3600}
SEARCH, MODEL, LADDER, RESULT = "search", "discovered_model.py", "ladder.csv", "discovery.json"
"""What is written into the folder of results, beside what a fit writes."""
ENDS = {
    "nothing adds more": "in the end nothing added more",
    "time is up": "time was up, and this is the best so far",
    "stopped": "the search was stopped, and this is the best so far",
}


def run_discover(
    settings: FitSettings, console: Console, budget: str, library: tuple[str, ...] | None, n_jobs: int
) -> Discovery:
    """Search, write, show, and fit what was found.

    Parameters
    ----------
    settings : FitSettings
        Of the data and the fit; its model does not count.
    console : Console
    budget : str
        Such as "90s", "10m" or "1h".
    library : tuple of str, optional
        Names of mechanisms; all where none are given.
    n_jobs : int

    Returns
    -------
    Discovery

    Raises
    ------
    SpiceError
        As for a fit, and where time or room on the disk is too short.
    """
    seconds = read_budget(budget)
    check_folder(settings.folder)
    choices = read_choices(settings, lambda note: tell(f"Please check: {note}", style="yellow"))
    found = _search(settings, choices, seconds, library, n_jobs)
    folder = Path(settings.folder)
    folder.joinpath(MODEL).write_text(found.candidate.code(), encoding="utf-8")
    found.ladder().to_csv(folder / LADDER, index=False)
    folder.joinpath(RESULT).write_text(json.dumps(as_document(found), indent=2), encoding="utf-8")
    console.print(ladder_table(found))
    for sentence in told(found):
        console.print(sentence)
    fitted = replace(
        settings,
        model=f"{folder / MODEL}:DiscoveredRNN",
        estimator_options={
            **settings.estimator_options, "spice_library_polynomial_degree": found.candidate.degree,
        },
    )  # fmt: skip
    run_fit(fitted, console)
    return found


def read_budget(text: str) -> float:
    """Seconds of a time.

    Parameters
    ----------
    text : str
        A number with s, m or h.

    Returns
    -------
    float

    Raises
    ------
    ConfigError
        Anything else.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh])", text.strip())
    if match is None or float(match[1]) == 0:
        raise ConfigError("--budget", "a time such as 90s, 10m or 1h", repr(text), "Give a number and s, m or h.")
    return float(match[1]) * UNITS[match[2]]


def _search(
    settings: FitSettings, choices: Choices, seconds: float, library: tuple[str, ...] | None, n_jobs: int
) -> Discovery:
    columns = (
        TextColumn("[bold]Searching mechanisms"), BarColumn(bar_width=16, complete_style="cyan"),
        TextColumn("{task.fields[count]:>14}"), TimeElapsedColumn(), TextColumn("[dim]{task.fields[note]}"),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("", total=seconds, count="", note="")

        def draw(now: SearchProgress) -> None:
            best = "" if now.best is None else f"best {now.nll:.4f} nats; "
            note = best + (", ".join(now.candidate.names[1:]) or now.candidate.names[0])
            progress.update(
                bar, completed=min(now.seconds, seconds), count=f"{now.n_done}/{now.n_planned} fits", note=note
            )

        return discover_model(
            choices.training, library=library, budget=seconds, folder=Path(settings.folder) / SEARCH, n_jobs=n_jobs,
            on_progress=draw,
        )  # fmt: skip


def ladder_table(found: Discovery) -> RenderableType:
    """What each mechanism adds on choices held out.

    Parameters
    ----------
    found : Discovery

    Returns
    -------
    RenderableType
    """
    table = calm_table()
    table.add_column("", min_width=LONGEST_WORD)
    for name in ("gain, nats a choice", "95 % interval", "better for"):
        table.add_column(name, justify="right")
    table.add_column("or about as well")
    table.add_row(found.candidate.names[0], "", "", "", "")
    for row in found.ladder().to_dict("records"):
        sign, style = ("+", "") if row["kept"] else ("\N{MINUS SIGN}", "dim")
        table.add_row(
            f"{sign} {row['mechanism']}", f"{row['gain']:.4f}", f"{row['low']:.4f} to {row['high']:.4f}",
            f"{row['people']} of {row['n_people']} people", str(row["ties"]), style=style,
        )  # fmt: skip
    return titled("Mechanisms found, by choices held out in turn", table)


def told(found: Discovery) -> list[str]:
    """How the search went, in sentences.

    Parameters
    ----------
    found : Discovery

    Returns
    -------
    list of str
    """
    kept = ", ".join(found.candidate.names)
    return [
        f"{found.n_models} models were tried; {ENDS[found.ended]}.",
        f"Found: {kept}. {found.nll:.4f} nats a choice where held out in turn; chance is {found.chance:.4f}.",
        *found.notes,
    ]  # fmt: skip


def as_document(found: Discovery) -> dict[str, object]:
    """The result as JSON can hold it.

    Parameters
    ----------
    found : Discovery

    Returns
    -------
    dict
    """
    return {
        "format": "spice-discovery", "version": 1, "mechanisms": list(found.candidate.names),
        "inputs": list(found.candidate.inputs), "nll": found.nll,
        "chance": found.chance, "models tried": found.n_models, "ended": found.ended, "notes": list(found.notes),
        "degree": found.candidate.degree,
    }  # fmt: skip
