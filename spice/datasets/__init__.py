"""Data sets: published ones to fetch, and simulated ones whose truth is known."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spice.datasets.fetch import fetch_dezfouli2019, fetch_fontanesi2019, fetch_zorowitz2023
    from spice.datasets.info import DatasetInfo, list_datasets
    from spice.datasets.simulate import (
        simulate_asymmetric_learning,
        simulate_choice_perseverance,
        simulate_forgetting,
        simulate_individual_differences,
        simulate_rescorla_wagner,
    )

__all__ = [
    "DatasetInfo",
    "fetch_dezfouli2019",
    "fetch_fontanesi2019",
    "fetch_zorowitz2023",
    "list_datasets",
    "simulate_asymmetric_learning",
    "simulate_choice_perseverance",
    "simulate_forgetting",
    "simulate_individual_differences",
    "simulate_rescorla_wagner",
]


def __getattr__(name: str) -> object:
    # Loaded on first use: a list of data sets must not wait for pandas or torch.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    part = {"fetch": "fetch", "simulate": "simulate"}.get(name.split("_")[0], "info")
    return getattr(import_module(f"{__name__}.{part}"), name)


def __dir__() -> list[str]:
    return list(__all__)
