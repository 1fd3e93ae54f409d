import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from spice.datasets import registry
from spice.datasets.fetch import fetch_dezfouli2019, fetch_fontanesi2019, fetch_zorowitz2023
from spice.resources.rnn_utils import split_data_along_sessiondim, split_data_along_timedim
from spice.utils.convert_dataset import convert_dataset


class TestTidy:
    """Tables of the published form, with made-up rows."""

    @pytest.fixture(autouse=True)
    def _locate(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        self.path = tmp_path / "file"
        monkeypatch.setattr("spice.datasets.fetch.locate", lambda info: self.path)

    def test_dezfouli(self) -> None:
        raw = pd.DataFrame(
            {
                "ID": ["p", "p", "p", "p", "q", "q"],
                "key": ["R1", "R2", "R1", "R1", "R2", "R1"],
                "block": [1, 1, 1, 2, 1, 1],
                "time": [5.0, 6.0, 50.0, 99.0, 2_000.0, 60_000.0],
                "condition": [6, 6, 3, 6, 2, 2],
                "reward": [0, 1, 0, 1, 0, 0],
                "choice": ["R2"] * 6,
                "diag": ["Healthy"] * 4 + ["Bipolar"] * 2,
            }
        )
        with zipfile.ZipFile(self.path, "w") as archive:
            archive.writestr("choices_diagno.csv", raw.to_csv())
            archive.writestr("__MACOSX/._choices_diagno.csv", b"\0")
        table = fetch_dezfouli2019()
        assert table["block"].tolist() == [1, 1, 2, 3, 1, 1]
        assert table["trial"].tolist() == [1, 2, 1, 1, 1, 2]
        assert table["choice"].tolist() == raw["key"].tolist()
        assert table["diagnosis"].tolist() == raw["diag"].tolist()
        assert table["time"].tolist() == [5, 6, 50, 99, 2, 60]

    def test_zorowitz(self) -> None:
        raw = pd.DataFrame(
            {"platform": "x", "subject": ["p", "q"], "block": 1, "trial": 1, "correct": 2, "rt": 0.5}
        ).assign(choice=[0.0, 2.0], outcome=[0.0, 1.0])
        raw.to_csv(self.path, index=False)
        table = fetch_zorowitz2023()
        assert table["choice"].tolist() == [0, 2]
        assert table["choice"].dtype == np.int64
        assert table["reward"].tolist() == [0, 1]

    def test_fontanesi(self) -> None:
        raw = pd.DataFrame(
            {
                "participant": 1,
                "block_label": 1,
                "trial_block": [1, 2],
                "f_cor": [50, 60],
                "f_inc": [30, 40],
                "cor_option": [2, 4],
                "inc_option": [1, 3],
                "accuracy": [0, 1],
                "rt": 1.5,
            }
        )
        raw.to_csv(self.path)
        table = fetch_fontanesi2019()
        assert table["choice"].tolist() == [1, 4]
        assert table["reward"].tolist() == [30, 60]
        assert table["pair"].tolist() == ["1-2", "3-4"]
        payoffs = table[["reward_1", "reward_2", "reward_3", "reward_4"]]
        np.testing.assert_array_equal(payoffs, [[30, 50, np.nan, np.nan], [np.nan, np.nan, 40, 60]])


class TestPublished:
    def test_dezfouli(self, public_data: Callable[[str], Path]) -> None:
        public_data("dezfouli2019")
        table = fetch_dezfouli2019()
        people = table.groupby("participant")["diagnosis"].first()
        assert (len(people), len(table)) == (101, 132_251)
        assert people.value_counts().to_dict() == {"Healthy": 34, "Depression": 34, "Bipolar": 33}
        assert all(blocks.tolist() == list(range(1, 13)) for blocks in table.groupby("participant")["block"].unique())
        dataset, *_ = convert_dataset(table, df_participant_id="participant")
        train, test = split_data_along_sessiondim(dataset, [3, 6, 9])
        assert (int((train.ys > 0).sum()), int((test.ys > 0).sum())) == (97_515, 33_524)

    def test_zorowitz(self, public_data: Callable[[str], Path]) -> None:
        public_data("zorowitz2023")
        table = fetch_zorowitz2023()
        assert table.groupby("participant").size().tolist() == [90] * 406
        dataset, *_ = convert_dataset(table, df_participant_id="participant", df_block=None)
        train, test = split_data_along_timedim(dataset, 2 / 3)
        assert (int((train.ys > 0).sum()), int((test.ys > 0).sum())) == (23_954, 12_180)

    def test_fontanesi(self, public_data: Callable[[str], Path]) -> None:
        public_data("fontanesi2019")
        table = fetch_fontanesi2019()
        assert (table["participant"].nunique(), len(table)) == (27, 6_464)
        payoffs = [f"reward_{option}" for option in range(1, 5)]
        assert (table[payoffs].notna().sum(axis=1) == 2).all()
        chosen = table[payoffs].to_numpy()[np.arange(len(table)), table["choice"] - 1]
        np.testing.assert_array_equal(chosen, table["reward"])
        dataset, *_ = convert_dataset(table, **registry.FONTANESI2019.columns)
        assert dataset.n_actions == 4
        assert torch.isnan(dataset.xs[0, 0, 4:8]).sum() == 2
