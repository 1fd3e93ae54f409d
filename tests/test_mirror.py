"""Each module has its tests under its own name, at the same place of the tree."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
THIN = {
    "spice/resources/mechanisms.py",
    "spice/resources/rnn.py",
    "spice/resources/rnn_utils.py",
    "spice/utils/convert_dataset.py",
    "spice/utils/plotting.py",
    "spice_nb/__main__.py",
}
"""What only passes names on: `test_imports.py` imports the paths, and a test of commands runs `python -m spice_nb`."""


def modules() -> set[Path]:
    """Modules of both packages, but for what only marks a folder as a package."""
    found = {
        path.relative_to(ROOT)
        for package in ("spice", "spice_nb")
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__init__.py" and "node_modules" not in path.parts
    }
    assert len(found) > 150
    return found


def place_of_tests(module: Path) -> Path:
    """Where the tests of a module are; a leading underscore of its name falls away."""
    room = Path("nb", *module.parts[1:-1]) if module.parts[0] == "spice_nb" else Path(*module.parts[1:-1])
    return Path("tests", room, f"test_{module.stem.lstrip('_')}.py")


def untested() -> set[str]:
    return {module.as_posix() for module in modules() if not (ROOT / place_of_tests(module)).is_file()}


def test_every_module_has_its_tests() -> None:
    assert untested() - THIN == set()


def test_exceptions_are_still_there() -> None:
    assert {module.as_posix() for module in modules()} >= THIN


@pytest.mark.parametrize(
    ("module", "tests"),
    [
        ("spice/rollout/mechanism_kernels.py", "tests/rollout/test_mechanism_kernels.py"),
        ("spice/agents/_checks.py", "tests/agents/test_checks.py"),
        ("spice/estimator.py", "tests/test_estimator.py"),
        ("spice_nb/state/data.py", "tests/nb/state/test_data.py"),
    ],
)
def test_names(module: str, tests: str) -> None:
    assert place_of_tests(Path(module)) == Path(tests)
    assert (ROOT / module).is_file()
