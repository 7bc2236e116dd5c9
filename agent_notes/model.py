"""The shared note of a contact: one revisioned text, written by compare-and-set. Pure.

What a colleague writes meanwhile is merged when it touches other lines, and shown side by side
when it touches the same ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from wire.messages.desk import Note


@dataclass(frozen=True, slots=True)
class Editing:
    """A note that is being written: what it was when we looked, and our words."""

    base: Note
    text: str
    # A colleague's newer one that touches the same lines as ours.
    theirs: Note | None = None

    @property
    def changed(self) -> bool:
        return self.text != self.base.text


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of two texts side by side."""

    mine: str
    theirs: str

    @property
    def same(self) -> bool:
        return self.mine == self.theirs


def arrived(editing: Editing, note: Note) -> Editing:
    """A colleague's newer note came while we write."""
    if note.revision <= editing.base.revision:
        return editing
    merged = merge(editing.base.text, editing.text, note.text)
    if merged is None:
        return replace(editing, theirs=note)
    return Editing(base=note, text=merged)


def settled(editing: Editing, text: str) -> Editing:
    """We looked at theirs and decided: the text goes on top of it."""
    return Editing(base=editing.theirs or editing.base, text=text)


def merge(base: str, mine: str, theirs: str) -> str | None:
    """Both changes in one text, or None when they touch the same lines."""
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    ours, others = _changes(base, mine), _changes(base, theirs)
    if any(_touch(one, two) and one != two for one in ours for two in others):
        return None
    lines = base.split("\n")
    for change in sorted({*ours, *others}, reverse=True):
        lines[change.start : change.end] = change.lines
    return "\n".join(lines)


@dataclass(frozen=True, slots=True, order=True)
class _Change:
    """Lines `start` to `end` of the base became `lines`."""

    start: int
    end: int
    lines: tuple[str, ...]


def _changes(base: str, text: str) -> list[_Change]:
    old, new = base.split("\n"), text.split("\n")
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        _Change(start, end, tuple(new[here:there]))
        for tag, start, end, here, there in matcher.get_opcodes()
        if tag != "equal"
    ]


def _touch(one: _Change, two: _Change) -> bool:
    # Neighbours touch as well: who wrote between the same two lines should see the other.
    return one.start <= two.end and two.start <= one.end


def side_by_side(mine: str, theirs: str) -> Iterator[Pair]:
    """Both texts in rows; a line that only one has stands beside nothing."""
    left, right = mine.split("\n"), theirs.split("\n")
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for _tag, start, end, here, there in matcher.get_opcodes():
        ours, others = left[start:end], right[here:there]
        for number in range(max(len(ours), len(others))):
            yield Pair(
                ours[number] if number < len(ours) else "",
                others[number] if number < len(others) else "",
            )
