"""A training that failed is made again, a few times, and the best of them counts."""

import math

import pytest

from spice.precoded import ForgettingRNN
from spice.progress import FitControl
from spice.refinement.textbook import Textbook
from spice.resources.rnn import BaseRNN
from spice.training.attempts import Trained, best_of_attempts, good_enough


def attempts(
    losses: list[float], epochs: int = 64, done: int | None = None, ran_out: bool = False
) -> tuple[float, list[int], list[str]]:
    """Loss of the attempt that counts, which attempts were made, and what was said of them."""
    made, said = [], []
    models: list[BaseRNN] = [ForgettingRNN(2) for _ in losses]

    def train(attempt: int) -> Trained:
        made.append(attempt)
        return Trained(models[attempt], [{}] * (epochs if done is None else done), losses[attempt], ran_out)

    with FitControl(lambda event: said.append(event.message)).stage("fit") as stage:
        best = best_of_attempts(train, 0.5, epochs, stage)
    assert best.model is models[losses.index(best.nll)]
    return best.nll, made, [message for message in said if message]


def test_one_that_is_good_enough_is_kept() -> None:
    assert attempts([0.5, 0.1]) == (0.5, [0], [])


def test_another_is_made_and_said() -> None:
    nll, made, said = attempts([67.0, 0.4, 0.1])
    assert (nll, made) == (0.4, [0, 1])
    assert said == [
        "The network predicts the choices with 67.000 nats each, worse than the 0.500 expected of it, so it is trained "
        "again from other weights."
    ]


@pytest.mark.parametrize("losses", [[0.6, 67.0, 0.7], [67.0, 0.6, 0.7], [67.0, 0.7, 0.6]])
def test_where_none_is_good_enough_the_best_counts(losses: list[float]) -> None:
    assert attempts(losses)[:2] == (0.6, [0, 1, 2])


def test_a_short_training_and_one_that_was_ended_are_not_made_again() -> None:
    assert attempts([67.0, 0.1], epochs=10)[1] == [0]
    assert attempts([67.0, 0.1], epochs=128, done=70)[1] == [0]


def test_one_whose_patience_ended_is_made_again() -> None:
    assert attempts([67.0, 0.1], epochs=128, done=33, ran_out=True)[1] == [0, 1]
    assert attempts([67.0, 0.1], epochs=40, done=33, ran_out=True)[1] == [0]


def test_what_is_expected_is_chance_or_nearly_the_textbook() -> None:
    assert good_enough(math.log(2), None) == math.log(2)
    assert good_enough(math.log(2), Textbook({}, {}, 0.4)) == pytest.approx(0.45)
    assert good_enough(math.log(2), Textbook({}, {}, 0.68)) == math.log(2)
