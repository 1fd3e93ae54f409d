"""What an estimator answers once it is fitted."""

import numpy as np
import pandas as pd
import pytest
from quick_fit import few_people, quick

from spice.estimator import SpiceEstimator
from spice.exceptions import (
    ConfigError,
    ModelFileError,
    NotFittedError,
)
from spice.precoded import (
    ChoiceRNN,
    ForgettingRNN,
    LearningRateRNN,
    ParticipantEmbeddingRNN,
)


@pytest.fixture(scope="module")
def people():
    return few_people(5)


@pytest.fixture(scope="module")
def fitted(people):
    return quick().fit(*people)


def test_one_sequence_without_a_batch_axis_and_lists(people, fitted):
    alone = fitted.score(people[0][0], people[1][0])
    assert alone == pytest.approx(fitted.score(people[0][:1].tolist(), people[1][:1].tolist()))


def test_nothing_scored_is_no_perfect_score(people, fitted):
    assert np.isnan(fitted.score(people[0], np.full_like(people[1], np.nan)))


def test_printed_equations(fitted, capsys):
    fitted.print_spice_model(1)
    printed = capsys.readouterr().out
    assert fitted.equations_.text(1) in printed
    assert "beta(x_value_reward) =" in printed


def test_two_files_in_one_place(fitted, tmp_path):
    with pytest.raises(ConfigError, match="two different files"):
        fitted.save_spice(tmp_path / "model", tmp_path / "model")


def test_files_of_two_fits_do_not_go_together(people, fitted, tmp_path):
    other = quick(epochs=1, spice_refine=False).fit(people[0][:, ::-1].copy(), people[1])
    fitted.save_spice(tmp_path / "rnn", None)
    other.save_spice(None, tmp_path / "spice")
    estimator = quick()
    with pytest.raises(ModelFileError, match="different data"):
        estimator.load_spice(tmp_path / "rnn", tmp_path / "spice")
    assert not hasattr(estimator, "spice_agent_")


def same(first, second, conditions):
    return all(
        np.allclose(a, b, atol=1e-6, equal_nan=True)
        for a, b in zip(first.predict(conditions), second.predict(conditions), strict=True)
    )


def test_ids_with_gaps(people, fitted):
    xs, ys = people[0].copy(), people[1]
    xs[..., -1] = 10 + 7 * xs[..., -1]
    gaps = quick().fit(xs, ys)
    assert gaps.participant_ids_ == (10, 17, 24, 31, 38)
    np.testing.assert_allclose(gaps.predict(xs)[1], fitted.predict(people[0])[1], atol=1e-6)


def test_people_never_seen_get_the_population(people, fitted):
    xs = people[0].copy()
    xs[..., -1] = 99
    p_rnn, p_spice = fitted.predict(xs)
    agent = fitted.spice_agent
    agent.new_sess(participant_id=99)
    table = agent.coefficients
    agent.update(int(xs[0, 0, 1]), xs[0, 0, 2:4])
    np.testing.assert_allclose(agent.get_choice_probs(), p_spice[0, 0], atol=1e-6)
    assert np.isfinite(p_rnn).all()
    own = fitted.predict(people[0])[1]
    assert np.abs(own - p_spice).max() > 1e-4
    assert table.n_rows == 6


def test_embeddings(fitted, people):
    embeddings = fitted.get_participant_embeddings()
    assert sorted(embeddings) == list(range(5))
    assert embeddings[0].shape == (8,)
    assert quick(ForgettingRNN, epochs=1).fit(*people).get_participant_embeddings() == {}


@pytest.mark.parametrize("call", ["predict", "score", "save_spice", "rnn_agent", "spice_agent", "equations_"])
def test_before_fit(call, people, tmp_path):
    estimator = quick()
    arguments = {"predict": people[:1], "score": people, "save_spice": (tmp_path / "a",)}

    def use():
        return getattr(estimator, call)(*arguments[call])

    with pytest.raises(NotFittedError, match="Call fit first"):
        use()


class TestFiles:
    def test_round_trip(self, fitted, people, tmp_path):
        paths = tmp_path / "rnn.pkl", tmp_path / "spice.pkl"
        fitted.save_spice(*paths)
        loaded = quick().load_spice(*paths)
        assert same(loaded, fitted, people[0])
        from_class = SpiceEstimator.load_spice(path_rnn=paths[0], path_spice=paths[1])
        assert from_class.rnn_class is ParticipantEmbeddingRNN
        assert same(from_class, fitted, people[0])
        assert from_class.get_spice_features() == fitted.get_spice_features()
        assert not list(tmp_path.glob(".*"))

    def test_saved_after_fit(self, people, tmp_path):
        paths = {"save_path_rnn": tmp_path / "rnn", "save_path_spice": tmp_path / "spice"}
        estimator = quick(**paths).fit(*people)
        assert same(quick().load_spice(*paths.values()), estimator, people[0])

    @pytest.mark.parametrize("model", [ChoiceRNN, LearningRateRNN])
    def test_another_model_is_refused_and_nothing_is_lost(self, fitted, people, tmp_path, model):
        from spice.exceptions import ModelFileError

        paths = tmp_path / "rnn", tmp_path / "spice"
        fitted.save_spice(*paths)
        other = quick(model, epochs=1).fit(*people)
        agent, parameters = other.spice_agent, other.get_params()
        with pytest.raises(ModelFileError, match=model.__name__):
            other.load_spice(*paths)
        assert other.spice_agent is agent
        assert other.get_params() == parameters


def test_short_layout(people):
    short = np.concatenate([people[0][..., :4], people[0][..., -1:]], axis=-1)
    assert same(quick().fit(short, people[1]), quick().fit(*people), people[0])


def test_a_table_names_no_participant(fitted):
    with pytest.raises(ConfigError, match="participant_id: expected one id in the data, but got a DataFrame"):
        fitted.print_spice_model(pd.DataFrame({"participant": [0]}))
