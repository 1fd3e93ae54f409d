"""Model files: safetensors with a versioned JSON header. Nothing is ever unpickled."""

import contextlib
import json
import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spice.exceptions import ModelFileError, OutputError

FORMAT, VERSION = "spice-nb", 2
HEADER = "spice-nb"


@dataclass(frozen=True)
class ModelFile:
    """Content of a model file."""

    header: Mapping[str, Any]
    tensors: Mapping[str, NDArray[Any]]


def write_model(path: str | Path, kind: str, header: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> None:
    """Write a file, whole or not at all.

    Parameters
    ----------
    path : path
        Any name; the ending says nothing of the format.
    kind : {"network", "equations"}
    header : mapping
        What JSON can hold.
    tensors : mapping of name to array

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    from safetensors.numpy import save

    head = {"format": FORMAT, "version": VERSION, "kind": kind, **header}
    # Not ascontiguousarray, which makes a list of a single number.
    arrays = {name: np.array(value, order="C") for name, value in tensors.items()}
    write_whole(path, save(arrays, metadata={HEADER: json.dumps(head)}))


def write_whole(path: str | Path, content: bytes) -> None:
    """Write a file by way of a temporary one beside it, so that no half-written file is left.

    Parameters
    ----------
    path : path
    content : bytes

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    target = Path(path)
    # Not by tempfile, whose files nobody but their owner may read, also after they are renamed.
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
        temporary.replace(target)
    except OSError as error:
        raise OutputError("path", "a place that can be written", f"{target} ({error})", "Choose another.") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def check_writable(path: str | Path) -> None:
    """Find out now rather than after a long fit whether a file can be written.

    Parameters
    ----------
    path : path

    Raises
    ------
    OutputError
        The folder is not there or cannot be written to, or the path is a folder itself.
    """
    target = Path(path)
    problem: OSError | None = IsADirectoryError("it is a folder") if target.is_dir() else None
    try:
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        problem = error
    if problem is not None:
        raise OutputError(
            "path", "a place that can be written", f"{target} ({problem})", "Choose another."
        ) from problem


def read_model(path: str | Path, kind: str) -> ModelFile:
    """Read a file of that kind.

    Parameters
    ----------
    path : path
    kind : {"network", "equations"}

    Returns
    -------
    ModelFile

    Raises
    ------
    ModelFileError
        Where it is missing, a pickle, truncated, newer than this version, or of another kind.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ModelFileError("path", "a model file", f"{path} ({error.strerror})", "Check the path.") from error
    # Our files begin with a length, which may look like a pickle's first byte, and then an opening brace.
    if content[8:9] != b"{" and (content[:1] == b"\x80" or content[:2] == b"PK"):
        raise ModelFileError(
            str(path),
            "a file written by save_spice",
            "a pickle",
            "Pickles can run code and are never loaded; fit again.",
        )
    try:
        size = int.from_bytes(content[:8], "little")
        metadata = json.loads(content[8 : 8 + size]).get("__metadata__", {})
        header = json.loads(metadata[HEADER])
        is_readable = header["format"] == FORMAT and header["version"] in range(1, VERSION + 1)
        tensors = load(content)
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ModelFileError(
            str(path), "a whole file written by save_spice", "a truncated file or another format",
            "Copy it again, or save the model again.",
        ) from error  # fmt: skip
    if not is_readable:
        raise ModelFileError(
            str(path),
            f"format version {VERSION} or older",
            f"version {header.get('version')}",
            "Update spice-nb.",
        )
    if header.get("kind") != kind:
        raise ModelFileError(str(path), f"a file of {kind}", f"a file of {header.get('kind')}", "Swap the paths.")
    return ModelFile(header, tensors)
