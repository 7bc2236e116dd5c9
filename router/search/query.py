"""What a person typed into the search box, read and turned into an expression for the index. Pure.

The text is hostile: of it only letters and digits reach the index, each term in quotes, and only so
many of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from router.search.terms import Word, things, whole, words

MAX_QUERY: Final = 400
MAX_UNITS: Final = 16

_QUOTES: Final = str.maketrans("«»“”„", '"""""')
_PIECE: Final = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<bare>[^\s"]+))')


class Unit(NamedTuple):
    """Words that stand together in the text: one word, a phrase, or parts of an address."""

    words: tuple[Word, ...]
    whole: str = ""
    """The parts as one term, where they were written as one."""
    open: bool = False
    """Still being typed: the last word may go on."""


class Query(NamedTuple):
    """What must be there, and what must not."""

    wanted: tuple[Unit, ...]
    unwanted: tuple[Unit, ...]


def read(text: str) -> Query:
    """Words, "phrases" and -words, the last word open until a space or a quote closes it."""
    text = text[:MAX_QUERY].translate(_QUOTES)
    wanted: list[Unit] = []
    unwanted: list[Unit] = []
    for piece in _PIECE.finditer(text):
        open_ = piece.end() == len(text) and piece["bare"] is not None
        units = _phrase(piece["phrase"]) if piece["phrase"] is not None else _bare(piece["bare"])
        if piece["minus"]:
            unwanted += units
        else:
            wanted += [*units[:-1], *(unit._replace(open=open_) for unit in units[-1:])]
    return Query(tuple(wanted[:MAX_UNITS]), tuple(unwanted[:MAX_UNITS]))


def _phrase(text: str) -> list[Unit]:
    found = tuple(words(text))
    return [Unit(found[:MAX_UNITS])] if found else []


def _bare(text: str) -> list[Unit]:
    found = [tuple(words(thing)[:MAX_UNITS]) for thing in things(text)]
    return [Unit(parts, whole(parts)) for parts in found if parts]


def every_word(query: Query) -> str:
    """What has all that is wanted, in the language of the index."""
    return _without(" AND ".join(map(_match, query.wanted)), query.unwanted)


def only_some_words(query: Query) -> str:
    """What has something of what is wanted, but not all."""
    wanted = [_match(unit) for unit in query.wanted]
    some = f"({' OR '.join(wanted)}) NOT ({' AND '.join(wanted)})"
    return _without(some, query.unwanted)


def _without(wanted: str, unwanted: tuple[Unit, ...]) -> str:
    return f"({wanted}) NOT ({' OR '.join(map(_match, unwanted))})" if unwanted else wanted


def _match(unit: Unit) -> str:
    """Both kinds of stems, and the word as written: a longer one too while it is being typed."""
    form = unit.whole or (unit.words[0].form if len(unit.words) == 1 else "")
    goes_on = " *" if unit.open and len(form) > 1 else ""
    either = [
        f"en_ru : {_quoted(word.en_ru for word in unit.words)}",
        f"de_uk : {_quoted(word.de_uk for word in unit.words)}",
        *([f"form : {_quoted([form])}{goes_on}"] if form else []),
    ]
    return f"({' OR '.join(either)})"


def _quoted(terms: Iterable[str]) -> str:
    return '"' + " ".join(terms) + '"'
