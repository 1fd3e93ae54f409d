"""Columns of gains and of losses, which are not the rewards of two arms."""

from __future__ import annotations

from spice.data.table.answers import Answers, label_text
from spice.data.table.choices import read_choices
from spice.data.table.doubts.doubt import Answer, Doubt, free_columns, has, named
from spice.data.table.rewards import is_gain, is_loss, reward_values
from spice.data.table.table import Table
from spice.data.table.trial_columns import TrialColumns


def reward_column_doubts(table: Table, columns: TrialColumns, answers: Answers) -> list[Doubt]:
    """Several columns called as gains and losses are, or one of them beside a free other."""
    names = columns.rewards
    if answers.reward_sum or not has(table, columns.df_choice, *names):
        return []
    if len(names) > 1:
        if not (any(map(is_loss, names)) and any(is_gain(name) and not is_loss(name) for name in names)):
            return []
        arms = [label_text(arm) for arm in read_choices(table, columns, answers)[1]]
        if len(arms) == len(names):
            pairs = named(
                [f"{name!r} is read as the reward of option {a}" for name, a in zip(names, arms, strict=True)]
            )
            keep = "One column for each option"
            said = f"{pairs}, as if outcomes of options not chosen had been shown."
        else:
            keep = "They are something else"
            said = f"{named([repr(name) for name in names])} cannot be the rewards of {len(arms)} options."
        sentence = f"{said} Are they gains and losses of the option that was chosen?"
        return [Doubt("gain-and-loss", names[0], (), sentence, (_sum(table, names, answers),), keep)]
    wanted = is_gain if is_loss(names[0]) else is_loss if is_gain(names[0]) else None
    others = [] if wanted is None else [name for name in free_columns(table, columns) if wanted(name)]
    others = [name for name in others if not is_loss(name) or wanted is is_loss]
    others = [name for name in others if abs(reward_values(table, name, answers)).max(initial=0) > 0]
    if not others:
        return []
    both = (names[0], others[0])
    sentence = f"{names[0]!r} is read as the reward, and {others[0]!r} is not used. Is the outcome both together?"
    return [Doubt("gain-and-loss", names[0], (), sentence, (_sum(table, both, answers),), f"Only {names[0]}")]


def _sum(table: Table, names: tuple[str, ...], answers: Answers) -> Answer:
    parts = list[str]()
    for name in names:
        turned = is_loss(name) and not (reward_values(table, name, answers) < 0).any()
        parts.append(f"{'-' if turned else '+'} {name}" if parts or turned else name)
    return Answer(f"Their sum: {' '.join(parts)}", {"df_reward": list(names), "reward_sum": True})
