"""Small tables as they are uploaded, sound ones and others."""

from spice_nb.state.data import DataModel

LINES = ["participant,choice,reward", *(f"{p},{t % 2},{(t + p) % 3 % 2}" for p in (1, 2) for t in range(12))]


CSV = "\n".join(LINES) + "\n"


def loaded(text: str) -> DataModel:
    model = DataModel()
    model.read_upload("mine.csv", text.encode())
    return model


def with_bad_rows() -> list[str]:
    """Two people with twelve choices each; rows 6 and 10 without a reward, row 14 without a person."""
    lines = [*LINES]
    lines[5], lines[9], lines[13] = "1,0,much", "1,0,", ",0,1"
    return lines


def doubtful() -> str:
    """Two people, a typing error in row 9, and practice that has a column of its own."""
    rows = [(who, "left" if t % 3 else "right", t % 2, int(t < 5)) for who in "ab" for t in range(40)]
    rows[7] = ("a", "lfet", 1, 0)
    return "participant,choice,reward,practice\n" + "".join(f"{a},{b},{c},{d}\n" for a, b, c, d in rows)
