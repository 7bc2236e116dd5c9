"""Business time: when a desk is open, by the clock on the wall of some place. Pure.

What that clock shows decides: an hour that it skips was never open, one that it shows twice is two.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from functools import lru_cache

DAY = 86_400
# Nobody looks further ahead for an open hour (days).
FAR = 3_660
# No place changes its clocks twice within so long (seconds).
STEADY = 21_600
# (opens, closes) in seconds of the wall's day, in order and apart.
Hours = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """`week` begins on Monday; a date of `dates` has its own hours, one of `holidays` has none."""

    name: str
    zone: tzinfo
    week: tuple[Hours, ...]
    holidays: Container[date] = frozenset()
    dates: Mapping[date, Hours] = field(default_factory=dict)


# None is open always: plain arithmetic.
Hands = Calendar | None


def deadline(calendar: Hands, start: float, seconds: float) -> float:
    """The first moment at which so much business time has gone by since `start`."""
    if calendar is None or seconds <= 0:
        return start + max(seconds, 0.0)
    left = seconds
    today = int(start // DAY)
    for day in range(today, today + FAR):
        for opens, closes in _open(calendar, day):
            begins = max(opens, start)
            if closes - begins >= left:
                return begins + left
            left -= max(closes - begins, 0.0)
    return float((today + FAR) * DAY)


def worked(calendar: Hands, start: float, end: float) -> float:
    """The business time between two moments, in seconds."""
    if end <= start:
        return 0.0
    if calendar is None:
        return end - start
    return sum(
        max(min(closes, end) - max(opens, start), 0.0)
        for day in range(int(start // DAY), int(end // DAY) + 1)
        for opens, closes in _open(calendar, day)
    )


def is_open(calendar: Hands, now: float) -> bool:
    if calendar is None:
        return True
    return any(opens <= now < closes for opens, closes in _open(calendar, int(now // DAY)))


def hours_of(calendar: Calendar, day: date) -> Hours:
    """The hours of a date on the wall."""
    own = calendar.dates.get(day)
    if own is not None:
        return own
    return () if day in calendar.holidays else calendar.week[day.weekday()]


@lru_cache(maxsize=8_192)
def _open(calendar: Calendar, day: int) -> Hours:
    """The open hours of a UTC day (counted from 1970), in epoch seconds."""
    found = []
    for start, end, offset in _steady(calendar.zone, day * DAY, (day + 1) * DAY):
        for wall in range((start + offset) // DAY, (end - 1 + offset) // DAY + 1):
            midnight = wall * DAY - offset
            for opens, closes in hours_of(calendar, date.fromordinal(_EPOCH + wall)):
                piece = max(midnight + opens, start), min(midnight + closes, end)
                if piece[0] < piece[1]:
                    found.append(piece)
    return tuple(found)


_EPOCH = date(1970, 1, 1).toordinal()


def _steady(zone: tzinfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The parts of a time in which the wall's clock keeps one offset, with that offset."""
    offset = _offset(zone, start)
    if end - start <= STEADY and offset == _offset(zone, end - 1):
        yield start, end, offset
    else:
        middle = (start + end) // 2
        yield from _steady(zone, start, middle)
        yield from _steady(zone, middle, end)


def _offset(zone: tzinfo, at: int) -> int:
    ahead = datetime.fromtimestamp(at, zone).utcoffset()
    return round(ahead.total_seconds()) if ahead is not None else 0
