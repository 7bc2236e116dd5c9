"""Pauses grow, differ, and begin anew."""

import pytest

from adapters.sdk.pauses import Pauses

pytestmark = pytest.mark.pure


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_pauses_double_up_to_the_most() -> None:
    clock = Clock()
    pauses = Pauses(1, 10, clock=clock, chance=lambda: 1.0)
    found = []
    for _ in range(6):
        found.append(pauses.after_failure())
        clock.now += found[-1]
    assert found == [1, 2, 4, 8, 10, 10]


def test_many_who_fail_in_one_pause_double_it_once() -> None:
    pauses = Pauses(1, 10, clock=Clock(), chance=lambda: 1.0)
    assert [pauses.after_failure() for _ in range(5)] == [1] * 5


def test_chance_spreads_them_over_the_upper_half() -> None:
    low = Pauses(1, 10, clock=Clock(), chance=lambda: 0.0)
    assert low.after_failure() == 0.5


def test_two_seconds_of_health_begin_anew_and_less_does_not() -> None:
    clock = Clock()
    pauses = Pauses(1, 10, clock=clock, chance=lambda: 1.0)
    for _ in range(4):
        clock.now += pauses.after_failure()
    pauses.worked()
    clock.now += 1
    assert pauses.after_failure() > 1
    pauses.worked()
    clock.now += 2
    assert pauses.after_failure() == 1
