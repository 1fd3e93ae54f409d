"""Which choices are held out of a fit and scored afterwards."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from spice.exceptions import ConfigError

if TYPE_CHECKING:
    from spice.resources.rnn_utils import DatasetRNN


@dataclass(frozen=True)
class Holdout:
    """A rule for holding choices out; at most one of the two is set.

    Attributes
    ----------
    sessions : tuple of int
        Positions, from 1, among the sequences of each participant.
    last : float
        Share of each sequence, at its end.
    """

    sessions: tuple[int, ...] = ()
    last: float = 0.0

    def describe(self) -> str:
        """The rule in words.

        Returns
        -------
        str
        """
        if self.sessions:
            named = ", ".join(map(str, self.sessions))
            return f"session{'s' if len(self.sessions) > 1 else ''} {named} of each participant"
        return f"the last {100 * self.last:g}% of each session" if self.last else "nothing"

    def split(self, dataset: "DatasetRNN") -> tuple["DatasetRNN", "DatasetRNN | None"]:
        """Hold out what the rule says.

        Parameters
        ----------
        dataset : DatasetRNN

        Returns
        -------
        training : DatasetRNN
        held_out : DatasetRNN or None
            None where nothing is held out.

        Raises
        ------
        ConfigError, DataError
            Sessions that no participant has, or a part without choices.
        """
        from spice.resources.rnn_utils import split_data_along_sessiondim, split_data_along_timedim

        if self.sessions:
            return split_data_along_sessiondim(dataset, list(self.sessions))
        if self.last:
            return split_data_along_timedim(dataset, 1.0 - self.last)
        return dataset, None


def read_holdout(text: str) -> Holdout:
    """Read `sessions:3,6,9`, `last:0.33` or `none`.

    Parameters
    ----------
    text : str

    Returns
    -------
    Holdout

    Raises
    ------
    ConfigError
        None of the three, positions below 1, or no share between 0 and 1.
    """
    kind, _, rest = text.strip().partition(":")
    try:
        if kind == "sessions":
            positions = tuple(sorted({int(part) for part in rest.split(",")}))
            if positions[0] >= 1:
                return Holdout(sessions=positions)
        elif kind == "last":
            share = float(rest)
            if 0 < share < 1:
                return Holdout(last=share)
        elif text.strip() == "none":
            return Holdout()
    except ValueError:
        pass
    raise ConfigError(
        "--holdout",
        "sessions:3,6,9 (positions from 1), last:0.33 (a share between 0 and 1) or none",
        repr(text),
        "Write it in one of these three ways.",
    )
