"""Build the JupyterLab extension, where Node is there; otherwise the bundle that ships stays."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent
BUNDLE = FOLDER / "static_build"
HASH_FILE = FOLDER / "sources.sha256"
"""What the bundle was built from, so that a test can tell whether it is of these sources."""
SOURCES = (
    "src/**/*.ts",
    "style/*",
    "schema/*",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "webpack.config.cjs",
)


def sources_hash() -> str:
    """Hash of all that the bundle is made of.

    Returns
    -------
    str
        SHA-256, in hexadecimal.
    """
    whole = hashlib.sha256()
    for path in sorted(path for pattern in SOURCES for path in FOLDER.glob(pattern)):
        whole.update(f"{path.relative_to(FOLDER).as_posix()}\0".encode() + path.read_bytes())
    return whole.hexdigest()


def build() -> str:
    """Build the bundle anew.

    Returns
    -------
    str
        A sentence about what was done.
    """
    if shutil.which("npm") is None:
        return "Node.js is not there: the JupyterLab extension is used as it ships."
    try:
        if not _are_fetched():
            _run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
        with tempfile.TemporaryDirectory() as folder:
            kept = shutil.copytree(BUNDLE, Path(folder) / BUNDLE.name)
            try:
                _run("npm", "run", "--silent", "bundle")
            except BaseException:
                # Building empties the folder first.
                shutil.rmtree(BUNDLE, ignore_errors=True)
                shutil.copytree(kept, BUNDLE)
                raise
    except (OSError, subprocess.CalledProcessError) as error:
        return f"The JupyterLab extension was not built and is used as it ships: {error}"
    HASH_FILE.write_text(f"{sources_hash()}\n")
    size = sum(path.stat().st_size for path in (BUNDLE / "static").glob("*.js"))
    return f"The JupyterLab extension was built: {size / 1000:.0f} kB."


def _are_fetched() -> bool:
    """Whether the packages are all there, and those of the lock file; npm writes a lock of its own at the end."""
    fetched = FOLDER / "node_modules" / ".package-lock.json"
    return fetched.is_file() and fetched.stat().st_mtime >= (FOLDER / "package-lock.json").stat().st_mtime


def _run(*command: str) -> None:
    # The builder is in the environment of this Python.
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    subprocess.run(command, cwd=FOLDER, check=True, env=os.environ | {"PATH": path})


if __name__ == "__main__":
    sys.stdout.write(f"{build()}\n")
