"""Which reply targets a conversation has: of all entries that fit, the most specific decides. Pure.

Each value (first, next, resolution, calendar, …) is that of the most specific entry that says it:
the one with more conditions; with as many, one that names the segment before the priority before
the team before the channel; then the one that stands first in the file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from router.core.targets.calendar import Calendar, Hands
from wire.messages.base import Said, say

# The calendar that is always open.
ALWAYS = "always"
PRIORITIES = ("low", "normal", "high", "urgent")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the targets of a conversation depend on."""

    kind: str
    team: str = ""
    priority: int = 1
    segments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """Conditions (none is all) and what they give; None says nothing about it. 0 is no target."""

    segments: frozenset[str] = frozenset()
    priorities: frozenset[int] = frozenset()
    teams: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    first: float | None = None
    next: float | None = None
    resolution: float | None = None
    calendar: str | None = None
    release: float | None = None
    pause_snoozed: bool | None = None

    def fits(self, asked: Asked) -> bool:
        return (
            (not self.kinds or asked.kind in self.kinds)
            and (not self.teams or asked.team in self.teams)
            and (not self.priorities or asked.priority in self.priorities)
            and (not self.segments or not self.segments.isdisjoint(asked.segments))
        )

    @property
    def rank(self) -> tuple[Any, ...]:
        """The most specific sorts first."""
        named = tuple(map(bool, (self.segments, self.priorities, self.teams, self.kinds)))
        return (-sum(named), *(not each for each in named))

    @property
    def conditions(self) -> str:
        """As they stand in a query: `segment:vip channel:webchat`."""
        priorities = [PRIORITIES[each] for each in sorted(self.priorities)]
        each = {"segment": sorted(self.segments), "priority": priorities,
                "team": sorted(self.teams), "channel": sorted(self.kinds)}  # fmt: skip
        return " ".join(f"{name}:{','.join(words)}" for name, words in each.items() if words)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What applies. Seconds of business time; 0 is none."""

    first: float
    next: float
    resolution: float = 0.0
    calendar: Hands = None
    # So long after a passed target somebody else is asked.
    release: float = 0.0
    pause_snoozed: bool = False
    # The conditions of the entry that each comes from; "" for one without any, None for no entry.
    by: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Targets:
    """All of them. `usual` are the configuration's seconds by channel kind, for what is unsaid."""

    usual: Mapping[str, float] = field(default_factory=dict)
    # The most specific first.
    entries: tuple[Entry, ...] = ()
    calendars: Mapping[str, Calendar] = field(default_factory=dict)

    @property
    def by_segment(self) -> bool:
        """Whether a contact's segments matter at all."""
        return any(entry.segments for entry in self.entries)


def target(kind: str, usual: Mapping[str, float]) -> float:
    """The configuration's seconds for a channel kind."""
    return usual.get(kind, usual.get("", 3_600.0))


def arranged(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """In the order in which they are asked; the file's own order stays among equals."""
    return tuple(sorted(entries, key=lambda entry: entry.rank))


@lru_cache(maxsize=4_096)
def chosen(targets: Targets, asked: Asked) -> Chosen:
    """The targets of such a conversation."""
    usual = target(asked.kind, targets.usual)
    fitting = [entry for entry in targets.entries if entry.fits(asked)]
    said = {name: _said(fitting, name) for name in _VALUES}
    first = _value(said["first"], "first", usual)
    calendar = _value(said["calendar"], "calendar", ALWAYS)
    if said["next"] is None:  # as the first one, where nothing else is said
        said["next"] = said["first"]
        following = first
    else:
        following = _value(said["next"], "next", usual)
    return Chosen(
        first, following, _value(said["resolution"], "resolution", 0.0),
        targets.calendars.get(calendar), _value(said["release"], "release", 0.0),
        _value(said["pause_snoozed"], "pause_snoozed", False),
        {name: entry.conditions if entry is not None else None for name, entry in said.items()},
    )  # fmt: skip


_VALUES = ("first", "next", "resolution", "calendar", "release", "pause_snoozed")


def _said(fitting: Iterable[Entry], name: str) -> Entry | None:
    return next((entry for entry in fitting if getattr(entry, name) is not None), None)


def _value(entry: Entry | None, name: str, usual: Any) -> Any:
    return usual if entry is None else getattr(entry, name)


def sentences(targets: Targets, asked: Asked, replied: bool = False) -> tuple[Said, ...]:
    """What applies to such a conversation, and because of which entries."""
    rule = chosen(targets, asked)
    hours = rule.calendar.name if rule.calendar is not None else ALWAYS
    found = [_sentence(rule, "next" if replied else "first", hours, asked.kind)]
    found.append(_resolution(rule, hours))
    if rule.release:
        found.append(say("{time} later somebody else is asked ({conditions})",
                         time=span(rule.release), conditions=_by(rule, "release")))  # fmt: skip
    return tuple(found)


def _sentence(rule: Chosen, name: str, hours: str, kind: str) -> Said:
    seconds = rule.next if name == "next" else rule.first
    facts = {"time": span(seconds), "channel": kind, "conditions": _by(rule, name), "hours": hours}
    if not seconds:
        return say("no reply target by {channel} ({conditions})", channel=kind,
                   conditions=_by(rule, name))  # fmt: skip
    if name == "next":
        return say("next reply within {time} by {channel} ({conditions}), hours: {hours}", **facts)
    return say("first reply within {time} by {channel} ({conditions}), hours: {hours}", **facts)


def _resolution(rule: Chosen, hours: str) -> Said:
    if not rule.resolution:
        return say("no resolution target")
    return say("resolved within {time} ({conditions}), hours: {hours}", hours=hours,
               time=span(rule.resolution), conditions=_by(rule, "resolution"))  # fmt: skip


def _by(rule: Chosen, name: str) -> str:
    conditions = rule.by.get(name)
    return "[desk] targets" if conditions is None else conditions or "[[targets]]"


def span(seconds: float) -> str:
    """`1d 2h 30m`, exact to the second."""
    left, parts = round(seconds), []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        number, left = divmod(left, size)
        if number:
            parts.append(f"{number}{unit}")
    return " ".join(parts) or "0s"
