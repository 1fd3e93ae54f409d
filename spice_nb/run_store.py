"""Runs on disk: what was fitted, with which settings, how far it came, and what it found."""

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spice.documents import bundle, document
from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError, ModelFileError, OutputError
from spice.files.container import read_model, write_model, write_whole
from spice.resources.rnn_utils import DatasetRNN
from spice_nb.hosting import Hosting
from spice_nb.state.schemas.run import RunFacts, read_run_facts
from spice_nb.state.training import RunState

FOLDER_VARIABLE = "SPICE_NB_RUNS"
CHECKPOINT_SECONDS = 2.0
_ID_BYTES = 16
_DATA, _FACTS, _CHECKPOINT, _NETWORK, _EQUATIONS = (
    "data.spice", "run.json", "training.checkpoint", "network.spice", "equations.spice",
)  # fmt: skip


@dataclass(frozen=True)
class SavedRun:
    """One run; `facts` are what its `run.json` says."""

    folder: Path
    facts: RunFacts

    @property
    def id(self) -> str:
        """Name of its folder."""
        return self.folder.name

    @property
    def is_done(self) -> bool:
        """Whether its results are there."""
        return self.facts.state is RunState.DONE

    @property
    def title(self) -> str:
        """One line for people."""
        started = self.facts.started.astimezone().strftime("%d %b %H:%M")
        return f"{started}  {self.facts.name}, {self.facts.state.value}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        said = self.facts
        facts = {"data": said.name, "state": said.state.value, "started": said.started.isoformat()}
        settings = said.settings
        facts |= {"model": settings.get("model", "")} | settings.get("values", {})
        return bundle(document("run", f"Run {self.id}", facts=facts), f"{self.id}  {self.title}")

    @property
    def settings(self) -> str:
        """Its settings, as `SettingsModel.from_json` reads them."""
        return json.dumps(self.facts.settings)

    def python(self) -> str:
        """The lines of a script that read its data set.

        Returns
        -------
        str
        """
        # Where a server keeps its runs is nobody else's business.
        folder = "" if Hosting.from_environment().is_hosted else repr(str(self.folder.parent.resolve()))
        return (
            f"from spice_nb.run_store import RunStore\n\ndataset, truth = RunStore({folder}).open({self.id!r}).data()\n"
        )

    def data(self) -> tuple[DatasetRNN, pd.DataFrame | None]:
        """Read what the run was fitted to.

        Returns
        -------
        dataset : DatasetRNN
        truth : DataFrame or None
            True parameters of simulated people, a row each.

        Raises
        ------
        ModelFileError
        """
        file = read_model(self.folder / _DATA, "data")
        labels = file.header["labels"]
        dataset = DatasetRNN(
            file.tensors["xs"], file.tensors["ys"], reward_range=tuple(labels.pop("reward_range")), **labels
        )
        names = file.header["truth"]
        return dataset, None if names is None else pd.DataFrame(file.tensors["truth"], columns=names)

    def keep_training(self, estimator: SpiceEstimator) -> None:
        """Let the estimator's next fit go on from the last checkpoint of this run, and write more of them.

        Parameters
        ----------
        estimator : SpiceEstimator
        """
        estimator.set_checkpoints(self.folder / _CHECKPOINT, CHECKPOINT_SECONDS)

    def end(self, state: RunState, estimator: SpiceEstimator) -> "SavedRun":
        """Write how it ended, and what was found.

        Parameters
        ----------
        state : RunState
        estimator : SpiceEstimator
            What is saved where the state is `RunState.DONE`.

        Returns
        -------
        SavedRun
            With that state.

        Raises
        ------
        OutputError
        """
        if state is RunState.DONE:
            estimator.save_spice(self.folder / _NETWORK, self.folder / _EQUATIONS)
        return _write(self.folder, self.facts.model_copy(update={"state": state}))

    def delete(self) -> None:
        """Remove all of it from the disk.

        Raises
        ------
        OutputError
        """
        try:
            shutil.rmtree(self.folder)
        except FileNotFoundError:
            return
        except OSError as error:
            got = f"{self.id} ({error.strerror})"
            raise OutputError("run", "one that can be deleted", got, "Ask who runs this server.") from error

    def load(self, estimator: SpiceEstimator) -> SpiceEstimator:
        """Read the results into an estimator with the run's settings.

        Parameters
        ----------
        estimator : SpiceEstimator

        Returns
        -------
        SpiceEstimator
            The same.

        Raises
        ------
        ModelFileError
        """
        loaded: SpiceEstimator = estimator.load_spice(self.folder / _NETWORK, self.folder / _EQUATIONS)
        return loaded


class RunStore:
    """All runs in a folder.

    Parameters
    ----------
    folder : path, optional
        By default that named by the environment variable SPICE_NB_RUNS, else `spice-runs` in the working folder; where
        the app is hosted `.spice-runs`, which servers of notebooks neither list nor serve.
    hosting : Hosting, optional
        Where the app is hosted a run is opened by who knows its id, and runs are not listed.
    """

    def __init__(self, folder: str | Path | None = None, hosting: Hosting | None = None) -> None:
        self.hosting = Hosting.from_environment() if hosting is None else hosting
        default = ".spice-runs" if self.hosting.is_hosted else "spice-runs"
        self.folder = Path(folder or os.environ.get(FOLDER_VARIABLE) or default)

    def begin(self, settings: str, dataset: DatasetRNN, name: str, truth: pd.DataFrame | None = None) -> SavedRun:
        """Write down a run that is about to start.

        Parameters
        ----------
        settings : str
            As `SettingsModel.to_json` gives them.
        dataset : DatasetRNN
        name : str
            What people call the data.
        truth : DataFrame, optional
            True parameters of simulated people, a row each.

        Returns
        -------
        SavedRun

        Raises
        ------
        OutputError
        """
        now = datetime.now(UTC)
        # Whoever knows an id may open the run.
        folder = self.folder / f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(_ID_BYTES)}"
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            got = "one that cannot" if self.hosting.is_hosted else f"{self.folder} ({error})"
            raise OutputError("runs", "a folder that can be written", got, "Choose another.") from error
        labels = {
            name: None if (values := getattr(dataset, name)) is None else [_plain(label) for label in values]
            for name in ("participants", "experiments", "blocks", "actions")
        }
        header = {
            "labels": labels
            | {"additional_inputs": list(dataset.additional_inputs), "reward_range": list(dataset.reward_range)},
            "truth": None if truth is None else [str(column) for column in truth.columns],
        }
        tensors = {"xs": np.asarray(dataset.xs), "ys": np.asarray(dataset.ys)}
        if truth is not None:
            tensors["truth"] = truth.to_numpy(np.float64)
        facts = RunFacts(started=now, name=name, state=RunState.RUNNING, settings=json.loads(settings))
        try:
            write_model(folder / _DATA, "data", header, tensors)
            return _write(folder, facts)
        except OutputError:
            # No part of what was not kept stays.
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def open(self, run_id: str) -> SavedRun:
        """A run by its id.

        Parameters
        ----------
        run_id : str

        Returns
        -------
        SavedRun

        Raises
        ------
        ModelFileError
            There is none, or it cannot be read.
        """
        name = Path(run_id).name
        folder = self.folder / name
        try:
            if name in ("", ".."):
                raise ValueError(run_id)
            return SavedRun(folder, _read(folder))
        except (OSError, ValueError) as error:
            if isinstance(error, ConfigError):
                # An id that is right, of a run that is not.
                raise ModelFileError(
                    error.argument, error.expected, f"{error.got} (run {name})", error.remedy
                ) from error
            if self.hosting.is_hosted:
                expected, remedy = (
                    "the id of a run that was kept on this server",
                    "Open the whole link that the app gave for it.",
                )
            else:
                known = ", ".join(run.id for run in self.runs()[:5]) or "none"
                expected, remedy = f"one of those in {self.folder}: {known}", "Check the id."
            raise ModelFileError("run", expected, run_id, remedy) from error

    def runs(self) -> list[SavedRun]:
        """All that can be read, the newest first; none where the app is hosted.

        Returns
        -------
        list of SavedRun
        """
        if self.hosting.is_hosted:
            return []
        found = []
        for path in sorted(self.folder.glob(f"*/{_FACTS}"), reverse=True):
            try:
                found.append(SavedRun(path.parent, _read(path.parent)))
            except (OSError, ValueError):
                continue
        return found


def _read(folder: Path) -> RunFacts:
    """Facts of a run; whatever else stands there raises an OSError or ValueError."""
    return read_run_facts(json.loads((folder / _FACTS).read_text(encoding="utf-8")))


def _write(folder: Path, facts: RunFacts) -> SavedRun:
    write_whole(folder / _FACTS, facts.to_json().encode())
    return SavedRun(folder, facts)


def _plain(label: Any) -> Any:
    return (
        label.item() if isinstance(label, np.generic) else label if isinstance(label, (str, int, float)) else str(label)
    )
