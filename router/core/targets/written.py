"""`[[targets]]` and `[calendars.NAME]` of the routing file: their shape, and what can be wrong.

Reading a file asks the library of holidays, which loads a country's rules; deciding never does.
"""

import difflib
import re
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Protocol
from zoneinfo import ZoneInfo, available_timezones

import holidays
from msgspec import Struct

from router.core.targets.calendar import DAY, Calendar, Hours
from router.core.targets.choosing import ALWAYS, PRIORITIES, Entry, Targets, arranged
from wire.messages.base import Said, say
from wire.query.fields import CHANNELS

Names = str | tuple[str, ...]
Path = tuple[str | int, ...]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# The longest target (seconds), and the most of anything in a list.
LONGEST, MOST = 366.0 * DAY, 1_000
_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_REGION = re.compile(r"[A-Z]{2}(-[A-Za-z0-9]{1,8})?")


class CalendarOf(Struct, frozen=True):
    """When a desk is open. Without `hours` it is open all day."""

    # A place as the IANA names it, "Europe/Kyiv".
    zone: str = "UTC"
    # By day or days: `mon-fri = ["09:00-13:00", "14:00-18:00"]`, `sat,sun = []`; a span may go over
    # midnight, "22:00-06:00".
    hours: dict[str, Names] = {}
    # Public holidays of a country or region, on which it is closed: "UA", "DE-BY".
    holidays: Names = ()
    # Dates with their own hours, which count for more than holidays: `"2026-12-31" = []` is closed.
    dates: dict[str, Names] = {}


class TargetOf(Struct, frozen=True):
    """For which work (nothing is for all), and how soon, in seconds of business time; 0 is never.

    What an entry does not name is as the next less specific one says.
    """

    segment: Names = ()
    priority: int | str | tuple[int | str, ...] = ()
    team: Names = ()
    channel: Names = ()
    # Our first answer, each later one, and until it is resolved.
    first: float | None = None
    next: float | None = None
    resolution: float | None = None
    # A calendar's name, or "always".
    calendar: str | None = None
    # So long after a passed target it goes to somebody else; 0 is never.
    release: float | None = None
    # The time to resolution stands still while it is snoozed.
    pause_snoozed: bool | None = None


class Says(Protocol):
    """Where faults are said; each with its place in the file."""

    def add(self, path: Path, said: Said) -> None: ...


def read(
    entries: Iterable[TargetOf], written: Mapping[str, CalendarOf], segments: Container[str],
    faults: Says,
) -> Targets:  # fmt: skip
    """Ready to decide by. What is wrong is said in `faults`; then nothing may be done with it."""
    calendars = {name: calendar(name, each, faults) for name, each in written.items()}
    found = [_entry(each, ("targets", n), calendars, segments, faults)
             for n, each in enumerate(entries)]  # fmt: skip
    return Targets(entries=arranged(found), calendars=calendars)


def calendar(name: str, written: CalendarOf, faults: Says) -> Calendar:
    """A calendar, compiled; what is wrong with it is said."""
    path: Path = ("calendars", name)
    if name == ALWAYS:
        faults.add(path, say('"{name}" is open always: choose another name.', name=ALWAYS))
    week = _week(written.hours, (*path, "hours"), faults)
    if written.hours and not any(map(_many, written.hours.values())):
        faults.add((*path, "hours"), say("It is never open: give at least one day hours."))
    closed = [_holidays(each, (*path, "holidays"), faults) for each in _many(written.holidays)]
    zone = _zone(written.zone, (*path, "zone"), faults)
    dates = _dates(written.dates, (*path, "dates"), faults)
    return Calendar(name, zone, week, _Any(tuple(closed)), dates)


# --- targets -----------------------------------------------------------------------------------


def _entry(
    written: TargetOf, path: Path, calendars: Mapping[str, Calendar], segments: Container[str],
    faults: Says,
) -> Entry:  # fmt: skip
    for name in ("first", "next", "resolution", "release"):
        seconds = getattr(written, name)
        if seconds is not None and not (seconds == 0 or 1 <= seconds <= LONGEST):
            faults.add((*path, name), say("A target is 1 to {most} seconds; 0 is none.",
                                          most=round(LONGEST)))  # fmt: skip
    if written.calendar not in (None, ALWAYS, *calendars):
        faults.add((*path, "calendar"), _unknown(str(written.calendar), (*calendars, ALWAYS)))
    for segment in _many(written.segment):
        if segment not in segments:
            known = tuple(segments) if isinstance(segments, Iterable) else ()
            faults.add((*path, "segment"), _unknown(segment, known))
    kinds = frozenset(map(_kind, _many(written.channel)))
    return Entry(
        frozenset(_many(written.segment)), _priorities(written.priority, path, faults),
        frozenset(_many(written.team)), kinds, written.first, written.next, written.resolution,
        written.calendar, written.release, written.pause_snoozed,
    )  # fmt: skip


def _kind(name: str) -> str:
    """A channel kind, also by the short name that queries know."""
    return CHANNELS.get(name.casefold(), name.casefold())


def _priorities(
    written: int | str | tuple[int | str, ...], path: Path, faults: Says
) -> frozenset[int]:  # fmt: skip
    found = set()
    for each in written if isinstance(written, tuple) else (written,):
        if each in PRIORITIES:
            found.add(PRIORITIES.index(str(each)))
        elif each in range(len(PRIORITIES)):
            found.add(int(each))
        else:
            faults.add((*path, "priority"), _unknown(str(each), PRIORITIES))
    return frozenset(found)


# --- calendars ---------------------------------------------------------------------------------


class _Any:
    """A date that is in any of them."""

    def __init__(self, each: tuple[Container[date], ...]) -> None:
        self._each = each

    def __contains__(self, day: object) -> bool:
        return any(day in one for one in self._each)


def _zone(name: str, path: Path, faults: Says) -> ZoneInfo:
    if name in available_timezones():
        return ZoneInfo(name)
    faults.add(path, _unknown(name, available_timezones()))
    return ZoneInfo("UTC")


def _holidays(region: str, path: Path, faults: Says) -> Container[date]:
    country, _, part = region.partition("-")
    try:
        if _REGION.fullmatch(region):
            return holidays.country_holidays(country, subdiv=part or None)
    except NotImplementedError:
        pass
    known = holidays.list_supported_countries(include_aliases=False)
    regions = (f"{country}-{each}" for each in known.get(country, ()))
    faults.add(path, _unknown(region, regions if part and country in known else known))
    return frozenset()


def _week(written: Mapping[str, Names], path: Path, faults: Says) -> tuple[Hours, ...]:
    if not written:
        return (((0, DAY),),) * 7
    week: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for days, spans in written.items():
        for day in _days(days, path, faults):
            for opens, closes in _spans(spans, (*path, days), faults):
                week[day].append((opens, min(closes, DAY)))
                if closes > DAY:  # past midnight it is the next day's clock
                    week[(day + 1) % 7].append((0, closes - DAY))
    return tuple(_apart(hours) for hours in week)


def _days(written: str, path: Path, faults: Says) -> Iterator[int]:
    for part in written.replace(" ", "").lower().split(","):
        first, _, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            faults.add((*path, written), say(
                'A day is one of {days}, several "mon-fri" or "mon,wed".', days=", ".join(DAYS)
            ))  # fmt: skip
            return
        start = DAYS.index(first)
        yield from ((start + n) % 7 for n in range((DAYS.index(last or first) - start) % 7 + 1))


def _spans(written: Names, path: Path, faults: Says) -> list[tuple[int, int]]:
    """(opens, closes) in seconds; what ends before it begins ends on the next day."""
    found = []
    for span in _many(written)[:MOST]:
        match = _SPAN.fullmatch(span.replace(" ", ""))
        opens, closes = _seconds(*match.groups()) if match else (0, 0)
        if match is None or opens in (closes, DAY) or max(opens, closes) > DAY:
            faults.add(path, say('Hours are written "09:00-17:00"; a day ends at 24:00.'))
            return []
        found.append((opens, closes if closes > opens else closes + DAY))
    return found


def _seconds(*parts: str) -> tuple[int, int]:
    hours, minutes, until, rest = map(int, parts)
    too_far = DAY + 1  # no such minute: no such time
    return (hours * 3_600 + minutes * 60 if minutes < 60 else too_far,
            until * 3_600 + rest * 60 if rest < 60 else too_far)  # fmt: skip


def _dates(written: Mapping[str, Names], path: Path, faults: Says) -> dict[date, Hours]:
    found = {}
    if len(written) > MOST:
        faults.add(path, say("At most {most} dates have hours of their own.", most=MOST))
        return {}
    for name, spans in written.items():
        hours = _spans(spans, (*path, name), faults)
        if any(closes > DAY for _, closes in hours):
            faults.add((*path, name), say("The hours of a date end at 24:00 at the latest."))
        try:
            found[date.fromisoformat(name)] = _apart(hours)
        except ValueError:
            faults.add((*path, name), say('A date is written "2026-12-31".'))
    return found


def _apart(hours: Iterable[tuple[int, int]]) -> Hours:
    """In order, and none counted twice."""
    found: list[tuple[int, int]] = []
    for opens, closes in sorted(hours):
        if found and opens <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], closes)
        else:
            found.append((opens, closes))
    return tuple(found)


# --- words -------------------------------------------------------------------------------------


def _many(names: Names | Any) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) and names else tuple(names or ())


def _unknown(word: str, known: Iterable[str]) -> Said:
    near = difflib.get_close_matches(word, sorted(known), 1)
    if near:
        return say('"{word}" is unknown. Did you mean "{near}"?', word=word[:60], near=near[0])
    return say('"{word}" is unknown.', word=word[:60])
