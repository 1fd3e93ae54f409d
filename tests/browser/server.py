"""Servers of notebooks, with the settings and the template of this checkout."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
END_SOON = "--KernelManager.shutdown_wait_time=0.4"
"""Option of servers whose kernels need not tidy up: each would be given seconds to end by itself."""
_SHARED = {"voila/templates/spice": "voila_template", "labextensions/spice-nb": "labextension/static_build"}


def served(
    command: list[str], port_option: str, ready: str, folder: Path, environment: dict[str, str] | None = None
) -> Iterator[str]:
    """Address of a server while it runs.

    Parameters
    ----------
    command : list of str
        A module and its arguments.
    port_option : str
        How it is told its port, with `{port}`.
    ready : str
        What it answers once it has started.
    folder : Path
        For runs, settings and `log.txt`.
    environment : dict, optional
        Further variables. Without them the server is one's own, as by `make app`.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "log.txt"
    # What was installed may be older than the checkout.
    for place, part in _SHARED.items():
        # Voila serves no links.
        shutil.copytree(ROOT / "spice_nb" / part, folder / "jupyter" / place)
    variables = (
        os.environ
        | {
            "SPICE_NB_HOSTED": "0",
            "OMP_NUM_THREADS": "1",
            "PYTHONWARNINGS": "default",
            "SPICE_NB_RUNS": str(folder / "runs"),
            "JUPYTER_PATH": str(folder / "jupyter"),
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        }
        | (environment or {})
    )
    with log.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", *command, port_option.format(port=port)],
            stdout=out, stderr=subprocess.STDOUT, env=variables, cwd=ROOT,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}/"
    try:
        _wait_for(address + ready, server, log)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(60)
        except subprocess.TimeoutExpired:
            # Kernels that are busy can hold it up for longer than a test should wait.
            server.kill()
            server.wait()


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"The server did not start:\n{log.read_text()}")
