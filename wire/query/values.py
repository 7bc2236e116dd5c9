"""Values of a query as they are typed: durations, numbers, days, names; and back again."""

import datetime
import re

from wire.query.fields import CHANNELS, PRIORITIES, Field

UNITS = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
DAYS = ("today", "yesterday")
_DURATION = re.compile(r"(-?)((?:\d{1,9}(?:\.\d{1,6})?[smhdw])+)")
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?")


def value(field: Field, typed: str) -> str | float | None:
    """The value, None when it is none of this kind."""
    read = {"duration": duration, "number": number, "day": day, "level": level}.get(field.kind)
    if read is not None:
        return read(typed)
    name = typed.casefold()
    if field.name == "channel":
        name = CHANNELS.get(name, name)
    return name if not field.choices or name in field.choices else None


def duration(typed: str) -> float | None:
    """`90s`, `10m`, `1h30m`, `2d`; a bare number is seconds."""
    found = _DURATION.fullmatch(typed.casefold())
    if found is None:
        return number(typed)
    seconds = sum(float(many) * UNITS[unit] for many, unit in _PART.findall(found[2]))
    return -seconds if found[1] else seconds


def number(typed: str) -> float | None:
    return float(typed) if _NUMBER.fullmatch(typed) else None


def level(typed: str) -> float | None:
    name = typed.casefold()
    if name in PRIORITIES:
        return float(PRIORITIES.index(name))
    known = number(typed)
    return known if known in (0.0, 1.0, 2.0, 3.0) else None


def day(typed: str) -> str | None:
    """`2026-11-22`, today or yesterday."""
    name = typed.casefold()
    if name in DAYS:
        return name
    try:
        return datetime.date.fromisoformat(typed).isoformat()
    except ValueError:
        return None


def span(of: str, now: float, zone: datetime.tzinfo) -> tuple[float, float]:
    """When that day begins and ends, as epoch seconds."""
    today = datetime.datetime.fromtimestamp(now, zone).date()
    if of in DAYS:
        date = today - datetime.timedelta(days=DAYS.index(of))
    else:
        date = datetime.date.fromisoformat(of)
    first = datetime.date(1971, 1, 1)  # before it there are no desks, and clocks cannot be asked
    date = min(max(date, first), datetime.date(9_990, 1, 1))
    midnight = datetime.time(tzinfo=zone)
    begin = datetime.datetime.combine(date, midnight)
    end = datetime.datetime.combine(date + datetime.timedelta(days=1), midnight)
    return begin.timestamp(), end.timestamp()


def shown(field: Field, known: str | float) -> str:
    """As one would type it."""
    if isinstance(known, str):
        return known
    if field.kind == "level":
        return PRIORITIES[int(known)]
    if field.kind == "duration":
        return _shown_duration(known)
    return _plain(known)


def _shown_duration(seconds: float) -> str:
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    for unit in ("w", "d", "h", "m"):
        many = seconds / UNITS[unit]
        if many >= 1 and many == int(many):
            return f"{sign}{int(many)}{unit}"
    return f"{sign}{_plain(seconds)}s"


def _plain(known: float) -> str:
    return str(int(known)) if known == int(known) else f"{known:.6f}".rstrip("0")
