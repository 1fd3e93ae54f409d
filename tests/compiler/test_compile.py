"""Kernels are kept on disk, under a name that changes with the code of their parts."""

import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from spice.compiler import compile as compile_module
from spice.compiler.compile import Kernel, stamp

CACHE = """
import warnings
import numpy as np
import numba.core.caching as caching
{damage}
warnings.simplefilter("always")
from spice.compiler.compile import Kernel

with warnings.catch_warnings(record=True) as caught:
    @Kernel
    def double(x):
        for i in range(len(x)):
            x[i] *= 2

    @Kernel
    def triple(x):
        for i in range(len(x)):
            x[i] *= 3

    x = np.ones(2)
    double(x)
    triple(x)
    double(x)
print(x.tolist(), [str(w.message)[:38] for w in caught if w.category is RuntimeWarning])
"""


@pytest.mark.parametrize(
    "damage",
    [
        # No folder can be written.
        "def no(self): raise OSError('read-only')\n"
        "for c in vars(caching).values():\n"
        "    if isinstance(c, type) and 'ensure_cache_path' in dir(c): c.ensure_cache_path = no",
        # The disk is full when the code is to be kept.
        "def full(self, *_): raise OSError('no space left')\ncaching.IndexDataCacheFile.save = full",
    ],
    ids=["no folder", "full disk"],
)
def test_without_a_cache_kernels_run_and_one_warning_says_so(damage: str, tmp_path: Any) -> None:
    script = tmp_path / "kernels.py"
    script.write_text(textwrap.dedent(CACHE).format(damage=damage))
    result = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[12.0, 12.0] ['Compiled code cannot be kept on disk (']"


def test_a_kernel_is_kept_under_a_stamp_of_its_parts(tmp_path: Path) -> None:
    def nothing(x: Any) -> None:
        x[0] = 0.0

    package = Path(compile_module.__file__).parents[1]
    Kernel(nothing)
    assert nothing.__qualname__ == f"nothing_{stamp(package)}"
    of_parts = {
        file.relative_to(package)
        for file in package.rglob("*.py")
        if re.search("import (Kernel|part)$", file.read_text(), flags=re.MULTILINE)
    }
    known = {"rollout/mechanism_kernels.py", "observation/softmax_kernels.py", "compiler/functions.py"}
    assert known <= set(map(str, of_parts))
    for changed in of_parts:
        shutil.copytree(package, tmp_path / "copy", ignore=shutil.ignore_patterns("__pycache__"))
        assert stamp(tmp_path / "copy") == stamp(package)
        with (tmp_path / "copy" / changed).open("a") as file:
            file.write("# changed")
        assert stamp(tmp_path / "copy") != stamp(package), f"code of {changed} would stay in use after a change"
        shutil.rmtree(tmp_path / "copy")
