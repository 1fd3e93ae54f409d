"""Panels: ipywidgets and bqplot views that link to a model and decide nothing themselves."""
