"""When a snooze ends, as it is typed."""

from datetime import datetime

import pytest

from console.flows.settling import later, parse_until

pytestmark = pytest.mark.pure

NOON = datetime(2026, 11, 20, 12, 0).timestamp()


@pytest.mark.parametrize(
    ("words", "seconds"),
    [("30m", 1_800), ("2h", 7_200), ("3 d", 259_200), ("1w", 604_800), ("17:00", 18_000),
     ("11:00", 82_800), ("25:00", None), ("soon", None), ("", None)],
)  # fmt: skip
def test_until(words: str, seconds: int | None) -> None:
    until = parse_until(words, NOON)
    assert (until and until - NOON) == seconds


def test_what_is_offered_is_all_ahead() -> None:
    assert all(choice.value > NOON for choice in later(NOON))
