"""What is made of equations: once in each form, and anew for others."""

from equations.tables import who_lacks_what

from spice_nb.state.shown_equations import ShownEquations


def test_each_form_is_made_once_and_other_equations_anew() -> None:
    shown = ShownEquations(equations=who_lacks_what())
    canonical, effects = shown.table, shown.effects
    assert shown.table is canonical
    shown.canonical = False
    raw = shown.table
    assert raw is not canonical
    shown.canonical = True
    assert (shown.table is canonical, shown.effects is effects) == (True, True)
    shown.equations = who_lacks_what()
    assert shown.table is not canonical


def test_people_have_their_labels() -> None:
    shown = ShownEquations()
    assert (shown.blocker, shown.people) == ("Fit a model first.", [])
    shown.equations = who_lacks_what()
    assert (shown.blocker, shown.shared) == ("", "")
    assert [shown.label(person) for _, person in shown.people] == [label for label, _ in shown.people]
    assert shown.label(77) == "77"


def test_what_a_person_lacks_is_known_to_be_lacking() -> None:
    model = ShownEquations(equations=who_lacks_what())
    ann, bob = ({(n.mechanism, n.term): n for n in model.coefficients(person)} for person in (0, 1))
    forgetting = "x_value_reward_not_chosen", "x_value_reward_not_chosen"
    assert (ann[forgetting].is_there, ann[forgetting].probability) == (True, 0.97)
    assert (bob[forgetting].is_there, bob[forgetting].probability, bob[forgetting].value) == (False, 0.04, 1.0)
    assert not any(n.is_there for (name, _), n in ann.items() if "x_value_choice" in name)
    assert all(n.is_there for (name, _), n in bob.items() if "x_value_choice" in name)
    assert model.probabilities.loc[0, "x_value_choice_chosen: 1"] == 0.02
