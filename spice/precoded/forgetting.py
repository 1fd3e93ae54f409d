"""Values of arms not chosen are forgotten, or drift, by a mechanism of their own."""

from spice.declaration.mechanisms import Mechanism
from spice.model.base import BaseRNN
from spice.model.config import SpiceConfig


class ForgettingRNN(BaseRNN):
    """Learning on the chosen arm, forgetting on the others; one equation set for everybody."""

    init_values = {"x_value_reward": 0.5}
    mechanisms = (
        Mechanism("x_value_reward_chosen", state="x_value_reward", applies_to="chosen", inputs=("c_reward",)),
        Mechanism("x_value_reward_not_chosen", state="x_value_reward", applies_to="not_chosen"),
    )


FORGETTING_RNN_CONFIG = SpiceConfig.from_model(ForgettingRNN)
