"""A burst at once, then a steady pace, each for themselves."""

import pytest

from adapters.webchat.limits import Pace

pytestmark = pytest.mark.pure


def test_after_the_burst_one_at_a_time() -> None:
    pace = Pace(burst=3, every=2.0)
    assert [pace.wait("a", 0.0) for _ in range(4)] == [0.0, 0.0, 0.0, 2.0]
    assert pace.wait("a", 1.5) == 0.5
    assert pace.wait("a", 2.0) == 0.0
    assert pace.wait("a", 2.0) == 2.0


def test_the_burst_is_back_after_a_rest() -> None:
    pace = Pace(burst=3, every=2.0)
    for now in (0.0, 100.0):
        assert [pace.wait("a", now) for _ in range(3)] == [0.0, 0.0, 0.0]


def test_one_does_not_use_up_anothers() -> None:
    pace = Pace(burst=1, every=2.0)
    assert pace.wait("a", 0.0) == 0.0
    assert pace.wait("b", 0.0) == 0.0
    assert pace.wait("a", 0.0) == 2.0


def test_memory_is_bounded_and_keeps_those_who_must_wait() -> None:
    pace = Pace(burst=1, every=50.0, most=100)
    assert pace.wait("busy", 0.0) == 0.0
    for number in range(90):
        pace.wait(f"past {number}", -1000.0)
    for number in range(40):
        pace.wait(f"now {number}", 1.0)
    assert pace.wait("busy", 1.0) > 0
