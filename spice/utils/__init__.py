"""Documented import paths of tables and figures; the code is in `spice.data.table` and `spice.figures`."""
