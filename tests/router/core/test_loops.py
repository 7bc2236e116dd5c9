"""The budget of automatic answers."""

import pytest

from router.core.loops import Before, verdict

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (Before(), "answer"),
        (Before(within_day=4, heard_since=9), "answer"),
        (Before(within_hour=1, within_day=1, heard_since=1), "enough"),
        (Before(within_hour=1, within_day=1, heard_since=4), "enough"),
        (Before(within_hour=1, within_day=1, heard_since=5), "loop"),
        (Before(within_day=5), "loop"),
    ],
)
def test_one_an_hour_and_five_a_day(before: Before, expected: str) -> None:
    assert verdict(before) == expected
