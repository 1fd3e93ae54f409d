import pytest
from data.reading.grids import ROWS, lines, read, same

from spice.exceptions import DataError


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


def test_points_that_may_be_thousands_are_said() -> None:
    table = read("who;choice;points\nann;0;1.200\nann;1;90\nann;0;95\n")
    assert table.notes == ("The point in numbers such as 1.200 is read as a decimal mark.",)
    assert read("who;choice;points\nann;0;1.200\nann;1;90.5\nann;0;95\n").notes == ()
