import pandas as pd
import pytest
import torch
from data.sequences import make

from spice.exceptions import ConfigError
from spice.resources.bandits import AgentQ, BanditsDrift, create_dataset
from spice.resources.rnn_utils import DatasetRNN, split_data_along_timedim
from spice.utils.convert_dataset import convert_dataset


@pytest.mark.skipif(torch.cuda.is_available(), reason="this computer has such a device")
@pytest.mark.parametrize("device", ["cuda", torch.device("cuda:0"), "abacus"])
def test_a_device_that_is_not_there_is_named(device: str | torch.device) -> None:
    dataset = make([[0, 1, 0, 1, 0, 1]])
    table = pd.DataFrame({"session": 0, "choice": [0, 1, 0, 1], "reward": 1.0})
    for call in (
        lambda: DatasetRNN(dataset.xs, dataset.ys, device=device),
        lambda: convert_dataset(table, device),
        lambda: create_dataset(AgentQ(), BanditsDrift(0.1), 5, 2, device=device),
        lambda: split_data_along_timedim(dataset, 0.5, device),
    ):
        with pytest.raises(ConfigError, match=r'device: expected a device that torch has here.*Use "cpu"'):
            call()
