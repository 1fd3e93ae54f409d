"""What docs/compatibility.md says of older scripts is what they do."""

from pathlib import Path

from compatibility import document

PAGE = Path(__file__).parents[1] / "docs" / "compatibility.md"


def test_the_page_says_what_every_form_does() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), (
        "The page is not what the forms do: python tests/compatibility.py > docs/compatibility.md"
    )
