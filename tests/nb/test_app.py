"""The app without a browser: what its steps hand to each other."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nb.views.tables import CSV

from spice.exceptions import ConfigError
from spice_nb import current_python
from spice_nb.app import SpiceApp
from spice_nb.run_store import RunStore
from spice_nb.state.candidates import Candidates
from spice_nb.state.columns import Role

ADDITIONAL = "participant,choice,reward,reaction time\n" + "".join(
    f"{person},{t % 3 % 2},{t % 4 % 2},{0.3 + t % 5 / 10}\n" for person in "ab" for t in range(30)
)


def test_the_top_says_what_is_still_needed(tmp_path: Path) -> None:
    app = SpiceApp(RunStore(tmp_path))
    app.data.model.read_upload("mine.csv", ADDITIONAL.replace("a,0,0", "a,0,x", 1).encode())
    assert app.training.button.disabled
    assert "see step 1" in app.summary.value
    app.data.model.read_upload("nothing.csv", b"")
    assert "Choose a data set first." in app.summary.value
    app.data.model.use_example("forgetting")
    assert "Ready to fit." in app.summary.value


def test_the_app_fits_additional_inputs_and_models_of_one_s_own(tmp_path: Path) -> None:
    app = SpiceApp(RunStore(tmp_path))
    app.data.model.read_upload("mine.csv", ADDITIONAL.encode())
    app.data.model.choose(Role.INPUTS, ("reaction time",))
    settings = app.settings.model
    assert settings.inputs == ("reaction_time",)
    settings.build()
    builder = app.settings.builder
    builder.mechanism.value = 0
    assert "reaction_time" in settings.own.mechanisms[0].input_names
    settings.set_candidates("x_value_reward_chosen", Candidates(("reaction_time",)))
    for name, value in {"epochs": 3, "n_trials_off_policy": 50, "random_state": 1}.items():
        settings.set(name, value)
    app.training.button.click()
    assert app.training.worker.wait(60)
    assert app.training.model.problem == ""
    (tmp_path / "mine.csv").write_text(ADDITIONAL)
    namespace: dict[str, Any] = {}
    exec(app.python().replace("'mine.csv'", repr(str(tmp_path / "mine.csv"))), namespace)
    xs = app.data.dataset.xs
    np.testing.assert_array_equal(namespace["estimator"].predict(xs), app.training.estimator.predict(xs))

    app.data.model.use_example("forgetting")
    assert app.training.button.disabled
    assert "reaction_time" in app.training.headline.value
    app.resume(app.run.id)
    assert settings.inputs == ("reaction_time",)
    assert settings.candidates == {"x_value_reward_chosen": Candidates(("reaction_time",))}
    assert app.equations.model.people
    assert app.sessions.model.blocker == ""
    settings.choose("forgetting")
    app.data.model.use_example("forgetting")
    assert not app.training.button.disabled


def test_the_script_of_the_app_that_was_opened_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SpiceApp, "latest", None)
    with pytest.raises(ConfigError, match=r"Run SpiceApp\(\) first"):
        current_python()
    SpiceApp(RunStore(tmp_path))
    app = SpiceApp(RunStore(tmp_path))
    app.settings.model.set("epochs", 33)
    assert current_python() == app.python()
    assert "epochs=33" in current_python()


def test_a_run_of_before_can_be_copied_as_a_script(tmp_path: Path) -> None:
    app = SpiceApp(RunStore(tmp_path))
    for name, value in {"epochs": 2, "n_trials_off_policy": 50}.items():
        app.settings.model.set(name, value)
    app.training.button.click()
    assert app.training.worker.wait(60)
    app.steps.selected_index = 4
    app.resume(app.run.id)
    assert app.steps.selected_index == 3
    namespace: dict[str, Any] = {}
    exec(app.python(), namespace)
    xs = app.data.dataset.xs
    np.testing.assert_array_equal(namespace["estimator"].predict(xs), app.training.estimator.predict(xs))


def test_who_has_gone_elsewhere_stays_there(tmp_path: Path) -> None:
    app = SpiceApp(RunStore(tmp_path))
    for name, value in {"epochs": 60, "n_trials_off_policy": 50}.items():
        app.settings.model.set(name, value)
    app.training.button.click()
    app.steps.selected_index = 0
    assert app.training.worker.wait(60)
    assert app.steps.selected_index == 0


def test_presets_leave_the_seed(tmp_path: Path) -> None:
    app = SpiceApp(RunStore(tmp_path))
    app.settings.model.use_preset("Quick look")
    assert app.settings.model.values == {"epochs": 32, "random_state": 0}


def test_the_app_leads_from_data_to_sessions(tmp_path: Path) -> None:
    app = SpiceApp(RunStore(tmp_path))
    app.data.model.read_upload("mine.csv", CSV.encode())
    app.settings.model.set("epochs", 3)
    app.settings.model.set("n_trials_off_policy", 50)
    app.training.button.click()
    assert app.steps.selected_index == 2
    assert app.training.worker.wait(60)
    assert app.training.model.problem == ""
    assert app.steps.selected_index == 3
    assert [name for name, _ in app.equations.model.people] == ["<script>alert(1)</script>", "=1+1"]
    assert "nats per choice" in app.sessions.reading.value
    app.data.model.read_upload("empty.csv", b"")
    assert app.training.button.disabled
