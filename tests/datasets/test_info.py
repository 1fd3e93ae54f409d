"""What is known of the public data sets without fetching them."""

import inspect
import subprocess
import sys

import pytest

from spice import datasets
from spice.datasets.info import DEZFOULI2019, FONTANESI2019, ZOROWITZ2023, DatasetInfo
from spice.utils.convert_dataset import convert_dataset
from spice_nb.cli.settings import PRESETS
from spice_nb.state.examples import EXAMPLES


@pytest.mark.parametrize("info", datasets.list_datasets(), ids=lambda info: info.name)
def test_columns_are_arguments_that_name_what_the_table_has(info: DatasetInfo) -> None:
    assert set(info.columns) <= set(inspect.signature(convert_dataset).parameters)
    described = inspect.getdoc(getattr(datasets, f"fetch_{info.name}")).split("Returns")[1].split("Raises")[0]
    named = [info.columns[role] for role in ("df_participant_id", "df_choice")]
    assert all(name in described for name in named)
    assert hash(info) != hash(ZOROWITZ2023) or info is ZOROWITZ2023


def test_command_line_and_app_read_them() -> None:
    assert PRESETS["zorowitz2023"] == {
        "participant": "participant", "block": None, "choice": "choice", "reward": ("reward",),
    }  # fmt: skip
    assert PRESETS["fontanesi2019"]["reward"] == tuple(FONTANESI2019.columns["df_reward"])
    assert PRESETS["fontanesi2019"]["options"] == ("pair",)
    columns = EXAMPLES["dezfouli2019"].columns
    assert (columns.participant, columns.block, columns.reward) == ("participant", "block", ("reward",))
    assert columns.block == DEZFOULI2019.columns["df_block"]
    assert EXAMPLES["zorowitz2023"].columns.block == ""


def test_they_are_light_to_import() -> None:
    code = "import sys, spice.datasets.info; print({'sklearn', 'numpy', 'pandas', 'torch', 'pooch'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
