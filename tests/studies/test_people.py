import numpy as np
import pytest

from studies.people import FOUR, Population, draw, learners, played_by

HALF = Population(64, 4, 100, "drift", 3)


def logit(p):
    return np.log(p / (1 - p))


@pytest.mark.parametrize("rates", ["logit-normal", "uniform"])
@pytest.mark.parametrize("signs", ["+", "-", "mixed"])
def test_who_lacks_a_mechanism_does_nothing_by_it(rates, signs) -> None:
    people = draw(HALF._replace(rates=rates, signs=signs))
    asymmetric, forgets, perseverates = people.has.T
    rules = people.rules
    gap = (rules.alpha - rules.alpha_without_reward)[:, 0]
    assert np.array_equal(np.abs(gap) > 1e-12, asymmetric)
    assert np.array_equal(rules.forget[:, 0] > 0, forgets)
    assert np.array_equal(rules.beta_choice[:, 0] != 0, perseverates)
    expected = {"+": {1.0}, "-": {-1.0}, "mixed": {-1.0, 1.0}}[signs]
    assert set(np.sign(gap[asymmetric])) == set(np.sign(rules.beta_choice[perseverates, 0])) == expected
    assert (np.abs(gap[asymmetric]) > 0.2).all()


def test_shares_are_exact_or_drawn() -> None:
    shares = 0.25, 0.0, 1.0
    assert np.array_equal(draw(HALF._replace(prevalences=shares)).has.mean(0), shares)
    drawn = [draw(HALF._replace(prevalences=shares, exact=False, seed=seed)).has.mean(0) for seed in range(60)]
    assert np.std(drawn, axis=0) == pytest.approx([np.sqrt(0.25 * 0.75 / 64), 0.0, 0.0], abs=0.012)
    assert np.mean(drawn, axis=0) == pytest.approx(shares, abs=0.03)


def test_mechanisms_are_independent_of_each_other() -> None:
    has = np.concatenate([draw(HALF._replace(seed=seed)).has for seed in range(60)])
    assert np.abs(np.corrcoef(has.T) - np.eye(3)).max() < 0.05


@pytest.mark.parametrize("signs", ["+", "-"])
def test_the_typical_person_is_in_the_middle(signs) -> None:
    people = draw(Population(4000, 1, 1, "drift", 0, (1.0, 1.0, 1.0), signs=signs))
    for name, typical in vars(people.typical).items():
        own = getattr(people.rules, name)
        middle = np.median(own)
        assert middle == pytest.approx(typical, abs=0.1 if name.startswith("beta") else 0.02), name
    alike = draw(Population(3, 1, 1, "drift", 0, (1.0, 0.0, 0.0), spread=0.0, signs=signs))
    for name, typical in vars(alike.typical).items():
        assert np.broadcast_to(getattr(alike.rules, name), (3, 1)) == pytest.approx(typical, abs=2e-3), name


def test_blocks_are_rows_of_a_person() -> None:
    played = played_by(draw(HALF), HALF)
    xs, ys = played.arrays
    assert xs.shape == (256, 100, 7)
    assert ys.shape == (256, 100, 2)
    assert np.array_equal(xs[:8, 0, -1], [0, 0, 0, 0, 1, 1, 1, 1])
    assert np.array_equal(xs[:8, 0, -3], [0, 1, 2, 3, 0, 1, 2, 3])
    last = played.in_blocks(3, 4)
    assert np.array_equal(last.choices, played.choices[3::4])
    assert last.blocks == 1


def test_four_populations_differ_in_how_rates_are_distributed() -> None:
    people = {name: learners(name, 4000, 0) for name in FOUR}
    together = [np.corrcoef(logit(r.alpha[:, 0]), logit(r.forget[:, 0]))[0, 1] for r in people.values()]
    assert np.abs(together[:2]).max() < 0.05
    assert min(together[2:]) > 0.8
    forget = [r.forget[:, 0] for r in people.values()]
    assert all(0 < own.min() < own.max() < 1 for own in forget)
    assert np.median(forget[1]) < np.mean(forget[1]) - 0.03
