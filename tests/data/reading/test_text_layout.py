"""How a text lays out its table."""

import pytest
from data.reading.grids import ROWS, lines, read, same

from spice.exceptions import DataError


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " ", "   ", ", ", " ; ", " | "])
def test_separators(separator: str) -> None:
    assert same(read(lines(separator)))


@pytest.mark.parametrize("said", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_line_that_names_the_separator(said: str) -> None:
    assert same(read(lines(";", head=f"{said}\n")), 3)


def test_quotes_and_blanks() -> None:
    text = 'participant, choice , "reward"\n' + "".join(f'"{a}" , "{b}", {c} \n' for a, b, c in ROWS)
    assert same(read(text.replace('" ,', '",')))
    table = read('a;note;c\n1;"x; y\nz";2\n1;"""q""";3\n')
    assert table.frame.note.tolist() == ["x; y\nz", '"q"']


def test_old_ends_of_lines() -> None:
    for end in ("\r\n", "\r"):
        assert same(read(lines(",").replace("\n", end)))


@pytest.mark.parametrize("late", ["007", "1.10", "99999999999999999999", str(2**63), "-0", "+7", "x"])
def test_ids_far_down_are_as_written(late: str) -> None:
    table = read("who,choice\n" + "7,0\n" * 3000 + f"{late},1\n")
    assert table.labels("df_participant_id", "who")[1] == ("7", late)
    assert table.frame["choice"].dtype == "int64"


def test_a_long_row_far_down_is_named() -> None:
    with pytest.raises(DataError, match="3 values in line 3002, where others have up to 2"):
        read("who,choice\n" + "7,0\n" * 3000 + "7,0,1\n")
