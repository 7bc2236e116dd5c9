"""The desk's clock goes on, whatever somebody does to the wall's."""

import pytest

from router.clock import Clock

pytestmark = pytest.mark.pure


def test_a_wall_clock_that_is_set_back_does_not_stop_the_desk() -> None:
    wall, steady = [1_000.0], [50.0]
    clock = Clock(lambda: wall[0], lambda: steady[0])
    assert clock() == 1_000.0
    wall[0], steady[0] = 1_005.0 - 3_600.0, 55.0
    assert clock() == 1_005.0
    wall[0], steady[0] = 1_010.0 - 3_600.0, 60.0
    assert clock() == 1_010.0


def test_a_wall_clock_that_is_set_forward_is_followed() -> None:
    wall, steady = [1_000.0], [50.0]
    clock = Clock(lambda: wall[0], lambda: steady[0])
    wall[0], steady[0] = 4_601.0, 51.0
    assert clock() == 4_601.0
