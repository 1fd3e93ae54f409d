"""What is handed to an estimator: arrays, or a data set, which knows people's names and the unit of rewards too."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spice.data.arrays import as_array
from spice.data.dataset import DatasetRNN
from spice.data.layout import Columns, participants_of
from spice.data.trials import Trials
from spice.exceptions import DataError, DataWarning

Range = tuple[float, float]
FAR_OUTSIDE = 0.5
"""How far outside the rewards of the fit, in units of their range, new ones may lie and be taken for the same."""


@dataclass(frozen=True)
class GivenData:
    """Conditions and targets as they came, with what is known of them.

    Attributes
    ----------
    conditions, targets : array
    labels : mapping of participant id to str
        Empty where nothing is known.
    unit : (float, float), optional
        Rewards, in their own unit, that are 0 and 1 in the conditions.
    """

    conditions: Any
    targets: Any
    labels: Mapping[int, str] = field(default_factory=dict)
    unit: Range | None = None


def given_data(conditions: Any, targets: Any = None, argument: str = "conditions, targets") -> GivenData:
    """Take two arrays, or one data set.

    Parameters
    ----------
    conditions : array or DatasetRNN
    targets : array, optional
    argument : str
        What errors call the two.

    Returns
    -------
    GivenData

    Raises
    ------
    DataError
        A data set and targets, a table, or what `convert_dataset` gives with the data set.
    """
    if isinstance(conditions, DatasetRNN):
        if targets is not None:
            raise DataError(
                argument, "a DatasetRNN alone, or two arrays", "a DatasetRNN and something else",
                "Leave the targets out: the data set has them.",
            )  # fmt: skip
        labels = {} if conditions.participants is None else dict(enumerate(map(str, conditions.participants)))
        return GivenData(conditions.xs, conditions.ys, labels, conditions.reward_range)
    if isinstance(conditions, tuple) and conditions and isinstance(conditions[0], DatasetRNN):
        raise DataError(
            argument, "a DatasetRNN, or two arrays", f"{len(conditions)} things of which a DatasetRNN is the first",
            "Pass that alone: dataset, table, columns = convert_dataset(...).",
        )  # fmt: skip
    if hasattr(conditions, "columns"):
        raise DataError(argument, "a DatasetRNN, or two arrays", "a table", "Make a data set of it by convert_dataset.")
    return GivenData(conditions, targets)


def with_ids_of_fit(given: GivenData, labels_of_fit: Mapping[int, str]) -> Any:
    """Conditions in which people have the ids that they had in a fit; who is new has one that nobody had there.

    Data sets number their people each for itself, so only labels say who is who. Arrays are taken as they are, as is
    everything where two people of the fit have one label.

    Parameters
    ----------
    given : GivenData
    labels_of_fit : mapping of id to str

    Returns
    -------
    array
    """
    ids = {label: person for person, label in labels_of_fit.items()}
    if not given.labels or not ids or len(ids) < len(labels_of_fit):
        return given.conditions
    beyond = 1 + max(max(labels_of_fit), max(given.labels))
    new = {person: ids.get(label, beyond + person) for person, label in given.labels.items()}
    conditions = given.conditions.detach().cpu().double().numpy().copy()
    people = participants_of(conditions)
    numbers = people.copy()
    for person, known_as in new.items():
        people[numbers == person] = known_as
    return conditions


def check_unit(unit: Range | None, unit_of_fit: Range | None) -> None:
    """Warn where rewards of a data set are written in another unit than those of the fit.

    Parameters
    ----------
    unit, unit_of_fit : (float, float) or None
        Rewards that are 0 and 1; None where that is not known.

    Warns
    -----
    DataWarning
    """
    if unit is None or unit_of_fit is None or np.allclose(unit, unit_of_fit):
        return
    (low, high), (low_of_fit, high_of_fit) = unit, unit_of_fit
    warnings.warn(
        f"Rewards of {low:g} and {high:g} are 0 and 1 in these data, {low_of_fit:g} and {high_of_fit:g} in those of "
        f"the fit, so they do not mean the same. Read them with reward_range=({low_of_fit:g}, {high_of_fit:g}).",
        DataWarning,
        stacklevel=3,
    )


def check_rewards(trials: Trials) -> None:
    """Warn where rewards, in the scale of the fit, lie far outside 0 to 1.

    Parameters
    ----------
    trials : Trials

    Warns
    -----
    DataWarning
    """
    observed = trials.rewards[trials.shown > 0].numpy()
    outside = observed[(observed < -FAR_OUTSIDE) | (observed > 1 + FAR_OUTSIDE)]
    if len(outside):
        worst = outside[np.abs(outside - 0.5).argmax()]
        warnings.warn(
            f"{len(outside):,} rewards lie far outside those of the fit, which ran from 0 to 1 (one is {worst:.3g} on "
            "that scale). Pass rewards in the unit of the fit.",
            DataWarning,
            stacklevel=3,
        )


def check_features(conditions: Any, n_features: int | None, n_actions: int) -> None:
    """Check that there are as many additional inputs as in a fit; block and experiment may be left out of either.

    Parameters
    ----------
    conditions : (n_sequences, n_trials, n_features) array
    n_features : int or None
        Of the conditions of the fit; None where that is not known.
    n_actions : int

    Raises
    ------
    DataError
        There are more or fewer.
    """
    if n_features is None:
        return
    found = as_array("conditions", conditions).shape[-1]
    n_inputs = Columns.of(n_features, n_actions).n_inputs
    if Columns.of(found, n_actions).n_inputs != n_inputs:
        raise DataError(
            "conditions",
            f"{n_features} features as in the data of the fit, with {n_inputs} additional inputs",
            f"{found}",
            "Pass data of the same layout.",
        )
