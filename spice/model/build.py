"""How a model is constructed: with the arguments its constructor asks for, and weights that a seed decides."""

import inspect
from typing import Any

import torch

from spice.compiler.locks import ForkLock
from spice.exceptions import ConfigError
from spice.model.base import BaseRNN
from spice.model.own_parts import add_population_rows
from spice.rollout.networks import NetworkOptions, network_options

_BUILDING = ForkLock()
_ASKS = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def build_model(
    rnn_class: type[BaseRNN],
    n_actions: int,
    n_participants: int,
    n_experiments: int,
    options: NetworkOptions,
    seed: int = 0,
) -> BaseRNN:
    """Construct a model, giving its constructor what it has parameters for.

    torch draws initial weights from one generator for the whole process: it is seeded here, while nobody else
    builds, and put back.

    Parameters
    ----------
    rnn_class : type of BaseRNN
    n_actions, n_participants, n_experiments : int
        Arms, people and experiments.
    options : NetworkOptions
        For networks of mechanisms, whatever the constructor passes on.
    seed : int
        Decides the weights.

    Returns
    -------
    BaseRNN

    Raises
    ------
    ConfigError
        The constructor needs something else.
    """
    sizes = {"n_actions": n_actions, "n_participants": n_participants, "n_experiments": n_experiments}
    parameters = inspect.signature(rnn_class).parameters
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    arguments: dict[str, Any] = {name: n for name, n in sizes.items() if takes_all or name in parameters}
    needed = [p.name for p in parameters.values() if p.default is p.empty and p.kind in _ASKS]
    unknown = [name for name in needed if name not in arguments]
    if unknown:
        raise ConfigError(
            f"constructor of {rnn_class.__name__}", f"no parameters without a default but {list(sizes)}", unknown,
            "Give them defaults.",
        )  # fmt: skip
    with _BUILDING, network_options(options), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = rnn_class(**arguments)
    # A constructor of one's own need not pass them on.
    model.n_participants, model.n_experiments = n_participants, n_experiments
    model.own_embeddings = add_population_rows(model)
    if not model.is_declared:
        model.setup_observation()
    return model
