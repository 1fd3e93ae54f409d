"""What a term of everybody's equations costs."""

from types import SimpleNamespace

import numpy as np
import pytest

from spice.refinement.prices import price_of_a_parameter, price_of_a_term


def test_a_parameter_costs_what_bic_asks_but_never_more_than_choices_can_pay() -> None:
    assert price_of_a_parameter(10_000) == pytest.approx(0.5 * np.log(10_000))
    assert price_of_a_parameter(100) == pytest.approx(0.5)


@pytest.mark.parametrize(("n_rows", "parameters"), [(1, 1), (5, 2)])
def test_a_term_of_several_people_costs_its_spread_too(n_rows: int, parameters: int) -> None:
    likelihood = SimpleNamespace(n_rows=n_rows, n_choices=np.full(n_rows, 10_000 / n_rows))
    assert price_of_a_term(likelihood) == pytest.approx(parameters * 0.5 * np.log(10_000))  # type: ignore[arg-type]
