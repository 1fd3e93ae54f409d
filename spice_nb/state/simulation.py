"""Simulated people: who they are, what they choose from, and how many of them."""

from collections.abc import Hashable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import pandas as pd

from spice.exceptions import ConfigError
from spice.resources.bandits import AgentQ, BanditsDrift, BanditsFlip, BanditsSwitch, create_dataset
from spice.resources.rnn_utils import DatasetRNN

LARGEST = 2_000_000
"""Choices in all; more would keep the panel busy for long."""


@dataclass(frozen=True)
class Field:
    """How a number is asked for."""

    name: str
    label: str
    low: float
    high: float
    help: str


FIELDS = (
    Field("people", "People", 1, 10_000, "Each plays one session."),
    Field("trials", "Trials of each", 3, 10_000, "Choices that each of them makes."),
    Field("alpha_reward", "Learning rate", 0, 1, "How far a reward moves the value of the chosen option."),
    Field("alpha_penalty", "Learning rate, no reward", -1, 1, "The same where there was none; -1: as for rewards."),
    Field("forget_rate", "Forgetting rate", 0, 1, "How far values of the other options go back to 0.5."),
    Field("beta_reward", "Inverse temperature", 0, 20, "How surely the better option is chosen."),
    Field("beta_choice", "Perseveration", -10, 10, "How much is repeated what was chosen last; negative: avoided."),
    Field(
        "differences",
        "Differences between people",
        0,
        1,
        "Standard deviation of rates; 0: all are alike.",
    ),
    Field("change", "Change of the task", 0, 1, "Step of drifting rewards, or probability that they are exchanged."),
    Field("seed", "Random seed", 0, 2**31 - 1, "The same seed gives the same people."),
)
TASKS = {"drift": "Rewards drift", "reversal": "Rewards are reversed", "switch": "Rewards change in blocks"}
TEMPERATURES = 5.0
"""Differences in inverse temperatures, of those in rates."""
_AGENT = ("alpha_reward", "alpha_penalty", "forget_rate", "beta_reward", "beta_choice")


@dataclass(frozen=True)
class Simulation:
    """What to simulate; see `FIELDS` and `TASKS`."""

    people: int = 64
    trials: int = 200
    alpha_reward: float = 0.3
    alpha_penalty: float = -1.0
    forget_rate: float = 0.1
    beta_reward: float = 3.0
    beta_choice: float = 0.0
    differences: float = 0.1
    change: float = 0.1
    seed: int = 0
    task: str = "drift"

    def check(self) -> None:
        """Check that every number is within its bounds.

        Raises
        ------
        ConfigError
        """
        for field in FIELDS:
            value = getattr(self, field.name)
            kind = int if isinstance(field_default(field.name), int) else (int, float)
            if not isinstance(value, kind) or isinstance(value, bool) or not field.low <= value <= field.high:
                words = "a whole number" if kind is int else "a number"
                raise ConfigError(
                    field.label, f"{words} from {field.low:g} to {field.high:g}", repr(value), "Choose another."
                )
        if self.task not in TASKS:
            raise ConfigError("task", f"one of {sorted(TASKS)}", repr(self.task), "Choose a task from the list.")
        if self.people * self.trials > LARGEST:
            raise ConfigError(
                "People", f"at most {LARGEST:,} choices in all", f"{self.people * self.trials:,}", "Simulate fewer."
            )

    def run(self) -> tuple[DatasetRNN, pd.DataFrame]:
        """Simulate the people.

        Returns
        -------
        dataset : DatasetRNN
        truth : DataFrame
            True parameters, a row a person.

        Raises
        ------
        ConfigError
        """
        self.check()
        agent = AgentQ(**self._agent())
        tasks: dict[str, Any] = {
            "drift": lambda: BanditsDrift(self.change),
            "reversal": lambda: BanditsFlip(self.change),
            "switch": lambda: BanditsSwitch(self.change),
        }
        dataset, _, parameters = create_dataset(
            agent, tasks[self.task](), self.trials, self.people, sample_parameters=self.differences > 0,
            random_state=self.seed,
        )  # fmt: skip
        return dataset, pd.DataFrame(parameters)

    def python(self) -> str:
        """The lines of a script that simulate the same.

        Returns
        -------
        str
        """
        environment = {"drift": "BanditsDrift", "reversal": "BanditsFlip", "switch": "BanditsSwitch"}[self.task]
        agent = "".join(f"    {name}={value!r},\n" for name, value in self._agent().items())
        return (
            f"from spice.resources.bandits import AgentQ, {environment}, create_dataset\n\n"
            f"agent = AgentQ(\n{agent})\n"
            f"dataset, sessions, parameters = create_dataset(\n    agent, {environment}({self.change!r}), "
            f"n_trials={self.trials}, n_sessions={self.people},\n"
            f"    sample_parameters={self.differences > 0}, random_state={self.seed},\n)\n"
        )

    def _agent(self) -> dict[str, Any]:
        values = {name: value for name, value in asdict(self).items() if name in _AGENT}
        varying = [name for name in _AGENT if name == "beta_reward" or values[name] not in (0, -1)]
        # Inverse temperatures are larger numbers than rates.
        spread = {name: self.differences * (TEMPERATURES if name.startswith("beta") else 1.0) for name in varying}
        return values | {"parameter_variance": spread if self.differences else 0.0}


def true_agent(parameters: Mapping[Hashable, Any], n_actions: int) -> AgentQ:
    """The agent of a simulated person, from a row of the true parameters.

    Parameters
    ----------
    parameters : mapping of name to float
    n_actions : int

    Returns
    -------
    AgentQ
    """
    names = {"alpha": "alpha_reward", "beta": "beta_reward"}
    own: dict[str, Any] = {names.get(str(name), str(name)): float(value) for name, value in parameters.items()}
    return AgentQ(n_actions=n_actions, **own)


def field_default(name: str) -> Any:
    """Default of a field.

    Parameters
    ----------
    name : str
        Of a `Field`.

    Returns
    -------
    int or float
    """
    return next(field.default for field in fields(Simulation) if field.name == name)
