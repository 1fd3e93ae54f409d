"""Equations fitted to the choices themselves."""
