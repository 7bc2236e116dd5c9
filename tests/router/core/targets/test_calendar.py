"""Business time against a walk over the wall's clock, minute by minute, and what always holds."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from router.core.targets.calendar import FAR, Calendar, deadline, hours_of, is_open, worked

pytestmark = pytest.mark.pure

MINUTE = 60
# Whole hours, half an hour, at midnight, at one past midnight, and a day that never was.
ZONES = (
    "UTC", "Europe/Kyiv", "Europe/London", "America/New_York", "Australia/Lord_Howe",
    "Asia/Kathmandu", "Asia/Beirut", "America/Sao_Paulo", "America/St_Johns", "Pacific/Apia",
    "Africa/Casablanca", "Antarctica/Troll",
)  # fmt: skip
# Moments near which clocks changed somewhere: many random ones would miss them.
CHANGES = [
    datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2022, 3, 26, 22, tzinfo=UTC), datetime(2018, 2, 18, 2, tzinfo=UTC),
    datetime(2010, 11, 7, 2, 31, tzinfo=UTC), datetime(2011, 12, 30, 10, tzinfo=UTC),
    datetime(2026, 2, 15, 2, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC),
]  # fmt: skip


@st.composite
def _hours(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    marks = sorted(draw(st.sets(st.integers(0, 24 * 4), max_size=6)))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return tuple((opens * 900, closes * 900) for opens, closes in pairs)


@st.composite
def _calendars(draw: st.DrawFn, near: datetime) -> Calendar:
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    week = tuple(draw(_hours()) for _ in range(7))
    days = st.integers(-3, 3).map(lambda n: near.date() + timedelta(days=n))
    dates = draw(st.dictionaries(days, _hours(), max_size=2))
    return Calendar("x", zone, week, draw(st.frozensets(days, max_size=2)), dates)


@st.composite
def _spans(draw: st.DrawFn) -> tuple[Calendar, int, int]:
    near = draw(st.sampled_from(CHANGES))
    start = int(near.timestamp()) // MINUTE * MINUTE + MINUTE * draw(st.integers(-2_000, 600))
    return draw(_calendars(near)), start, start + MINUTE * draw(st.integers(0, 3_000))


def _walk(calendar: Calendar, start: int, end: int) -> Iterator[tuple[int, bool]]:
    """Each minute, and whether the wall's clock shows an open one."""
    for at in range(start, end, MINUTE):
        wall = datetime.fromtimestamp(at, calendar.zone)
        second = wall.hour * 3_600 + wall.minute * 60
        hours = hours_of(calendar, wall.date())
        yield at, any(opens <= second < closes for opens, closes in hours)


@given(_spans())
@settings(max_examples=200, deadline=None)
def test_business_time_is_what_a_walk_minute_by_minute_counts(
    span: tuple[Calendar, int, int],
) -> None:
    calendar, start, end = span
    walked = list(_walk(calendar, start, end))
    assert worked(calendar, start, end) == MINUTE * sum(is_it for _, is_it in walked)
    assert [is_open(calendar, at) for at, _ in walked[:200]] == [is_it for _, is_it in walked[:200]]


@given(_spans(), st.integers(1, 900))
@settings(max_examples=200, deadline=None)
def test_a_deadline_is_the_first_moment_at_which_the_time_is_gone(
    span: tuple[Calendar, int, int], minutes: int
) -> None:
    calendar, start, _ = span
    left = minutes
    for at, is_it in _walk(calendar, start, start + 6 * 86_400):
        left -= is_it
        if not left:
            assert deadline(calendar, start, minutes * MINUTE) == at + MINUTE
            return
    assert deadline(calendar, start, minutes * MINUTE) > start + 6 * 86_400 - MINUTE


@given(_spans(), st.floats(0.001, 200_000), st.floats(0, 59))
@settings(max_examples=300, deadline=None)
def test_so_much_time_is_worked_until_its_deadline_and_not_before(
    span: tuple[Calendar, int, int], seconds: float, odd: float
) -> None:
    calendar, start = span[0], span[1] + odd
    assume(any(calendar.week))
    due = deadline(calendar, start, seconds)
    assert worked(calendar, start, due) == pytest.approx(seconds, abs=1e-3)
    assert worked(calendar, start, due - 0.01) < seconds + 1e-3
    assert deadline(calendar, start, seconds + 1) > due


@given(_spans(), st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_parts_add_up(span: tuple[Calendar, int, int], share: float) -> None:
    calendar, start, end = span
    middle = start + (end - start) * share
    parts = worked(calendar, start, middle) + worked(calendar, middle, end)
    assert parts == pytest.approx(worked(calendar, start, end), abs=1e-3)


def test_always_open_is_plain_arithmetic() -> None:
    assert deadline(None, 1_000.5, 60.0) == 1_060.5
    assert worked(None, 10.0, 70.0) == 60.0
    assert worked(None, 70.0, 10.0) == 0.0
    assert is_open(None, 0.0)


def test_no_time_is_due_at_once_also_when_it_is_closed() -> None:
    closed = Calendar("x", UTC, ((),) * 7)
    assert deadline(closed, 1_000.0, 0.0) == 1_000.0
    assert deadline(closed, 1_000.0, -5.0) == 1_000.0


def test_what_never_opens_again_is_due_in_ten_years_and_nobody_waits_for_the_answer() -> None:
    closed = Calendar("x", timezone(timedelta(hours=2)), ((),) * 7)
    assert deadline(closed, 0.0, 1.0) == FAR * 86_400.0


def test_holidays_and_own_dates_take_the_place_of_the_week() -> None:
    friday = date(2026, 11, 20)
    day = ((0, 3_600),)
    calendar = Calendar("x", UTC, (day,) * 7, {friday, friday + timedelta(1)}, {friday: day * 1})
    assert hours_of(calendar, friday) == day
    assert hours_of(calendar, friday + timedelta(1)) == ()
    assert hours_of(calendar, friday + timedelta(2)) == day
