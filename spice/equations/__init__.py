"""Equations of all participants: coefficients, canonical form, notation."""
