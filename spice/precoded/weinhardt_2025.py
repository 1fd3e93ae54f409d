"""The model of 2024 with values, choices and the reward of the chosen arm feeding each other."""

from dataclasses import replace

from spice.declaration.mechanisms import Input
from spice.model.base import BaseRNN
from spice.model.config import SpiceConfig
from spice.precoded.weinhardt_2024 import Weinhardt2024RNN

_READS = {
    "x_learning_rate_reward": (Input("c_reward", arm="chosen"), "x_value_reward", "x_value_choice"),
    "x_value_reward_not_chosen": (Input("c_reward", arm="chosen"), "x_value_choice"),
    "x_value_choice_chosen": ("x_value_reward",),
    "x_value_choice_not_chosen": ("x_value_reward",),
}


class Weinhardt2025RNN(BaseRNN):
    """As `Weinhardt2024RNN`, with more inputs.

    The reward of the chosen arm and the trace of choices reach the rate and the value of arms not chosen; the value
    before the trial reaches the rate and both mechanisms of the trace. Values of arms not chosen stay between 0 and 1.
    """

    init_values = Weinhardt2024RNN.init_values
    mechanisms = tuple(
        replace(
            mechanism,
            inputs=_READS[mechanism.name],
            activation="sigmoid",
            update="direct",
        )
        if mechanism.is_learned
        else mechanism
        for mechanism in Weinhardt2024RNN.mechanisms
    )
    context_size = 8


WEINHARDT_2025_CONFIG = SpiceConfig.from_model(Weinhardt2025RNN)
