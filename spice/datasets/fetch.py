"""Read public data sets as tidy tables: one row a trial, the same names everywhere."""

from __future__ import annotations

import zipfile

import numpy as np
import pandas as pd

from spice.datasets.registry import (
    DEZFOULI2019,
    FONTANESI2019,
    ZOROWITZ2023,
    DatasetInfo,
    list_datasets,
    locate,
)

__all__ = ["DatasetInfo", "fetch_dezfouli2019", "fetch_fontanesi2019", "fetch_zorowitz2023", "list_datasets"]


def fetch_dezfouli2019() -> pd.DataFrame:
    """Two-armed bandit, 34 healthy people, 34 with depression, 33 with bipolar disorder.

    Each person did 12 sessions of 40 seconds, pressing one of two keys at any pace: 132,251 choices. In each
    session one key was better. Sessions are blocks here, 1 to 12 in order of appearance.

    Returns
    -------
    DataFrame
        participant, block, trial (from 1 in each block), choice ("R1" or "R2", the key), reward (0 or 1),
        diagnosis ("Healthy", "Depression" or "Bipolar"), condition (1 to 6; odd: R2 pays more often,
        even: R1; the difference shrinks from 1-2 to 5-6), time (seconds since the start of the experiment).

    Raises
    ------
    DatasetUnavailableError
        Not in the cache and not to be had now.
    DataError
        The file is not the published one.

    Notes
    -----
    Licence: Apache-2.0. To convert: ``convert_dataset(table, df_participant_id="participant")``.

    References
    ----------
    Dezfouli, Griffiths, Ramos, Dayan & Balleine (2019). Models that learn how humans learn: The case of
    decision-making and its disorders. PLoS Computational Biology 15(6), e1006903.
    https://doi.org/10.1371/journal.pcbi.1006903
    """
    # The archive holds a second file, put there by macOS.
    with zipfile.ZipFile(locate(DEZFOULI2019)) as archive, archive.open("choices_diagno.csv") as file:
        raw = pd.read_csv(file)
    # A condition comes twice in each person: once in either block of the original table.
    session = raw["ID"] + "/" + raw["block"].astype(str) + "/" + raw["condition"].astype(str)
    first = ~session.duplicated()
    # Times of some people are published in seconds (totals below 4,000), of others in ms (above 500,000).
    in_ms = raw["time"].groupby(raw["ID"]).transform("max") > 10_000
    return pd.DataFrame(
        {
            "participant": raw["ID"],
            "block": first.groupby(raw["ID"]).cumsum().groupby(session).transform("first").astype(np.int64),
            "trial": session.groupby(session).cumcount() + 1,
            # The published column `choice` is not the response.
            "choice": raw["key"],
            "reward": raw["reward"],
            "diagnosis": raw["diag"],
            "condition": raw["condition"],
            "time": raw["time"].where(~in_ms, raw["time"] / 1000),
        }
    )


def fetch_zorowitz2023() -> pd.DataFrame:
    """Three-armed bandit with reversals, 406 people on the internet, 90 trials each.

    Every 15 trials the best arm changes.

    Returns
    -------
    DataFrame
        participant, block (1 to 6, the stretches between reversals), trial (1 to 90), choice (0, 1 or 2),
        reward (0 or 1), best (the arm paid most often), rt (seconds), platform ("mturk" or "prolific").

    Raises
    ------
    DatasetUnavailableError
        Not in the cache and not to be had now.
    DataError
        The file is not the published one.

    Notes
    -----
    Licence: MIT. Reversals come within one game, so what was learned carries over and each person is one
    sequence: ``convert_dataset(table, df_participant_id="participant", df_block=None)``.

    References
    ----------
    Zorowitz, Solis, Niv & Bennett (2023). Inattentive responding can induce spurious associations between
    task behaviour and symptom measures. Nature Human Behaviour 7, 1667-1681.
    https://doi.org/10.1038/s41562-023-01640-7
    """
    raw = pd.read_csv(locate(ZOROWITZ2023))
    return pd.DataFrame(
        {
            "participant": raw["subject"],
            "block": raw["block"],
            "trial": raw["trial"],
            "choice": raw["choice"].astype(np.int64),
            "reward": raw["outcome"].astype(np.int64),
            "best": raw["correct"],
            "rt": raw["rt"],
            "platform": raw["platform"],
        }
    )


def fetch_fontanesi2019() -> pd.DataFrame:
    """Four options shown in pairs, both payoffs revealed, with reaction times; 27 people, 6,464 trials.

    Returns
    -------
    DataFrame
        participant, block (1 to 3), trial (from 1 in each block), choice (option 1 to 4), reward (points of
        the chosen option), reward_1 to reward_4 (points of each option; NaN where it was not shown), pair
        (the two options shown, such as "1-3"), accuracy (1: took the option that is better on average), rt
        (seconds).

    Raises
    ------
    DatasetUnavailableError
        Not in the cache and not to be had now.
    DataError
        The file is not the published one.

    Notes
    -----
    Licence: MIT. To convert: ``convert_dataset(table, df_participant_id="participant",
    df_reward=["reward_1", "reward_2", "reward_3", "reward_4"], df_options="pair")``.

    References
    ----------
    Fontanesi, Gluth, Spektor & Rieskamp (2019). A reinforcement learning diffusion decision model for
    value-based decisions. Psychonomic Bulletin & Review 26, 1099-1121.
    https://doi.org/10.3758/s13423-018-1554-2
    """
    raw = pd.read_csv(locate(FONTANESI2019))
    better, worse = raw["cor_option"], raw["inc_option"]
    took_better = raw["accuracy"] == 1
    payoffs = {
        f"reward_{option}": raw["f_cor"].where(better == option, raw["f_inc"].where(worse == option))
        for option in range(1, 5)
    }
    smaller, larger = np.minimum(better, worse), np.maximum(better, worse)
    return pd.DataFrame(
        {
            "participant": raw["participant"],
            "block": raw["block_label"],
            "trial": raw["trial_block"],
            "choice": better.where(took_better, worse),
            "reward": raw["f_cor"].where(took_better, raw["f_inc"]),
            **payoffs,
            "pair": smaller.astype(str) + "-" + larger.astype(str),
            "accuracy": raw["accuracy"],
            "rt": raw["rt"],
        }
    )
