import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.numpy import load, save

from spice.data.trials import read_conditions
from spice.declaration.terms import polynomial_terms
from spice.equations.coefficients import Coefficients
from spice.equations.equations import SpiceEquations
from spice.exceptions import ModelFileError, OutputError
from spice.files.container import HEADER
from spice.files.saved_models import load_equations, load_network, save_equations, save_network
from spice.model.base import BaseRNN
from spice.model.build import build_model
from spice.model.fitted import FittedModel
from spice.precoded import (
    ChoiceRNN,
    ForgettingRNN,
    LearningRateRNN,
    ParticipantEmbeddingRNN,
    RescorlaWagnerRNN,
    RewardChoiceRNN,
)
from spice.resources.bandits import AgentNetwork, AgentQ, AgentSpice, BanditsDrift, create_dataset
from spice.resources.mechanisms import Input, Mechanism, State
from spice.rollout.networks import NetworkOptions

OPTIONS = NetworkOptions(hidden_size=5, dropout=0.1)
IDS = (7, 3, 12)


class EverythingRNN(BaseRNN):
    init_values: ClassVar[dict[str, Any]] = {
        "x_value": State(0.25, learned="participant", inverse_temperature="participant"),
        "x_memory": State(0.1, learned="shared", readout=False, resets="sequence"),
    }
    mechanisms = (
        Mechanism("x_memory_all", "x_memory", inputs=(Input("c_reward", "mean"),), bounds=(-1.0, 2.0)),
        Mechanism(
            "x_value_chosen",
            "x_value",
            "chosen",
            inputs=("c_reward", Input("x_memory", when="after"), "c_mood"),
            activation="sigmoid",
            update="direct",
            others="zero",
        ),
    )
    additional_inputs = ("c_mood",)
    context_size = 2


def network(model: type[BaseRNN], seed: int = 0) -> AgentNetwork:
    torch.manual_seed(seed)
    net = build_model(model, 3, len(IDS), 2, OPTIONS)
    return AgentNetwork(net, participant_ids=IDS, experiment_ids=(0, 5), reward_range=(-2.0, 4.0))


def equations(agent: AgentNetwork, ids: tuple[int, ...] | None = None, seed: int = 0) -> AgentSpice:
    rng = np.random.default_rng(seed)
    own = agent.participant_ids if ids is None else ids
    rows = len(own) + 1 if agent.model.embeds_participants else 1
    learned = [m for m in agent.model.mechanisms if m.is_learned]
    terms = {m.name: polynomial_terms((m.name, *m.input_names), 2) for m in learned}
    values = {name: rng.normal(size=(rows, len(t))) * 0.2 for name, t in terms.items()}
    for v in values.values():
        v[:, ::2] = 0.0
    table = Coefficients(
        mechanisms=agent.model.mechanisms,
        terms=terms,
        values=values,
        betas={name: rng.uniform(1, 3, rows) for name in agent.model.betas},
        initial={name: rng.normal(size=rows) for name in agent.model.states},
        allowed={k: rng.uniform(size=len(t)) < 0.8 for k, t in terms.items()},
        hidden=frozenset(name for name, state in agent.model.states.items() if not state.readout),
    )
    n_parameters = len(table.parameters)
    draws = table.vectors()[:, None] + rng.normal(size=(rows, 30, n_parameters))
    table = replace(
        table, draws=draws.astype(np.float32), probability=rng.uniform(size=(rows, n_parameters)),
        prevalence_interval=rng.uniform(size=(2, n_parameters)),
    )  # fmt: skip
    return AgentSpice(agent, SpiceEquations.of(table, own, [f"person {i}" for i in own], mean_reward=0.4))


def halves(agent: AgentSpice) -> tuple[FittedModel, SpiceEquations]:
    return agent.fitted, agent.equations


def loaded_network(path: Path, classes: list[type[BaseRNN]]) -> tuple[AgentNetwork, Any]:
    fitted, header = load_network(path, classes)
    return AgentNetwork.of(fitted), header


def loaded_equations(path: Path, network: AgentNetwork) -> tuple[AgentSpice, Any]:
    _, found, header = load_equations(path, network.fitted)
    return AgentSpice(network, found), header


def logits(agent: AgentNetwork) -> np.ndarray:
    """Of a session of each participant, and of one who was never seen."""
    dataset, _, _ = create_dataset(AgentQ(3, random_state=0), BanditsDrift(0.2, 3, random_state=1), 12, 4)
    xs = dataset.xs.numpy().copy()
    xs[:, :, -1] = np.array([*IDS, 99])[:, None]
    xs[1, :, -2] = 5
    xs = np.insert(xs, 6, np.linspace(-1, 1, 12), axis=-1)
    return agent.run(read_conditions(xs, 3, agent.reward_range)[0]).logits.numpy()


MODELS = [
    RescorlaWagnerRNN,
    ForgettingRNN,
    ParticipantEmbeddingRNN,
    ChoiceRNN,
    RewardChoiceRNN,
    LearningRateRNN,
    EverythingRNN,
]


@pytest.mark.parametrize("model", MODELS)
def test_what_is_loaded_predicts_the_same_to_the_last_bit(model: type[BaseRNN], tmp_path: Path) -> None:
    agent = network(model)
    spice = equations(agent)
    save_network(tmp_path / "rnn.pkl", agent.fitted, OPTIONS, {"note": [1, "two"]})
    save_equations(tmp_path / "spice.pkl", *halves(spice), OPTIONS, {"note": 3})
    loaded, header = loaded_network(tmp_path / "rnn.pkl", [model])
    loaded_spice, spice_header = loaded_equations(tmp_path / "spice.pkl", loaded)

    np.testing.assert_array_equal(logits(loaded), logits(agent))
    np.testing.assert_array_equal(logits(loaded_spice), logits(spice))
    assert np.abs(logits(spice) - logits(agent)).max() > 0.01
    assert type(loaded.model) is model
    assert loaded.participant_ids == IDS
    assert loaded.experiment_ids == (0, 5)
    assert loaded.reward_range == (-2.0, 4.0)
    assert not loaded.model.training
    assert header["extra"] == {"note": [1, "two"]}
    assert (header["hidden_size"], header["dropout"]) == (5, 0.1)
    assert spice_header["extra"] == {"note": 3}

    table, before = loaded_spice.coefficients, spice.coefficients
    assert table.mechanisms == before.mechanisms
    assert dict(table.terms) == dict(before.terms)
    assert list(table.terms) == list(before.terms)
    for kind in ("draws", "probability", "prevalence_interval"):
        np.testing.assert_array_equal(getattr(table, kind), getattr(before, kind))
    for kind in ("values", "betas", "initial", "allowed"):
        assert set(getattr(table, kind)) == set(getattr(before, kind))
        for name, value in getattr(before, kind).items():
            np.testing.assert_array_equal(getattr(table, kind)[name], value)
    assert loaded_spice.get_spice_features() == spice.get_spice_features()
    for participant in (*spice.equations.participants, "population"):
        assert loaded_spice.equations.text(participant) == spice.equations.text(participant)
    assert loaded_spice.equations.labels == ("person 7", "person 3", "person 12")
    assert loaded_spice.equations.mean_reward == 0.4


def test_uncertainties_stay_with_what_they_are_of(tmp_path: Path) -> None:
    """Files keep tables without an order; two states have two inverse temperatures, each with its own error."""
    agent = network(ChoiceRNN)
    spice = equations(agent)
    save_equations(tmp_path / "spice", *halves(spice), OPTIONS, {})
    expected = dict(zip(spice.coefficients.parameters, spice.coefficients.standard_errors()[0], strict=True))
    for _ in range(8):
        table = load_equations(tmp_path / "spice", agent.fitted)[1].coefficients
        assert table.parameters == spice.coefficients.parameters
        assert dict(zip(table.parameters, table.standard_errors()[0], strict=True)) == pytest.approx(
            expected, nan_ok=True
        )


def as_written_before(path: Path, uncertainties: dict[str, np.ndarray]) -> None:
    """Put what earlier versions kept of uncertainty in the place of draws."""
    with safe_open(path, framework="numpy") as file:
        metadata = file.metadata()
    tensors = load(path.read_bytes())
    for kind in ("draws", "probability", "prevalence_interval"):
        del tensors[f"{kind}/parameters"]
    path.write_bytes(save(tensors | uncertainties, metadata=metadata))


def test_equations_of_before_keep_the_standard_errors_of_their_terms(tmp_path: Path) -> None:
    """Files that were written before covariances were kept have standard errors in their place."""
    agent = network(ParticipantEmbeddingRNN)
    spice = equations(agent)
    save_equations(tmp_path / "spice", *halves(spice), OPTIONS, {})
    errors = {
        name: np.where(v != 0, np.abs(v) / 3, np.nan).astype(np.float64)
        for name, v in spice.coefficients.values.items()
    }
    as_written_before(tmp_path / "spice", {f"errors/{name}": error for name, error in errors.items()})
    loaded, _ = loaded_equations(tmp_path / "spice", agent)
    n_terms = sum(error.shape[1] for error in errors.values())
    found = loaded.coefficients.standard_errors()
    np.testing.assert_allclose(found[:, :n_terms], np.concatenate(list(errors.values()), axis=1))
    assert np.isnan(found[:, n_terms:]).all()
    assert loaded.coefficients.probability is None
    assert (loaded.equations.canonical().to_frame().standard_error > 0).any()


def test_equations_of_before_keep_their_covariance(tmp_path: Path) -> None:
    """Files that were written before draws were kept have the covariance of all parameters."""
    agent = network(ParticipantEmbeddingRNN)
    spice = equations(agent)
    save_equations(tmp_path / "spice", *halves(spice), OPTIONS, {})
    table = spice.coefficients
    n = len(table.parameters)
    half = np.random.default_rng(1).normal(size=(table.n_rows, n, n)) * 0.1
    half[:, :3] = 0.0
    covariance = half @ half.transpose(0, 2, 1)
    as_written_before(tmp_path / "spice", {"covariance/parameters": covariance})
    found = loaded_equations(tmp_path / "spice", agent)[0].coefficients
    errors = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    np.testing.assert_allclose(found.standard_errors(), np.where(errors > 0, errors, np.nan), rtol=1e-6)
    assert found.draws is not None
    np.testing.assert_allclose(found.draws.mean(1), table.vectors(), atol=1e-9)
    # Who is sure of one number is sure of those that it goes with.
    drawn, told = np.corrcoef(found.draws[0, :, 3:].T), covariance[0, 3:, 3:] / np.outer(errors[0, 3:], errors[0, 3:])
    assert np.abs(drawn - told).max() < 0.3


def test_files_of_before_open_where_equations_fit_the_start_now(tmp_path: Path) -> None:
    """Earlier versions called every start fixed, and fitted it all the same."""
    agent = network(ChoiceRNN)
    save_network(tmp_path / "network", agent.fitted, OPTIONS, {})
    save_equations(tmp_path / "equations", *halves(equations(agent)), OPTIONS, {})
    for name in ("network", "equations"):
        with safe_open(tmp_path / name, framework="numpy") as file:
            metadata = file.metadata()
        assert '"learned": "equations"' in metadata[HEADER]
        metadata[HEADER] = metadata[HEADER].replace('"learned": "equations"', '"learned": "fixed"')
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(save(load(content), metadata=metadata))
    loaded, _ = loaded_network(tmp_path / "network", [ChoiceRNN])
    np.testing.assert_array_equal(logits(loaded), logits(agent))
    load_equations(tmp_path / "equations", loaded.fitted)


def test_equations_of_some_people_only(tmp_path: Path) -> None:
    agent = network(ParticipantEmbeddingRNN)
    save_equations(tmp_path / "spice", *halves(equations(agent, ids=(12,))), OPTIONS, {})
    loaded, _ = loaded_equations(tmp_path / "spice", agent)
    assert loaded.equation_ids == (12,)
    assert loaded.equations.participants == (12,)
    np.testing.assert_array_equal(loaded.covers(np.array([7, 3, 12, 99])), [False, False, True, True])


@pytest.mark.parametrize("model", MODELS)
def test_a_model_is_made_from_its_declaration_in_the_file(model: type[BaseRNN], tmp_path: Path) -> None:
    agent = network(model)
    save_network(tmp_path / "rnn", agent.fitted, OPTIONS, {})
    for classes in ([], [RewardChoiceRNN, RescorlaWagnerRNN]):
        loaded, _ = loaded_network(tmp_path / "rnn", classes)
        np.testing.assert_array_equal(logits(loaded), logits(agent))
        assert type(loaded.model).__name__ == model.__name__
        assert (type(loaded.model) is model) == (model in classes)
        assert loaded.model.declaration() == agent.model.declaration()


class OwnForwardRNN(BaseRNN):
    init_values: ClassVar[dict[str, Any]] = {"x_value_reward": 0.5}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.submodules_rnn["x_value_reward_chosen"] = self.setup_module(1)

    def forward(self, inputs: Any, prev_state: Any = None, batch_first: bool = False) -> Any:
        signals, _, out, timesteps = self.init_forward_pass(inputs, prev_state, batch_first)
        actions, rewards, _, _ = signals
        for t in timesteps:
            updated = self.call_module("x_value_reward_chosen", "x_value_reward", action=actions[t], inputs=rewards[t])
            kept = self.state["x_value_reward"] * (1 - actions[t])
            self.state["x_value_reward"] = updated + kept
            out[t] = self.state["x_value_reward"]
        return self.post_forward_pass(out, batch_first), self.get_state()


def test_a_forward_of_ones_own_needs_its_class(tmp_path: Path) -> None:
    agent = network(OwnForwardRNN)
    save_network(tmp_path / "rnn", agent.fitted, OPTIONS, {})
    loaded, _ = loaded_network(tmp_path / "rnn", [OwnForwardRNN])
    np.testing.assert_array_equal(logits(loaded), logits(agent))
    with pytest.raises(ModelFileError, match=r"OwnForwardRNN.*forward of its own.*rnn_class"):
        load_network(tmp_path / "rnn", [])


# What cannot be loaded --------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", [RescorlaWagnerRNN, ParticipantEmbeddingRNN, LearningRateRNN, EverythingRNN])
def test_a_network_of_another_model_is_refused(other: type[BaseRNN], tmp_path: Path) -> None:
    save_network(tmp_path / "rnn", network(ForgettingRNN).fitted, OPTIONS, {})
    with pytest.raises(ModelFileError) as raised:
        load_network(tmp_path / "rnn", [other])
    assert other.__name__ in str(raised.value)
    assert "ForgettingRNN" in str(raised.value)


def test_a_model_of_the_same_shapes_and_another_meaning_is_refused(tmp_path: Path) -> None:
    class Changed(BaseRNN):
        init_values: ClassVar[dict[str, Any]] = {"x_value_reward": 0.9}
        mechanisms = ForgettingRNN.mechanisms

    save_network(tmp_path / "rnn", network(ForgettingRNN).fitted, OPTIONS, {})
    with pytest.raises(ModelFileError, match="another declaration"):
        load_network(tmp_path / "rnn", [Changed])


def test_equations_of_another_model_or_of_other_people_are_refused(tmp_path: Path) -> None:
    save_equations(tmp_path / "spice", *halves(equations(network(ParticipantEmbeddingRNN))), OPTIONS, {})
    with pytest.raises(ModelFileError, match=r"ForgettingRNN.*ParticipantEmbeddingRNN.*two files of one fit"):
        load_equations(tmp_path / "spice", network(ForgettingRNN).fitted)
    torch.manual_seed(0)
    others = AgentNetwork(
        build_model(ParticipantEmbeddingRNN, 3, 2, 0, OPTIONS), participant_ids=(7, 3), experiment_ids=(0,)
    )
    with pytest.raises(ModelFileError, match="3 participants"):
        load_equations(tmp_path / "spice", others.fitted)


def test_the_two_paths_swapped_are_named(tmp_path: Path) -> None:
    agent = network(ForgettingRNN)
    save_network(tmp_path / "rnn", agent.fitted, OPTIONS, {})
    save_equations(tmp_path / "spice", *halves(equations(agent)), OPTIONS, {})
    with pytest.raises(ModelFileError, match="Swap the paths"):
        load_network(tmp_path / "spice", [ForgettingRNN])
    with pytest.raises(ModelFileError, match="Swap the paths"):
        load_equations(tmp_path / "rnn", agent.fitted)


def without(path: Path, change: Callable[[dict[str, Any], dict[str, Any]], Any]) -> None:
    """Write a file again with something changed in its header and tensors."""
    with safe_open(path, "numpy") as opened:
        header = json.loads(opened.metadata()[HEADER])
    tensors = load(path.read_bytes())
    change(header, tensors)
    path.write_bytes(save(tensors, metadata={HEADER: json.dumps(header)}))


@pytest.mark.parametrize(
    "change",
    [
        lambda header, tensors: header.pop("n_actions"),
        lambda header, tensors: header.pop("declaration"),
        lambda header, tensors: header.update(participant_ids=None),
        lambda header, tensors: header["declaration"]["mechanisms"][0].update(update="sideways"),
        lambda header, tensors: tensors.pop("submodules_rnn.x_value_reward_chosen.out.bias"),
        lambda header, tensors: tensors.update(stranger=np.zeros(2)),
        lambda header, tensors: header.update(hidden_size=6),
    ],
)
@pytest.mark.parametrize("classes", [[ForgettingRNN], []])
def test_a_damaged_network_file_is_a_model_file_error(
    tmp_path: Path, change: Callable[..., Any], classes: list[type[BaseRNN]]
) -> None:
    save_network(tmp_path / "rnn", network(ForgettingRNN).fitted, OPTIONS, {})
    without(tmp_path / "rnn", change)
    with pytest.raises(ModelFileError):
        load_network(tmp_path / "rnn", classes)


@pytest.mark.parametrize(
    "change",
    [
        lambda header, tensors: header.pop("terms"),
        lambda header, tensors: header.pop("labels"),
        lambda header, tensors: header["mechanisms"][0].update(inputs=3),
        lambda header, tensors: tensors.pop("values/x_value_reward_chosen"),
        lambda header, tensors: tensors.pop("initial/x_value_reward"),
        lambda header, tensors: tensors.update({"stranger/x": np.zeros(2)}),
        lambda header, tensors: tensors.update({"values/x_value_reward_chosen": np.zeros((4, 99))}),
        lambda header, tensors: tensors.update({"values/x_value_reward_chosen": np.zeros((2, 6))}),
    ],
)
def test_a_damaged_file_of_equations_is_a_model_file_error(tmp_path: Path, change: Callable[..., Any]) -> None:
    agent = network(ParticipantEmbeddingRNN)
    save_equations(tmp_path / "spice", *halves(equations(agent)), OPTIONS, {})
    without(tmp_path / "spice", change)
    with pytest.raises(ModelFileError):
        load_equations(tmp_path / "spice", agent.fitted)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    agent = network(ForgettingRNN)
    with pytest.raises(OutputError, match="path"):
        save_network(tmp_path / "file" / "rnn", agent.fitted, OPTIONS, {})
    with pytest.raises(OutputError, match="path"):
        save_equations(tmp_path / "file" / "spice", *halves(equations(agent)), OPTIONS, {})
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
