"""The data set and its splits, under the import path of the public API."""

from spice.data.dataset import DatasetRNN
from spice.data.splits import split_data_along_sessiondim, split_data_along_timedim

__all__ = ["DatasetRNN", "split_data_along_sessiondim", "split_data_along_timedim"]
