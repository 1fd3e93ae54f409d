"""Notebook panels and command line around `spice`."""
