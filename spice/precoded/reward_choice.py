"""Reward values and choice traces that feed each other."""

from spice.declaration.mechanisms import Mechanism, State
from spice.model.base import BaseRNN
from spice.model.config import SpiceConfig


class RewardChoiceRNN(BaseRNN):
    """As `ChoiceRNN`, with interactions: each of the two values is an input of the other's mechanisms.

    Whether what was often chosen learns more slowly, or what is valued leaves a stronger trace, shows as terms
    of the equations. Products such as `x_value_reward_chosen x_value_choice` need polynomial degree 2.
    """

    init_values = {
        "x_value_reward": State(0.5, learned="equations", inverse_temperature="participant"),
        "x_value_choice": State(0.0, learned="equations", inverse_temperature="participant"),
    }
    mechanisms = (
        Mechanism(
            "x_value_reward_chosen",
            state="x_value_reward",
            applies_to="chosen",
            inputs=("c_reward", "x_value_choice"),
        ),
        Mechanism(
            "x_value_reward_not_chosen",
            state="x_value_reward",
            applies_to="not_chosen",
            inputs=("x_value_choice",),
        ),
        Mechanism("x_value_choice_chosen", state="x_value_choice", applies_to="chosen", inputs=("x_value_reward",)),
        Mechanism(
            "x_value_choice_not_chosen",
            state="x_value_choice",
            applies_to="not_chosen",
            inputs=("x_value_reward",),
        ),
    )
    context_size = 8


REWARD_CHOICE_CONFIG = SpiceConfig.from_model(RewardChoiceRNN)
