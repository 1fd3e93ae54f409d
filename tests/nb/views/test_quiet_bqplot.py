import subprocess
import sys


def test_it_is_imported_without_a_word() -> None:
    # bqplot itself warns: were it no longer so, the module would be needless.
    for module, warns in (("spice_nb.views.quiet_bqplot", False), ("bqplot", True)):
        command = [sys.executable, "-W", "default::DeprecationWarning", "-c", f"import {module}"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
        assert ("was set from the constructor" in said) is warns, module
