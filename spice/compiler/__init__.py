"""How kernels are compiled, kept on disk and run on threads, and locks that survive a fork.

Start with `compile.py`: `Kernel` is a function compiled at its first call, `part` one that kernels call. It knows
in which rooms kernels are (`ROOMS`), so that code kept on disk is that of the files that are there.

May import: nothing of the package but exceptions.
"""
