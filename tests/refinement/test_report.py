"""What a refinement says of itself: what stands in for what, and the smallest effect that choices tell from none."""

import numpy as np
from refinement.people import NormalLikelihood

from spice.refinement.population import Population
from spice.refinement.posterior import Posterior
from spice.refinement.report import TELLING, RefinementReport, report_on

N_PEOPLE, N_DRAWS = 5, 400


class Whole(NormalLikelihood):
    """All people are looked at."""

    def of_some(self, n_choices: float, n_people: int) -> "Whole":
        return self


def report(information: np.ndarray, correlation: float = 0.0) -> tuple[Whole, RefinementReport]:
    """Of people who all have everything, with one correlation in the draws of each: of the first two coordinates."""
    k = len(information)
    likelihood = Whole(np.zeros((N_PEOPLE, k)), np.tile(information, (N_PEOPLE, 1, 1)))
    rng = np.random.default_rng(0)
    covariance = np.eye(k)
    covariance[0, 1] = covariance[1, 0] = correlation
    draws = rng.multivariate_normal(np.zeros(k), covariance, (N_PEOPLE, N_DRAWS))
    present = np.ones(draws.shape, dtype=bool)
    usual = Population.usual(likelihood.coordinates)
    of_all = np.ones((N_DRAWS, k))
    posterior = Posterior(draws, present, of_all, of_all, np.ones((N_PEOPLE, k)), usual, np.zeros((N_PEOPLE, k)))
    return likelihood, report_on(likelihood, {"rules": True}, posterior)  # type: ignore[arg-type]


K = len(NormalLikelihood(np.zeros((1, 1)), np.zeros((1, 1, 1))).coordinates)


def test_what_draws_hardly_tell_apart_is_named() -> None:
    assert report(np.eye(K))[1].stand_ins == ()
    likelihood, found = report(np.eye(K), correlation=-0.97)
    ((first, second, r),) = found.stand_ins
    assert (first, second) == ("inverse temperature of x_value_reward", "start of x_value_reward")
    assert abs(r + 0.97) < 0.02
    assert likelihood.coordinates.kinds[1] == "start"


def test_the_smallest_effect_is_so_many_standard_errors() -> None:
    likelihood, found = report(100.0 * np.eye(K))
    sizes = dict(found.smallest)
    assert found.choices == 200
    np.testing.assert_allclose(sizes["inverse temperature of x_value_choice"], TELLING / 10, rtol=1e-2)
    assert "rate of x_value_reward_not_chosen" in sizes
    # What is told less well must be larger, and what is not told at all is infinite.
    less = dict(report(10.0 * np.eye(K))[1].smallest)
    assert all(less[name] >= size for name, size in sizes.items())
    assert less["inverse temperature of x_value_choice"] > 3 * sizes["inverse temperature of x_value_choice"]
    nothing = dict(report(1e-6 * np.eye(K))[1].smallest)
    assert np.isinf(nothing["rate of x_value_reward_not_chosen"])
    assert likelihood.n_rows == N_PEOPLE


def test_others_that_are_unknown_too_count() -> None:
    information = 100.0 * np.eye(K)
    kinds = list(NormalLikelihood(np.zeros((1, 1)), np.zeros((1, 1, 1))).coordinates.kinds)
    trace, rate = kinds.index("trace beta"), kinds.index("free rate")
    information[trace, rate] = information[rate, trace] = 90.0
    alone = dict(report(100.0 * np.eye(K))[1].smallest)
    together = dict(report(information)[1].smallest)
    name = "inverse temperature of x_value_choice"
    np.testing.assert_allclose(together[name] / alone[name], 1 / np.sqrt(1 - 0.81), rtol=1e-2)
