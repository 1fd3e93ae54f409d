"""Whose `spice` is it? Another distribution installs a package of that name into the same folder."""

from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from importlib.util import find_spec
from pathlib import Path

OURS = "spice-nb"
OTHERS = ("autospice",)
"""Distributions known to install a package `spice`; looking these up by name takes no time."""


def check_import_name() -> None:
    """Raise `ImportError` where `spice` is not, or not only, the package that belongs to `spice_nb`.

    Files of two packages in one folder mix, and results would be wrong without a word; hence no mere warning.

    Raises
    ------
    ImportError
        Names the other distribution, and how to mend it.
    """
    others = [name for name in OTHERS if _is_installed(name)]
    if not others:
        if _is_beside_us():
            return
        # Slow, for it reads the file lists of all that is installed; but now something is wrong.
        others = [name for name in packages_distributions().get("spice", []) if name != OURS]
    found = " and ".join(dict.fromkeys(others)) or "something else"
    remove = f"pip uninstall {' '.join(dict.fromkeys(others))}" if others else "remove the other `spice` package"
    raise ImportError(
        f"The import name `spice` belongs to {OURS} here, but {found} claims it too. "
        f"Mend it with: {remove}; then: pip install --force-reinstall --no-deps {OURS}"
    )


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _is_beside_us() -> bool:
    spec = find_spec("spice")
    folder = Path(__file__).resolve().parent.parent / "spice"
    return spec is not None and spec.origin is not None and Path(spec.origin).resolve().parent == folder
