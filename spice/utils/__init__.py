"""Helpers around data and figures."""
