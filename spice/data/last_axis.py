"""Reductions of the last axis, for NumPy arrays and torch tensors alike.

NumPy is slow at `all(-1)`, `any(-1)` and `sum(-1)` where that axis is as short as that of arms; these are not.
"""

from __future__ import annotations

from functools import reduce
from operator import add, and_, or_
from typing import Any


def everywhere(condition: Any) -> Any:
    """The same as `condition.all(-1)`.

    Parameters
    ----------
    condition : (…, n) array or Tensor of bool

    Returns
    -------
    (…) array or Tensor of bool
    """
    return reduce(and_, (condition[..., k] for k in range(condition.shape[-1])))


def anywhere(condition: Any) -> Any:
    """The same as `condition.any(-1)`.

    Parameters
    ----------
    condition : (…, n) array or Tensor of bool

    Returns
    -------
    (…) array or Tensor of bool
    """
    return reduce(or_, (condition[..., k] for k in range(condition.shape[-1])))


def total(values: Any) -> Any:
    """The same as `values.sum(-1)`.

    Parameters
    ----------
    values : (…, n) array or Tensor

    Returns
    -------
    (…) array or Tensor
    """
    return reduce(add, (values[..., k] for k in range(values.shape[-1])))
