"""Data of one's own, in a browser: uploads of all sizes, and rows that cannot be used."""

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from browser.steps import LOOKS, wait_until_it_fits

LINES = ["participant,choice,reward", *(f"{p},{t % 2},{(t + p) % 3 % 2}" for p in (1, 2) for t in range(60))]
GOOD = ("\n".join(LINES) + "\n").encode()
BAD = [*LINES]
BAD[4], BAD[8], BAD[19] = "1,1,much", "1,0,", ",0,1"
BAD[11] = "1,,"


def opened(page: Any, address: str, query: str = "") -> Any:
    page.goto(address + query)
    page.get_by_role("button", name="Upload a table").wait_for()
    return page


def choose(page: Any, name: str, content: bytes) -> None:
    page.locator(".spice-upload input").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})


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


def huge(path: Path) -> Path:
    """A file that takes no room."""
    with path.open("wb") as file:
        file.truncate(312_000_000)
    return path


def test_a_file_of_50_mb_arrives(page: Any, voila: str, tmp_path: Path, screen: Any) -> None:
    path = large(tmp_path / "large.csv", 50)
    opened(page, voila)
    page.locator(".spice-upload input").set_input_files(path)
    page.get_by_text("Uploading large.csv").wait_for()
    page.wait_for_function("document.querySelector('.spice-upload [role=progressbar]').ariaValueNow > 30")
    screen(page, "data-upload-under-way")
    page.get_by_text("500 choices each").first.wait_for(timeout=120_000)
    page.get_by_role("progressbar").wait_for(state="hidden")


def test_a_refused_upload_leaves_all_as_it_was(page: Any, voila: str, tmp_path: Path) -> None:
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(len(frame))))
    opened(page, voila)
    page.get_by_text("64 people, 200 choices each").first.wait_for()
    page.locator(".spice-upload input").set_input_files(huge(tmp_path / "huge.csv"))
    page.get_by_role("alert").filter(has_text="huge.csv has 312 MB; up to 200 MB can be uploaded").wait_for()
    assert sum(sent) < 1_000_000
    choose(page, "empty.csv", b"")
    page.get_by_text("empty.csv is empty.").wait_for()
    assert page.get_by_text("64 people, 200 choices each").count() > 0
    choose(page, "good.csv", GOOD)
    page.get_by_text("2 people, 60 choices each").first.wait_for()
    page.locator(".spice-upload").get_by_role("alert").wait_for(state="hidden")


def test_cancelled_and_replaced_uploads(page: Any, voila: str, tmp_path: Path) -> None:
    path = large(tmp_path / "large.csv", 150)
    opened(page, voila)
    page.locator(".spice-upload input").set_input_files(path)
    page.get_by_role("button", name="Cancel upload").click()
    page.get_by_text("The upload of large.csv was cancelled. The data before it stay.").wait_for()
    assert page.get_by_text("64 people, 200 choices each").count() > 0
    page.locator(".spice-upload input").set_input_files(path)
    page.get_by_text("Uploading large.csv").wait_for()
    choose(page, "good.csv", GOOD)
    page.get_by_text("2 people, 60 choices each").first.wait_for()
    page.get_by_text("large.csv").first.wait_for(state="detached")
    # Nor does it come back.
    page.wait_for_timeout(1_000)
    assert page.get_by_text("large.csv").count() == 0


def test_a_piece_that_is_lost_is_sent_again(page: Any, voila: str, tmp_path: Path) -> None:
    lost = []

    def connect(socket: Any) -> None:
        server = socket.connect_to_server()

        def forward(frame: Any) -> None:
            if len(frame) > 500_000 and not lost:
                lost.append(len(frame))
            else:
                server.send(frame)

        socket.on_message(forward)

    page.route_web_socket("**/channels*", connect)
    opened(page, voila)
    page.locator(".spice-upload input").set_input_files(large(tmp_path / "large.csv", 3))
    page.get_by_text("500 choices each").first.wait_for()
    assert len(lost) == 1


def test_when_nothing_gets_through_any_more_it_says_so(page: Any, voila: str, tmp_path: Path) -> None:
    def connect(socket: Any) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda frame: None if len(frame) > 500_000 else server.send(frame))

    page.route_web_socket("**/channels*", connect)
    opened(page, voila)
    page.locator(".spice-upload input").set_input_files(large(tmp_path / "large.csv", 3))
    page.get_by_text("Python does not answer just now. The upload goes on when it does").wait_for()
    page.get_by_role("button", name="Cancel upload").click()
    page.get_by_text("The upload of large.csv was cancelled.").wait_for()
    page.get_by_text("Python does not answer just now.").wait_for(state="hidden")


def test_a_file_that_goes_away_meanwhile(page: Any, voila: str, tmp_path: Path) -> None:
    path = large(tmp_path / "large.csv", 150)
    opened(page, voila)
    page.locator(".spice-upload input").set_input_files(path)
    page.get_by_text("Uploading large.csv").wait_for()
    path.write_text("something else")
    page.get_by_text("The upload of large.csv was interrupted after").wait_for()
    assert page.get_by_text("64 people, 200 choices each").count() > 0


def test_bad_rows_are_left_out_with_the_keyboard(page: Any, voila: str, screen: Any) -> None:
    opened(page, voila)
    drop(page, "bad.csv", "\n".join(BAD))
    page.get_by_text("some rows cannot be used").first.wait_for()
    page.get_by_role("button", name="Fit", exact=True, disabled=True).first.wait_for()
    screen(page, "data-bad-rows")
    for name in ("Leave out this row", "Leave out these 2 rows"):
        page.get_by_label(name).focus()
        page.keyboard.press("Space")
        page.get_by_text("left out: expected").last.wait_for()
        page.wait_for_function("document.activeElement.type === 'checkbox'")
    page.get_by_text("2 people, 56 to 60 choices").first.wait_for()
    page.get_by_role("button", name="Fit", exact=True, disabled=False).first.wait_for()
    screen(page, "data-bad-rows-left-out")
    page.get_by_label("Leave out this row").uncheck()
    page.get_by_text("some rows cannot be used").first.wait_for()


def test_the_button_opens_the_dialogue_by_keyboard(page: Any, voila: str) -> None:
    # Dialogues are caught some time after one asks for it: asking only with the key may be too late.
    page.on("filechooser", lambda chooser: None)
    opened(page, voila)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload a table").press("Enter")
    chooser.value.set_files({"name": "good.csv", "mimeType": "text/csv", "buffer": GOOD})
    page.get_by_text("2 people, 60 choices each").first.wait_for()


def test_uploads_in_jupyterlab(page: Any, lab: str, tmp_path: Path, screen: Any) -> None:
    path = large(tmp_path / "large.csv", 150)
    page.goto(f"{lab}lab/tree/app.ipynb?reset")
    cell = page.locator(".jp-Notebook .jp-CodeCell").first
    cell.wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    choose(page, "good.csv", GOOD)
    page.get_by_text("2 people, 60 choices each").first.wait_for()
    screen(page, "lab-upload")
    page.keyboard.press("Control+s")
    page.locator(".spice-upload input").set_input_files(path)
    page.get_by_text("Uploading large.csv").wait_for()
    # The kernel goes on, and waits for a file that nobody has any more.
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.get_by_text("interrupted after").wait_for()
    page.get_by_text("the page was closed or loaded again").wait_for()
    page.get_by_text("2 people, 60 choices each").first.wait_for()


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_looks(page: Any, voila: str, tmp_path: Path, screen: Any, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, voila, f"?theme={theme}")

    def look(name: str) -> None:
        screen(page, f"{theme}-{width}-data-{name}")
        wait_until_it_fits(page, name)

    look("example")
    choose(page, "bad.csv", "\n".join(BAD).encode())
    page.get_by_text("some rows cannot be used").first.wait_for()
    look("bad-rows")
    page.get_by_label("Leave out these 2 rows").check()
    page.get_by_text("left out: expected").wait_for()
    look("rows-left-out")
    page.locator(".spice-upload input").set_input_files(huge(tmp_path / "huge.csv"))
    page.get_by_text("up to 200 MB can be uploaded").wait_for()
    look("upload-refused")
    page.locator(".spice-upload input").set_input_files(large(tmp_path / "large.csv", 100))
    page.get_by_text("Uploading large.csv").wait_for()
    look("upload-under-way")


def test_one_file_for_each_person(page: Any, voila: str) -> None:
    text = "choice,reward\n" + "".join(f"{t % 2},{t % 3 % 2}\n" for t in range(60))
    files = [{"name": f"{name}.csv", "mimeType": "text/csv", "buffer": text.encode()} for name in ("p10", "p2", "p1")]
    opened(page, voila)
    page.locator(".spice-upload input").set_input_files(files)
    page.get_by_text("3 people").first.wait_for()
    page.get_by_text("p1", exact=True).first.wait_for()


def test_a_sheet_and_a_pattern_are_chosen(page: Any, voila: str, screen: Any) -> None:
    pytest.importorskip("openpyxl", reason="openpyxl is not installed: pip install 'spice-nb[formats]'")
    content = io.BytesIO()
    with pd.ExcelWriter(content) as book:
        for name, people in (("Pilot", "ab"), ("Main", "cde")):
            rows = [(person, t % 2, t % 3 % 2) for person in people for t in range(60)]
            pd.DataFrame(rows, columns=["participant", "choice", "reward"]).to_excel(book, sheet_name=name, index=False)
    opened(page, voila)
    choose(page, "book.xlsx", content.getvalue())
    page.get_by_text("2 people, 60 choices each").first.wait_for()
    page.get_by_label("Sheet", exact=True).select_option("Main")
    page.get_by_text("3 people, 60 choices each").first.wait_for()
    screen(page, "data-sheet")
    text = "choice,reward\n" + "".join(f"{t % 2},{t % 3 % 2}\n" for t in range(60))
    names = [f"{person}_{session}.csv" for person in "ab" for session in "12"]
    files = [{"name": name, "mimeType": "text/csv", "buffer": text.encode()} for name in names]
    page.locator(".spice-upload input").set_input_files(files)
    page.get_by_text("4 people, 60 choices each").first.wait_for()
    page.get_by_label("Sheet", exact=True).wait_for(state="hidden")
    page.get_by_label("Pattern of file names").fill("{participant}_{session}")
    page.get_by_label("Pattern of file names").press("Enter")
    page.get_by_text("2 people, 4 sessions, 120 choices each").first.wait_for()
    screen(page, "data-pattern")
