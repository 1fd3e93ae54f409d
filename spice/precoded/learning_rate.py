"""A learning rate that changes, inside a hard-coded prediction error."""

from spice.declaration.mechanisms import Input, Mechanism, State
from spice.model.base import BaseRNN
from spice.model.config import SpiceConfig


class LearningRateRNN(BaseRNN):
    """A learned rate feeds V <- V + rate (r - V) on the chosen arm; forgetting on the others.

    The inverse temperature is one learned number for everybody, and so are the equations.
    """

    init_values = {
        "x_value_reward": State(0.5, inverse_temperature="shared"),
        "x_learning_rate_reward": State(0.0, readout=False),
    }
    mechanisms = (
        Mechanism(
            "x_learning_rate_reward",
            state="x_learning_rate_reward",
            applies_to="chosen",
            inputs=("c_reward", "x_value_reward"),
            activation="sigmoid",
            update="direct",
            others="zero",
        ),
        Mechanism(
            "x_value_reward_chosen",
            state="x_value_reward",
            applies_to="chosen",
            inputs=("c_reward", Input("x_learning_rate_reward", when="after")),
            equation={
                "x_value_reward": 1.0,
                "x_learning_rate_reward c_reward": 1.0,
                "x_learning_rate_reward x_value_reward": -1.0,
            },
        ),
        Mechanism("x_value_reward_not_chosen", state="x_value_reward", applies_to="not_chosen"),
    )


LEARNING_RATE_RNN_CONFIG = SpiceConfig.from_model(LearningRateRNN)
