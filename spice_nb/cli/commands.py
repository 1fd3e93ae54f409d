"""The command line, `spice-nb`. What is slow to import is imported by the command that needs it."""

import io
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from spice_nb import __version__
from spice_nb.cli.errors import told_in_one_sentence
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

DATA, ANSWERS, FITTING, EQUATIONS, SEARCH = (
    "Data", "Answers to questions about the data", "Network", "Equations", "Search for settings (Optuna)",
)  # fmt: skip


def _option(panel: str, text: str, default: object = None, metavar: str | None = None) -> Any:
    """An option whose value is None where it is not given, so that a config file can speak."""
    if default is not None:
        text = f"{text} Default: {default}."
    return typer.Option(help=text, rich_help_panel=panel, metavar=metavar, show_default=False)


@app.command()
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
        _option(
            DATA,
            "Column that says who; by default names of files, where there is none.",
            FitSettings.participant,
            "COL",
        ),
    ] = None,
    choice: Annotated[
        str | None, _option(DATA, "Column of the chosen arm; empty on missed trials.", FitSettings.choice, "COL")
    ] = None,
    reward: Annotated[
        list[str] | None,
        _option(
            DATA,
            "Column of its reward. Once for each arm, in order of the sorted arms, where rewards of arms not "
            "chosen are shown too.",
            FitSettings.reward[0],
            "COL",
        ),
    ] = None,
    block: Annotated[
        str | None,
        _option(DATA, "Column of blocks, in each of which values start anew; none for none.", "block, if there", "COL"),
    ] = None,
    experiment: Annotated[
        str | None, _option(DATA, "Column of experiments; none for none.", "experiment, if there", "COL")
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
        _option(DATA, "Column that says which options were on offer in a trial; repeatable.", "all always", "COL"),
    ] = None,
    sheet: Annotated[
        str | None, _option(DATA, "Sheet of a workbook, or variable of a MATLAB file.", "the first table", "NAME")
    ] = None,
    encoding: Annotated[str | None, _option(DATA, "Encoding of text.", "recognised", "NAME")] = None,
    file_pattern: Annotated[
        str | None,
        _option(
            DATA, "What names of files say, such as sub-{participant}_task, or a regular expression.", None, "NAME"
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        _option(ANSWERS, "Read only rows for which this holds, such as \"phase == 'main'\"; repeatable.", None, "RULE"),
    ] = None,
    order: Annotated[
        str | None, _option(ANSWERS, "Column to sort by within participants and blocks.", "as in the file", "COL")
    ] = None,
    missed: Annotated[
        list[str] | None,
        _option(ANSWERS, "Label in the choice column that means that no choice was made; repeatable.", None, "LABEL"),
    ] = None,
    no_missed: Annotated[
        bool, typer.Option("--no-missed", help="Every label is an arm, -1 too.", rich_help_panel=ANSWERS)
    ] = False,
    relabel: Annotated[
        list[str] | None,
        _option(
            ANSWERS, "Read a label of a choice or a participant as another: Left=left; repeatable.", None, "OLD=NEW"
        ),
    ] = None,
    reward_words: Annotated[
        list[str] | None,
        _option(ANSWERS, "Reward that a word stands for: win=1; repeatable.", None, "WORD=NUMBER"),
    ] = None,
    reward_missing: Annotated[
        list[str] | None,
        _option(ANSWERS, "Number that stands for a missing reward, such as -999; repeatable.", None, "NUMBER"),
    ] = None,
    reward_sum: Annotated[
        bool | None,
        _option(ANSWERS, "Take the sum of several reward columns, losses subtracted, as the reward."),
    ] = None,
    reward_range: Annotated[
        str | None,
        _option(ANSWERS, "Rewards that become 0 and 1, such as 0:100.", "those of the data", "LOW:HIGH"),
    ] = None,
    leave_out: Annotated[
        list[str] | None,
        _option(ANSWERS, "Leave out rows that cannot be used because of this column; repeatable.", None, "COL"),
    ] = None,
    leave_out_few: Annotated[
        bool | None, _option(ANSWERS, "Leave out participants with fewer than three choices.")
    ] = None,
    leave_out_copies: Annotated[
        bool | None, _option(ANSWERS, "Leave out rows that equal an earlier one in all columns.")
    ] = None,
    keep: Annotated[
        list[str] | None,
        _option(ANSWERS, "A question about the data that was looked at: all stays as it is; repeatable.", None, "NAME"),
    ] = None,
    holdout: Annotated[
        str | None,
        _option(
            DATA,
            "Choices to score and not to learn from: sessions:3,6,9 of each participant, last:0.33 of each session, "
            "or none.",
            FitSettings.holdout,
            "RULE",
        ),
    ] = None,
    out: Annotated[str | None, _option(DATA, "Folder for the results.", "spice-results/NAME OF DATA", "DIR")] = None,
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
        _option(
            FITTING,
            "One equation set for everybody: rescorla-wagner, forgetting, learning-rate. Equations of each person's "
            "own: participant-embedding, choice, reward-choice, weinhardt-2024, weinhardt-2025. See `spice-nb models`.",
            FitSettings.model,
            "NAME",
        ),
    ] = None,
    epochs: Annotated[int | None, _option(FITTING, "Passes over all trials.", FitSettings.epochs)] = None,
    hidden_size: Annotated[
        int | None, _option(FITTING, "Hidden units of each mechanism's network.", FitSettings.hidden_size)
    ] = None,
    learning_rate: Annotated[
        float | None, _option(FITTING, "Step size of the optimizer.", FitSettings.learning_rate)
    ] = None,
    dropout: Annotated[
        float | None, _option(FITTING, "Share of hidden units silenced in training.", FitSettings.dropout)
    ] = None,
    weight_decay: Annotated[
        float | None, _option(FITTING, "Pull of weights to zero.", FitSettings.weight_decay)
    ] = None,
    batch_size: Annotated[
        int | None, _option(FITTING, "Sessions in a mini-batch; -1 for all.", FitSettings.batch_size)
    ] = None,
    n_steps_per_call: Annotated[
        int | None,
        _option(FITTING, "Trials in a truncated window; -1 for whole sessions.", FitSettings.n_steps_per_call),
    ] = None,
    seed: Annotated[int | None, _option(FITTING, "The same seed gives the same result.", FitSettings.seed)] = None,
    degree: Annotated[int | None, _option(EQUATIONS, "Largest degree of a term.", FitSettings.degree)] = None,
    threshold: Annotated[
        float | None, _option(EQUATIONS, "Smaller coefficients are dropped.", FitSettings.threshold)
    ] = None,
    regularization: Annotated[
        float | None, _option(EQUATIONS, "Regularization of the sparse regression.", FitSettings.regularization)
    ] = None,
    optimizer: Annotated[
        str | None, _option(EQUATIONS, "SR3_weighted_l1, SR3_L1 or STLSQ.", FitSettings.optimizer, "NAME")
    ] = None,
    refine: Annotated[
        bool | None,
        typer.Option(
            "--refine/--no-refine",
            help="Whether to refine equations on the choices themselves. Default: refine.",
            rich_help_panel=EQUATIONS,
            show_default=False,
        ),
    ] = None,
    participant_equations: Annotated[
        str | None,
        _option(EQUATIONS, "Find equations of this participant only; the network is fitted to all.", None, "WHO"),
    ] = None,
    n_trials_off_policy: Annotated[
        int | None,
        _option(EQUATIONS, "Made-up trials that equations are searched on.", FitSettings.n_trials_off_policy),
    ] = None,
    raw: Annotated[
        bool,
        typer.Option("--raw", help="Show equations as found, not in canonical form.", rich_help_panel=EQUATIONS),
    ] = False,
    optuna: Annotated[
        bool | None,
        typer.Option(
            "--optuna/--no-optuna",
            help="Search for better settings of people whose equations fall behind the network. Default: no.",
            rich_help_panel=SEARCH,
            show_default=False,
        ),
    ] = None,
    optuna_threshold: Annotated[
        float | None, _option(SEARCH, "By how much, in nats per choice.", FitSettings.optuna_threshold)
    ] = None,
    optuna_trials: Annotated[
        int | None, _option(SEARCH, "Settings tried for each of them.", FitSettings.optuna_trials)
    ] = None,
) -> None:
    """Fit a model to choices and find the equations.

    Example: spice-nb fit choices.csv --participant id --choice key --reward points --model choice
    """
    given = {name: value for name, value in locals().items() if name not in ("config", "raw", "input_", "no_missed")}
    given["input"] = input_
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    given["missed"] = () if no_missed else given["missed"] or None
    with told_in_one_sentence():
        from spice_nb.cli.config import gather_settings
        from spice_nb.cli.fit import run_fit

        run_fit(gather_settings(given, config), Console(), raw)


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
    """Show the models that can be fitted."""
    with told_in_one_sentence():
        from spice_nb.cli.lists import models_table

        Console().print(models_table())


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
