"""What people type, as values. Pure; what cannot be read is a ValueError with a sentence."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from console.words.catalogue import _
from wire.messages.channel import Party

PRIORITIES = ("low", "normal", "high", "urgent")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(\d{1,6})\s*([smhdw])")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
_NAMED = re.compile(r"\s*(.*?)\s*<([^<>]+)>\s*")


def moment(text: str, now: datetime, *, past: bool = False) -> float:
    """ "2h", "3d", "17:30" (the next such time) or "2026-11-23 09:00", as epoch seconds.

    When `past`, two hours ago, and the last such time.
    """
    way = -1 if past else 1
    if match := _DURATION.fullmatch(text.strip()):
        return now.timestamp() + way * int(match[1]) * _UNITS[match[2]]
    try:
        if match := _CLOCK.fullmatch(text.strip()):
            then = now.replace(hour=int(match[1]), minute=int(match[2]), second=0, microsecond=0)
            on_the_way = then < now if past else then > now
            return (then if on_the_way else then + timedelta(days=way)).timestamp()
        given = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(
            _('"{given}" is no time. Write 30m, 2h, 3d, 17:30 or 2026-11-23T09:00', given=text)
        ) from error
    return (given if given.tzinfo else given.replace(tzinfo=now.tzinfo)).timestamp()


def party(text: str) -> Party:
    """ "Oksana <oksana@example.com>" or an address alone."""
    match = _NAMED.fullmatch(text)
    name, address = (match[1].strip('" '), match[2]) if match else ("", text.strip())
    if not address.strip() or set(address) & set("<> \n"):
        raise ValueError(_("An address is expected, such as: Oksana <oksana@example.com>"))
    return Party(address=address.strip(), name=name)


def levels(texts: Iterable[str]) -> dict[str, int]:
    """ "german=2" or "german" (which is level 1), several of them."""
    found = {}
    for text in texts:
        name, equals, level = text.partition("=")
        if not name or (equals and not level.isdecimal()):
            raise ValueError(_('"{given}": a name and a number are expected: german=2', given=text))
        found[name.strip()] = int(level) if equals else 1
    return found


def priority(text: str) -> int:
    """A word or its number."""
    if text in PRIORITIES:
        return PRIORITIES.index(text)
    if text.isdecimal() and int(text) < len(PRIORITIES):
        return int(text)
    raise ValueError(
        _('"{given}" is no priority. They are: {known}', given=text, known=", ".join(PRIORITIES))
    )


def query(text: str) -> str:
    """The text, if it is a query; else what is wrong, with a mark under its column."""
    from rich.cells import cell_len

    from console.words.catalogue import told
    from wire.query.nodes import Query
    from wire.query.parsing import parse
    from wire.text import clean_line

    found = parse(text)
    if isinstance(found, Query):
        return text
    mark = " " * cell_len(text[: found.column - 1]) + "^"
    raise ValueError(f"{told(found.said)}\n  {clean_line(text, 500)}\n  {mark}")
