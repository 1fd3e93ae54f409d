"""Rollouts: a declared model run over trials.

A rollout takes a declaration (`spice.declaration`), a form for each mechanism (network or polynomial) and what
the mechanisms read from trials (`signals`), and gives the states after each trial. There are two, held equal by tests:

- `reference`: plain torch, a trial and a mechanism at a time. It says what a rollout is, and runs on any device.
- `compiled`: the same through `kernels`, forward and backward side by side, to which `program` hands the declaration as
  tables of numbers, on several threads (`spice.compiler`). It also scores choices, and runs wherever it can.
"""
