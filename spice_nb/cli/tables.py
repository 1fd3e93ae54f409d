"""Tables that a fit ends with."""

import shlex
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from spice.diagnostics import Diagnostic, doubts, notes
from spice.equations.coefficients import Coefficients
from spice.equations.equations import POPULATION, SpiceEquations
from spice.estimator import SpiceEstimator
from spice_nb.cli.data import Choices
from spice_nb.cli.results import TABLE
from spice_nb.cli.scores import EQUATIONS, Scores
from spice_nb.cli.settings import FitSettings
from spice_nb.state.certainty import as_interval, as_probability
from spice_nb.state.effects import effects
from spice_nb.state.presence import present

MOST_LINES = 24
"""Participants in a table on the terminal; all are in the file."""

LONGEST_LABEL = 14


def calm_table() -> Table:
    """A table with a rule under its head and nothing else drawn."""
    return Table(
        box=box.SIMPLE_HEAD,
        header_style="dim",
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )


def titled(title: str, *parts: RenderableType) -> RenderableType:
    """A title on a line of its own, which the width of the table does not break."""
    return Padding(Group(Text(title, style="bold"), *parts), (1, 0, 0, 0))


def heading(settings: FitSettings, choices: Choices) -> RenderableType:
    """What is about to be fitted, in three lines."""
    data = choices.whole
    people, sessions = len(choices.labels), len(data)
    grid = Table.grid(padding=(0, 3, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column()
    sizes = ["1 person" if people == 1 else f"{people:,} people"]
    sizes += [f"{sessions:,} sessions"] if sessions != people else []
    sizes += [f"{choices.n_choices:,} choices", f"{data.n_actions} arms"]
    sizes += [f"{choices.n_missed:,} trials missed"] if choices.n_missed else []
    grid.add_row("data", f"{choices.name}: {', '.join(sizes)}")
    for note in choices.notes:
        grid.add_row("note", escape(note))
    if data.reward_range != (0.0, 1.0):
        low, high = data.reward_range
        grid.add_row("rewards", f"from {low:g} to {high:g}, which are r = 0 and r = 1 in the equations")
    grid.add_row("model", settings.model + (f" with {', '.join(settings.input)}" if settings.input else ""))
    grid.add_row("held out", choices.holdout.describe())
    return Padding(grid, (1, 0, 1, 0))


def equations_table(estimator: SpiceEstimator, console: Console, raw: bool) -> RenderableType:
    """Equations, inverse temperatures and learning rates of a dozen participants and the population."""
    found = estimator.equations_
    equations = found if raw else found.canonical()
    rates = equations.learning_rates()
    # A learning rate that is itself a state has neither of the two.
    read_out = {name for name, state in estimator.rnn_agent.model.states.items() if state.readout}
    title = "Equations" + (", as they were found" if raw else ", in canonical form")
    table = calm_table()
    table.padding = (0, 1, 0, 0)
    table.add_column("participant", no_wrap=True)
    table.add_column("arm", no_wrap=True)
    table.add_column("value on the next trial", overflow="fold")
    table.add_column("how\nsure", justify="right", no_wrap=True)
    table.add_column("inverse\ntemp.", justify="right", no_wrap=True)
    table.add_column("learning\nrate", justify="right", no_wrap=True)
    odd = set() if raw else {found.row(p) for p in found.without_canonical_form()}
    shown, sure = _shown(equations), _sureness(equations.coefficients)
    for participant, name in shown:
        temperatures = equations.inverse_temperatures(participant)
        row = equations.row(participant)
        label = _shorten(name) + ("*" if row in odd else "")
        mechanisms = [mechanism for mechanism, _ in equations.shown_mechanisms(participant)]
        lines = equations.text(participant).splitlines()
        for mechanism, line in zip(mechanisms, lines, strict=False):
            arm, _, rule = line.rpartition(": ")
            beta = temperatures.pop(mechanism.state, None) if mechanism.state in read_out else None
            rate = rates.get(mechanism.name, {}) if mechanism.state in read_out else {}
            own_rate = rate.get(equations.participants[0] if participant == POPULATION else int(participant))
            table.add_row(
                Text(label, style="bold"),
                Text(arm, style="dim"),
                typeset(rule, console),
                sure[row].get(mechanism.name, ""),
                typeset(_number(beta), console),
                "" if participant == POPULATION else typeset(_number(own_rate), console),
            )
            label = ""
        absent = equations.absent_states(participant)
        rest = zip_longest(lines[len(mechanisms) :], (sure[row].get(state, "") for state in absent))
        for line, probability in rest:
            where, _, values = line.rpartition(": ")
            table.add_row(Text(label, style="bold"), Text(where, style="dim"), typeset(values, console), probability)
            label = ""
        if (participant, name) != shown[-1]:
            table.add_section()
    unusual = any(equations.unusual_starts(participant) for participant, _ in shown)
    any_odd = any(equations.row(participant) in odd for participant, _ in shown)
    below = [Text(note, style="dim") for note in _notes(equations, any_odd, unusual)]
    return titled(title, table, *below)


def found_tables(estimator: SpiceEstimator, console: Console, raw: bool) -> list[RenderableType]:
    """What was found: equations, how many people have what, and rates of all."""
    equations = estimator.equations_
    others = prevalence_table(equations), rates_table(equations)
    return [equations_table(estimator, console, raw), *(table for table in others if table is not None)]


def prevalence_table(equations: SpiceEquations) -> RenderableType | None:
    """How many people have what; nothing where nobody has asked, or all share one equation set."""
    found = effects(equations.canonical())
    if not found:
        return None
    table = calm_table()
    table.add_column("")
    table.add_column("people", justify="right")
    table.add_column("95 % interval", justify="right")
    for effect in found:
        low, high = (f"{100 * share:.0f}" for share in (effect.low, effect.high))
        table.add_row(effect.words, f"{100 * effect.prevalence:.0f} %", f"{low} to {high} %")
    return titled("Who has what", table, Text(f"Who of them: in {TABLE}, by the column probability.", style="dim"))


def rates_table(equations: SpiceEquations) -> RenderableType | None:
    """What is read off the population's equations, with intervals; nothing where they have none to read."""
    if POPULATION in equations.without_canonical_form():
        return None
    frame = equations.derived()
    # What most people lack has no usual value.
    frame = frame[(frame.participant == -1) & frame.estimate.notna() & ~(frame.probability <= 0.5)]
    if frame.empty:
        return None
    table = calm_table()
    table.add_column("")
    table.add_column("estimate", justify="right")
    table.add_column("95 % interval", justify="right")
    several = frame.quantity.duplicated().any()
    for row in frame.to_dict("records"):
        name = f"{row['quantity']} ({row['mechanism']})" if several else row["quantity"]
        table.add_row(name, f"{row['estimate']:.2f}", as_interval(row["low"], row["high"]))
    whose = "everyone" if equations.is_shared else "the population"
    return titled(f"Rates of {whose}", table)


def likelihood_table(scores: Scores) -> RenderableType:
    """Chance, network, equations and references on training and held-out choices."""
    table = calm_table()
    table.add_column("")
    table.add_column("training", justify="right")
    if scores.n_held_out:
        table.add_column("held out", justify="right")
    for score in scores.rows:
        values = [score.training, score.held_out] if scores.n_held_out else [score.training]
        style = "bold" if score.name == EQUATIONS else "dim" if score.is_reference else ""
        name = score.name + (" (reference)" if score.is_reference else "")
        table.add_row(name, *("" if v is None else f"{v:.4f}" for v in values), style=style)
    table.add_section()
    counts = [scores.n_training, scores.n_held_out] if scores.n_held_out else [scores.n_training]
    table.add_row("choices scored", *(f"{n:,}" for n in counts), style="dim")
    return titled("Negative log-likelihood per choice in nats; smaller is better", table)


def diagnostics_told(diagnostics: Sequence[Diagnostic]) -> list[RenderableType]:
    """How a result came about and, below and louder, what speaks against believing it."""
    found = [notes_on(notes(diagnostics))] if notes(diagnostics) else []
    return [*found, doubts_about(doubts(diagnostics))] if doubts(diagnostics) else found


def notes_on(diagnostics: Sequence[Diagnostic]) -> RenderableType:
    """How a result came about, and what it can tell."""
    return titled("How the result came about", *(Text(f"• {diagnostic}", style="dim") for diagnostic in diagnostics))


def doubts_about(diagnostics: Sequence[Diagnostic]) -> RenderableType:
    """What speaks against believing the result."""
    lines = [
        Text.assemble("• ", (diagnostic.sentence, "bold red"), f" {diagnostic.remedy}") for diagnostic in diagnostics
    ]
    return titled("Do not believe this result yet", *lines)


def farewell(folder: Path) -> RenderableType:
    """Say where everything is, and how to do it again."""
    place = folder.as_posix()
    config = shlex.quote(f"{place}/config.yaml")
    text = Text.assemble(
        ("Written to ", "dim"), (f"{place}/", "bold"), "\n",
        ("Repeat with ", "dim"), f"spice-nb fit --config {config}",
    )  # fmt: skip
    return Padding(text, (0, 0, 1, 0))


def typeset(text: str, console: Console) -> Text:
    """Arrows and minus signs as they should be, where the terminal can show them."""
    if "utf" in console.encoding.lower():
        text = text.replace("<-", "←").replace("-", "\N{MINUS SIGN}")
    return Text(text)


def _sureness(coefficients: Coefficients) -> list[dict[str, str]]:
    """Of each row, in words: how probable is what is said of a mechanism or a state, that it does something or nothing.

    In the population's row, how many people have it.
    """
    found: list[dict[str, str]] = [{} for _ in range(coefficients.n_rows)]
    if coefficients.probability is not None:
        there, probability = present(coefficients), coefficients.probability
        sure = np.where(there, probability, 1 - probability)
        for k, (kind, name, term) in enumerate(coefficients.parameters):
            if kind == "betas" or term == name:
                for of_row, one in zip(found, sure[:, k], strict=True):
                    of_row[name] = as_probability(one)
                if len(found) > 1 and np.isfinite(probability[-1, k]):
                    found[-1][name] = f"{100 * probability[-1, k]:.0f} %"
    return found


def _most_shown(equations: SpiceEquations) -> int:
    """How many people fit on a screen."""
    return max(MOST_LINES // (1 + len(equations.coefficients.mechanisms)), 3)


def _shown(equations: SpiceEquations) -> list[tuple[int | str, str]]:
    people = [*zip(equations.participants, equations.labels, strict=True)]
    if equations.is_shared:
        return [(people[0][0], "everyone")]
    most = _most_shown(equations)
    if len(people) > most:
        people = [people[k] for k in np.linspace(0, len(people) - 1, most).round().astype(int)]
    shown: list[tuple[int | str, str]] = [*people]
    # With one participant's equations only, the population's are a copy of them.
    return [*shown, (POPULATION, POPULATION)] if len(equations) > 1 else shown


def _notes(equations: SpiceEquations, any_odd: bool, unusual: bool) -> list[str]:
    notes = []
    n = len(equations)
    if equations.is_shared and n > 1:
        notes.append(f"One equation set for all {n:,} people.")
    elif n > _most_shown(equations):
        notes.append(f"{_most_shown(equations)} of {n:,} people shown, all in {TABLE}.")
    if equations.coefficients.probability is not None:
        note = "How sure: the probability that a person has a mechanism or, where the line says so, lacks it"
        notes.append(note + ("." if equations.is_shared or n == 1 else "; below, how many people have it."))
    if any_odd:
        notes.append("* Shown as found: without fixed points there is no canonical form.")
    if unusual:
        notes.append(
            "A start outside 0 to 1 is a value that no reward could lead to: it stands for something that the model "
            "has no mechanism for, such as repeating choices. Do not read the learning rate beside it by itself."
        )
    return notes


def _shorten(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else name[: LONGEST_LABEL - 3] + "..."


def _number(value: float | None) -> str:
    return "" if value is None or np.isnan(value) else f"{value:.2f}"
