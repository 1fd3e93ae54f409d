"""`spice-nb fit`: from choices to equations on the terminal and in a folder."""

import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread

from rich.console import Console

from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError, FitWarning
from spice.progress import FitControl
from spice_nb.cli import tables
from spice_nb.cli.data import Choices, read_choices
from spice_nb.cli.errors import tell
from spice_nb.cli.model import Model, read_model
from spice_nb.cli.progress import FitProgress
from spice_nb.cli.results import check_folder, write_results
from spice_nb.cli.scores import score_fit
from spice_nb.cli.settings import FitSettings


def run_fit(settings: FitSettings, console: Console, raw: bool = False) -> tuple[SpiceEstimator, Choices]:
    """Read, fit, score, write, show.

    Parameters
    ----------
    settings : FitSettings
    console : Console
        Where the tables go; progress goes to the standard error.
    raw : bool
        Whether equations are shown as they were found, not in canonical form.

    Returns
    -------
    estimator : SpiceEstimator
        Fitted.
    choices : Choices

    Raises
    ------
    SpiceError
        Before or during the fit; then no file was written.
    """
    check_folder(settings.folder)
    model = read_model(settings)
    for note in model.notes:
        tell(f"Please check: {note}", style="yellow")
    choices = read_choices(settings, lambda note: tell(f"Please check: {note}", style="yellow"))
    estimator = make_estimator(settings, model, choices)
    console.print(tables.heading(settings, choices))
    with (
        FitProgress(Console(stderr=True)) as progress,
        cancelled_by_ctrl_c(estimator.control),
        warnings.catch_warnings(),
    ):
        estimator.set_callbacks(progress)
        # What it warns of is said below the tables.
        warnings.simplefilter("ignore", FitWarning)
        estimator.fit(choices.training)
    scores = score_fit(estimator, choices, settings.holdout)
    write_results(settings, model, estimator, choices, scores)
    for found in tables.found_tables(estimator, console, raw):
        console.print(found)
    console.print(tables.likelihood_table(scores))
    for told in tables.diagnostics_told(estimator.diagnostics_):
        console.print(told)
    console.print(tables.farewell(settings.folder))
    return estimator, choices


@contextmanager
def cancelled_by_ctrl_c(control: FitControl) -> Iterator[None]:
    """Let Ctrl-C cancel a fit even where its exception is swallowed, as in a callback of the compiler.

    Parameters
    ----------
    control : FitControl
        Of the estimator that is fitted.
    """
    if current_thread() is not main_thread():  # only that may handle signals
        yield
        return

    def cancel(*_: object) -> None:
        control.cancel()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, cancel)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def make_estimator(settings: FitSettings, model: Model, choices: Choices) -> SpiceEstimator:
    """The estimator that settings describe, for this data.

    Parameters
    ----------
    settings : FitSettings
    model : Model
    choices : Choices

    Returns
    -------
    SpiceEstimator
        Not fitted yet.

    Raises
    ------
    ConfigError
        A participant that is not in the data.
    """
    return SpiceEstimator(
        rnn_class=model.rnn_class,
        spice_config=model.config,
        n_actions=choices.whole.n_actions,
        **settings.estimator_parameters | _only_participant(settings, choices),
    )


def _only_participant(settings: FitSettings, choices: Choices) -> dict[str, int]:
    wanted = settings.participant_equations
    if wanted is None:
        return {}
    if wanted not in choices.labels:
        some = ", ".join(choices.labels[:12]) + (", ..." if len(choices.labels) > 12 else "")
        raise ConfigError(
            "--participant-equations", f"one of {some}", repr(wanted), "Name a participant as in the data."
        )
    return {"spice_participant_id": choices.labels.index(wanted)}
