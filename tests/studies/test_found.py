from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from tasks import Rules

from studies import found
from studies.found import CHOSEN, NOT_CHOSEN, TEMPERATURE, TRACE, TRACE_FADES, TRACE_TEMPERATURE

ASYMMETRIC = Rules(alpha=0.7, alpha_without_reward=0.2, forget=0.4, beta=4.0, beta_choice=1.0, alpha_choice=0.3)
PLAIN = Rules(alpha=0.5, beta=3.0)
TERMS = [
    (CHOSEN, CHOSEN), (CHOSEN, "c_reward"), (CHOSEN, f"{CHOSEN} c_reward"), (NOT_CHOSEN, "1"), (NOT_CHOSEN, NOT_CHOSEN),
    (TRACE, "1"), (TRACE, TRACE), (TRACE_FADES, TRACE_FADES), (TEMPERATURE, "1"), (TRACE_TEMPERATURE, "1"),
]  # fmt: skip
COLUMNS = ["participant", "label", "mechanism", "term", "coefficient", "standard_error", "probability", "low", "high"]


class MadeUp(SimpleNamespace):
    """Equations that say what a frame holds."""

    mean_reward = 0.5

    def to_frame(self):
        return self.frame

    def prevalences(self):
        return pd.DataFrame(
            [(*found.TELLING["forgetting"], 0.5, 0.2, 0.8), (*found.TELLING["asymmetry"], 0.25, 0.1, 0.4)],
            columns=["mechanism", "term", "prevalence", "low", "high"],
        )

    def derived(self):
        return pd.DataFrame(
            [
                (0, "0", "learning rate", CHOSEN, 0.45, 0.35, 0.55, 1.0),
                (1, "1", "asymmetry", CHOSEN, 0.1, -0.3, 0.3, 0.2),
            ],
            columns=["participant", "label", "quantity", "mechanism", "estimate", "low", "high", "probability"],
        )


def rows(person, rules):
    """Rows of one who is certain of the rules, nulls and all, as a fit says them."""
    true = {(m, t): v for (_, m, t), v in found.true_coefficients(rules).items()}
    made = []
    for mechanism, term in TERMS:
        nothing = found.null(mechanism, term)
        value = true.get((mechanism, term), nothing)
        made.append(
            (person, str(person), mechanism, term, value, 0.1, float(value != nothing), value - 0.2, value + 0.2)
        )
    return made


@pytest.fixture
def equations():
    made = rows(0, ASYMMETRIC) + rows(1, PLAIN) + rows(-1, ASYMMETRIC)
    return MadeUp(frame=pd.DataFrame(made, columns=COLUMNS))


def test_coefficients_of_the_rules_are_those_of_the_next_value() -> None:
    true = found.true_coefficients(ASYMMETRIC)
    value = 0.6
    for reward, alpha in ((1.0, 0.7), (0.0, 0.2)):
        at = {CHOSEN: value, "c_reward": reward, f"{CHOSEN} c_reward": value * reward}
        follows = sum(v * at[t] for (_, m, t), v in true.items() if m == CHOSEN)
        assert follows == pytest.approx(value + alpha * (reward - value))
    fades = true["coefficient", NOT_CHOSEN, NOT_CHOSEN] * value + true["coefficient", NOT_CHOSEN, "1"]
    assert fades == pytest.approx(value + 0.4 * (0.5 - value))


def test_rates_of_the_rules() -> None:
    rates = found.true_rates(ASYMMETRIC, mean_reward=0.6)
    assert rates["learning rate"] == pytest.approx(0.6 * 0.7 + 0.4 * 0.2)
    assert rates["asymmetry"] == pytest.approx(0.5)
    assert rates["forgetting target"] == 0.5
    assert "forgetting target" not in found.true_rates(PLAIN, 0.6)
    assert not any(kind == "coefficient of the trace" for kind, *_ in found.true_coefficients(PLAIN))


def test_who_has_what(equations) -> None:
    frame = found.table(equations)
    assert found.probabilities(frame, 2).tolist() == [[1, 1, 1], [0, 0, 0]]
    assert found.sizes(frame, 2) == pytest.approx(np.array([[0.5, 0.4, 0.3], [0, 0, 0]]))
    asymmetry, forgetting, perseveration = found.prevalences(equations)
    assert asymmetry.tolist() == [0.25, 0.1, 0.4]
    assert forgetting.tolist() == [0.5, 0.2, 0.8]
    assert perseveration.tolist() == [0, 0, 0]


def test_what_nobody_has_stands_in_no_table(equations) -> None:
    equations.frame = equations.frame[equations.frame.term != NOT_CHOSEN]
    assert found.probabilities(found.table(equations), 2)[:, 1].tolist() == [0, 0]
    missing = [n for n in found.numbers(equations, [ASYMMETRIC, PLAIN]) if n.name == f"{NOT_CHOSEN}: {NOT_CHOSEN}"]
    assert [(n.true, n.estimate, n.low, n.high) for n in missing] == [(0.6, 1, 1, 1), (1, 1, 1, 1)]


def test_structure_of_the_population(equations) -> None:
    assert found.structure(equations) == found.true_structure((True, True, True))
    frame = equations.frame
    nobody = MadeUp(frame=pd.DataFrame(rows(-1, PLAIN), columns=COLUMNS))
    assert found.structure(nobody) == found.true_structure((False, False, False))
    # A trace that never moves is none, whatever its inverse temperature.
    frame.loc[(frame.participant == -1) & (frame.mechanism == TRACE) & (frame.term == "1"), "probability"] = 0.1
    assert found.structure(equations) == found.true_structure((True, True, False))
    frame.loc[(frame.participant == -1) & (frame.term == NOT_CHOSEN), "probability"] = 0.4
    assert found.structure(equations) == found.true_structure((True, False, False))


def test_who_certainly_lacks_a_term_has_an_interval_of_no_width(equations) -> None:
    equations.frame[["low", "high"]] = np.nan
    frame = found.table(equations)
    lacking = frame.loc[(1, NOT_CHOSEN, NOT_CHOSEN)]
    assert (lacking.low, lacking.high) == (1, 1)
    assert np.isnan(frame.loc[(0, NOT_CHOSEN, NOT_CHOSEN)].low)


def test_numbers_stand_beside_the_truth(equations) -> None:
    numbers = pd.DataFrame(found.numbers(equations, [ASYMMETRIC, PLAIN], ASYMMETRIC))
    coefficients = numbers[numbers.kind == "coefficient"]
    assert len(coefficients) == 15
    assert (coefficients.estimate == coefficients.true).all()
    assert (coefficients.high - coefficients.low).to_numpy() == pytest.approx(0.4)
    assert set(numbers.person) == {-1, 0, 1}
    plain = numbers[numbers.person == 1].set_index("name")
    assert plain.there[f"{NOT_CHOSEN}: {NOT_CHOSEN}"] == False  # noqa: E712 - of numpy
    assert plain.true["asymmetry"] == 0
    assert (plain.low["asymmetry"], plain.high["asymmetry"]) == (-0.3, 0.3)
