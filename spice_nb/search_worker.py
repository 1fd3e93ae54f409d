"""Searches for mechanisms in the background."""

import os
import shutil
import weakref
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from threading import RLock, Thread

from spice.data.dataset import DatasetRNN
from spice.exceptions import SpiceError
from spice.mechanism_search import Discovery, discover_model
from spice.mechanism_search.search import SearchProgress
from spice.mechanism_search.until import STOP
from spice_nb.hosting import Hosting
from spice_nb.state.search import SearchModel
from spice_nb.state.training import RunState

MOST_PROCESSES = 4
"""Fits side by side; each process needs memory for all libraries."""


class SearchWorker:
    """Runs searches of one data set at a time, and keeps a model of them up to date.

    Fits are kept for as long as the data stay the same: a search with more time goes on from those of the one before.

    Parameters
    ----------
    model : SearchModel
    hosting : Hosting, optional
        Whether others use this computer too; fits are made one at a time then.
    """

    def __init__(self, model: SearchModel, hosting: Hosting | None = None) -> None:
        self.model = model
        self._hosting = Hosting.from_environment() if hosting is None else hosting
        self._dataset: DatasetRNN | None = None
        self._folder = Path()
        self._thread: Thread | None = None
        self._turning = RLock()
        self._search = 0

    @property
    def longest(self) -> float | None:
        """Seconds that a search may take here; None is no limit."""
        return None if self._hosting.minutes is None else self._hosting.minutes * 60

    def start(self, dataset: DatasetRNN) -> bool:
        """Start a search, unless one is running already.

        Parameters
        ----------
        dataset : DatasetRNN

        Returns
        -------
        bool
            Whether it was started.
        """
        with self._turning:
            if not self.model.may_start:
                return False
            self.model.begin()
            self._search += 1
            if self._dataset is not dataset:
                self._dataset, self._folder = dataset, Path(mkdtemp(prefix="spice-search-"))
                weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            arguments = dataset, self._folder, self.model.budget, self._search
            self._thread = Thread(target=self._run, args=arguments, name="spice-search", daemon=True)
            self._thread.start()
            return True

    def stop(self) -> None:
        """End the search with the best model so far."""
        with self._turning:
            if self.model.may_stop:
                self.model.state = RunState.FINISHING
                (self._folder / STOP).touch()

    def forget(self) -> None:
        """Give up what is known of the data so far; a search that runs ends, and nobody hears of it."""
        with self._turning:
            self._search += 1
            if self.model.state.is_active:
                (self._folder / STOP).touch()
            self._dataset = None
            self.model.forget()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end of the search.

        Parameters
        ----------
        seconds : float, optional
            At most; by default as long as it takes.

        Returns
        -------
        bool
            Whether the end has come.
        """
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def _run(self, dataset: DatasetRNN, folder: Path, budget: float, search: int) -> None:
        def tell(do: Callable[[], None]) -> bool:
            with self._turning:
                is_current = search == self._search
                if is_current:
                    do()
            return is_current

        def advance(now: SearchProgress) -> bool:
            return tell(lambda: self.model.advance(now))

        found: Discovery | None = None
        problem = ""
        try:
            found = discover_model(dataset, budget=budget, folder=folder, n_jobs=self._n_processes, on_progress=advance)
        except SpiceError as error:
            problem = str(error)
        except Exception as error:  # an error in a thread would be lost
            problem = f"{type(error).__name__}: {error}"
        tell(lambda: self.model.end(found, problem))

    @property
    def _n_processes(self) -> int:
        return 1 if self._hosting.is_hosted else min(os.cpu_count() or 1, MOST_PROCESSES)
