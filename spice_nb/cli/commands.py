"""The command line, `spice-nb`. What is slow to import is imported by the command that needs it."""

import io
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from spice_nb import __version__
from spice_nb.cli.errors import told_in_one_sentence
from spice_nb.cli.options import ANSWERS, DATA, EQUATIONS, FITTING, option, with_estimator_options
from spice_nb.cli.settings import PRESETS, FitSettings

app = typer.Typer(
    name="spice-nb",
    help="From choices and rewards to the equations people learn by.",
    epilog="Start with: spice-nb demo",
    no_args_is_help=True,
    add_completion=False,
    # An error that is no user's keeps Python's own traceback.
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
@with_estimator_options
def fit(
    data: Annotated[
        list[str] | None,
        typer.Argument(
            help="A file with one row a trial (text, also compressed; Excel, SPSS, Stata, SAS, MATLAB, Parquet, JSON); "
            f"several files, a folder or a .zip of such, stacked; or one of {', '.join(PRESETS)}.",
            show_default=False,
        ),
    ] = None,
    participant: Annotated[
        str | None,
        option(
            DATA,
            "Column that says who; by default names of files, where there is none.",
            FitSettings.participant,
            "COL",
        ),
    ] = None,
    choice: Annotated[
        str | None, option(DATA, "Column of the chosen arm; empty on missed trials.", FitSettings.choice, "COL")
    ] = None,
    reward: Annotated[
        list[str] | None,
        option(
            DATA,
            "Column of its reward. Once for each arm, in order of the sorted arms, where rewards of arms not "
            "chosen are shown too.",
            FitSettings.reward[0],
            "COL",
        ),
    ] = None,
    block: Annotated[
        str | None,
        option(DATA, "Column of blocks, in each of which values start anew; none for none.", "block, if there", "COL"),
    ] = None,
    experiment: Annotated[
        str | None, option(DATA, "Column of experiments; none for none.", "experiment, if there", "COL")
    ] = None,
    input_: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            help="Column of numbers that every mechanism may depend on; repeatable.",
            rich_help_panel=DATA,
            metavar="COL",
            show_default=False,
        ),
    ] = None,
    options: Annotated[
        list[str] | None,
        option(DATA, "Column that says which options were on offer in a trial; repeatable.", "all always", "COL"),
    ] = None,
    sheet: Annotated[
        str | None, option(DATA, "Sheet of a workbook, or variable of a MATLAB file.", "the first table", "NAME")
    ] = None,
    encoding: Annotated[str | None, option(DATA, "Encoding of text.", "recognised", "NAME")] = None,
    file_pattern: Annotated[
        str | None,
        option(DATA, "What names of files say, such as sub-{participant}_task, or a regular expression.", None, "NAME"),
    ] = None,
    where: Annotated[
        list[str] | None,
        option(ANSWERS, "Read only rows for which this holds, such as \"phase == 'main'\"; repeatable.", None, "RULE"),
    ] = None,
    order: Annotated[
        str | None, option(ANSWERS, "Column to sort by within participants and blocks.", "as in the file", "COL")
    ] = None,
    missed: Annotated[
        list[str] | None,
        option(ANSWERS, "Label in the choice column that means that no choice was made; repeatable.", None, "LABEL"),
    ] = None,
    no_missed: Annotated[
        bool, typer.Option("--no-missed", help="Every label is an arm, -1 too.", rich_help_panel=ANSWERS)
    ] = False,
    relabel: Annotated[
        list[str] | None,
        option(
            ANSWERS, "Read a label of a choice or a participant as another: Left=left; repeatable.", None, "OLD=NEW"
        ),
    ] = None,
    reward_words: Annotated[
        list[str] | None,
        option(ANSWERS, "Reward that a word stands for: win=1; repeatable.", None, "WORD=NUMBER"),
    ] = None,
    reward_missing: Annotated[
        list[str] | None,
        option(ANSWERS, "Number that stands for a missing reward, such as -999; repeatable.", None, "NUMBER"),
    ] = None,
    reward_sum: Annotated[
        bool | None,
        option(ANSWERS, "Take the sum of several reward columns, losses subtracted, as the reward."),
    ] = None,
    reward_range: Annotated[
        str | None,
        option(ANSWERS, "Rewards that become 0 and 1, such as 0:100.", "those of the data", "LOW:HIGH"),
    ] = None,
    leave_out: Annotated[
        list[str] | None,
        option(ANSWERS, "Leave out rows that cannot be used because of this column; repeatable.", None, "COL"),
    ] = None,
    leave_out_few: Annotated[
        bool | None, option(ANSWERS, "Leave out participants with fewer than three choices.")
    ] = None,
    leave_out_copies: Annotated[
        bool | None, option(ANSWERS, "Leave out rows that equal an earlier one in all columns.")
    ] = None,
    keep: Annotated[
        list[str] | None,
        option(ANSWERS, "A question about the data that was looked at: all stays as it is; repeatable.", None, "NAME"),
    ] = None,
    holdout: Annotated[
        str | None,
        option(
            DATA,
            "Choices to score and not to learn from: sessions:3,6,9 of each participant, last:0.33 of each session, "
            "or none.",
            FitSettings.holdout,
            "RULE",
        ),
    ] = None,
    out: Annotated[str | None, option(DATA, "Folder for the results.", "spice-results/NAME OF DATA", "DIR")] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            help="YAML or JSON file with these names; what is said on the command line wins.",
            rich_help_panel=DATA,
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        str | None,
        option(
            FITTING,
            "One equation set for everybody: rescorla-wagner, forgetting, learning-rate. Equations of each person's "
            "own: participant-embedding, choice, reward-choice, weinhardt-2024, weinhardt-2025. See `spice-nb models`. "
            "Or a file with a model of your own: my_model.json, or my_module.py:MyRNN, which is run.",
            FitSettings.model,
            "NAME",
        ),
    ] = None,
    participant_equations: Annotated[
        str | None,
        option(EQUATIONS, "Find equations of this participant only; the network is fitted to all.", None, "WHO"),
    ] = None,
    raw: Annotated[
        bool,
        typer.Option("--raw", help="Show equations as found, not in canonical form.", rich_help_panel=EQUATIONS),
    ] = False,
    **estimator_options: Any,
) -> None:
    """Fit a model to choices and find the equations.

    Example: spice-nb fit choices.csv --participant id --choice key --reward points --model choice
    """
    given = {**locals(), "input": input_, **estimator_options}
    for name in ("config", "raw", "input_", "no_missed", "estimator_options"):
        del given[name]
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    given["missed"] = () if no_missed else given["missed"] or None
    with told_in_one_sentence():
        from spice_nb.cli.config import gather_settings
        from spice_nb.cli.fit import run_fit

        run_fit(gather_settings(given, config), Console(), raw)


@app.command()
def discover(
    data: Annotated[
        list[str] | None,
        typer.Argument(help="Choices, as for `spice-nb fit`; or one of its data sets.", show_default=False),
    ] = None,
    participant: Annotated[str | None, option(DATA, "Column that says who.", FitSettings.participant, "COL")] = None,
    choice: Annotated[str | None, option(DATA, "Column of the chosen arm.", FitSettings.choice, "COL")] = None,
    reward: Annotated[
        list[str] | None, option(DATA, "Column of its reward; once for each arm.", FitSettings.reward[0], "COL")
    ] = None,
    block: Annotated[str | None, option(DATA, "Column of blocks; none for none.", "block, if there", "COL")] = None,
    input_: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            help="Column of numbers that mechanisms may be found to depend on; repeatable.",
            rich_help_panel=DATA,
            metavar="COL",
            show_default=False,
        ),
    ] = None,
    holdout: Annotated[
        str | None,
        option(DATA, "Choices that neither search nor fit sees, as for `spice-nb fit`.", FitSettings.holdout, "RULE"),
    ] = None,
    out: Annotated[str | None, option(DATA, "Folder for the results.", "spice-results/NAME OF DATA", "DIR")] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            help="YAML or JSON file of `spice-nb fit`, which says more about the data.",
            rich_help_panel=DATA,
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    budget: Annotated[
        str, typer.Option(help="Time for the search, such as 90s, 10m or 1h; the fit comes on top.", metavar="TIME")
    ] = "10m",
    library: Annotated[
        list[str] | None,
        typer.Option(
            help="A mechanism that may be added; repeatable. All of the library where none is named; see "
            "`spice-nb models`.",
            metavar="NAME",
            show_default=False,
        ),
    ] = None,
    jobs: Annotated[int, typer.Option(help="Models that are fitted side by side.", min=1)] = 1,
) -> None:
    """Find out which mechanisms people have, and fit the model that has them.

    Example: spice-nb discover choices.csv --participant id --choice key --reward points --budget 10m
    """
    given = {
        "data": tuple(data or ()), "participant": participant, "choice": choice, "reward": tuple(reward or ()),
        "block": block, "input": tuple(input_ or ()), "holdout": holdout, "out": out,
    }  # fmt: skip
    with told_in_one_sentence():
        from spice_nb.cli.config import gather_settings
        from spice_nb.cli.discover import run_discover

        run_discover(gather_settings(given, config), Console(), budget, tuple(library or ()) or None, jobs)


@app.command()
def show(
    folder: Annotated[Path, typer.Argument(help="A results folder of `spice-nb fit`.", show_default=False)],
    model: Annotated[
        str | None,
        typer.Option(
            help="my_module.py:MyRNN, where the model has a forward of its own; the file is run.",
            metavar="FILE:CLASS",
            show_default=False,
        ),
    ] = None,
    raw: Annotated[bool, typer.Option("--raw", help="Show equations as found, not in canonical form.")] = False,
) -> None:
    """Show the equations of an earlier fit again."""
    with told_in_one_sentence():
        from spice_nb.cli.show import show_results

        show_results(folder, model, Console(), raw)


@app.command()
def demo(
    out: Annotated[str, typer.Option(help="Folder for the results.", metavar="DIR")] = "spice-results/demo",
    seed: Annotated[int, typer.Option(help="The same seed gives the same result.")] = 0,
    simulated: Annotated[
        bool, typer.Option("--simulated", help="Simulate people, even if real choices can be had.")
    ] = False,
) -> None:
    """See equations come out of real choices, in about a minute.

    The choices are those of zorowitz2023; where they cannot be had, people are simulated.
    """
    with told_in_one_sentence():
        from spice_nb.cli.demo import run_demo

        run_demo(out, seed, simulated, Console())


@app.command()
def models() -> None:
    """Show the models that can be fitted, and the mechanisms that `spice-nb discover` may add."""
    with told_in_one_sentence():
        from spice_nb.cli.lists import library_table, models_table

        Console().print(models_table())
        Console().print(library_table())


@app.command()
def datasets() -> None:
    """Show the public data sets that can be fitted by name."""
    with told_in_one_sentence():
        from spice_nb.cli.lists import datasets_table

        Console().print(datasets_table())


def _show_version(wanted: bool) -> None:
    if wanted:
        Console().print(f"spice-nb {__version__}", highlight=False)
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """From choices and rewards to the equations people learn by."""


def main() -> None:
    """Run the command line."""
    # A name that the terminal cannot show must not end a fit in an error.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    app()
