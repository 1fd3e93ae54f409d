"""Equations of all participants: tables (`coefficients.py`), and as people read them (`equations.py`).

`canonical.py` changes variables so that a coefficient means the same in everybody, `anchors.py` keeps starts where
a model declares them, `notation.py` writes equations as text, LaTeX, MathML, sympy and Python.

May import: rollout, declaration, data.
"""
