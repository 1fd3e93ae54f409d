import io

import pytest

from spice.data.reading.read_table import read_table
from spice.data.table.table import Table
from spice.exceptions import DataError

ROWS = [("ann", "l", "0"), ("ann", "r", "1"), ("bo", "l", "0"), ("bo", "r", "0"), ("bo", "l", "1")]
NAMES = ("participant", "choice", "reward")


def read(text: str) -> Table:
    return read_table(io.StringIO(text))


def lines(separator: str, *, head: str = "", names: tuple[str, ...] = NAMES, end: str = "") -> str:
    return head + "".join(separator.join(row) + end + "\n" for row in (names, *ROWS))


def same(table: Table, first_row: int = 2) -> bool:
    columns = [table.frame[name].astype(str).tolist() for name in NAMES]
    return list(zip(*columns, strict=True)) == ROWS and table.rows.tolist() == list(range(first_row, first_row + 5))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " ", "   ", ", ", " ; ", " | "])
def test_separators(separator: str) -> None:
    assert same(read(lines(separator)))


@pytest.mark.parametrize("said", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_line_that_names_the_separator(said: str) -> None:
    assert same(read(lines(";", head=f"{said}\n")), 3)


@pytest.mark.parametrize("head", ["Our study\n", "Our study, 2024\n\n", "Study,,\nof May,,\n"])
def test_titles_are_left_out_and_said(head: str) -> None:
    n_lines = head.count("\n")
    table = read(lines(",", head=head))
    assert same(table, n_lines + 2)
    assert table.notes[0].startswith("Line" if n_lines == 1 else "Lines 1 and 2 were left out: above")


def test_headings_below_the_names() -> None:
    head = 'participant,choice,reward\nWho?,"Which box, do you think?",Coins\n"{""ImportId"":""a""}",,\n'
    table = read(head + lines(",").partition("\n")[2])
    assert same(table, 4)
    assert table.notes == ("Lines 2 and 3 were left out: headings below the names of the columns.",)


def test_an_error_in_the_first_row_is_no_heading() -> None:
    for first in ("ann,l,x", "new,l,x", "?,?,0"):
        table = read(lines(",").replace("ann,l,0", first, 1))
        assert len(table.rows) == 5
        assert table.notes == ()


def test_row_names_of_r() -> None:
    text = '"participant" "choice" "reward"\n' + "".join(f'"{k}" "{a}" "{b}" {c}\n' for k, (a, b, c) in enumerate(ROWS))
    table = read(text)
    assert same(table)
    assert "names of rows" in table.notes[0]
    # What comes twice names no row.
    with pytest.raises(DataError, match=r"rows have more: 4 values in line 2, but 3 names"):
        read(text.replace('"1" "ann"', '"0" "ann"'))


def test_separators_at_the_ends_of_rows() -> None:
    assert same(read(lines(",", end=",")))
    assert same(read(lines(",", end=",,")))
    assert same(read(lines(",", end=",").replace("reward,", "reward", 1)))


def test_quotes_and_blanks() -> None:
    text = 'participant, choice , "reward"\n' + "".join(f'"{a}" , "{b}", {c} \n' for a, b, c in ROWS)
    assert same(read(text.replace('" ,', '",')))
    table = read('a;note;c\n1;"x; y\nz";2\n1;"""q""";3\n')
    assert table.frame.note.tolist() == ["x; y\nz", '"q"']


def test_old_ends_of_lines() -> None:
    for end in ("\r\n", "\r"):
        assert same(read(lines(",").replace("\n", end)))


def test_doubtful_commas_between_tabs_are_said() -> None:
    table = read("who\tchoice\tpoints\nann\t0\t1,200\nann\t1\t90\nann\t1\t90\n")
    assert table.numbers("df_reward", "points", table.rows > 0).tolist() == [1200, 90, 90]
    assert table.notes == ("The comma in numbers such as 1,200 is read as a mark of thousands.",)
    table = read("who\tchoice\tpoints\trt\nann\t0\t1,200\t0,5\nann\t1\t90\t1,25\nann\t1\t90\t1\n")
    assert table.numbers("df_reward", "points", table.rows > 0).tolist() == [1.2, 90, 90]
    assert table.notes == ()


def test_names_that_are_missing_or_there_twice() -> None:
    table = read(",choice,choice,reward\n1,a,b,0\n2,a,b,1\n")
    assert list(table.frame.columns) == ["Unnamed: 0", "choice", "choice.1", "reward"]


@pytest.mark.parametrize("late", ["007", "1.10", "99999999999999999999", str(2**63), "-0", "+7", "x"])
def test_ids_far_down_are_as_written(late: str) -> None:
    table = read("who,choice\n" + "7,0\n" * 3000 + f"{late},1\n")
    assert table.labels("df_participant_id", "who")[1] == ("7", late)
    assert table.frame["choice"].dtype == "int64"


def test_points_that_may_be_thousands_are_said() -> None:
    table = read("who;choice;points\nann;0;1.200\nann;1;90\nann;0;95\n")
    assert table.notes == ("The point in numbers such as 1.200 is read as a decimal mark.",)
    assert read("who;choice;points\nann;0;1.200\nann;1;90.5\nann;0;95\n").notes == ()


def test_a_long_row_far_down_is_named() -> None:
    with pytest.raises(DataError, match="3 values in line 3002, where others have up to 2"):
        read("who,choice\n" + "7,0\n" * 3000 + "7,0,1\n")
