"""What the sessions of a data set are called."""

import numpy as np

from spice.data.layout import Columns, in_full
from spice.resources.rnn_utils import DatasetRNN


def named_sessions(dataset: DatasetRNN) -> list[tuple[str, int]]:
    """Name and row of each session.

    Parameters
    ----------
    dataset : DatasetRNN

    Returns
    -------
    list of (str, int)
        The label of the participant, with the block where somebody has several.
    """
    first = in_full(np.asarray(dataset.xs[:, 0]), dataset.n_actions)
    columns = Columns.of(first.shape[-1], dataset.n_actions)
    ids = np.nan_to_num(first[:, list(columns.ids.values())], nan=0).astype(int)
    labels = dataset.participants
    several = len(np.unique(ids[:, -1])) < len(ids)
    names = []
    for row, (block, _, participant) in enumerate(ids):
        name = str(labels[participant] if labels and participant < len(labels) else participant)
        names.append((f"{name}, block {block + 1}" if several else name, row))
    return names
