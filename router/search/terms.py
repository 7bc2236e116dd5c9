"""What a text is found by: its words, folded and stemmed. Pure.

Nobody says in which language a letter is written, and a short query does not show it. So each word
has one stem per language that its letters allow, side by side: English or Russian in one place,
German or Ukrainian in the other. Text and query meet when they agree in either, or in the word as
it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from router.search import stems, ukrainian

MAX_TEXT: Final = 200_000
MAX_WORD: Final = 64

# Inside a word: marks that stand above the letter before them, and characters that nobody sees
# (soft hyphens and joiners of HTML mail).
_INSIDE: Final = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
# Chinese and Japanese write no spaces: there each character is a word, and a word is a phrase.
_IDEOGRAPH: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LETTER: Final = rf"[^\W_{_IDEOGRAPH}]"
_LETTERS: Final = rf"(?:{_LETTER}|[{_INSIDE}])"
_LONGER: Final = rf"{_LETTERS}{{0,255}}+(?:['’ʼ`]{_LETTERS}{{1,255}}+){{0,3}}+"
_ONE: Final = rf"(?:[{_IDEOGRAPH}]|{_LETTER}{_LONGER})"
_WORD: Final = re.compile(_ONE)
_THING: Final = re.compile(rf"{_ONE}(?:[-@._+/:&#=?%~‐‑–]{{1,3}}{_ONE}){{0,31}}")
_APOSTROPHE: Final = re.compile("['’ʼ`]")
_CYRILLIC: Final = re.compile("[Ѐ-ԯ]")
_LATIN: Final = re.compile("[a-z]")
_UKRAINIAN: Final = re.compile("[іїєґ]")
_RUSSIAN: Final = re.compile("[ыэъё]")
_STRESS: Final = re.compile("[\u0300-\u036f]")
_FOLD_CYRILLIC: Final = str.maketrans("ёґ", "ег")


class Word(NamedTuple):
    """One word where it stands: as written (folded), and its stems."""

    start: int
    end: int
    form: str
    en_ru: str
    de_uk: str


class Terms(NamedTuple):
    """The three columns of the index: forms and joined words; stems; the other stems."""

    form: str
    en_ru: str
    de_uk: str


def terms(text: str) -> Terms:
    """Everything a text can be found by. The stems keep the order of the words, for phrases."""
    found = [
        _terms_of(thing) if len(thing) <= MAX_WORD else _terms_of.__wrapped__(thing)
        for thing in things(text[:MAX_TEXT].casefold())
    ]
    return Terms(
        " ".join([each.form for each in found]),
        " ".join([each.en_ru for each in found]),
        " ".join([each.de_uk for each in found]),
    )


def things(text: str) -> list[str]:
    """What is written in one: a word, an address, an order number, words with hyphens."""
    return _THING.findall(text)


def words(text: str) -> list[Word]:
    """The words of a text with their places in it."""
    return [
        Word(match.start(), match.end(), *forms)
        for match in _WORD.finditer(text[:MAX_TEXT])
        if (forms := _forms(match.group().casefold()))[0]
    ]


def whole(found: Sequence[Word]) -> str:
    """The words of a thing as one, so that ORD-2024-17, ord2024-17 and ord202417 are the same."""
    joined = "".join([word.form for word in found]) if len(found) > 1 else ""
    return joined if len(joined) <= MAX_WORD else ""


@lru_cache(maxsize=32_768)
def _terms_of(thing: str) -> Terms:
    found = words(thing)
    forms = [*(word.form for word in found), whole(found)]
    return Terms(
        " ".join(filter(None, forms)),
        " ".join([word.en_ru for word in found]),
        " ".join([word.de_uk for word in found]),
    )


@lru_cache(maxsize=65_536)
def _forms(raw: str) -> tuple[str, str, str]:
    """A lower-case word as written, its English or Russian stem, its German or Ukrainian stem."""
    word = _letters(unicodedata.normalize("NFKC", raw[:MAX_WORD]))
    if _CYRILLIC.search(word):
        return _cyrillic(_STRESS.sub("", word))
    plain = _plain(word)
    if not _LATIN.search(plain) or any(letter.isdigit() for letter in plain):
        return plain, plain, plain
    return plain, _english(raw), _plain(stems.german(word))


def _letters(word: str) -> str:
    return "".join(filter(str.isalnum, word))


def _plain(word: str) -> str:
    """Without accents: café is cafe, für is fur, and what was one character may be two letters."""
    return _letters(unicodedata.normalize("NFKD", word).casefold())


def _cyrillic(word: str) -> tuple[str, str, str]:
    """Letters of one language decide for it; without them a word may be either."""
    form = word.translate(_FOLD_CYRILLIC)
    if _UKRAINIAN.search(word):
        stem = ukrainian.stem(form)
        return form, stem, stem
    russian = stems.russian(form)
    return form, russian, russian if _RUSSIAN.search(word) else ukrainian.stem(form)


def _english(raw: str) -> str:
    """The stemmer takes off a possessive, if it is shown the apostrophe."""
    parts = [_plain(part) for part in _APOSTROPHE.split(raw[:MAX_WORD])]
    return _letters(stems.english("'".join(parts)))
