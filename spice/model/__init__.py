"""A model that can be built and run.

Start with `base.py`, `BaseRNN`. `build.py` constructs one, `run.py` runs any over trials, and `fitted.py` holds it
with what it was fitted to: that is what everything above works on. `own_forward.py` and `own_parts.py` are for
models that write a forward, or bring modules of torch, themselves. `config.py` says what becomes an equation;
`training_data.py` and `scored_trials.py` are trials with the choices to learn from and to score.

May import: rollout, observation, declaration, data.
"""
