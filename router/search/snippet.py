"""The part of a text that shows why it was found. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from router.search.query import Unit, read
from router.search.terms import Word, words

_CUT: Final = "…"

Range = tuple[int, int]


def snippet(text: str, query: str, width: int) -> tuple[str, list[Range]]:
    """At most `width` characters of a text, on one line, and where the query's words are."""
    asked = read(query).wanted
    found = words(text)
    matches = [
        (word.start, word.end) for word in found if any(_meets(word, unit) for unit in asked)
    ]
    start, end = _window(found, matches, len(text), width)
    line = "".join([" " if letter.isspace() else letter for letter in text[start:end]])
    before, after = _CUT if start else "", _CUT if end < len(text) else ""
    shift = len(before) - start
    inside = [(a + shift, b + shift) for a, b in matches if start <= a and b <= end]
    return f"{before}{line}{after}"[: max(0, width)], inside


def _meets(word: Word, unit: Unit) -> bool:
    return any(_is_form_of(word, wanted) for wanted in unit.words) or (
        unit.open and len(unit.words) == 1 and word.form.startswith(unit.words[0].form)
    )


def _is_form_of(word: Word, wanted: Word) -> bool:
    return word.en_ru == wanted.en_ru or word.de_uk == wanted.de_uk or word.form == wanted.form


def _window(found: Sequence[Word], matches: Sequence[Range], length: int, width: int) -> Range:
    """Where to cut: between words, where most matches are, a little before the first of them."""
    if length <= width:
        return 0, length
    room = max(0, width - 2 * len(_CUT))
    place = _densest(matches, room)
    earliest = max(0, min(place - room // 4, length - room))
    start = min((word.start for word in found if word.start >= earliest), default=0)
    start = min(start, place) if earliest else 0
    if length - start <= room:
        return start, length
    return start, max(
        (word.end for word in found if start < word.end <= start + room), default=start
    )


def _densest(matches: Sequence[Range], room: int) -> int:
    """The place of the match from which most others are in sight; the first of equals."""
    best, best_count, last = 0, 0, 0
    for first, (start, _) in enumerate(matches):
        while last < len(matches) and matches[last][1] <= start + room:
            last += 1
        if last - first > best_count:
            best, best_count = start, last - first
    return best
