"""What the kernel's side of a copy button answers."""

from typing import Any

import pytest

from spice.exceptions import DataError
from spice_nb.views.copy_button import CopyButton


def answers(button: CopyButton, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(button, "send", sent.append)
    button._handle_custom_msg({"ask": "7"}, [])
    return sent


def test_it_gives_the_text_of_the_moment_and_says_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[str] = []
    button = CopyButton("Copy table", lambda: "\n".join(rows), lambda: f"{len(rows)} rows")
    rows += ["a", "b"]
    assert answers(button, monkeypatch) == [{"answer": "7", "text": "a\nb", "said": "2 rows copied"}]


def test_a_word_may_be_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    button = CopyButton("Copy as Python", lambda: "x = 1", "Script")
    assert answers(button, monkeypatch)[0]["said"] == "Script copied"


def test_what_is_wrong_is_said_and_nothing_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> str:
        raise DataError("table", "rows", "none", "Choose people.")

    (answer,) = answers(CopyButton("Copy", fails, "rows"), monkeypatch)
    assert set(answer) == {"answer", "problem"}
    assert "Choose people." in answer["problem"]
