"""Either half of a fit alone, and which two go together."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from own_forward import OWN_FORWARD_CONFIG, OwnForwardRNN
from safetensors import safe_open
from safetensors.numpy import load, save

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceConfig, SpiceEstimator
from spice.exceptions import ConfigError, ModelFileError, NotFittedError
from spice.files.container import HEADER
from spice.precoded import ParticipantEmbeddingRNN
from spice.resources.bandits import AgentSpice, BanditsDrift, create_dataset

Arrays = tuple[np.ndarray, np.ndarray]


def quick(model: Any = ParticipantEmbeddingRNN, **parameters: Any) -> SpiceEstimator:
    defaults = {"epochs": 2, "n_trials_off_policy": 50, "random_state": 0}
    return SpiceEstimator(model, **(defaults | parameters))


@pytest.fixture(scope="module")
def people() -> Arrays:
    dataset, _ = simulate_individual_differences(n_participants=4, n_trials=40, random_state=1)
    xs = dataset.xs.numpy().copy()
    xs[..., -1] += 5
    return xs, dataset.ys.numpy()


@pytest.fixture(scope="module")
def fitted(people: Arrays) -> SpiceEstimator:
    return quick().fit(*people)


@pytest.fixture(scope="module")
def files(fitted: SpiceEstimator, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("fit")
    fitted.save_spice(folder / "network", folder / "equations")
    return folder / "network", folder / "equations"


@pytest.mark.parametrize("on_class", [True, False])
def test_a_network_alone_predicts(
    fitted: SpiceEstimator, people: Arrays, files: tuple[Path, Path], on_class: bool
) -> None:
    # What an earlier fit found goes.
    earlier = SpiceEstimator if on_class else quick(hidden_size=3).load_spice(*files)
    loaded = earlier.load_spice(files[0], None)
    p_rnn, p_spice = loaded.predict(people[0])
    np.testing.assert_array_equal(p_rnn, fitted.predict(people[0])[0])
    assert np.isnan(p_spice).all()
    assert loaded.participant_ids_ == fitted.participant_ids_
    np.testing.assert_array_equal(
        list(loaded.get_participant_embeddings().values()), list(fitted.get_participant_embeddings().values())
    )
    create_dataset(loaded.rnn_agent, BanditsDrift(0.1), 5, 2)
    asked = (
        lambda: loaded.spice_agent, lambda: loaded.equations_, loaded.get_spice_features, loaded.print_spice_model,
        lambda: loaded.score(*people), lambda: loaded.save_spice(None, files[1].with_name("other")),
    )  # fmt: skip
    for ask in asked:
        with pytest.raises(NotFittedError, match=r"equations.*path_spice"):
            ask()
    assert "fitted to" not in repr(loaded._repr_mimebundle_())


def test_equations_alone_predict_where_they_replace_every_network(
    fitted: SpiceEstimator, people: Arrays, files: tuple[Path, Path]
) -> None:
    loaded = SpiceEstimator.load_spice(None, files[1])
    p_rnn, p_spice = loaded.predict(people[0])
    np.testing.assert_array_equal(p_spice, fitted.predict(people[0])[1])
    assert np.isnan(p_rnn).all()
    assert loaded.score(*people) == fitted.score(*people)
    assert loaded.get_spice_features() == fitted.get_spice_features()
    assert loaded.equations_.to_frame().equals(fitted.equations_.to_frame())
    assert (loaded.participant_ids_, loaded.reward_range_) == (fitted.participant_ids_, fitted.reward_range_)
    create_dataset(loaded.spice_agent, BanditsDrift(0.1), 5, 2)
    for ask in (lambda: loaded.rnn_agent, loaded.get_participant_embeddings):
        with pytest.raises(NotFittedError, match=r"network.*path_rnn"):
            ask()


@pytest.mark.parametrize("own", [True, False])
def test_equations_alone_that_stand_in_a_network_are_shown_only(people: Arrays, tmp_path: Path, own: bool) -> None:
    name = "x_value_reward_chosen"
    some = SpiceConfig({name: ["c_reward"]}, {name: ["c_action", 1, True]}, ["c_action", "c_reward"], [name])
    model, config = (OwnForwardRNN, OWN_FORWARD_CONFIG) if own else (ParticipantEmbeddingRNN, some)
    fitted = quick(model, spice_config=config, spice_refine=False).fit(*people)
    fitted.save_spice(None, tmp_path / "equations")
    loaded = quick(model).load_spice(None, tmp_path / "equations")
    assert loaded.get_spice_features() == fitted.get_spice_features()
    assert loaded.equations_.text("population") == fitted.equations_.text("population")
    changed = AgentSpice(loaded.spice_agent, loaded.equations_.canonical())
    for ask in (
        lambda: loaded.predict(people[0]), lambda: loaded.score(*people),
        lambda: create_dataset(changed, BanditsDrift(0.1), 5, 2),
    ):  # fmt: skip
        with pytest.raises(NotFittedError, match="path_rnn"):
            ask()


def test_neither_half(files: tuple[Path, Path]) -> None:
    with pytest.raises(ConfigError, match="path_rnn, path_spice or both"):
        SpiceEstimator.load_spice(None, None)


def test_files_of_two_fits_to_the_same_data_are_no_pair(
    fitted: SpiceEstimator, people: Arrays, files: tuple[Path, Path], tmp_path: Path
) -> None:
    for other in (quick(random_state=1), quick(spice_optim_threshold=0.3, spice_refine=False)):
        other.fit(*people).save_spice(tmp_path / "network", tmp_path / "equations")
        for pair in ((files[0], tmp_path / "equations"), (tmp_path / "network", files[1])):
            with pytest.raises(ModelFileError, match="two fits to the same data"):
                SpiceEstimator.load_spice(*pair)
    # A fit that is repeated is the same fit, and a half that was loaded alone stays one of it.
    quick().fit(*people).save_spice(None, tmp_path / "again")
    SpiceEstimator.load_spice(files[0], None).save_spice(tmp_path / "network")
    SpiceEstimator.load_spice(tmp_path / "network", tmp_path / "again")


def test_files_of_earlier_versions(
    fitted: SpiceEstimator, people: Arrays, files: tuple[Path, Path], tmp_path: Path
) -> None:
    """Neither half had an id, and equations did not say what their network says."""
    both = {"model", "declaration", "extra", "format", "version", "kind"}
    own = {"mechanisms", "terms", "equation_ids", "labels", "mean_reward"}
    old = tmp_path / "network", tmp_path / "equations"
    for path, source in zip(old, files, strict=True):
        with safe_open(source, "numpy") as opened:
            header = json.loads(opened.metadata()[HEADER])
        del header["extra"]["fit_id"]
        if path.name == "equations":
            header = {name: value for name, value in header.items() if name in both | own}
        path.write_bytes(save(load(source.read_bytes()), metadata={HEADER: json.dumps(header)}))
    loaded = SpiceEstimator.load_spice(*old)
    np.testing.assert_array_equal(loaded.predict(people[0])[1], fitted.predict(people[0])[1])
    loaded.save_spice(tmp_path / "network again", tmp_path / "equations again")
    SpiceEstimator.load_spice(old[0], tmp_path / "equations again")
    np.testing.assert_array_equal(
        SpiceEstimator.load_spice(old[0], None).predict(people[0])[0], loaded.predict(people[0])[0]
    )
    with pytest.raises(ModelFileError, match=r"earlier version.*path_rnn"):
        SpiceEstimator.load_spice(None, old[1])
    with pytest.raises(ModelFileError, match="two files of one fit"):
        SpiceEstimator.load_spice(old[0], files[1])
