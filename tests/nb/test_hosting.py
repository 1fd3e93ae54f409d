"""Whether others use the app, and what they may then do."""

import os
from pathlib import Path

import pytest

from spice.exceptions import ConfigError, DataError
from spice_nb.hosting import Hosting
from spice_nb.state.data import DataModel
from spice_nb.state.simulation import Simulation
from spice_nb.state.upload import UploadModel
from spice_nb.views.data_panel import DataPanel

TABLE = "person,choice,reward\n" + "".join(f"{p},{t % 2},{t % 3 % 2}\n" for p in "abc" for t in range(20))
PAGE = {"SERVER_SOFTWARE": "voila/0.5.13", "VOILA_PREHEAT": "False"}
AHEAD_OF_A_PAGE = {"VOILA_BASE_URL": "/", "VOILA_PREHEAT": "True"}


@pytest.mark.parametrize(
    ("environment", "is_hosted"),
    [
        ({}, False),
        (PAGE, True),
        (AHEAD_OF_A_PAGE, True),
        (PAGE | {"SPICE_NB_HOSTED": "0"}, False),
        (PAGE | {"SPICE_NB_HOSTED": ""}, True),
        ({"SPICE_NB_HOSTED": "1"}, True),
        ({"SPICE_NB_HOSTED": " Yes "}, True),
        ({"SERVER_SOFTWARE": "jupyter"}, False),
    ],
)
def test_what_voila_serves_is_hosted_unless_the_host_says_no(environment: dict[str, str], is_hosted: bool) -> None:
    hosting = Hosting.from_environment(environment)
    assert hosting.is_hosted is is_hosted
    assert (hosting.minutes is not None) is is_hosted
    assert hosting.reads_paths is not is_hosted


def test_limits_can_be_set_in_both_ways() -> None:
    given = {"SPICE_NB_MAX_MB": "0.5", "SPICE_NB_MAX_ROWS": "100", "SPICE_NB_MAX_PEOPLE": "7"}
    own = Hosting.from_environment(given)
    assert (own.read_limits.size, own.rows, own.people, own.minutes) == (500_000, 100, 7, None)
    assert Hosting.from_environment(given | PAGE).minutes == 30


@pytest.mark.parametrize("name", ["SPICE_NB_HOSTED", "SPICE_NB_MAX_MB", "SPICE_NB_MAX_MINUTES"])
@pytest.mark.parametrize("value", ["none", "-1", "nan"])
def test_what_cannot_be_read_stops_the_app(name: str, value: str) -> None:
    # A typing error must not open what was meant to be shut.
    with pytest.raises(ConfigError, match=f"{name}: expected"):
        Hosting.from_environment({name: value})


@pytest.fixture
def course(tmp_path: Path) -> Hosting:
    for name in ("course", "course-secret", "more"):
        (tmp_path / name / "a").mkdir(parents=True)
        (tmp_path / name / f"{name}.csv").write_text(TABLE)
    (tmp_path / "course" / "link.csv").symlink_to(tmp_path / "course-secret" / "course-secret.csv")
    (tmp_path / "course" / "out").symlink_to(tmp_path / "course-secret")
    folders = os.pathsep.join(str(tmp_path / name) for name in ("course", "more"))
    return Hosting.from_environment({"SPICE_NB_HOSTED": "1", "SPICE_NB_FOLDERS": folders})


@pytest.mark.parametrize("path", ["course.csv", "a/../course.csv", "more.csv", "*.cs?", "."])
def test_files_below_a_folder_of_the_host_are_read(course: Hosting, path: str) -> None:
    (course.folders[0] / "link.csv").unlink()
    model = DataModel(hosting=course)
    model.read_path(path)
    assert model.problem == ""
    assert model.summary.people == 3


@pytest.mark.parametrize(
    "path",
    [
        "../../../../../../etc/hosts", "/etc/hosts", "/etc/nothing", "../course-secret/course-secret.csv", "~/x.csv/..",
        "link.csv", "out/course-secret.csv", "out", "out/*.csv", "*/../../course-secret/*.csv", "*/course-secret.csv",
        "a\0b", "/dev/zero", "/proc/self/environ", "x" * 5000,
    ],
)  # fmt: skip
def test_nothing_else_is_read(course: Hosting, path: str) -> None:
    model = DataModel(hosting=course)
    model.read_path(path)
    assert model.table is None
    assert model.problem
    assert "secret.csv (" not in model.problem


def test_a_refusal_does_not_say_whether_there_is_a_file(course: Hosting) -> None:
    said = []
    for path in ("/etc/hosts", "/etc/nothing"):
        with pytest.raises(DataError) as refused:
            course.path(path)
        said.append(str(refused.value).replace(path, "PATH"))
    assert said[0] == said[1]


def test_without_folders_no_path_is_read_and_none_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(TABLE)
    model = DataModel(hosting=Hosting(is_hosted=True))
    model.read_path(str(tmp_path / "own.csv"))
    assert "Upload the file" in model.problem
    panel = DataPanel(model)
    assert panel.path not in panel.children[2].children
    panel = DataPanel(DataModel(hosting=Hosting()))
    assert panel.path in panel.children[2].children


def test_too_many_people_or_trials_are_said_and_the_remedy(tmp_path: Path) -> None:
    model = DataModel(hosting=Hosting(is_hosted=True, people=2))
    model.read_upload("mine.csv", TABLE.encode())
    assert model.dataset is None
    assert model.problem.startswith("These are 3 people; this server takes up to 2. Use fewer, or run SPICE on")
    model = DataModel(hosting=Hosting(is_hosted=True, rows=59))
    model.read_upload("mine.csv", TABLE.encode())
    assert "at most 59 rows, but got 60 in mine.csv" in model.problem
    model = DataModel(hosting=Hosting(is_hosted=True, people=2))
    model.use_example("forgetting")
    assert "These are 64 people" in model.problem
    model.simulate(Simulation(people=2, trials=20))
    assert (model.problem, model.summary.people) == ("", 2)
    model.simulate(Simulation(people=9, trials=20))
    assert "These are 9 people" in model.problem
    assert model.summary.people == 2


def test_uploads_have_the_limit_of_the_host() -> None:
    upload = UploadModel(lambda files: None, Hosting(is_hosted=True, megabytes=2))
    assert "up to 2\u00a0MB, deleted when you leave unless kept" in upload.hint
    assert not upload.begin("a", [("a.csv", 2_000_001)])
    assert "up to 2.0 MB can be uploaded. Use fewer, or run SPICE on a computer of your own" in upload.problem
    # Announced sizes come from outside.
    assert not upload.begin("a", [("a.csv", 3_000_000), ("b.csv", -2_000_000)])
    assert upload.begin("a", [("a.csv", 2_000_000)])
