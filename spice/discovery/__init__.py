"""From trained networks to sparse equations (SINDy).

Start with `discover.py`. The networks run over made-up trials (`off_policy.py`), what each mechanism saw and did is
kept (`samples.py`) and summed into one regression a mechanism (`regressions.py`), which `sparse_regression.py`
solves for all people at once. `settings_search.py` looks for better thresholds with Optuna; `equation_filters.py`
is what `fit_spice` may leave out afterwards.

May import: model, equations, rollout, data. It works on a `FittedModel` and gives `SpiceEquations`.
"""
