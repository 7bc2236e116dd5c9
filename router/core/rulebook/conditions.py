"""The conditions of a rule, each as a function of what came: made once, cheap ones first. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from zoneinfo import ZoneInfo

from router.core.rulebook.facts import Opening, spaced
from router.core.rulebook.written import If, Names, Time
from router.core.targets.calendar import Calendar, is_open
from wire.query.evaluating import Asking, compiled, domain, fold, pattern
from wire.query.fields import CHANNELS
from wire.query.nodes import Query
from wire.query.parsing import parse

Condition = Callable[[Opening], bool]
Calendars = Mapping[str, Calendar]
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)|24:00")


def many(names: Names | None) -> tuple[str, ...]:
    """One name or several, as several."""
    return (names,) if isinstance(names, str) and names else tuple(names or ())


def conditions(asked: If, calendars: Calendars) -> tuple[Condition, ...]:
    return tuple(_conditions(asked, calendars))


def _conditions(asked: If, calendars: Calendars) -> Iterator[Condition]:
    if channels := frozenset(channel(name) for name in many(asked.channel)):
        yield lambda opening: opening.channel in channels
    if accounts := frozenset(many(asked.account)):
        yield lambda opening: opening.account in accounts
    if asked.time is not None:
        yield _at(asked.time)
    if names := many(asked.open):
        yield _hours(names, calendars, open_=True)
    if names := many(asked.closed):
        yield _hours(names, calendars, open_=False)
    if senders := many(asked.sender):
        yield _from(senders)
    if tags := frozenset(fold(tag) for tag in many(asked.tag)):
        yield lambda opening: not tags.isdisjoint(opening.customer.folded_tags)
    if segments := frozenset(many(asked.segment)):
        yield lambda opening: not segments.isdisjoint(opening.segments)
    if subject := phrases(asked.subject):
        yield lambda opening: any(each in opening.subject_words for each in subject)
    if words := phrases(asked.words):
        yield lambda opening: any(each in opening.all_words for each in words)
    if languages := frozenset(fold(name) for name in many(asked.language)):
        yield lambda opening: opening.language in languages
    if asked.query:
        yield _query(asked.query)


def channel(name: str) -> str:
    return CHANNELS.get(fold(name), fold(name))


def phrases(names: Names) -> tuple[str, ...]:
    """Whole words or phrases; `refund*` is every word that begins so."""
    found = (spaced(name).rstrip() + ("" if name.endswith("*") else " ") for name in many(names))
    return tuple(each for each in found if each.strip())


def _from(senders: tuple[str, ...]) -> Condition:
    """A whole address, one with `*`, or a domain with all below it."""
    plain = frozenset(fold(name) for name in senders if "*" not in name)
    below = tuple(f".{name}" for name in plain if "@" not in name)
    patterns = [pattern(name).fullmatch for name in senders if "*" in name]

    def condition(opening: Opening) -> bool:
        address = opening.address
        of = domain(address)
        return (
            address in plain
            or of in plain
            or (bool(below) and of.endswith(below))
            or any(each(address) for each in patterns)
        )

    return condition


def _query(text: str) -> Condition:
    query = parse(text, "message")
    if not isinstance(query, Query):  # the file was checked before
        return lambda opening: False
    holds = compiled(query)
    return lambda opening: holds(opening, Asking(opening.at))


# --- time --------------------------------------------------------------------------------------


def _at(time: Time) -> Condition:
    """On these days, within these hours of that zone; hours may go over midnight."""
    zone = ZoneInfo(time.zone)
    days = days_of(time.days) or frozenset(range(7))
    begin, end = minute(time.from_) or 0, minute(time.until)
    end = 24 * 60 if end is None else end

    def condition(opening: Opening) -> bool:
        today, now = opening.at_wall(zone)
        if begin < end:
            return today in days and begin <= now < end
        return (today in days and now >= begin) or ((today - 1) % 7 in days and now < end)

    return condition


def _hours(names: tuple[str, ...], calendars: Calendars, *, open_: bool) -> Condition:
    """Any of these calendars is open, or closed, when it comes."""
    known = [calendars[name] for name in names if name in calendars]
    return lambda opening: any(is_open(each, opening.at) is open_ for each in known)


def minute(text: str) -> int | None:
    """`09:30` as minutes of the day; None when it is no time."""
    if not _TIME.fullmatch(text):
        return None
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def days_of(names: Names) -> frozenset[int] | None:
    """`mon-fri`, `sat` as days of the week; None when one of them is none."""
    days: set[int] = set()
    for name in many(names):
        first, _, last = fold(name).partition("-")
        if first not in DAYS or (last and last not in DAYS):
            return None
        begin, end = DAYS.index(first), DAYS.index(last or first)
        days.update((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    return frozenset(days)
