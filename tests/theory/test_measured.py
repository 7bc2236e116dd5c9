"""Standard errors are what they say, and a verdict says no when it should."""

import random

import pytest

from bench.theory.cases.case import Expected
from bench.theory.measured import Estimate, combined, controlled, ratio

pytestmark = pytest.mark.pure


def test_the_error_of_a_mean_is_its_spread_by_the_root_of_how_many() -> None:
    chance = random.Random(5)
    over = [chance.gauss(10.0, 2.0) for _ in range(400)]
    estimate = ratio(over, [1.0] * 400)
    assert estimate.value == pytest.approx(10.0, abs=0.3)
    assert estimate.error == pytest.approx(2.0 / 20.0, rel=0.1)


def test_what_goes_up_and_down_together_has_no_error_in_its_ratio() -> None:
    under = [float(number) for number in range(1, 50)]
    found = ratio([3.0 * one for one in under], under)
    assert found.value == pytest.approx(3.0)
    assert found.error == pytest.approx(0)


def test_a_difference_of_what_varies_together_is_surer_than_each() -> None:
    chance = random.Random(5)
    first = [chance.gauss(10.0, 2.0) for _ in range(400)]
    second = [one + chance.gauss(1.0, 0.1) for one in first]
    ones = [1.0] * 400
    assert combined([(1.0, second, ones), (-1.0, first, ones)]).error < ratio(first, ones).error / 9


@pytest.mark.parametrize(("value", "error", "met"), [
    (1.019, 0.001, True), (1.021, 0.001, False), (1.05, 0.02, True), (0.93, 0.02, False),
])  # fmt: skip
def test_a_figure_is_met_within_three_errors_or_two_percent(
    value: float, error: float, met: bool
) -> None:
    assert Expected("wait", (), 1.0).met(Estimate(value, error)) is met


def test_a_bound_is_met_from_below() -> None:
    bound = Expected("wait", (), 1.0, "at most")
    assert bound.met(Estimate(0.2, 0.01))
    assert not bound.met(Estimate(1.1, 0.01))


def test_an_estimate_that_could_be_anything_shows_nothing() -> None:
    assert Expected("wait", (), 1.0).sure(Estimate(1.0, 0.04))
    assert not Expected("wait", (), 1.0).sure(Estimate(1.0, 0.06))


def test_what_luck_explains_is_taken_away_where_a_mean_is_known() -> None:
    chance = random.Random(5)
    luck = [chance.gauss(4.0, 2.0) for _ in range(400)]
    waits = [10.0 + 3.0 * (one - 4.0) + chance.gauss(0.0, 0.1) for one in luck]
    ones = [1.0] * 400
    surer = controlled([(1.0, waits, ones)], (luck, ones), 4.0)
    assert surer.error < ratio(waits, ones).error / 20
    assert abs(surer.value - 10.0) < 3 * surer.error
