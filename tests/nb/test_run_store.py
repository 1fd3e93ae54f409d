"""Runs on disk, and the app that goes back to them."""

import json
from pathlib import Path

import numpy as np
import pytest

from spice.exceptions import ModelFileError, OutputError
from spice_nb import run_store
from spice_nb.app import SpiceApp
from spice_nb.run_store import RunStore
from spice_nb.state.data import DataModel
from spice_nb.state.settings import SettingsModel
from spice_nb.state.training import RunState


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def begin(store: RunStore, example: str = "forgetting") -> run_store.SavedRun:
    data = DataModel()
    data.use_example(example)
    return store.begin(SettingsModel().to_json(), data.dataset, data.name, data.truth)


def small_app(store: RunStore, epochs: int = 3) -> SpiceApp:
    app = SpiceApp(store)
    rows = "".join(f"{name},{'ab'[t % 2]},{t % 3 % 2}\n" for name in ("Ann", "Bob") for t in range(30))
    app.data.model.read_upload("mine.csv", ("person,choice,reward\n" + rows).encode())
    app.settings.model.set("epochs", epochs)
    app.settings.model.set("n_trials_off_policy", 50)
    app.settings.model.set("random_state", 1)
    return app


def test_data_come_back_whole(store: RunStore) -> None:
    data = DataModel()
    data.use_example("forgetting")
    run = store.open(begin(store).id)
    dataset, truth = run.data()
    np.testing.assert_array_equal(dataset.xs, data.dataset.xs)
    np.testing.assert_array_equal(dataset.ys, data.dataset.ys)
    np.testing.assert_array_equal(truth, data.truth)
    assert list(truth.columns) == list(data.truth.columns)


def test_runs_are_listed_the_newest_first_and_damaged_ones_left_out(store: RunStore) -> None:
    ids = [begin(store).id for _ in range(2)]
    facts = {"spice-nb run": 1, "started": "yesterday", "name": "x", "state": "done", "settings": {}}
    for k, text in enumerate(["{", "3", '{"spice-nb run": 1}', json.dumps(facts)]):
        (store.folder / f"broken{k}").mkdir()
        (store.folder / f"broken{k}" / "run.json").write_text(text)
    assert [run.id for run in store.runs()] == sorted(ids, reverse=True)
    assert "Forgetting, running" in store.runs()[0].title


OLD = """{
  "spice-nb run": 1,
  "started": "2026-03-04T10:11:12.131415+00:00",
  "name": "mine.csv",
  "state": "cancelled",
  "settings": {"spice-nb settings": 1, "model": "choice", "values": {"epochs": 12}}
}"""


def test_runs_of_earlier_versions_open(store: RunStore) -> None:
    folder = store.folder / "20260304-101112-ab12"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(OLD)
    (run,) = store.runs()
    assert (run.facts.name, run.facts.state, run.is_done) == ("mine.csv", RunState.CANCELLED, False)
    assert run.facts.started.isoformat() == "2026-03-04T10:11:12.131415+00:00"
    settings = SettingsModel()
    settings.from_json(run.settings)
    assert (settings.problem, settings.model, settings.values) == ("", "choice", {"epochs": 12})
    # Written again, it holds the same.
    assert json.loads(run.facts.to_json()) == json.loads(OLD) | {"started": "2026-03-04T10:11:12.131415Z"}


def test_what_is_wrong_with_a_run_is_said(store: RunStore) -> None:
    run = begin(store)
    (run.folder / "run.json").write_text(OLD.replace("cancelled", "asleep"))
    with pytest.raises(ModelFileError, match=rf"state: .*but got 'asleep' \(run {run.id}\)"):
        store.open(run.id)


@pytest.mark.parametrize("run_id", ["nothing", "../../etc", ""])
def test_a_run_that_is_not_there_is_said(store: RunStore, run_id: str) -> None:
    known = begin(store).id
    with pytest.raises(ModelFileError, match=known):
        store.open(run_id)


def test_a_run_of_a_newer_version_is_said(store: RunStore) -> None:
    run = begin(store)
    (run.folder / "run.json").write_text(run.facts.model_copy(update={"version": 99}).to_json())
    with pytest.raises(ModelFileError, match="Update spice-nb"):
        store.open(run.id)
    assert store.runs() == []


def test_a_run_that_is_done_is_shown_again(store: RunStore) -> None:
    app = small_app(store)
    app.training.button.click()
    assert app.training.worker.wait(60)
    (run,) = store.runs()
    assert run.is_done
    assert f"Kept as run {run.id}" in app.kept.value
    again = SpiceApp(store)
    again.resume(run.id)
    assert again.data.model.name == "mine.csv"
    assert [name for name, _ in again.equations.model.people] == ["Ann", "Bob"]
    assert again.equations.model.table.equals(app.equations.model.table)
    assert again.sessions.model.arms == [("a", 0), ("b", 1)]
    assert again.training.model.has_result


def test_a_run_that_was_interrupted_goes_on(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_store, "CHECKPOINT_SECONDS", 0.0)
    app = small_app(store, epochs=200)

    def stop(change) -> None:
        if change["new"] and change["new"][0].done >= 20:
            app.training.worker.cancel()

    app.training.model.observe(stop, "stages")
    app.training.button.click()
    assert app.training.worker.wait(60)
    (run,) = store.runs()
    assert run.facts.state is RunState.CANCELLED
    again = SpiceApp(store)
    again.resume(run.id)
    assert again.training.worker.wait(60)
    assert any("Goes on after epoch" in message for message in again.training.model.messages)
    assert len(again.training.estimator.history_) == 200
    assert [r.id for r in store.runs()] == [run.id]
    whole = small_app(store, epochs=200)
    whole.training.button.click()
    assert whole.training.worker.wait(60)
    assert again.equations.model.table.equals(whole.equations.model.table)


def test_a_full_disk_is_said_and_the_fit_goes_on(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OutputError("path", "a place that can be written", "No space left on device", "Choose another.")

    app = small_app(store)
    monkeypatch.setattr(run_store, "write_model", full)
    with pytest.raises(OutputError):
        begin(store)
    assert stored(store) == []
    app.training.button.click()
    assert app.training.worker.wait(60)
    assert "This run is not kept" in app.kept.value
    assert "No space left on device" in app.kept.value
    assert app.training.model.state is RunState.DONE


def test_the_address_names_a_run(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUERY_STRING", "run=nothing&x=1")
    assert "nothing" in SpiceApp(store).kept.value


def test_nothing_is_changed_while_a_fit_runs(store: RunStore) -> None:
    app = small_app(store, epochs=100_000)
    known = begin(store).id
    app.training.button.click()
    app.resume(known)
    assert "Cancel the fit" in app.kept.value
    app.training.worker.cancel()
    assert app.training.worker.wait(60)


def test_what_is_changed_during_a_fit_counts_after_it(store: RunStore) -> None:
    app = small_app(store, epochs=100_000)
    app.training.button.click()
    fitted = app.training.estimator
    app.data.model.use_example("forgetting")
    app.settings.model.set("epochs", 3)
    assert app.training.estimator is fitted
    app.training.worker.cancel()
    assert app.training.worker.wait(60)
    assert app.training.estimator.epochs == 3
    assert app.training.dataset is app.data.dataset
    assert "64 people" in app.summary.value


def test_ids_cannot_be_guessed_and_stay_in_order_of_time(store: RunStore) -> None:
    ids = [begin(store).id for _ in range(3)]
    assert len({run_id.split("-")[-1] for run_id in ids}) == 3
    # 128 bits, and no more than names of files may hold everywhere.
    assert all(len(run_id.split("-")[-1]) == 32 and run_id.replace("-", "").isalnum() for run_id in ids)
    older = store.folder / "20260101-120000-ab12"
    (store.folder / ids[0]).rename(older)
    assert store.open(older.name).id == older.name
    assert store.runs()[-1].id == older.name


@pytest.fixture
def hosted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("SPICE_NB_HOSTED", "1")
    monkeypatch.setenv("SPICE_NB_RUNS", str(tmp_path / "runs"))
    return RunStore()


def test_who_uses_a_server_sees_no_runs_of_others(hosted: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    run = begin(hosted)
    assert hosted.runs() == []
    for wrong in ("nothing", run.id[:-1], "..", ".", "", f"../{hosted.folder.name}", "*"):
        with pytest.raises(ModelFileError, match="the id of a run that was kept on this server") as said:
            hosted.open(wrong)
        assert run.id not in str(said.value)
        assert str(hosted.folder) not in str(said.value)
    assert hosted.open(run.id).id == run.id
    assert str(hosted.folder) not in run.python()
    monkeypatch.setenv("QUERY_STRING", f"run={run.id[:-1]}")
    app = SpiceApp()
    assert run.id not in app.kept.value.replace(run.id[:-1], "")
    assert app.earlier not in app.children[3].children
    assert app.earlier.options == ()


def test_a_folder_above_is_no_run(hosted: RunStore) -> None:
    hosted.folder.mkdir(parents=True)
    run = begin(hosted)
    (hosted.folder.parent / "run.json").write_bytes((run.folder / "run.json").read_bytes())
    (hosted.folder / "run.json").write_bytes((run.folder / "run.json").read_bytes())
    for above in ("..", "", "."):
        with pytest.raises(ModelFileError):
            hosted.open(above)


def test_runs_of_a_server_are_not_below_what_it_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPICE_NB_RUNS", raising=False)
    assert RunStore().folder == Path("spice-runs")
    monkeypatch.setenv("SPICE_NB_HOSTED", "1")
    assert RunStore().folder.name.startswith(".")


def fitted_app(store: RunStore) -> SpiceApp:
    app = small_app(store)
    app.training.button.click()
    assert app.training.worker.wait(60)
    assert app.training.model.state is RunState.DONE
    return app


def stored(store: RunStore) -> list[str]:
    return sorted(path.name for path in store.folder.glob("*")) if store.folder.is_dir() else []


def test_nothing_is_stored_on_a_server_unless_somebody_asks(hosted: RunStore) -> None:
    app = fitted_app(hosted)
    assert stored(hosted) == []
    assert "deleted when you leave this page" in app.kept.value
    app.keep.value = True
    (run_id,) = stored(hosted)
    assert f"href='?run={run_id}'" in app.kept.value
    again = SpiceApp(hosted)
    again.resume(run_id)
    assert again.keep.value
    assert again.equations.model.table.equals(app.equations.model.table)


def test_what_was_kept_on_a_server_can_be_deleted_there(hosted: RunStore) -> None:
    app = small_app(hosted)
    assert "deleted when you leave this page" in app.kept.value
    app.keep.value = True
    assert "kept from the next fit on" in app.kept.value
    app.keep.value = False
    assert "They are deleted when you leave this page" in app.kept.value
    app.keep.value = True
    assert stored(hosted) == []
    app.training.button.click()
    assert app.keep.disabled
    assert app.training.worker.wait(60)
    app.training.button.click()
    assert app.training.worker.wait(60)
    assert len(stored(hosted)) == 2
    assert not app.keep.disabled
    app.keep.value = False
    assert stored(hosted) == []
    assert "Deleted from this server" in app.kept.value
    app.keep.value = True
    (run_id,) = stored(hosted)
    again = SpiceApp(hosted)
    again.resume(run_id)
    again.keep.value = False
    assert stored(hosted) == []
    again.keep.value = True
    assert len(stored(hosted)) == 1


def test_a_fit_that_was_cancelled_leaves_the_one_before_to_be_kept(hosted: RunStore) -> None:
    app = fitted_app(hosted)
    app.training.estimator.set_params(epochs=100_000)
    app.training.button.click()
    app.training.worker.cancel()
    assert app.training.worker.wait(60)
    app.keep.value = True
    (run_id,) = stored(hosted)
    assert hosted.open(run_id).is_done
