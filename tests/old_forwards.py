"""Models as scripts for autospice 0.1.x write them, each with one form of its own, shipped for the tests."""

import torch
from own_forward import OwnForwardRNN
from torch import nn


class OwnEmbeddingRNN(OwnForwardRNN):
    """Embeds people by torch's own modules, one row each."""

    def __init__(self, n_actions, n_participants, **kwargs):
        super().__init__(n_actions, n_participants)
        self.participant_embedding = nn.Sequential(nn.Embedding(n_participants, 4), nn.ReLU(), nn.Dropout(0.1))


class OwnTemperatureRNN(OwnForwardRNN):
    """An inverse temperature of torch's own modules."""

    def __init__(self, n_actions, n_participants, **kwargs):
        super().__init__(n_actions, n_participants)
        self.betas["x_value_reward"] = nn.Sequential(nn.Linear(4, 1), nn.ReLU())
        nn.init.ones_(self.betas["x_value_reward"][0].bias)


class ParameterTemperatureRNN(OwnForwardRNN):
    """An inverse temperature that is a number and no module."""

    def __init__(self, n_actions, n_participants, **kwargs):
        super().__init__(n_actions, n_participants)
        self.betas = nn.ParameterDict({"x_value_reward": nn.Parameter(torch.tensor(1.0))})

    def beta(self, embedding):
        return self.betas["x_value_reward"]


class OwnNetworkRNN(OwnForwardRNN):
    """A network of torch's own modules, of one argument."""

    def __init__(self, n_actions, n_participants, **kwargs):
        super().__init__(n_actions, n_participants)
        self.submodules_rnn["x_value_reward_not_chosen"] = nn.Sequential(nn.Linear(5, 6), nn.Tanh(), nn.Linear(6, 1))


class GuardedRecordingRNN(OwnForwardRNN):
    """Records signals only outside training, and until equations are there."""

    def record_signal(self, key, value):
        if not self.training and len(self.submodules_sindy) == 0:
            super().record_signal(key, value)


class SetUpWithOptionsRNN(OwnForwardRNN):
    """Parts set up with options of versions before."""

    def __init__(self, n_actions, n_participants, **kwargs):
        super().__init__(n_actions, n_participants)
        self.submodules_rnn["x_value_reward_not_chosen"] = self.setup_module(input_size=4, dropout=0.1)
        self.betas["x_value_reward"] = self.setup_constant(4, activation=nn.Softplus)


class AllOwnRNN(OwnEmbeddingRNN):
    """All of it in one."""

    def __init__(self, n_actions, n_participants, **kwargs):
        super().__init__(n_actions, n_participants)
        self.betas["x_value_reward"] = nn.Sequential(nn.Linear(4, 1), nn.ReLU())
        nn.init.ones_(self.betas["x_value_reward"][0].bias)
        self.submodules_rnn["x_rate"] = nn.Sequential(nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 1))


OLD_FORWARDS = (
    OwnEmbeddingRNN, OwnTemperatureRNN, ParameterTemperatureRNN, OwnNetworkRNN, GuardedRecordingRNN,
    SetUpWithOptionsRNN, AllOwnRNN,
)  # fmt: skip


class FewRowsRNN(OwnForwardRNN):
    """Has an embedding for fewer people than there are."""

    def __init__(self, n_actions, n_participants, **kwargs):
        super().__init__(n_actions, n_participants)
        self.participant_embedding = nn.Embedding(2, 4)


class WideNetworkRNN(OwnForwardRNN):
    """Has a network that gives two numbers for each value."""

    def __init__(self, n_actions, n_participants, **kwargs):
        super().__init__(n_actions, n_participants)
        self.submodules_rnn["x_value_reward_not_chosen"] = nn.Linear(5, 2)


class WrongSizeRNN(OwnForwardRNN):
    """Has a network for more inputs than it is given."""

    def __init__(self, n_actions, n_participants, **kwargs):
        super().__init__(n_actions, n_participants)
        self.submodules_rnn["x_value_reward_not_chosen"] = nn.Linear(9, 1)


class NegativeTemperatureRNN(OwnForwardRNN):
    """Has an inverse temperature that is not a number."""

    def __init__(self, n_actions, n_participants, **kwargs):
        super().__init__(n_actions, n_participants)
        self.betas["x_value_reward"] = nn.Sequential(nn.Linear(4, 1), Logarithm())
        nn.init.constant_(self.betas["x_value_reward"][0].bias, -9.0)


class Logarithm(nn.Module):
    """Not a number for negative ones."""

    def forward(self, values):
        return torch.log(values)


class UncalledTemperatureRNN(OwnForwardRNN):
    """Has an inverse temperature of an embedding that is kept under another name."""

    def __init__(self, n_actions, n_participants, **kwargs):
        super().__init__(n_actions, n_participants)
        self.people = self.participant_embedding
        del self.participant_embedding

    def __getattr__(self, name):
        # As a forward that says `self.people` where the shipped one says `self.participant_embedding`.
        return super().__getattr__("people" if name == "participant_embedding" and self.inside else name)

    inside = False

    def forward(self, *arguments, **named):
        self.inside = True
        try:
            return super().forward(*arguments, **named)
        finally:
            self.inside = False


class DetachedRNN(OwnForwardRNN):
    """Gives logits that no gradient comes from."""

    def forward(self, *arguments, **named):
        logits, state = super().forward(*arguments, **named)
        return logits.detach(), state


class AskingRNN(OwnForwardRNN):
    """Cannot be built without what an estimator does not know."""

    def __init__(self, n_actions, n_participants, list_signals, **kwargs):
        super().__init__(n_actions, n_participants)


REFUSED = {
    AskingRNN: ("constructor of AskingRNN", "list_signals", "defaults"),
    FewRowsRNN: ("forward of FewRowsRNN", "nn.Embedding(n_participants, size)"),
    WideNetworkRNN: ("submodules_rnn['x_value_reward_not_chosen']", "Linear(n, 1)"),
    WrongSizeRNN: ("forward of WrongSizeRNN", "mat1 and mat2"),
    NegativeTemperatureRNN: ("betas['x_value_reward']", "Softplus()"),
    UncalledTemperatureRNN: ("inverse temperature", "self.participant_embedding"),
    DetachedRNN: ("forward of DetachedRNN", "detach"),
}
"""What cannot run, and words of the error that says so."""
