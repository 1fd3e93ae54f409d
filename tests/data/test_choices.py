import torch

from spice.data.choices import chosen_arms


def test_arms_are_numbered_and_nothing_is_minus_one() -> None:
    choices = torch.tensor([[[0.0, 0, 1], [1, 0, 0]], [[0, 0, 0], [0, 1, 0]]])
    arms = chosen_arms(choices)
    assert arms.tolist() == [[2, 0], [-1, 1]]
    assert arms.dtype == torch.int16
