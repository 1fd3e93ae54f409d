"""Learning and forgetting that differ between people."""

from spice.declaration.mechanisms import Mechanism, State
from spice.model.base import BaseRNN
from spice.model.config import SpiceConfig


class ParticipantEmbeddingRNN(BaseRNN):
    """Learning on the chosen arm, forgetting on the others, each with its own equations per participant."""

    init_values = {"x_value_reward": State(0.5, inverse_temperature="participant")}
    mechanisms = (
        Mechanism("x_value_reward_chosen", state="x_value_reward", applies_to="chosen", inputs=("c_reward",)),
        Mechanism("x_value_reward_not_chosen", state="x_value_reward", applies_to="not_chosen"),
    )
    context_size = 8


PARTICIPANT_EMBEDDING_RNN_CONFIG = SpiceConfig.from_model(ParticipantEmbeddingRNN)
