"""Questions about the data in a browser: asked, answered by a button, taken back; rows that are filtered."""

from typing import Any

import pytest
from browser.steps import wait_until, wait_until_it_fits
from browser.test_data import choose, opened


def jittery() -> bytes:
    """A table with most that can be doubtful: missed trials as a word, practice, rows sorted by choice, a code."""
    rows = []
    for who in ("ann", "bo", "cy"):
        for trial in range(1, 61):
            choice = ("Left" if trial % 9 == 0 else "left") if trial * trial // 3 % 2 else "right"
            rows.append([who, "practice" if trial <= 10 else "main", trial, choice, trial * trial // 5 % 2])
    for k in (14, 50, 90, 130):
        rows[k][3:] = ["timeout", 0]
    rows[40][4] = -999
    rows.sort(key=lambda row: (row[0], row[3]))
    return ("person,phase,trial,choice,reward\n" + "\n".join(",".join(map(str, row)) for row in rows)).encode()


def test_questions(page: Any, voila: str, screen: Any) -> None:
    opened(page, voila)
    choose(page, "jittery.csv", jittery())
    page.get_by_text("5 questions about the data are open.").first.wait_for()
    screen(page, "questions-open")
    for label in ("Leave out practice", "Sort by trial", "No choice was made", "One option, left"):
        page.get_by_role("button", name=label, exact=True).click()
        page.get_by_text(f"Your answer: {label}").wait_for()
    page.get_by_text("1 question about the data is open.").first.wait_for()
    page.get_by_role("button", name="It is a reward", exact=True).click()
    page.get_by_text("Your answer: It is a reward").wait_for()
    wait_until(page, lambda: page.get_by_text("open.").count() == 0, "an end of questions")
    screen(page, "questions-answered")
    page.get_by_role("button", name="Take back").first.click()
    page.get_by_text("1 question about the data is open.").first.wait_for()
    page.get_by_role("button", name="Rows and missed trials").click()
    page.get_by_label("Only rows where").select_option("trial")
    page.get_by_label("Relation").select_option("is between")
    page.get_by_label("Value", exact=True).fill("11")
    page.get_by_label("Upper end").fill("30")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("11 <= trial <= 30", exact=True).wait_for()
    page.get_by_text("19 to 20 choices").first.wait_for()
    screen(page, "questions-filter")
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("19 to 20 choices").first.wait_for(state="detached")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_looks(page: Any, voila: str, screen: Any, theme: str) -> None:
    page.set_viewport_size({"width": 420, "height": 900})
    opened(page, voila, f"?theme={theme}")
    choose(page, "jittery.csv", jittery())
    page.get_by_text("5 questions about the data are open.").first.wait_for()
    page.get_by_role("button", name="Rows and missed trials").click()
    page.get_by_label("Relation").select_option("is between")
    page.get_by_label("Relation").scroll_into_view_if_needed()
    screen(page, f"{theme}-420-questions-rows")
    page.get_by_role("button", name="Sort by trial").scroll_into_view_if_needed()
    screen(page, f"{theme}-420-questions")
    wait_until_it_fits(page, "a list of questions")
