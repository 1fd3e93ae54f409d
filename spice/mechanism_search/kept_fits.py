"""Fits that a search made, kept in a folder, so that it goes on where it was interrupted."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from spice.data.dataset import DatasetRNN
from spice.exceptions import ConfigError, OutputError
from spice.mechanism_search.population_score import Score

KEPT = "fits.jsonl"
_AND, _PART = " + ", " / "


def key_of(names: Sequence[str], k: int) -> str:
    """What a fit is kept by.

    Parameters
    ----------
    names : sequence of str
        Of its mechanisms.
    k : int
        The part that it was fitted to.

    Returns
    -------
    str
    """
    return f"{_AND.join(names)}{_PART}{k}"


@dataclass
class KeptFits:
    """Fits that were made, by candidate and fold, in memory and in a file."""

    path: Path | None
    scores: dict[str, Score] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: str | Path | None, dataset: DatasetRNN) -> "KeptFits":
        """Read what a folder has; without a folder fits are kept in memory alone.

        Parameters
        ----------
        folder : path or None
        dataset : DatasetRNN

        Returns
        -------
        KeptFits

        Raises
        ------
        ConfigError
            It has fits of other choices.
        OutputError
            It cannot be written.
        """
        if folder is None:
            return cls(None)
        arrays = [array.cpu().numpy().tobytes() for array in (dataset.xs, dataset.ys)]
        names = [name.encode() for name in dataset.additional_inputs]
        fingerprint = hashlib.sha256(b"".join(arrays + names)).hexdigest()
        path = Path(folder) / KEPT
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            kept = cls(path)
            for line in text.splitlines():
                kept._read(line, fingerprint)
            if not kept.scores:
                path.write_text(json.dumps({"choices": fingerprint}) + "\n", encoding="utf-8")
            elif not text.endswith("\n"):
                # What comes next must not be joined to a line that was cut.
                path.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise OutputError(
                str(folder), "a folder that can be written", str(error), "Choose another folder."
            ) from error
        return kept

    @property
    def n_models(self) -> int:
        """Different models among them."""
        return len({key.rsplit(_PART, 1)[0] for key in self.scores})

    def of_part(self, k: int) -> list[tuple[set[str], Score]]:
        """Mechanisms and score of every model that was fitted to a part.

        Parameters
        ----------
        k : int
            Which part.

        Returns
        -------
        list of (set of str, Score)
        """
        parts = ((key.rsplit(_PART, 1), score) for key, score in self.scores.items())
        return [(set(names.split(_AND)), score) for (names, part), score in parts if part == str(k)]

    def _read(self, line: str, fingerprint: str) -> None:
        try:
            found = json.loads(line)
        except json.JSONDecodeError:
            # The last line of a search that was killed.
            return
        if found.get("choices", fingerprint) != fingerprint:
            raise ConfigError("folder", "fits of the same choices", "those of others", "Give another folder.")
        if "score" in found:
            self.scores[found["key"]] = Score(**found["score"])

    def add(self, key: str, score: Score) -> None:
        """Keep a fit.

        Parameters
        ----------
        key : str
        score : Score

        Raises
        ------
        OutputError
            There is no room for it.
        """
        self.scores[key] = score
        if self.path is None:
            return
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"key": key, "score": asdict(score)}) + "\n")
        except OSError as error:
            raise OutputError(
                str(self.path), "room for another fit", str(error), "Make room, and search again."
            ) from error
