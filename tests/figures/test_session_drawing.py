"""What is drawn is read back from the artists."""

import numpy as np
import pytest
from figures.drawn import curve, network, ticks, words
from matplotlib.backends.backend_agg import FigureCanvasAgg

from spice.precoded import LearningRateRNN
from spice.resources.bandits import (
    AgentQ,
    BanditsDrift,
    BanditSession,
    create_dataset,
)
from spice.utils.plotting import plot_session


@pytest.fixture(scope="module")
def session() -> BanditSession:
    agent = AgentQ(alpha_reward=0.4, forget_rate=0.2, beta_choice=0.7, random_state=0)
    _, sessions, _ = create_dataset(agent, BanditsDrift(0.2, random_state=1), n_trials=40, n_sessions=1)
    return sessions[0]


NAN = np.nan


def test_ticks_follow_the_chosen_arm_and_its_own_reward() -> None:
    # Both arms' rewards are shown: only the one of the chosen arm may decide a tick.
    choices = np.array([0, 0, 1, 1, 2, -1])
    rewards = np.array([[1, 0, 0], [0, 1, 1], [0, 1, 0], [1, 0, 1], [0, 0, 0.5], [NAN] * 3])
    session = BanditSession(choices, rewards, np.zeros(6, int), 6)
    for arm, own, others in ((0, [1, 2], [3, 4, 5]), (1, [3, 4], [1, 2, 5]), (2, [5], [1, 2, 3, 4])):
        _, axes = plot_session(AgentQ(3), session, arm=arm)
        assert sorted(ticks(axes[0], "chosen")) == own
        assert sorted(ticks(axes[0], "other")) == others
    _, axes = plot_session(AgentQ(3), session)
    lengths = ticks(axes[0], "chosen") | ticks(axes[0], "other")
    assert lengths[1] == pytest.approx(0.14)
    assert lengths[2] == pytest.approx(0.05)
    assert lengths[3] == pytest.approx(0.14)
    assert lengths[4] == pytest.approx(0.05)
    assert lengths[5] == pytest.approx(0.095)
    low, high = axes[0].get_ylim()
    (top,) = [c for c in axes[0].collections if c.get_gid() == "chosen"]
    (bottom,) = [c for c in axes[0].collections if c.get_gid() == "other"]
    assert all(s[:, 1].max() == high and s[:, 1].min() > 1 for s in top.get_segments())
    assert all(s[:, 1].min() == low and s[:, 1].max() < 0 for s in bottom.get_segments())
    assert "long for reward 1, short for 0" in words(axes[0])


def test_ticks_of_losses_say_which_rewards_they_stand_for() -> None:
    rewards = np.array([[-10.0, -1], [30.0, -1], [10.0, -1]])
    _, axes = plot_session(AgentQ(), BanditSession(np.zeros(3, int), rewards, np.zeros(3, int), 3))
    lengths = ticks(axes[0], "chosen")
    assert (lengths[1], lengths[2], lengths[3]) == pytest.approx((0.05, 0.14, 0.095))
    assert "long for reward 30, short for -10" in words(axes[0])


def test_missed_trials_are_shaded_keep_the_state_and_have_no_tick() -> None:
    choices = np.array([0, -1, 1])
    rewards = np.array([[1.0, -1], [NAN, NAN], [-1, 1.0]])
    _, axes = plot_session(AgentQ(), BanditSession(choices, rewards, np.zeros(3, int), 3))
    np.testing.assert_allclose(curve(axes[2], "groundtruth"), [1.5, 1.8, 1.8])
    assert sorted(ticks(axes[0], "chosen") | ticks(axes[0], "other")) == [1, 3]
    for axis in axes[:5]:
        (band,) = [patch for patch in axis.patches if patch.get_gid() == "missed"]
        assert (band.get_x(), band.get_x() + band.get_width()) == (1.5, 2.5)
    assert "shaded: missed" in words(axes[0])


def test_all_kinds_of_agents_have_their_colour_and_dash_everywhere(session: BanditSession) -> None:
    agents = {"rnn": network(), "groundtruth": AgentQ(), "benchmark": AgentQ(alpha_reward=0.9)}
    agents["spice"] = network(LearningRateRNN)
    figure, axes = plot_session(agents, session)
    looks = {
        "groundtruth": ("#0072B2", "-"),
        "rnn": ("#E69F00", "--"),
        "spice": ("#CC79A7", "-"),
        "benchmark": ("#7F7F7F", ":"),
    }
    drawn = {i: {line.get_gid() for line in axis.lines} for i, axis in enumerate(axes)}
    everybody = set(agents)
    assert drawn == {
        0: everybody,
        1: everybody,
        2: everybody,
        3: everybody - {"rnn"},
        4: {"groundtruth", "benchmark"},
        5: set(),
    }
    for axis in axes:
        for line in axis.lines:
            assert (line.get_color(), line.get_linestyle()) == looks[line.get_gid()]
    widths = {line.get_gid(): line.get_linewidth() for line in axes[0].lines}
    assert widths["spice"] > 1.5 * max(w for key, w in widths.items() if key != "spice")
    assert "not a state of: Network" in words(axes[3])
    (legend,) = figure.legends
    names = [text.get_text() for text in legend.get_texts()]
    assert names == ["Network", "Ground truth", "Benchmark", "Equations"]
    for name, handle in zip(agents, legend.legend_handles, strict=True):
        assert handle.get_color() == looks[name][0]


def test_text_stays_inside_the_figure_and_apart(session: BanditSession) -> None:
    figure, axes = plot_session({"groundtruth": AgentQ(), "rnn": network()}, session)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    boxes = []
    for axis in axes:
        for text in (axis.title, axis._right_title, axis.yaxis.label, axis.xaxis.label):
            if text.get_text():
                boxes.append(text.get_window_extent(renderer))
    boxes.append(figure.legends[0].get_window_extent(renderer))
    for i, box in enumerate(boxes):
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= figure.bbox.width
        assert box.y1 <= figure.bbox.height
        assert not any(box.overlaps(other) for other in boxes[i + 1 :])


def test_a_single_trial_can_be_seen() -> None:
    _, axes = plot_session(AgentQ(), BanditSession(np.zeros(1, int), np.ones((1, 2)), np.zeros(1, int), 1))
    assert axes[0].lines[0].get_marker() == "o"
