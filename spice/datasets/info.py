"""The public data sets that this package can fetch, and how they are to be read. Light to import."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# A folder with <name>/<file> of each data set, read instead of the cache and the network.
FOLDER_VARIABLE = "SPICE_NB_DATA"


@dataclass(frozen=True)
class DatasetInfo:
    """A public data set.

    Attributes
    ----------
    name : str
        Name of its folder; ``fetch_<name>`` reads it.
    people, choices, arms : int
    licence : str
    citation : str
    url : str
        Address of the file at a fixed version.
    sha256 : str
        Checksum of the file.
    columns : mapping of str to str, list of str or None
        Which column of the table that is fetched plays which role, by the names that `convert_dataset` has for them:
        ``convert_dataset(fetch_fontanesi2019(), **FONTANESI2019.columns)``.
    """

    name: str
    people: int
    choices: int
    arms: int
    licence: str
    citation: str
    url: str
    sha256: str
    columns: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def file(self) -> str:
        """Name of the file."""
        return self.url.rsplit("/", 1)[-1]

    @property
    def place(self) -> Path:
        """Where the file is looked for, under ``SPICE_NB_DATA`` or in the user's cache."""
        folder = os.environ.get(FOLDER_VARIABLE)
        if folder:
            return Path(folder) / self.name / self.file
        import pooch

        return Path(pooch.os_cache("spice-nb")) / self.name / self.file

    @property
    def available(self) -> bool:
        """Whether the file is there, so that no network is needed."""
        return self.place.is_file()


DEZFOULI2019 = DatasetInfo(
    name="dezfouli2019",
    people=101,
    choices=132_251,
    arms=2,
    licence="Apache-2.0",
    citation="Dezfouli, Griffiths, Ramos, Dayan & Balleine (2019). Models that learn how humans learn: The "
    "case of decision-making and its disorders. PLoS Computational Biology 15(6), e1006903.",
    url="https://raw.githubusercontent.com/adezfouli/rnn_beh/99d942f9c6d6232b57b6dbb9f75aad60512740e8/"
    "data/BD/choices_diagno.csv.zip",
    sha256="4c88203aaa14303adeff1239d19b246a01f69b0376d7cbbed64b996f17fdf928",
    columns={"df_participant_id": "participant", "df_block": "block", "df_choice": "choice", "df_reward": "reward"},
)
ZOROWITZ2023 = DatasetInfo(
    name="zorowitz2023",
    people=406,
    choices=36_540,
    arms=3,
    licence="MIT",
    citation="Zorowitz, Solis, Niv & Bennett (2023). Inattentive responding can induce spurious associations "
    "between task behaviour and symptom measures. Nature Human Behaviour 7, 1667-1681.",
    url="https://raw.githubusercontent.com/nivlab/sciops/ed7ac3114f394e6942c053abce1e2a6da4742684/"
    "01_Original/data/data.csv",
    sha256="f303f8c2ee5b45dac8a72269cfe1d36ba493ef8618f65cbf0a4c2e2ac95a521d",
    # Each person played one game, in which what was learned carries over from block to block.
    columns={"df_participant_id": "participant", "df_block": None, "df_choice": "choice", "df_reward": "reward"},
)
FONTANESI2019 = DatasetInfo(
    name="fontanesi2019",
    people=27,
    choices=6_464,
    arms=4,
    licence="MIT",
    citation="Fontanesi, Gluth, Spektor & Rieskamp (2019). A reinforcement learning diffusion decision model "
    "for value-based decisions. Psychonomic Bulletin & Review 26, 1099-1121.",
    url="https://raw.githubusercontent.com/laurafontanesi/rlssm/b8b8b590d31effee6b5309813196114f1c26fe27/"
    "data/data_experiment.csv",
    sha256="f8e8be533d4cace8977882e3ded8b91de41f677c61da15350243361bef937c24",
    columns={
        "df_participant_id": "participant",
        "df_block": "block",
        "df_choice": "choice",
        "df_reward": ["reward_1", "reward_2", "reward_3", "reward_4"],
        "df_options": "pair",
    },
)


def list_datasets() -> tuple[DatasetInfo, ...]:
    """List the public data sets that this package can fetch.

    Returns
    -------
    tuple of DatasetInfo
    """
    return DEZFOULI2019, FONTANESI2019, ZOROWITZ2023
