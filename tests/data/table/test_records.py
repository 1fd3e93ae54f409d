from spice.data.reading.text_layout import Grid
from spice.data.table.records import grid_of_columns, grid_of_records, numbered_people


def cells(grid: Grid) -> list[list[object]]:
    return grid.cells.to_numpy().tolist()


def test_a_record_is_a_row_and_what_it_lacks_is_empty() -> None:
    grid = grid_of_records([{"choice": "L", "reward": 1.0}, {"choice": "R", "rt": 0.5}, {"choice": None, "rt": 1}])
    assert grid.head[grid.header] == ["choice", "reward", "rt"]
    assert cells(grid) == [["L", "1", ""], ["R", "", "0.5"], ["", "", "1"]]


def test_columns_are_laid_side_by_side() -> None:
    grid = grid_of_columns({"choice": ["L", "R"], "reward": [0, 1]})
    assert grid.head[grid.header] == ["choice", "reward"]
    assert cells(grid) == [["L", "0"], ["R", "1"]]


def test_people_are_numbered_where_nothing_says_who() -> None:
    records, notes = numbered_people([[{"choice": 0}, {"choice": 1}], [{"choice": 1}]])
    assert [record["participant"] for record in records] == [1, 1, 2]
    assert [record["choice"] for record in records] == [0, 1, 1]
    assert notes == ("Column participant numbers the 2 lists of trials in the file.",)


def test_who_is_said_is_not_numbered() -> None:
    parts = [[{"Subject": "b", "choice": 0}], [{"Subject": "a", "choice": 1}]]
    assert numbered_people(parts) == ([*parts[0], *parts[1]], ())
