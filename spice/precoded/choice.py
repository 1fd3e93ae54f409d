"""Choices leave a trace of their own beside the values that rewards leave."""

from spice.declaration.mechanisms import Mechanism, State
from spice.model.base import BaseRNN
from spice.model.config import SpiceConfig


class ChoiceRNN(BaseRNN):
    """Learning, forgetting and choice perseveration, each with its own equations per participant."""

    init_values = {
        "x_value_reward": State(0.5, learned="equations", inverse_temperature="participant"),
        "x_value_choice": State(0.0, learned="equations", inverse_temperature="participant"),
    }
    mechanisms = (
        Mechanism("x_value_reward_chosen", state="x_value_reward", applies_to="chosen", inputs=("c_reward",)),
        Mechanism("x_value_reward_not_chosen", state="x_value_reward", applies_to="not_chosen"),
        Mechanism("x_value_choice_chosen", state="x_value_choice", applies_to="chosen"),
        Mechanism("x_value_choice_not_chosen", state="x_value_choice", applies_to="not_chosen"),
    )
    context_size = 8


CHOICE_CONFIG = SpiceConfig.from_model(ChoiceRNN)
