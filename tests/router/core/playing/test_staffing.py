"""The number of agents is Erlang's where his formulas hold, and never keeps the goal with fewer."""

import random
from dataclasses import replace
from math import inf

import pytest

from router.core.playing import staffing
from router.core.playing.erlang import erlang_a, erlang_c
from router.core.playing.staffing import Ask, Sort, Span, erlang, fewest, measured
from router.core.scheme import Scheme

pytestmark = pytest.mark.pure
ONE = Scheme(weights={"": 1})


def steady(rate: float, mean: float, *, patience: float = inf, hours: float = 8.0) -> Ask:
    """The same all day, after an hour that is not counted; one at a time; 80 % within 20 s."""
    sorts = (Sort("call", mean=mean),)
    spans = (Span(3_600, rate, sorts, 0, counted=False), Span(hours * 3_600, rate, sorts, 0))
    return Ask(spans, ONE, 0.8, 20.0, capacity=1, patience=patience)


def chances(seed: int) -> object:
    return lambda number: random.Random(f"{seed}/{number}")


@pytest.fixture(autouse=True)
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staffing, "MOST", 40)


def test_without_patience_it_is_erlang_c() -> None:
    """60 an hour of 6 minutes: 6 Erlang. Nine agents serve 83 % within 20 s, eight 68 %."""
    ask = steady(60 / 3_600, 360.0)
    assert [round(erlang_c(n, 60 / 3600, 1 / 360, 20).soon, 2) for n in (8, 9)] == [0.68, 0.83]
    assert fewest(ask, chances(1)) == [9] == [erlang(ask, 0)[0]]  # type: ignore[arg-type]


def test_its_share_is_that_of_erlang_within_its_interval() -> None:
    [tally] = measured(steady(60 / 3_600, 360.0), [9], chances(2))  # type: ignore[arg-type]
    exact = erlang_c(9, 60 / 3_600, 1 / 360, 20)
    assert abs(tally.share - exact.soon) < 1.3 * tally.margin
    assert tally.margin < 0.06


def test_with_patience_it_is_erlang_a() -> None:
    ask = steady(60 / 3_600, 360.0, patience=120.0)
    [tally] = measured(ask, [8], chances(3))  # type: ignore[arg-type]
    exact = erlang_a(8, 60 / 3_600, 1 / 120, 1 / 360, 20)
    assert abs(tally.share - exact.soon) < 1.3 * tally.margin
    assert tally.gave_up / sum(tally.came) == pytest.approx(exact.p_lost, abs=0.02)


def test_who_has_three_at_once_is_three() -> None:
    ask = replace(
        steady(60 / 3_600, 360.0), capacity=6, scheme=Scheme(weights={"": 2}), narrow=0.03
    )
    assert erlang(ask, 0)[0] == 3
    assert fewest(ask, chances(4)) == [3]  # type: ignore[arg-type]


def test_each_part_of_a_day_has_its_own_number() -> None:
    sorts = (Sort("call", mean=300.0),)
    spans = tuple(Span(1_800, rate / 3_600, sorts, place)
                  for place, rate in enumerate((6, 48, 48, 6)))  # fmt: skip
    quiet, busy, still_busy, after = fewest(Ask(spans, ONE, 0.8, 60.0, capacity=1), chances(5))  # type: ignore[arg-type]
    assert quiet < busy <= still_busy + 1
    assert after < still_busy


def test_the_same_seed_gives_the_same_answer() -> None:
    ask = steady(30 / 3_600, 300.0, hours=1)
    first, second = (measured(ask, [4], chances(6)) for _ in "ab")  # type: ignore[arg-type]
    assert (first[0].came, first[0].soon) == (second[0].came, second[0].soon)


def test_where_nobody_comes_nobody_is_needed() -> None:
    spans = (Span(1_800, 0.0, (), 0), Span(1_800, 0.01, (Sort("call", mean=60.0),), 1))
    assert fewest(Ask(spans, ONE, 0.8, 20.0, capacity=1), chances(7))[0] == 0  # type: ignore[arg-type]
