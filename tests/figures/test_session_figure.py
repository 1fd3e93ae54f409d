"""What is drawn is read back from the artists: curves by their gid, ticks by their segments."""

import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import matplotlib
import numpy as np
import pytest
import torch
from figures.drawn import curve, network, ticks, words

from spice.exceptions import ConfigError, DataError, OutputError
from spice.resources.bandits import (
    AgentQ,
    BanditsDrift,
    BanditSession,
    create_dataset,
    get_update_dynamics,
)
from spice.resources.bandits import plot_session as older_plot_session
from spice.resources.mechanisms import Mechanism
from spice.resources.rnn import BaseRNN
from spice.utils.plotting import plot_session

NAN = np.nan
STATES = ("x_value_reward", "x_learning_rate_reward", "x_value_choice", "x_value_trial")


@pytest.fixture(scope="module")
def session() -> BanditSession:
    agent = AgentQ(alpha_reward=0.4, forget_rate=0.2, beta_choice=0.7, random_state=0)
    _, sessions, _ = create_dataset(agent, BanditsDrift(0.2, random_state=1), n_trials=40, n_sessions=1)
    return sessions[0]


def test_six_axes_hold_what_the_agent_held_before_each_trial(session: BanditSession) -> None:
    agent = AgentQ(alpha_reward=0.4, forget_rate=0.2, beta_choice=0.7)
    figure, axes = plot_session(agent, session)
    assert isinstance(axes, np.ndarray)
    assert axes.shape == (6,)
    assert list(figure.axes) == list(axes)
    (q, states), probs, _ = get_update_dynamics(session, agent)
    np.testing.assert_array_equal(curve(axes[0], "groundtruth"), probs[:, 0])
    np.testing.assert_array_equal(curve(axes[1], "groundtruth"), q[:, 0])
    np.testing.assert_array_equal(curve(axes[2], "groundtruth"), states["x_value_reward"][:, 0])
    np.testing.assert_array_equal(curve(axes[4], "groundtruth"), states["x_value_choice"][:, 0])
    assert curve(axes[2], "groundtruth")[0] == pytest.approx(1.5)  # 3 * 0.5, with its inverse temperature
    assert [axis.get_ylabel() for axis in axes] == ["probability", "logit", "logit", "rate", "logit", ""]
    assert axes[-1].get_xlabel() == "trial"
    assert "x_value_trial" in words(axes[5])
    assert not axes[5].lines


def test_the_arm_asked_for_is_drawn(session: BanditSession) -> None:
    agent = AgentQ(alpha_reward=0.4)
    _, first = plot_session(agent, session, arm=0)
    _, second = plot_session(agent, session, arm=1)
    np.testing.assert_allclose(curve(first[0], "groundtruth") + curve(second[0], "groundtruth"), 1.0)
    assert not np.allclose(curve(first[2], "groundtruth"), curve(second[2], "groundtruth"))
    assert "arm 1" in words(second[0])


def test_a_learning_rate_is_held_until_the_arm_is_updated_again() -> None:
    choices = np.array([1, 0, 1, 1, 0, 0])
    rewards = np.array([[-1, 1.0], [1.0, -1], [-1, 0.0], [-1, 1.0], [0.0, -1], [1.0, -1]])
    agent = AgentQ(alpha_reward=0.8, alpha_penalty=0.3)
    _, axes = plot_session(agent, BanditSession(choices, rewards, np.zeros(6, int), 6))
    np.testing.assert_allclose(curve(axes[3], "groundtruth"), [NAN, NAN, 0.8, 0.8, 0.8, 0.3])
    np.testing.assert_allclose(axes[3].get_ylim(), (-0.03, 1.03))
    none = BanditSession(np.ones(2, int), np.array([[-1, 1.0], [-1, 1.0]]), np.zeros(2, int), 2)
    _, axes = plot_session(agent, none)
    assert "never updated" in words(axes[3])


def test_one_agent_counts_as_what_it_is(session: BanditSession) -> None:
    _, axes = plot_session(network(), session)
    assert [line.get_gid() for line in axes[0].lines] == ["rnn"]


@pytest.mark.parametrize(
    ("labels", "names"),
    [(["A", "B"], ["A", "B"]), (("A", "B"), ["A", "B"]), ({"rnn": "mine"}, ["Ground truth", "mine"])],
)
def test_labels(session: BanditSession, labels: Any, names: list[str]) -> None:
    figure, _ = plot_session({"groundtruth": AgentQ(), "rnn": network()}, session, labels)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == names


def test_an_array_and_a_session_give_the_same_curves() -> None:
    agent = AgentQ(alpha_reward=0.4, random_state=0)
    dataset, sessions, _ = create_dataset(agent, BanditsDrift(0.2, random_state=1), n_trials=20, n_sessions=2)
    _, of_session = plot_session(agent, sessions[1])
    for xs in (dataset.xs[1], dataset.xs[1].numpy(), torch.cat([dataset.xs[1], torch.full((5, 7), NAN)])):
        _, of_array = plot_session(agent, xs)
        for a, b in zip(of_session[:5], of_array[:5], strict=True):
            np.testing.assert_allclose(curve(a, "groundtruth"), curve(b, "groundtruth"), atol=1e-6)
        assert ticks(of_session[0], "chosen") == ticks(of_array[0], "chosen")


def test_each_person_is_shown_with_their_own_network() -> None:
    from spice.precoded import ParticipantEmbeddingRNN

    agent = network(ParticipantEmbeddingRNN, n_participants=2)
    dataset, _, _ = create_dataset(AgentQ(random_state=0), BanditsDrift(0.2, random_state=1), 15, 1)
    xs = dataset.xs[0].clone()
    _, first = plot_session(agent, xs)
    xs[:, -1] = 1
    _, second = plot_session(agent, xs)
    assert np.abs(curve(first[1], "rnn")[1:] - curve(second[1], "rnn")[1:]).max() > 1e-3


def test_nothing_global_changes(session: BanditSession) -> None:
    agent = AgentQ()
    agent.update(0, [1.0, -1.0])
    held, before = agent.q.copy(), dict(matplotlib.rcParams)
    plot_session(agent, session)
    assert dict(matplotlib.rcParams) == before
    np.testing.assert_array_equal(agent.q, held)


def test_pyplot_is_left_alone_and_matplotlib_comes_late() -> None:
    code = (
        "import sys; import spice.utils.plotting as p; assert 'matplotlib' not in sys.modules\n"
        "import numpy as np; from spice.resources.bandits import AgentQ, BanditSession\n"
        "s = BanditSession(np.zeros(2, int), np.ones((2, 2)), np.zeros(2, int), 2)\n"
        "p.plot_session(AgentQ(), s); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.png", b"\x89PNG"),
        ("a.svg", b"<?xml"),
        ("a.pdf", b"%PDF"),
        ("b.PNG", b"\x89PNG"),
        ("a.jpg", b"\xff\xd8\xff"),
        ("a.jpeg", b"\xff\xd8\xff"),
    ],
)
def test_files(tmp_path: Path, session: BanditSession, name: str, start: bytes) -> None:
    plot_session(AgentQ(), session, save=tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_without_an_ending_is_a_png(tmp_path: Path, session: BanditSession) -> None:
    plot_session(AgentQ(), session, save=tmp_path / "figure")
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in tmp_path.iterdir()] == ["figure.png"]


@pytest.mark.parametrize("signals", [["x_value_choice", "x_value_reward"], ["x_value_trial"], []])
def test_the_states_asked_for_are_drawn_in_that_order(session: BanditSession, signals: list[str]) -> None:
    agent = AgentQ(alpha_reward=0.4, beta_choice=0.7)
    _, every = plot_session(agent, session)
    _, axes = plot_session(agent, session, signals_to_plot=signals)
    assert axes.shape == (2 + len(signals),)
    places = [0, 1, *(2 + STATES.index(signal) for signal in signals)]
    for axis, place in zip(axes, places, strict=True):
        assert axis.get_title(loc="left") == every[place].get_title(loc="left")
        if every[place].lines:
            np.testing.assert_array_equal(curve(axis, "groundtruth"), curve(every[place], "groundtruth"))


def test_a_state_of_ones_own_is_drawn(session: BanditSession) -> None:
    class Memory(BaseRNN):
        init_values: ClassVar = {"x_memory": 0.5}
        mechanisms = (Mechanism("x_memory_chosen", state="x_memory", applies_to="chosen", inputs=("c_reward",)),)

    _, axes = plot_session(network(Memory), session, signals_to_plot=["x_memory"])
    assert "x_memory" in axes[2].get_title(loc="left")
    assert curve(axes[2], "rnn").std() > 0


def test_names_of_older_scripts(session: BanditSession) -> None:
    assert older_plot_session is plot_session
    agents = {"groundtruth": AgentQ(), "sindy": network()}
    figure, axes = plot_session(agents, session, labels={"sindy": "SPICE"}, display_choice=1)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["Ground truth", "SPICE"]
    _, expected = plot_session({"spice": network()}, session, arm=1)
    np.testing.assert_array_equal(curve(axes[0], "spice"), curve(expected[0], "spice"))


@pytest.mark.parametrize(
    ("arguments", "words_of_error"),
    [
        ({"agents": {"human": AgentQ()}}, ("agents", "human", "groundtruth", "benchmark")),
        ({"agents": {}}, ("agents", "a dict")),
        ({"agents": {"rnn": "a model"}}, ("agents['rnn']", "str")),
        ({"arm": 2}, ("arm", "0 to 1", "2")),
        ({"arm": -1}, ("arm", "0 to 1", "-1")),
        ({"arm": True}, ("arm", "True")),
        ({"labels": ["A", "B"]}, ("labels", "1 names", "groundtruth")),
        ({"labels": "A"}, ("labels", "'A'")),
        ({"labels": {"rnn": "A"}}, ("labels", "rnn", "groundtruth")),
        ({"display_choice": 2}, ("arm", "0 to 1", "2")),
        ({"arm": 1, "display_choice": 0}, ("display_choice", "0 and 1")),
        ({"agents": {"sindy": AgentQ(), "spice": AgentQ()}}, ("agents", "sindy", "spice", "both")),
        ({"signals_to_plot": ["x_learing_rate_reward"]}, ("signals_to_plot", "'x_learing_rate_reward'", STATES[1])),
        ({"signals_to_plot": "x_value_reward"}, ("signals_to_plot", "a list")),
        ({"save": "figure.bmp"}, ("save", "png", "figure.bmp")),
    ],
)
def test_mistakes_are_named(session: BanditSession, arguments: dict[str, Any], words_of_error: tuple[str, ...]) -> None:
    call: dict[str, Any] = {"agents": {"groundtruth": AgentQ()}, "experiment": session, **arguments}
    with pytest.raises(ConfigError) as raised:
        plot_session(**call)
    for word in words_of_error:
        assert word in str(raised.value)


def test_a_session_of_other_arms_or_without_trials_is_refused(session: BanditSession) -> None:
    with pytest.raises(DataError, match="experiment"):
        plot_session(AgentQ(3), session)
    with pytest.raises(DataError, match="at least one trial"):
        plot_session(AgentQ(), torch.full((4, 7), NAN))


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, session: BanditSession) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="path"):
        plot_session(AgentQ(), session, save=tmp_path / "file" / "figure.png")
