"""Figures of sessions, and how an estimator shows itself."""
