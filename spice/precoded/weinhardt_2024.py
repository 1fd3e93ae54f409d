"""A learned rate inside a prediction error, beside a trace of choices, as a precoded model of autospice has it."""

from spice.declaration.mechanisms import Mechanism, State
from spice.model.base import BaseRNN
from spice.model.config import SpiceConfig
from spice.precoded.learning_rate import LearningRateRNN


class Weinhardt2024RNN(BaseRNN):
    """As `LearningRateRNN`, with a trace of choices between 0 and 1, each with its own equations per participant.

    The rate reads the reward and the value before the trial, `x_value_reward` in its equation.
    """

    init_values = {
        "x_value_reward": State(0.5, inverse_temperature="participant"),
        "x_value_choice": State(0.0, inverse_temperature="participant"),
        "x_learning_rate_reward": State(0.0, readout=False),
    }
    mechanisms = (
        *LearningRateRNN.mechanisms,
        Mechanism(
            "x_value_choice_chosen",
            state="x_value_choice",
            applies_to="chosen",
            activation="sigmoid",
            update="direct",
        ),
        Mechanism(
            "x_value_choice_not_chosen",
            state="x_value_choice",
            applies_to="not_chosen",
            activation="sigmoid",
            update="direct",
        ),
    )
    context_size = 8


WEINHARDT_2024_CONFIG = SpiceConfig.from_model(Weinhardt2024RNN)
