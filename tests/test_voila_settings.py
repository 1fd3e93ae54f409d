"""The settings of Voila name things that are there, and leave slow kernels their time."""

import json
from pathlib import Path

import pytest

pytest.importorskip("voila", reason="Voila is not installed: pip install 'spice-nb[app]'")
from jupyter_server.services.kernels.kernelmanager import MappingKernelManager
from voila.configuration import VoilaConfiguration
from voila.execute import VoilaExecutor

SETTINGS = json.loads((Path(__file__).parents[1] / "voila.json").read_text())


@pytest.mark.parametrize("owner", [MappingKernelManager, VoilaConfiguration, VoilaExecutor])
def test_settings_are_known(owner: type) -> None:
    assert set(SETTINGS[owner.__name__]) <= set(owner.class_traits(config=True))


def test_there_are_no_other_settings() -> None:
    assert set(SETTINGS) == {"MappingKernelManager", "VoilaConfiguration", "VoilaExecutor"}


def test_outputs_of_slow_kernels_are_waited_for() -> None:
    # After 4 seconds, as is the default, a page is shown without its output: with ten people at once that was so.
    assert SETTINGS["VoilaExecutor"]["iopub_timeout"] >= 60
    assert SETTINGS["VoilaExecutor"]["startup_timeout"] >= 60


def test_what_make_serves_to_this_computer_alone_is_one_s_own() -> None:
    makefile = (Path(__file__).parents[1] / "Makefile").read_text()
    served = [line for line in makefile.splitlines() if "$(BIN)/voila " in line]
    assert len(served) == 2
    # Not without each other: what reaches other computers is served to others.
    assert all("$(OWN)" in line and "$(HERE)" in line for line in served)
    assert 'OWN := SPICE_NB_HOSTED="$${SPICE_NB_HOSTED:-0}"\n' in makefile
    assert "HERE := --Voila.ip=localhost\n" in makefile
