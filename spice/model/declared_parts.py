"""The parts that a declared model is set up with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from spice.declaration.mechanisms import check_declaration
from spice.rollout.networks import MechanismNetwork
from spice.rollout.parts import InverseTemperature, start_people_alike

if TYPE_CHECKING:
    from spice.model.base import BaseRNN


def set_up_declared(model: BaseRNN) -> None:
    """Set up networks, embeddings, initial values and inverse temperatures.

    Parameters
    ----------
    model : BaseRNN
        Given all of these.

    Raises
    ------
    ConfigError
        Names of the declaration do not fit together.
    """
    check_declaration(model.states, model.mechanisms, model.additional_inputs)
    if model.embedding_size and model.n_participants:
        model.participant_embedding = model.setup_embedding(model.n_participants, model.embedding_size, dropout=0.0)
        if model.n_experiments > 1:
            model.experiment_embedding = model.setup_embedding(model.n_experiments, model.embedding_size, dropout=0.0)
    n_context = _context_features(model)
    for mechanism in model.mechanisms:
        if mechanism.is_learned:
            model.submodules_rnn[mechanism.name] = MechanismNetwork(
                len(mechanism.inputs) + n_context,
                sigmoid=mechanism.activation == "sigmoid",
                residual=mechanism.update == "residual",
            )
    model.initial = nn.ParameterDict()
    for name, state in model.states.items():
        if state.readout and state.inverse_temperature != "none":
            per_person = state.inverse_temperature == "participant" and model.embeds_participants
            model.betas[name] = model.setup_constant(model.embedding_size if per_person else None)
        if state.learned in ("shared", "participant"):
            rows = model.n_participants + 1 if state.learned == "participant" and model.embeds_participants else 1
            model.initial[name] = nn.Parameter(torch.full((rows, 1), state.initial))
    n_context = _context_features(model)
    networks = [m for m in model.submodules_rnn.values() if isinstance(m, MechanismNetwork)]
    readers = [(network.hidden, n_context) for network in networks if n_context]
    betas = [beta.log_beta for beta in model.betas.values() if isinstance(beta, InverseTemperature)]
    readers += [(layer, model.embedding_size) for layer in betas if isinstance(layer, nn.Linear)]
    start_people_alike(model, readers)


def _context_features(model: BaseRNN) -> int:
    if not model.embeds_participants:
        return 0
    return model.embedding_size * (1 + hasattr(model, "experiment_embedding"))
