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
