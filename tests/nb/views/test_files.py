"""Fields of sheets, encodings and names of files; what becomes of them is in `test_file_reading.py`."""

from spice_nb.state.data import DataModel
from spice_nb.views.files import Files

ROWS = "key,points\n" + "L,0\nR,1\nL,1\nR,0\n" * 3


def shown(files: Files) -> list[str]:
    fields = {"sheet": files.sheet, "encoding": files.encoding, "file_pattern": files.file_pattern}
    return [name for name, field in fields.items() if field.layout.display == ""]


def test_only_what_is_open_is_shown() -> None:
    model = DataModel()
    files = Files(model)
    assert files.layout.display == "none"
    model.read_uploads([(f"sub-{who}_task.csv", ROWS.encode()) for who in ("01", "02")])
    assert files.layout.display == ""
    assert shown(files) == ["file_pattern"]
    assert "such as sub-01_task" in files.hint.value
    model.read_upload("mine.csv", ("participant," + ROWS.replace("\n", "\nann,").removesuffix("ann,")).encode())
    assert files.layout.display == "none"


def test_a_pattern_is_read_without_blanks_at_its_ends() -> None:
    model = DataModel()
    files = Files(model)
    model.read_uploads([(f"sub-{who}_task.csv", ROWS.encode()) for who in ("01", "02")])
    files.file_pattern.value = "  sub-{participant}_task "
    assert model.dataset is not None
    assert model.dataset.participants == ("01", "02")
    assert files.file_pattern.value == "sub-{participant}_task"


def test_an_encoding_that_cannot_be_told_is_to_be_chosen() -> None:
    model = DataModel()
    files = Files(model)
    content = ("key,points\n" + "左,0\n右,1\n左,1\n右,0\n" * 3).encode("gb18030")
    model.read_upload("ann.csv", content)
    assert files.encoding.options[0] == ("Choose one …", "")
    assert "encoding" in shown(files)
    files.encoding.value = "gb18030"
    assert model.reading.encoding == "gb18030"
    assert model.dataset is not None
    assert model.dataset.actions == ("右", "左")
