"""Models of one's own in Python files."""

from pathlib import Path

CODE = """
from pathlib import Path

from spice.resources.mechanisms import Mechanism, State
from spice.resources.rnn import BaseRNN

Path(__file__).with_name("ran").write_text("")


class MyRNN(BaseRNN):
    init_values = {"x_value": State(0.5, inverse_temperature="participant")}
    mechanisms = (Mechanism("x_value_chosen", state="x_value", applies_to="chosen", inputs=("c_reward",)),)
    context_size = 4


class Elsewhere:
    pass


number = 3
"""


OWN_FORWARD = """
from spice.estimator import SpiceConfig
from spice.resources.rnn import BaseRNN

CONFIG = SpiceConfig(
    library_setup={"x_value_reward_chosen": ["c_reward"]},
    filter_setup={"x_value_reward_chosen": ["c_action", 1, True]},
    control_parameters=["c_action", "c_reward"],
    rnn_modules=["x_value_reward_chosen"],
)


class MyRNN(BaseRNN):
    init_values = {"x_value_reward": 0.5}

    def __init__(self, n_actions, **kwargs):
        super().__init__(n_actions=n_actions)
        self.submodules_rnn["x_value_reward_chosen"] = self.setup_module(input_size=1)

    def forward(self, inputs, prev_state=None, batch_first=False):
        (actions, rewards, _, _), _, logits, timesteps = self.init_forward_pass(inputs, prev_state, batch_first)
        for timestep, action, reward in zip(timesteps, actions, rewards, strict=True):
            self.record_signal("c_action", action)
            self.record_signal("c_reward", reward)
            chosen = self.call_module(
                key_module="x_value_reward_chosen", key_state="x_value_reward", action=action, inputs=reward,
            )
            self.state["x_value_reward"] = chosen + (1 - action) * self.state["x_value_reward"]
            logits[timestep] = self.state["x_value_reward"]
        return self.post_forward_pass(logits, batch_first), self.get_state()
"""


def code(folder: Path, text: str = CODE, name: str = "my_module.py") -> Path:
    path = folder / name
    path.write_text(text)
    return path
