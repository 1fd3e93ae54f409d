"""The Rescorla-Wagner model: the chosen arm learns from its reward, the others stay as they are."""

from spice.declaration.mechanisms import Mechanism
from spice.model.base import BaseRNN
from spice.model.config import SpiceConfig


class RescorlaWagnerRNN(BaseRNN):
    """Learning on the chosen arm; one equation set for everybody.

    The model of Rescorla and Wagner (1972) is V <- V + alpha (r - V) on the chosen arm.
    """

    init_values = {"x_value_reward": 0.5}
    mechanisms = (
        Mechanism("x_value_reward_chosen", state="x_value_reward", applies_to="chosen", inputs=("c_reward",)),
    )


RESCORLA_WAGNER_CONFIG = SpiceConfig.from_model(RescorlaWagnerRNN)
RESCOLA_WAGNER_CONFIG = RESCORLA_WAGNER_CONFIG
"""The spelling that published scripts use."""
