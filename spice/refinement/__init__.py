"""Equations fitted to the choices themselves.

Start with `refine.py`. `coordinates.py` says in what people are near normal and what can be absent;
`equation_likelihood.py` gives likelihood, gradient and Fisher information of all coordinates, and `population_fit.py`
fits people around a population. `structure_search.py` finds which terms a population has, `presence.py` who has
which, and `posterior.py` how sure that and every number is, by chains of people (`chain_people.py`) and populations
(`chain_population.py`). `textbook.py` fits the rules of textbooks to all.

May import: equations, model, rollout, observation. It works on a `FittedModel`'s model and `SpiceEquations`.
"""
