"""What two contacts have together, and how that is taken back. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# One of the two, by choice; those of both, unless one is chosen; always the words of both.
CHOSEN = ("name", "language", "zone", "company")
UNITED = ("tags", "warnings")
FIELDS = (*CHOSEN, *UNITED, "note")

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Earlier:
    """An older merge of the same contact: the fields that it changed, before and after."""

    before: Values
    after: Values


def together(kept: Values, gone: Values, *, take: Sequence[str], keep: Sequence[str]) -> Values:
    """Each field of the two as one. `take` names what is the other's, `keep` what stays alone."""
    chosen = {name: _chosen(kept[name], gone[name], name in take) for name in CHOSEN}
    lists = {name: _united(name, kept, gone, take=take, keep=keep) for name in UNITED}
    return {**chosen, **lists, "note": _both(kept["note"], gone["note"], gone["name"])}


def differs(kept: Values, gone: Values) -> list[str]:
    """The fields in which both say something, and not the same."""
    return [name for name in FIELDS if kept[name] and gone[name] and kept[name] != gone[name]]


def changed(before: Values, after: Values) -> tuple[Values, Values]:
    """Only what is different now."""
    names = [name for name in FIELDS if before[name] != after[name]]
    return {name: before[name] for name in names}, {name: after[name] for name in names}


def taken_back(
    now: Values, undone: Earlier, later: Sequence[Earlier]
) -> tuple[Values, list[Values]]:
    """What becomes of the contact, and what each later merge would put back from now on.

    A field that a person changed since stays as they made it.
    """
    fields = dict(now)
    befores = [dict(merge.before) for merge in later]
    for name, value in undone.before.items():
        holder = next((before for before in befores if name in before), fields)
        if holder[name] == undone.after[name]:
            holder[name] = value
    return fields, list(befores)


def _chosen(kept: str, gone: str, take: bool) -> str:
    return gone if gone and (take or not kept) else kept


def _united(
    name: str, kept: Values, gone: Values, *, take: Sequence[str], keep: Sequence[str]
) -> tuple[str, ...]:
    if name in keep:
        return tuple(kept[name])
    if name in take:
        return tuple(gone[name])
    return tuple(dict.fromkeys((*kept[name], *gone[name])))


def _both(kept: str, gone: str, name: str) -> str:
    if not gone.strip() or gone.strip() in kept:
        return kept
    return f"{kept.rstrip()}\n\n{name}:\n{gone}" if kept.strip() else gone
