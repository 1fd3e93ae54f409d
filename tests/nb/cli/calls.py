"""Calls of the command line, and what they left behind."""

from pathlib import Path
from typing import Any

import pandas as pd
from typer.testing import CliRunner, Result

from spice_nb.cli.commands import app

QUICK = ("--epochs", "2", "--n-trials-off-policy", "100")


COLUMNS = ("--participant", "who", "--choice", "key", "--reward", "points")


def run(*arguments: str | Path, width: int = 100) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": str(width)})


def everything_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def numbers(folder: Path) -> tuple[Any, Any]:
    equations, likelihood = (pd.read_csv(folder / f"{name}.csv") for name in ("equations", "likelihood"))
    return equations["coefficient"].to_numpy(), likelihood["nll_per_choice"].to_numpy()
