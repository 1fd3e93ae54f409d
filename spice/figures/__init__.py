"""Figures of sessions (`session_figure.py`), and how an estimator shows itself in a notebook (`estimator.py`).

matplotlib is imported when a figure is drawn.

May import: all but the estimator.
"""
