"""A model that writes its own forward, in the style of autospice 0.1.x, shipped for the tests."""

import torch

from spice.estimator import SpiceConfig
from spice.resources.rnn import BaseRNN

OWN_FORWARD_CONFIG = SpiceConfig(
    library_setup={"x_rate": ["c_reward"], "x_value_reward_not_chosen": []},
    filter_setup={"x_rate": ["c_action", 1, True], "x_value_reward_not_chosen": ["c_action", 0, True]},
    control_parameters=["c_action", "c_reward"],
    rnn_modules=["x_rate", "x_value_reward_not_chosen"],
)


class OwnForwardRNN(BaseRNN):
    """A learned rate in a hard-coded prediction error, forgetting, embeddings, a beta per participant."""

    init_values = {"x_value_reward": 0.5, "x_rate": 0}

    def __init__(self, n_actions, n_participants, embedding_size=4, **kwargs):
        super().__init__(n_actions=n_actions, embedding_size=embedding_size)
        self.participant_embedding = self.setup_embedding(n_participants, embedding_size, dropout=0.0)
        self.submodules_rnn["x_rate"] = self.setup_module(input_size=1 + embedding_size)
        self.submodules_rnn["x_value_reward_not_chosen"] = self.setup_module(input_size=embedding_size)
        self.submodules_eq["x_value_reward_chosen"] = lambda value, inputs: (
            value + inputs[..., 1] * (inputs[..., 0] - value)
        )
        self.betas["x_value_reward"] = self.setup_constant(embedding_size)

    def beta(self, embedding):
        return self.betas["x_value_reward"](embedding)

    def forward(self, inputs, prev_state=None, batch_first=False):
        inputs, ids, logits, timesteps = self.init_forward_pass(inputs, prev_state, batch_first)
        actions, rewards, _, _ = inputs
        participant_ids, _ = ids
        embedding = self.participant_embedding(participant_ids[:, 0].int())
        beta = self.beta(embedding)
        for timestep, action, reward in zip(timesteps, actions, rewards, strict=True):
            self.record_signal("c_action", action)
            self.record_signal("c_reward", reward)
            self.record_signal("x_rate", self.state["x_rate"])
            self.record_signal("x_value_reward_not_chosen", self.state["x_value_reward"])
            rate = self.call_module(
                key_module="x_rate",
                key_state="x_rate",
                action=action,
                inputs=reward,
                participant_embedding=embedding,
                participant_index=participant_ids,
                activation_rnn=torch.nn.functional.sigmoid,
            )
            chosen = self.call_module(
                key_module="x_value_reward_chosen",
                key_state="x_value_reward",
                action=action,
                inputs=(reward, rate),
            )
            not_chosen = self.call_module(
                key_module="x_value_reward_not_chosen",
                key_state="x_value_reward",
                action=1 - action,
                inputs=None,
                participant_embedding=embedding,
                participant_index=participant_ids,
            )
            self.state["x_rate"] = rate
            self.state["x_value_reward"] = chosen + not_chosen
            logits[timestep] = self.state["x_value_reward"] * beta
        return self.post_forward_pass(logits, batch_first), self.get_state()
