"""Models ready to fit, one a file, each with its `SpiceConfig`."""

from spice.model.registry import register_model as _register_model
from spice.precoded.choice import CHOICE_CONFIG, ChoiceRNN
from spice.precoded.forgetting import FORGETTING_RNN_CONFIG, ForgettingRNN
from spice.precoded.learning_rate import LEARNING_RATE_RNN_CONFIG, LearningRateRNN
from spice.precoded.participant_embedding import PARTICIPANT_EMBEDDING_RNN_CONFIG, ParticipantEmbeddingRNN
from spice.precoded.rescorla_wagner import RESCOLA_WAGNER_CONFIG, RESCORLA_WAGNER_CONFIG, RescorlaWagnerRNN
from spice.precoded.reward_choice import REWARD_CHOICE_CONFIG, RewardChoiceRNN
from spice.precoded.weinhardt_2024 import WEINHARDT_2024_CONFIG, Weinhardt2024RNN
from spice.precoded.weinhardt_2025 import WEINHARDT_2025_CONFIG, Weinhardt2025RNN

MODELS = {
    "rescorla-wagner": RescorlaWagnerRNN,
    "forgetting": ForgettingRNN,
    "learning-rate": LearningRateRNN,
    "participant-embedding": ParticipantEmbeddingRNN,
    "choice": ChoiceRNN,
    "reward-choice": RewardChoiceRNN,
    "weinhardt-2024": Weinhardt2024RNN,
    "weinhardt-2025": Weinhardt2025RNN,
}
"""All of them, by the names that the command line uses."""

for _name, _model in MODELS.items():
    _register_model(_name, _model, is_precoded=True)

__all__ = [
    "CHOICE_CONFIG",
    "FORGETTING_RNN_CONFIG",
    "LEARNING_RATE_RNN_CONFIG",
    "MODELS",
    "PARTICIPANT_EMBEDDING_RNN_CONFIG",
    "RESCOLA_WAGNER_CONFIG",
    "RESCORLA_WAGNER_CONFIG",
    "REWARD_CHOICE_CONFIG",
    "WEINHARDT_2024_CONFIG",
    "WEINHARDT_2025_CONFIG",
    "ChoiceRNN",
    "ForgettingRNN",
    "LearningRateRNN",
    "ParticipantEmbeddingRNN",
    "RescorlaWagnerRNN",
    "RewardChoiceRNN",
    "Weinhardt2024RNN",
    "Weinhardt2025RNN",
]
