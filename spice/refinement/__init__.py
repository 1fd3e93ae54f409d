"""Equations fitted to the choices themselves.

Start with `refine.py`: which terms are kept, and from which start. `equation_likelihood.py` gives likelihood,
gradient and Fisher information of all coefficients, `population_fit.py` fits people around a population,
`textbook.py` the rules of textbooks to all, and `uncertainty.py` says how sure the result is.

May import: equations, model, rollout, observation. It works on a `FittedModel`'s model and `SpiceEquations`.
"""
