from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from spice.datasets import list_datasets

# Random means seeded: the same examples in every run.
settings.register_profile("seeded", derandomize=True)
settings.load_profile("seeded")


@pytest.fixture
def public_data() -> Callable[[str], Path]:
    """Path of a public data set that is on this computer; the test is skipped, never a file fetched."""

    def path_of(name: str) -> Path:
        (info,) = [info for info in list_datasets() if info.name == name]
        if not info.available:
            pytest.skip(f"{name} is neither under SPICE_NB_DATA nor in the cache ({info.place})")
        return info.place

    return path_of
