"""The data set every part of the engine works on."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor
from torch.utils.data import Dataset

from spice._validation import check_device, check_real_and_dense
from spice.data.id_columns import check_exact, check_whole, is_exact
from spice.data.layout import Columns, chosen_arms, is_choice, is_padding, participants_of, scaled, shown_rewards
from spice.documents import bundle, document
from spice.exceptions import ConfigError, DataError

Device: TypeAlias = str | torch.device | None
Labels: TypeAlias = tuple[Hashable, ...] | None


class DatasetRNN(Dataset[tuple[Tensor, Tensor]]):
    """Choices and rewards of all sequences, one row a trial.

    Parameters
    ----------
    xs : array or Tensor, (n_sequences, n_trials, n_features)
        ``[one-hot action (A) | reward per arm (A) | additional inputs | block | experiment | participant]``
        or the short layout ``[A | A | participant]``. A reward not shown is -1, or NaN where unchosen arms
        can be shown; an action of -1 is an arm that was not on offer. A missed trial has a NaN action and NaN
        rewards; padding is a row of NaN (or of -1).
        Two dimensions are one sequence. Arrays are copied, never modified. Ids are whole numbers.
    ys : array or Tensor, (n_sequences, n_trials, A)
        The next action, one-hot (-1: not on offer); NaN where there is none to predict.
    normalize_features : int or sequence of int, optional
        Indices of features in `xs` that are scaled to [0, 1] over all observed trials.
    sequence_length : int, optional
        Cut sequences into windows of that many trials; None or -1 keeps them whole. Each window starts from
        the initial state of a model. The last window of a sequence is padded, so that no trial is lost.
    stride : int, default=1
        Trials between the starts of two windows.
    device : str or torch.device, optional
        Where the tensors live.
    participants, experiments, blocks, actions : sequence of labels, optional
        Label of each integer id, in order of the ids.
    additional_inputs : sequence of str
        Names of the additional inputs, in order of their columns.
    reward_range : (float, float)
        Reward, in its own unit, that is 0 and 1 in `xs`.

    Attributes
    ----------
    xs, ys : Tensor
        In float32; `xs` is in float64 where ids need it to be told apart, as 20230415123 and 20230415124 do.
    n_actions : int
    sequence_index : tuple of int
        For each row of `xs`, the whole sequence that it is (a window) of.
    overlapping : bool
        Whether a trial can be in two windows.

    Raises
    ------
    DataError
        Shapes that do not fit together, no trials, infinite values, ids that are no whole numbers or too large to be
        kept exactly.
    ConfigError
        A feature index, `sequence_length` or `stride` out of bounds; a device that is not there.
    """

    def __init__(
        self,
        xs: ArrayLike | Tensor,
        ys: ArrayLike | Tensor,
        normalize_features: int | Sequence[int] | None = None,
        sequence_length: int | None = None,
        stride: int = 1,
        device: Device = None,
        *,
        participants: Iterable[Hashable] | None = None,
        experiments: Iterable[Hashable] | None = None,
        blocks: Iterable[Hashable] | None = None,
        actions: Iterable[Hashable] | None = None,
        additional_inputs: Iterable[str] = (),
        reward_range: tuple[float, float] = (0.0, 1.0),
    ) -> None:
        check_device("cpu" if device is None else device)
        self.device = torch.device("cpu" if device is None else device)
        given, ys = xs, _as_sequences("ys", ys, self.device)
        xs = _as_sequences("xs", given, self.device)
        _check_shapes(xs, ys)
        self.n_actions: int = ys.shape[2]
        check_exact("xs", given, self.n_actions)
        if not is_exact(xs, self.n_actions):
            # What float32 rounds would make one person of two.
            xs = _as_sequences("xs", given, self.device, torch.float64)
        check_whole("xs", xs, Columns.of(xs.shape[2], self.n_actions, "xs"), is_choice(xs, self.n_actions))
        self.additional_inputs = tuple(additional_inputs)
        n_inputs = Columns.of(xs.shape[2], self.n_actions, "xs").n_inputs
        if self.additional_inputs and len(self.additional_inputs) != n_inputs:
            raise DataError(
                "additional_inputs",
                f"{n_inputs} names, one for each additional column of xs",
                len(self.additional_inputs),
                "Name each additional input once, in order of the columns.",
            )
        if normalize_features is not None:
            xs = _normalize(xs, self.n_actions, normalize_features)
        self.sequence_index = tuple(range(len(xs)))
        self.overlapping = False
        if sequence_length not in (None, -1):
            _check_positive("sequence_length", sequence_length)
            _check_positive("stride", stride)
            if sequence_length < xs.shape[1]:
                xs, ys, self.sequence_index = _windows(xs, ys, sequence_length, stride)
                self.overlapping = stride < sequence_length
        self.xs, self.ys = xs, ys
        self.participants, self.experiments = _labels(participants), _labels(experiments)
        self.blocks, self.actions = _labels(blocks), _labels(actions)
        self.reward_range = (float(reward_range[0]), float(reward_range[1]))

    def __len__(self) -> int:
        return len(self.xs)

    def __getitem__(self, index: Any) -> tuple[Tensor, Tensor]:
        return self.xs[index], self.ys[index]

    def __repr__(self) -> str:
        n_sequences, n_trials, _ = self.xs.shape
        return f"DatasetRNN({n_sequences} sequences, up to {n_trials} trials, {self.n_actions} actions)"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        n_sequences, n_trials, _n_features = self.xs.shape
        facts: dict[str, Any] = {
            "people": len(torch.unique(participants_of(self.xs)[:, 0])),
            "sequences": n_sequences,
            "longest sequence, trials": n_trials,
            "choices": int(is_choice(self.xs, self.n_actions).sum()),
            "options": ", ".join(map(str, self.actions or range(self.n_actions))),
            "additional inputs": ", ".join(self.additional_inputs) or "none",
            "rewards": f"from {self.reward_range[0]:g} to {self.reward_range[1]:g}",
        }
        return bundle(document("dataset", "Data set", facts=facts), repr(self))


def _as_sequences(
    name: str, values: ArrayLike | Tensor, device: torch.device, dtype: torch.dtype = torch.float32
) -> Tensor:
    check_real_and_dense(name, values)
    try:
        if isinstance(values, Tensor):
            tensor = values.detach().to(device, dtype, copy=True)
        else:
            tensor = torch.tensor(np.asarray(values, dtype=np.float64), dtype=dtype, device=device)
    except (TypeError, ValueError) as error:
        raise DataError(name, "an array of numbers", str(error), "Convert labels to numbers first.") from error
    if tensor.ndim == 2:
        tensor = tensor[None]
    if tensor.ndim != 3 or 0 in tensor.shape:
        raise DataError(
            name,
            "three dimensions (sequences, trials, features), none of them empty",
            f"shape {tuple(tensor.shape)}",
            "Put the trials of each sequence in one row of the array.",
        )
    if bool(torch.isinf(tensor).any()):
        raise DataError(name, "finite numbers, NaN where there are none", "infinity", "Mark them as NaN.")
    return tensor


def _check_shapes(xs: Tensor, ys: Tensor) -> None:
    if xs.shape[:2] != ys.shape[:2]:
        raise DataError(
            "ys",
            f"{xs.shape[0]} sequences of {xs.shape[1]} trials, as in xs",
            f"{ys.shape[0]} of {ys.shape[1]}",
            "Give one target for each trial, NaN where there is none.",
        )
    if xs.shape[2] < 2 * ys.shape[2] + 1:
        raise DataError(
            "xs",
            f"at least {2 * ys.shape[2] + 1} features: action and reward of {ys.shape[2]} arms, an id",
            xs.shape[2],
            "Lay out xs as [action | reward per arm | additional inputs | block | experiment | participant].",
        )


def _check_positive(name: str, value: object) -> None:
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 1:
        raise ConfigError(name, "a whole number from 1", value, "Count it in trials.")


def _labels(labels: Iterable[Hashable] | None) -> Labels:
    return None if labels is None else tuple(labels)


def _normalize(xs: Tensor, n_actions: int, features: int | Sequence[int]) -> Tensor:
    """Scale features to [0, 1]; what marks padding and rewards not shown stays as it is."""
    xs = xs.clone()
    trials, columns = ~is_padding(xs), Columns(n_actions)
    shown = shown_rewards(xs[..., columns.rewards], chosen_arms(xs[..., columns.actions]))
    for feature in np.atleast_1d(np.asarray(features)).tolist():
        if not isinstance(feature, int) or not -xs.shape[2] <= feature < xs.shape[2]:
            raise ConfigError(
                "normalize_features",
                f"feature indices below {xs.shape[2]}",
                feature,
                "Count features from 0.",
            )
        column = xs[..., feature]
        observed = trials & ~torch.isnan(column)
        arm = feature % xs.shape[2] - n_actions
        if 0 <= arm < n_actions:
            observed &= shown[..., arm]
        if bool(observed.any()):
            low, high = column[observed].min(), column[observed].max()
            column[observed] = scaled(column[observed], (low, high if high > low else low + 1.0))
    return xs


def _windows(xs: Tensor, ys: Tensor, length: int, stride: int) -> tuple[Tensor, Tensor, tuple[int, ...]]:
    """Cut each sequence, without its padding, into windows."""
    trial = torch.arange(1, xs.shape[1] + 1, device=xs.device)
    n_trials = (trial * ~is_padding(xs)).amax(1).cpu().numpy()
    n_windows = 1 + np.ceil(np.maximum(n_trials - length, 0) / stride).astype(int)
    sequence = np.repeat(np.arange(len(xs)), n_windows)
    nth = np.arange(n_windows.sum()) - np.repeat(n_windows.cumsum() - n_windows, n_windows)
    rows = torch.as_tensor(nth[:, None] * stride + np.arange(length), device=xs.device)
    beyond = (rows >= xs.shape[1])[..., None]
    index = torch.as_tensor(sequence, device=xs.device)[:, None], rows.clamp(max=xs.shape[1] - 1)
    return (
        xs[index].masked_fill(beyond, math.nan),
        ys[index].masked_fill(beyond, math.nan),
        tuple(sequence.tolist()),
    )
