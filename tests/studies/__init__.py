"""Studies of what comes back of simulated people: `benchmarks/recovery.py` makes them, and tests a small part of each.

`people` draws them, `limits`, `hierarchical` and `oracle` say what others could know, `found` reads a fit, `fits` makes
one of each study, and `scores` and `summaries` say how good many of them are. What a fit is asked for stands in `found`
alone.
"""
