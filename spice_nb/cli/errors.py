"""How the command line ends when something is wrong: one sentence, and an exit code."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.text import Text

from spice_nb.cli.settings import ANSWERS, COLUMN_OPTIONS, option_name
from spice_nb.estimator_options import ESTIMATOR_OPTIONS

WRONG_INPUT, CANCELLED = 2, 130

_OPTIONS = {
    **{argument: f"--{option}" for argument, option in COLUMN_OPTIONS.items()},
    **{name: f"--{option_name(name)}" for name in ANSWERS},
    "list_test_sessions": "--holdout",
    "split_ratio": "--holdout",
    "spice_participant_id": "--participant-equations",
    **{parameter.name: f"--{parameter.option}" for parameter in ESTIMATOR_OPTIONS.values()},
}


@contextmanager
def told_in_one_sentence() -> Iterator[None]:
    """Turn errors that users can mend, and Ctrl-C, into a sentence on stderr and an exit code.

    Anything else is a defect of ours and keeps its traceback.

    Raises
    ------
    typer.Exit
        With the exit code `WRONG_INPUT` or `CANCELLED`.
    """
    try:
        yield
    except KeyboardInterrupt:
        tell("Cancelled. Nothing was written.", style="yellow")
        raise typer.Exit(CANCELLED) from None
    except Exception as error:
        # Loaded only now: it is slow to import, and a command that goes well may not need it.
        from spice.exceptions import FitCancelled, SpiceError

        if isinstance(error, FitCancelled):
            tell("Cancelled. Nothing was written.", style="yellow")
            raise typer.Exit(CANCELLED) from None
        if not isinstance(error, SpiceError):
            raise
        tell(as_options(str(error)), style="red")
        raise typer.Exit(WRONG_INPUT) from None


def as_options(sentence: str) -> str:
    """An error of the engine in the words of the command line: `df_choice='key'` is `--choice key`.

    Parameters
    ----------
    sentence : str

    Returns
    -------
    str
    """
    for argument, option in _OPTIONS.items():
        sentence = re.sub(rf"\b{argument}=(?:'([^']*)'|(\.\.\.))", rf"{option} \1\2", sentence)
        sentence = sentence.replace(f"{argument}=True", option)
        # Some of the names are everyday words too, and mean the argument only ahead of a colon.
        ahead = "" if argument.startswith("df_") else "(?=:)"
        sentence = re.sub(rf"(?<![\w-]){argument}\b{ahead}", option, sentence)
    return re.sub(r"^file(?=:)", "DATA", sentence)


def tell(sentence: str, style: str) -> None:
    """Say a sentence on stderr.

    Parameters
    ----------
    sentence : str
    style : str
        Of rich, such as "red".
    """
    console = Console(stderr=True)
    # Wrapped for people; in a log file or a pipe one error is one line.
    console.print(Text(sentence, style=style), soft_wrap=not console.is_terminal)
