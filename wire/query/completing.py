"""What can follow where the cursor stands: names of fields, then their values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wire.query.fields import CHANNELS, PRIORITIES, Scope, field_of, fields_of

_FRAGMENT = re.compile(r'(?:^|[\s(])[-!]?(?P<whole>[^\s()"]*)$')
_VALUES = {
    "duration": (">10m", ">1h", ">1d"), "level": PRIORITIES, "day": ("today", "yesterday"),
}  # fmt: skip
_MORE = {"owner": ("me", "none"), "channel": tuple(sorted(set(CHANNELS.values())))}


@dataclass(frozen=True, slots=True)
class Completion:
    """`text` stands instead of what is from `start` (from 0) to the cursor."""

    start: int
    text: str
    help: str = ""


def complete(
    text: str, cursor: int, known: Mapping[str, Sequence[str]] | None = None,
    scope: Scope = "conversation",
) -> list[Completion]:  # fmt: skip
    """`known` has the names that the desk has, by field (tags, teams, skills …)."""
    found = _FRAGMENT.search(text[:cursor])
    if found is None:
        return []
    typed, start = found["whole"], found.start("whole")
    name, colon, value = typed.partition(":")
    if not colon:
        return [
            Completion(start, f"{each.name}:", each.help)
            for each in fields_of(scope)
            if any(one.startswith(typed.casefold()) for one in (each.name, *each.aliases))
        ]
    return _values(name, value, start + len(name) + 1, known or {}, scope)


def _values(
    name: str, value: str, start: int, known: Mapping[str, Sequence[str]], scope: Scope
) -> list[Completion]:
    field = field_of(name, scope)
    if field is None:
        return []
    before, comma, last = value.rpartition(",")
    start += len(before + comma)
    names = (*_MORE.get(field.name, ()), *known.get(field.name, ())) or field.choices
    names = names or _VALUES.get(field.kind, ())
    return [Completion(start, f'"{one}"' if " " in one else one)
            for one in dict.fromkeys(names) if one.startswith(last.casefold())]  # fmt: skip
