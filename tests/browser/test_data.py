"""Data of one's own, in a browser: uploads of all sizes, and rows that cannot be used."""

import time
from pathlib import Path
from typing import Any

import pytest

LINES = ["participant,choice,reward", *(f"{p},{t % 2},{(t + p) % 3 % 2}" for p in (1, 2) for t in range(60))]
GOOD = ("\n".join(LINES) + "\n").encode()
BAD = [*LINES]
BAD[4], BAD[8], BAD[19] = "1,1,much", "1,0,", ",0,1"
BAD[11] = "1,,"


def opened(page: Any, address: str, query: str = "") -> Any:
    page.goto(address + query)
    page.get_by_role("button", name="Upload a table").wait_for()
    return page


def choose(page: Any, *files: tuple[str, bytes]) -> None:
    page.locator(".spice-upload input").set_input_files(
        [{"name": name, "mimeType": "text/csv", "buffer": content} for name, content in files]
    )


def drop(page: Any, name: str, content: str) -> None:
    page.evaluate(
        """([name, content]) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([content], name));
            const target = document.querySelector(".spice-upload");
            for (const kind of ["dragover", "drop"])
                target.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        [name, content],
    )


def large(path: Path, megabytes: int) -> Path:
    """A table of many people with 500 choices each."""
    row = "".join(f"person{{0:06d}},{t % 2},{t % 3 % 2},{0.25:.9f}\n" for t in range(500))
    people = megabytes * 1_000_000 // len(row.format(0)) + 1
    with path.open("w") as file:
        file.write("participant,choice,reward,pupil\n")
        file.writelines(row.format(person) for person in range(people))
    return path


def test_a_file_of_50_mb_arrives(page: Any, voila: str, tmp_path: Path, screen: Any) -> None:
    path = large(tmp_path / "large.csv", 50)
    opened(page, voila)
    began = time.perf_counter()
    page.locator(".spice-upload input").set_input_files(path)
    page.get_by_text("Uploading large.csv").wait_for()
    page.wait_for_function("document.querySelector('.spice-upload [role=progressbar]').ariaValueNow > 30")
    screen(page, "data-upload-under-way")
    page.get_by_text("500 choices each").first.wait_for(timeout=120_000)
    seconds = time.perf_counter() - began
    print(f"50 MB in {seconds:.1f} s")
    assert seconds < 120
    assert page.get_by_role("progressbar").count() == 0
