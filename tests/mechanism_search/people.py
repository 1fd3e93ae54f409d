"""People of whom it is known what they do."""

from tasks import Rules, differing, play

from spice.data.dataset import DatasetRNN

PLAIN = Rules(alpha=0.4, beta=4.0)
PERSEVERING = Rules(alpha=0.4, beta=4.0, beta_choice=1.5, alpha_choice=0.5)
FORGETTING = Rules(alpha=0.5, forget=0.35, beta=4.0)


def people(rules: Rules, n_people: int = 24, n_trials: int = 150, kind: str = "drift", seed: int = 0) -> DatasetRNN:
    """Choices of people who differ around rules."""
    return DatasetRNN(*play(kind, differing(rules, n_people, seed), n_people, n_trials, seed).arrays)
