from spice.data.table.answers import Answers
from spice.data.table.doubts import Answer, Doubt
from spice_nb.state.columns import Columns, Role
from spice_nb.state.questions import Answered, combined

COLUMNS = Columns(participant="who", choice="key", reward=("win",))


def test_lists_and_mappings_grow_and_of_others_the_last_counts() -> None:
    given = [
        {"where": ["a == 1"], "relabel": {"x": "y"}, "order": "trial", "reward_range": (0, 1)},
        {"where": ["b == 2", "a == 1"], "relabel": {"z": "y"}, "order": "time", "missed": ["none"]},
        {"missed": [99]},
    ]
    assert combined(given) == Answers.of(
        where=["a == 1", "b == 2"], relabel={"x": "y", "z": "y"}, order="time", reward_range=(0, 1),
        missed=["none", 99],
    )  # fmt: skip
    assert combined([]) == Answers()


def test_columns_are_no_answers_about_rows() -> None:
    assert combined([{"df_reward": ["win", "loss"], "reward_sum": True}]) == Answers.of(reward_sum=True)


def test_what_is_given_stays_as_it_is() -> None:
    first = {"keep": ["block"]}
    combined([first, {"keep": ["rare"]}])
    assert first == {"keep": ["block"]}


def test_an_answer_goes_with_its_column_and_with_the_roles_it_gave() -> None:
    answer = Answer("Their sum", {"df_reward": ["win", "loss"], "reward_sum": True})
    answered = Answered(Doubt("gain-and-loss", "win", (), "Both?"), answer, COLUMNS)
    assert answered.roles == (Role.REWARD,)
    assert answered.concerns(Role.REWARD, COLUMNS)
    assert not answered.concerns(Role.CHOICE, COLUMNS)
    about_choices = Answered(Doubt("missed", "key", (), "None?"), Answer("Yes", {"missed": ["x"]}), COLUMNS)
    assert about_choices.concerns(Role.CHOICE, COLUMNS)
    assert not about_choices.concerns(Role.REWARD, COLUMNS)
