"""One person's trials in a text, and the people found in files of such."""

from pathlib import Path

from spice.utils.convert_dataset import convert_dataset

ONE = "trial,key,coins\n0,L,0\n1,R,1\n2,L,0\n3,R,1\n"


def people(source: object, **arguments: str) -> tuple[object, ...]:
    dataset, *_ = convert_dataset(source, df_choice="key", df_reward="coins", **arguments)  # type: ignore[arg-type]
    return dataset.participants or ()


def fill_folder(folder: Path) -> Path:
    """Files of three people, and others."""
    for name in ("p10", "p2", "p1"):
        (folder / f"{name}.csv").write_text(ONE)
    (folder / "README").write_text("Nothing to see.")
    (folder / "notes.txt").write_text("A line, of text.\nAnother.\n")
    (folder / "people.csv").write_text("who,age\np1,30\np2,31\n")
    (folder / ".hidden.csv").write_text("a,b\n1,2\n")
    return folder
