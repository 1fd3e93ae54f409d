"""What a data set holds, in numbers and in one sentence."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spice.data.layout import NOTHING, Columns, chosen_arms, in_unit, is_trial, participants_of
from spice.resources.rnn_utils import DatasetRNN


@dataclass(frozen=True)
class DataSummary:
    """Sizes and shares of a data set.

    Attributes
    ----------
    people, sessions, choices, missed : int
        A session is a stretch of trials in which values carry over; missed trials have no choice.
    fewest, most : int
        Choices of a person.
    reward_rate : float
        Mean observed reward of the chosen option, on the scale of 0 to 1.
    reward_range : (float, float), optional
        Rewards in the data that are 0 and 1 on that scale; None where they are so already.
    shares : dict of label to float
        How often each option was chosen.
    same_option : int
        People who only ever chose one.
    on_offer : (int, int), optional
        Fewest and most options on offer in a trial; None where all always are.
    """

    people: int
    sessions: int
    choices: int
    missed: int
    fewest: int
    most: int
    reward_rate: float
    reward_range: tuple[float, float] | None
    shares: dict[str, float]
    same_option: int = 0
    on_offer: tuple[int, int] | None = None

    @classmethod
    def of(cls, dataset: DatasetRNN) -> "DataSummary":
        """Count what is in the arrays.

        Parameters
        ----------
        dataset : DatasetRNN

        Returns
        -------
        DataSummary
        """
        xs, n = np.asarray(dataset.xs), dataset.n_actions
        columns = Columns.of(xs.shape[-1], n, "dataset")
        actions = xs[..., columns.actions]
        chosen, inside = chosen_arms(actions), is_trial(xs)
        counts = chosen.any(-1).sum(1)
        people, of_sequence = np.unique(np.nan_to_num(participants_of(xs)[:, 0], nan=-1), return_inverse=True)
        of_person = np.bincount(of_sequence, counts)
        of_option = np.zeros((len(of_person), n))
        np.add.at(of_option, of_sequence, chosen.sum(1))
        rewards = xs[..., columns.rewards][chosen]
        labels = dataset.actions or range(n)
        low, high = (float(value) for value in dataset.reward_range or (0.0, 1.0))
        return cls(
            people=len(people),
            sessions=len(xs),
            choices=int(counts.sum()),
            missed=int(inside.sum() - counts.sum()),
            fewest=int(of_person[of_person > 0].min()) if counts.any() else 0,
            most=int(of_person.max(initial=0)),
            reward_rate=float(np.nanmean(rewards)) if len(rewards) else float("nan"),
            reward_range=None if (low, high) == (0.0, 1.0) else (low, high),
            shares={str(label): float(chosen[..., k].sum() / max(chosen.sum(), 1)) for k, label in enumerate(labels)},
            same_option=int(((of_option > 0).sum(1) == 1).sum()),
            on_offer=_on_offer(actions, chosen),
        )

    @property
    def sentence(self) -> str:
        """All of it in a line."""
        each = (
            f"{self.fewest:,} choices each" if self.fewest == self.most else f"{self.fewest:,} to {self.most:,} choices"
        )
        parts = [_count(self.people, "person", "people"), each, self._options]
        if self.sessions > self.people:
            parts.insert(1, f"{self.sessions:,} sessions")
        if self.reward_range is None:
            parts.append(f"{self.reward_rate:.0%} rewarded")
        else:
            low, high = self.reward_range
            parts.append(f"mean reward {in_unit(self.reward_rate, self.reward_range):.3g} ({low:g} to {high:g})")
        if self.missed:
            parts.append(f"{self.missed:,} missed")
        return ", ".join(parts)

    @property
    def _options(self) -> str:
        said = _count(len(self.shares), "option", "options")
        if self.on_offer is None:
            return said
        low, high = self.on_offer
        return f"{said}, {low if low == high else f'{low} to {high}'} of them on offer in each trial"

    def rows(self) -> list[tuple[str, str]]:
        """The same as a table of two columns.

        Returns
        -------
        list of (str, str)
        """
        rows: list[tuple[str, Any]] = [
            ("People", f"{self.people:,}"),
            ("Sessions", f"{self.sessions:,}"),
            ("Choices", f"{self.choices:,}"),
            ("Choices of a person", f"{self.fewest:,} to {self.most:,}"),
            ("Missed trials", f"{self.missed:,}"),
            ("Mean reward, 0 to 1", f"{self.reward_rate:.2f}"),
        ]
        return rows


def _on_offer(actions: NDArray[Any], chosen: NDArray[np.bool_]) -> tuple[int, int] | None:
    """Fewest and most options on offer in a trial, None where all always are."""
    offered = (actions != NOTHING).sum(-1)[chosen.any(-1)]
    if not len(offered) or offered.min() == actions.shape[-1]:
        return None
    return int(offered.min()), int(offered.max())


def _count(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"
