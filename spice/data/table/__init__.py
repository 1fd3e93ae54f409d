"""From a table of trials, as people have them, to a data set.

Start with `convert.py`, `convert_dataset`. A table has columns by role (`trial_columns.py`), rows that are left out
(`leave_out.py`, `row_filter.py`), choices and rewards in words (`choices.py`, `rewards.py`), options on offer
(`options.py`). `doubts/` finds what can be read in more than one way, and asks; `answers.py` keeps what was
answered.

May import: data, data/reading.
"""
