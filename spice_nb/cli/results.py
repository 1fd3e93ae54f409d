"""The results folder: checked before a fit, filled after it, all of it or nothing."""

import json
import math
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from spice.data.layout import is_padding, participants_of
from spice.diagnostics import Diagnostic
from spice.equations.equations import POPULATION, SpiceEquations
from spice.estimator import SpiceEstimator
from spice.exceptions import OutputError
from spice.figures.estimator import plain_settings
from spice.files.container import check_writable, write_whole
from spice_nb.cli.data import Choices
from spice_nb.cli.model import Model, as_settings_file
from spice_nb.cli.model_code import split_code
from spice_nb.cli.scores import Scores
from spice_nb.cli.settings import FitSettings, relative_to
from spice_nb.state.declaration import Declaration
from spice_nb.state.model_choice import OWN

if TYPE_CHECKING:
    import pandas as pd

TABLE, TEX, PICTURE = "equations.csv", "equations.tex", "session.png"
NETWORK, EQUATIONS = "network.spice", "equations.spice"
PREVALENCES, RATES, DIAGNOSTICS = "prevalences.csv", "derived.csv", "diagnostics.json"
LIKELIHOOD, CONFIG, DOCUMENT = "likelihood.csv", "config.yaml", "equations.spice.json"
MODEL = "own_model.json"
"""Only where the model came from a file."""
FILES = (
    TABLE, PREVALENCES, RATES, DIAGNOSTICS, TEX, PICTURE, NETWORK, EQUATIONS, LIKELIHOOD, CONFIG, DOCUMENT,
)  # fmt: skip


def check_folder(folder: Path) -> None:
    """Check that results can be written, now rather than after a long fit; creates nothing.

    Parameters
    ----------
    folder : Path
        Where results will go.

    Raises
    ------
    OutputError
        It cannot be made or written to, or is a file.
    """
    try:
        existing = next(p for p in (folder, *folder.resolve().parents) if p.exists() or p.is_symlink())
        if not existing.is_dir():
            raise NotADirectoryError(f"{existing} is a file")
        for name in FILES if existing == folder else (".spice-nb",):
            check_writable(existing / name)
    except OSError as error:
        raise _not_writable(folder, error) from error


def write_results(
    settings: FitSettings, model: Model, estimator: SpiceEstimator, choices: Choices, scores: Scores
) -> None:
    """Write every file of the results folder.

    They are prepared in a folder inside it and moved into place together, so that an error or Ctrl-C leaves the
    results of an earlier fit as they were.

    Parameters
    ----------
    settings : FitSettings
        Of the fit; the files go to its `folder`.
    model : Model
    estimator : SpiceEstimator
        Fitted.
    choices : Choices
    scores : Scores

    Raises
    ------
    OutputError
        The folder or a file in it cannot be written.
    """
    folder = settings.folder
    equations = estimator.equations_

    def prepare(stage: Path) -> None:
        write_whole(stage / TABLE, to_table(equations).to_csv(index=False).encode())
        write_whole(stage / PREVALENCES, equations.canonical().prevalences().to_csv(index=False).encode())
        write_whole(stage / RATES, to_rates(equations).to_csv(index=False).encode())
        write_whole(stage / DIAGNOSTICS, to_json(estimator.diagnostics_).encode())
        write_whole(stage / TEX, to_tex(equations, choices.name).encode())
        write_whole(stage / DOCUMENT, _document(estimator))
        write_whole(stage / LIKELIHOOD, scores.to_frame().to_csv(index=False).encode())
        estimator.save_spice(stage / NETWORK, stage / EQUATIONS)
        _draw(estimator, choices, stage / PICTURE)
        if model.is_from_file and model.is_data:
            write_whole(stage / MODEL, as_settings_file(model, settings))
        write_whole(stage / CONFIG, _config(folder, settings, model))

    _fill(folder, prepare)


def _config(folder: Path, settings: FitSettings, model: Model) -> bytes:
    """The config file, whole where it can be: a model that is data is in it."""
    if not model.is_from_file:
        return settings.to_yaml(folder).encode()
    if model.is_data:
        own = Declaration.of(model.rnn_class, model.rnn_class.__name__)
        return replace(settings, own=own).to_yaml(folder, OWN).encode()
    file, name = split_code(settings.model)
    return settings.to_yaml(folder, f"{relative_to(folder, str(file))}:{name}").encode()


def _document(estimator: SpiceEstimator) -> bytes:
    return json.dumps(estimator.equations_.canonical().to_document(config=plain_settings(estimator))).encode()


def to_table(equations: SpiceEquations) -> "pd.DataFrame":
    """Tidy table of `SpiceEquations.to_frame`, in raw and, for those who have one, canonical form (column `form`).

    Parameters
    ----------
    equations : SpiceEquations
        As found.

    Returns
    -------
    DataFrame
    """
    import pandas as pd

    without = {-1 if p == POPULATION else p for p in equations.without_canonical_form()}
    canonical = equations.canonical().to_frame()
    frames = {"raw": equations.to_frame(), "canonical": canonical[~canonical["participant"].isin(without)]}
    return pd.concat([frame.assign(form=form) for form, frame in frames.items()], ignore_index=True)


def to_rates(equations: SpiceEquations) -> "pd.DataFrame":
    """Table of `SpiceEquations.derived`, of those who have a canonical form to read numbers off.

    Parameters
    ----------
    equations : SpiceEquations

    Returns
    -------
    DataFrame
    """
    without = {-1 if p == POPULATION else p for p in equations.without_canonical_form()}
    frame = equations.derived()
    return frame[~frame["participant"].isin(without)]


def to_json(diagnostics: Sequence[Diagnostic]) -> str:
    """Diagnostics as JSON, in words and in numbers; null where a number is not finite.

    Parameters
    ----------
    diagnostics : sequence of Diagnostic

    Returns
    -------
    str
    """
    found = [
        asdict(one) | {"numbers": {name: v if math.isfinite(v) else None for name, v in one.numbers.items()}}
        for one in diagnostics
    ]
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def to_tex(equations: SpiceEquations, name: str) -> str:
    """A small LaTeX document with the canonical equations of every participant.

    Parameters
    ----------
    equations : SpiceEquations
        As found.
    name : str
        Of the data, for the heading.

    Returns
    -------
    str
    """
    without, equations = equations.without_canonical_form(), equations.canonical()
    people: list[tuple[int | str, str]] = [*zip(equations.participants, equations.labels, strict=True)]
    if equations.is_shared:
        sections = [(people[0][0], f"All {len(people)} participants")]
    else:
        sections = [(p, f"Participant {label}") for p, label in people]
        sections.append((POPULATION, "Population (people never seen)"))
    lines = [
        r"\documentclass{article}",
        r"\usepackage[T1]{fontenc}",
        r"\usepackage[utf8]{inputenc}",
        r"\usepackage{amsmath}",
        r"\begin{document}",
        rf"\section*{{Equations of {_escape(name)}}}",
        r"Values are in canonical form: $0$ is where an arm ends that is never rewarded, $1$ where one ends that",
        r"always is. A prime marks the next trial, a zero the start of a session.",
    ]
    for participant, title in sections:
        betas = [
            rf"\beta_{{{_symbol(state)}}} &= {beta:.2f}"
            for state, beta in equations.inverse_temperatures(participant).items()
            if state not in equations.absent_states(participant)
        ]
        body = equations.latex(participant).removeprefix("\\begin{aligned}\n").removesuffix("\n\\end{aligned}")
        lines += ["", rf"\paragraph{{{_escape(title)}}}"]
        if participant in without:
            lines += ["(no canonical form: values in a scale of their own)"]
        lines += [r"\begin{align*}"]
        lines += [" \\\\\n".join([body, *betas]), r"\end{align*}"]
    return "\n".join([*lines, r"\end{document}", ""])


def _symbol(state: str) -> str:
    from spice.equations.notation import SYMBOLS

    return SYMBOLS.get(state, ("", rf"\mathrm{{{_escape(state)}}}"))[1]


def _escape(text: str) -> str:
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return re.sub(r"[\\~^&%$#_{}]", lambda m: special.get(m[0], "\\" + m[0]), text)


def _draw(estimator: SpiceEstimator, choices: Choices, path: Path) -> None:
    # matplotlib takes a second to import, and only here it is needed.
    from spice.figures.session_figure import plot_session

    covered = estimator.spice_agent.covers(participants_of(choices.whole.xs)[:, 0].nan_to_num(-1).long().numpy())
    first = choices.whole.xs[int(covered.argmax())]
    agents = {"rnn": estimator.rnn_agent, "spice": estimator.spice_agent}
    plot_session(agents, first[~is_padding(first)], save=path)


def _fill(folder: Path, prepare: Callable[[Path], None]) -> None:
    made = [p for p in (folder, *folder.parents) if not p.exists()]
    stage: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(dir=folder, prefix=".spice-nb-"))
        prepare(stage)
        # The config last: where it is, everything is.
        for name in (MODEL, *FILES):
            if name != MODEL or (stage / MODEL).exists():
                (stage / name).replace(folder / name)
    except OSError as error:
        raise _not_writable(folder, error) from error
    finally:
        if stage is not None:
            shutil.rmtree(stage, ignore_errors=True)
        for path in made:
            # Only folders that we made and left empty go.
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()


def _not_writable(folder: Path, error: OSError) -> OutputError:
    # An OutputError of the engine names a file of ours; its cause says what is the matter.
    reason = error.__cause__ if isinstance(error, OutputError) else error
    return OutputError("--out", "a folder that can be written", f"{folder} ({reason})", "Choose another.")
