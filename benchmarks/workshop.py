"""A workshop: so many people open the app at once, and all press Fit.

It needs `pip install 'spice-nb[test]'` and a Chromium, which runs on the same processors: people with computers of
their own wait less.
"""

import argparse
import asyncio
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import psutil
from playwright.async_api import async_playwright

ROOT = Path(__file__).parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
PATIENCE = 600_000
PARTIES = "kernels", "server", "browser"


def main() -> None:
    """Serve, open, fit, and print what was measured."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=10)
    people = options.parse_args().people
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        # From the root of the checkout, whose voila.json is read there.
        with (Path(folder) / "log.txt").open("w") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "voila", "notebooks", "--no-browser", f"--port={port}"],
                cwd=ROOT, env=os.environ | ONE_THREAD | {"SPICE_NB_RUNS": folder}, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            asyncio.run(_workshop(f"http://127.0.0.1:{port}/", server.pid, people))
        finally:
            server.terminate()
            server.wait(30)


async def _workshop(address: str, server: int, people: int) -> None:
    await _until_it_answers(address)
    async with async_playwright() as playwright:
        path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        pages = [await (await browser.new_context()).new_page() for _ in range(people)]
        for what, step in (("ready", _open), ("fitted", _fit)):
            before = _cpu_seconds(server)
            _report(what, await _all(step(page, address) for page in pages), people)
            _report_memory(what, server)
            used = (after - start for after, start in zip(_cpu_seconds(server), before, strict=True))
            _say(f"{what}: CPU time " + ", ".join(f"{s:.0f} s {who}" for s, who in zip(used, PARTIES, strict=True)))
        for page in pages:
            await page.goto("about:blank")
        await asyncio.sleep(10)
        _say(f"kernels left 10 s after everybody has gone: {len(_kernels(server))}")
        await browser.close()


async def _until_it_answers(address: str) -> None:
    for _ in range(240):
        try:
            # A static file, which starts no kernel.
            await asyncio.to_thread(urllib.request.urlopen, address + "voila/static/voila.js", timeout=5)
        except OSError:
            await asyncio.sleep(0.5)
        else:
            return
    sys.exit("The server did not start.")


async def _all(tasks: Any) -> list[float]:
    """Seconds of those that succeeded."""
    found = await asyncio.gather(*tasks, return_exceptions=True)
    for error in found:
        if isinstance(error, BaseException):
            _say(f"failed: {error}")
    return [seconds for seconds in found if not isinstance(seconds, BaseException)]


async def _open(page: Any, address: str) -> float:
    start = time.perf_counter()
    page.set_default_timeout(PATIENCE)
    await page.goto(address + "voila/render/00_app.ipynb", timeout=PATIENCE)
    await page.get_by_role("tab", name="Data").wait_for()
    return time.perf_counter() - start


async def _fit(page: Any, _address: str) -> float:
    start = time.perf_counter()
    await page.get_by_role("button", name="Fit", exact=True).first.click()
    await page.get_by_role("heading", name="Everybody").wait_for()
    return time.perf_counter() - start


def _kernels(server: int) -> list[psutil.Process]:
    children = psutil.Process(server).children(recursive=True)
    return [child for child in children if "ipykernel_launcher" in " ".join(child.cmdline())]


def _cpu_seconds(server: int) -> tuple[float, float, float]:
    """Of all kernels, the server and the browser with what drives it, since they started."""
    ours = psutil.Process()
    kernels = _kernels(server)
    known = {server, *(kernel.pid for kernel in kernels)}
    browser = [child for child in ours.children(recursive=True) if child.pid not in known]
    return _sum(kernels), _sum([psutil.Process(server)]), _sum([ours, *browser])


def _sum(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def _report(what: str, seconds: list[float], people: int) -> None:
    spread = (
        f"{min(seconds):.1f} to {max(seconds):.1f} s, median {statistics.median(seconds):.1f} s" if seconds else "-"
    )
    _say(f"{what}: {len(seconds)} of {people}, after {spread}")


def _report_memory(what: str, server: int) -> None:
    """What is resident, and the share where memory that processes have in common is divided among them."""
    kernels = [_memory(kernel.pid) for kernel in _kernels(server)]
    resident, share = (statistics.mean(values) for values in zip(*kernels, strict=True))
    _say(
        f"{what}: {resident:.0f} MB resident a kernel, {share:.0f} MB its share; "
        f"shares of all kernels {share * len(kernels):.0f} MB, of the server {_memory(server)[1]:.0f} MB"
    )


def _memory(pid: int) -> tuple[float, float]:
    text = (Path("/proc") / str(pid) / "smaps_rollup").read_text()
    resident, share = (re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE) for name in ("Rss", "Pss"))
    assert resident is not None
    assert share is not None
    return int(resident[1]) / 1024, int(share[1]) / 1024


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
