"""Which mechanisms people have, found by adding whole mechanisms from a library and looking at choices held out.

Start with `search.py`, which is the story. `library.py` says what can be added, `candidate.py` makes a model of a
choice of it, `population_score.py` fits one to people and scores it, `folds.py` says what is held out, `ladder.py` how
much each mechanism adds, and `simulate.py` makes people who have them. Networks have no part in it: equations are
fitted to the choices, everybody with a normal distribution around the population (`spice.refinement`).
"""

from spice.mechanism_search.candidate import Candidate
from spice.mechanism_search.ladder import Discovery, Step
from spice.mechanism_search.library import LIBRARY, LibraryMechanism
from spice.mechanism_search.search import discover_model
from spice.mechanism_search.simulate import simulate_people

__all__ = ["LIBRARY", "Candidate", "Discovery", "LibraryMechanism", "Step", "discover_model", "simulate_people"]
