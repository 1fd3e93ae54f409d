"""Tables in files that are no text of rows and columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Any, TypeAlias

Reader: TypeAlias = Callable[[Any, str, str | None, str | None], Any]

READERS: dict[str, Reader] = {}


def ending(name: str) -> str:
    """The ending by which a reader is found."""
    return PurePath(name).suffix.lower()
