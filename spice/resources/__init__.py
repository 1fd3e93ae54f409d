"""Documented import paths of the engine; only `fit_spice` and `optimize_for_participant` have their code here."""
