"""`convert_dataset`, under its documented path; the code is in `spice.data.table`."""

from spice.data.table.convert import convert_dataset

__all__ = ["convert_dataset"]
