"""What is observed of each trial, and how likely it is.

Start with `base.py`, what every observation promises. `softmax.py` is the first, with kernels of its own
(`softmax_kernels.py` in rollouts, `softmax_fisher.py` in refinement); `lapses.py` is the second, written in a page.
A new one is a file beside these, and `observation = ...` in a model's class.

May import: compiler, data.
"""
