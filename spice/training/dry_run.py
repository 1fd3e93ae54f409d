"""A few trials of a model that writes its own forward, so that what cannot run is known before anything is trained."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from spice.data.ids import Ids
from spice.discovery.samples import sample_mechanisms
from spice.exceptions import ConfigError, SpiceError
from spice.model.base import BaseRNN
from spice.model.config import SpiceConfig
from spice.model.own_parts import temperatures
from spice.model.run import run_model
from spice.model.training_data import TrainingData
from spice.training.train import share_generator

N_TRIALS, N_SEQUENCES = 4, 3


def dry_run(model: BaseRNN, config: SpiceConfig, data: TrainingData) -> None:
    """Run what a fit will run, on a few trials.

    Parameters
    ----------
    model : BaseRNN
        Of another class than the declared ones; run in eval mode and left there.
    config : SpiceConfig
    data : TrainingData

    Raises
    ------
    ConfigError
        Names the part that cannot run, and what to do.
    """
    if model.is_declared:
        return
    some = np.arange(min(N_SEQUENCES, data.trials.n_sequences))
    trials, ids = data.trials.select(some), data.ids.select(some)
    trials = trials.window(0, min(N_TRIALS, trials.n_trials))
    nobody = Ids(torch.full_like(ids.participants, -1), torch.full_like(ids.experiments, -1))
    name = type(model).__name__
    share_generator(model, torch.Generator().manual_seed(0))
    for whose, rows in (("the participants of the data", ids), ("people never seen", nobody)):
        with _refused(
            f"forward of {name}, for {whose}", "logits of each trial and the state after the last",
            "Correct forward; embeddings need a row for each participant, as nn.Embedding(n_participants, size) has.",
        ):  # fmt: skip
            _check_logits(name, run_model(model.train(), trials, rows).logits, trials.actions.shape)
    share_generator(model.eval(), None)
    n = model.n_participants if model.embeds_participants else 0
    with torch.no_grad():
        with _refused(
            f"betas of {name}", "modules that give a positive number, of an embedding or of nothing",
            "Take setup_constant(), setup_constant(embedding_size) or Sequential(Linear(embedding_size, 1), ReLU()), "
            "and keep the embedding of the participants as self.participant_embedding.",
        ):  # fmt: skip
            for state, factor in temperatures(model, torch.arange(n + 1)).items():
                _check_temperature(state, factor)
        with _refused(f"mechanisms of {name}", "to be sampled for equations", "Correct forward."):
            sample_mechanisms(model, config, trials, ids)


@contextmanager
def _refused(argument: str, expected: str, remedy: str) -> Iterator[None]:
    try:
        yield
    except SpiceError:
        raise
    except Exception as error:
        raise ConfigError(argument, expected, f"{type(error).__name__}: {error}", remedy) from error


def _check_logits(name: str, logits: torch.Tensor, shape: torch.Size) -> None:
    if logits.shape != shape:
        raise ConfigError(
            f"forward of {name}", f"logits of shape {tuple(shape)}, trials first", f"{tuple(logits.shape)}",
            "Return post_forward_pass(logits, batch_first), get_state().",
        )  # fmt: skip
    if not logits.requires_grad:
        raise ConfigError(
            f"forward of {name}", "logits that depend on the model's parameters", "logits without a gradient",
            "Do not detach what the networks give.",
        )  # fmt: skip


def _check_temperature(state: str, factor: torch.Tensor) -> None:
    if not bool((torch.isfinite(factor) & (factor > 0)).all()):
        raise ConfigError(
            f"betas[{state!r}]", "positive numbers", f"{factor.min():g} to {factor.max():g}",
            "Let it end with ReLU(), Softplus() or an exponential.",
        )  # fmt: skip
