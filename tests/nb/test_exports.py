"""What `from spice_nb import …` gives, and what it costs."""

import subprocess
import sys

import pytest

import spice_nb


@pytest.mark.parametrize("name", [name for name in spice_nb.__all__ if name[0].isupper()])
def test_panels_and_their_models_are_exported(name):
    assert getattr(spice_nb, name).__name__ == name
    assert name in dir(spice_nb)


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="SpicePanel"):
        spice_nb.SpicePanel  # noqa: B018


def test_the_import_alone_loads_nothing_slow():
    code = "import sys, spice_nb; print(*(m for m in ('torch', 'pandas', 'ipywidgets', 'bqplot') if m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == []


def test_the_app_shows_no_warning_and_later_ones_come():
    # In another process: in this one all has been imported.
    code = """
import warnings
from spice_nb import SpiceApp
app = SpiceApp()
try:
    warnings.warn_explicit("metadata x was set from the constructor", DeprecationWarning, "a", 1, "bqscales.traits")
except DeprecationWarning:
    print("warned")
"""
    command = [sys.executable, "-W", "error::DeprecationWarning", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("warned\n", "")
