"""The compiler of the rollout's kernels, with its cache on disk."""

import hashlib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import njit

# Sums may be regrouped into vectors (always in the same way, so runs repeat); NaN and infinity keep their meaning.
# numpy's error model lets divisions run as vector instructions: no check for zero at each of them.
# Kernels allocate nothing, so counting references and entry points from C need not be compiled.
_OPTIONS: dict[str, Any] = {
    "nogil": True, "error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz"},
    "_nrt": False, "no_cfunc_wrapper": True,
}  # fmt: skip

part = njit(**_OPTIONS | {"no_cpython_wrapper": True})
"""Compile a function that kernels call; it is compiled, and kept, as part of each of them."""

_warned = False


ROOMS = ("compiler", "observation", "rollout")
"""Folders of the package with kernels or parts of them."""


def stamp(package: Path) -> str:
    """Hash of the files that kernels are made of."""
    digest = hashlib.sha256()
    for file in sorted(file for room in ROOMS for file in (package / room).glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


_STAMP = stamp(Path(__file__).parents[1])


class Kernel:
    """A function compiled at its first call, and kept on disk for the next process.

    numba keeps it beside the source, or in the user's cache folder where that cannot be written. Where neither can
    be, the kernel is compiled anew in every process, and a warning says so once. numba looks for changes only in the
    file of the kernel itself; the name under which it is kept therefore carries a stamp of the files of its parts.

    Parameters
    ----------
    function : function
        Takes and fills arrays, and calls no Python but what is compiled too.
    """

    def __init__(self, function: Callable[..., None]) -> None:
        self._function = function
        function.__qualname__ = f"{function.__name__}_{_STAMP}"
        try:
            self._compiled = njit(cache=True, **_OPTIONS)(function)
        except RuntimeError as error:
            self._without_cache(error)

    def __call__(self, *arguments: Any) -> None:
        """Run it, without holding the interpreter."""
        try:
            self._compiled(*arguments)
        except OSError as error:
            # Nothing but reading or writing the cache can raise it.
            self._without_cache(error)
            self._compiled(*arguments)

    def _without_cache(self, error: Exception) -> None:
        global _warned
        self._compiled = njit(**_OPTIONS)(self._function)
        if not _warned:
            _warned = True
            warnings.warn(
                f"Compiled code cannot be kept on disk ({error}), so every new process compiles for some seconds. "
                "Let the environment variable NUMBA_CACHE_DIR name a folder that can be written.",
                RuntimeWarning,
                stacklevel=2,
            )
