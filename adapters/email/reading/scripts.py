"""Letters that pass for others: `pаypal` with a Cyrillic а, domains in punycode. Pure."""

import re
import unicodedata

# Alphabets with letters that look alike.
_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
# Small letters of theirs that a Latin reader takes for Latin ones.
_AS_LATIN = frozenset("асеһіјԁӏорԛѕухԝѵονυαρκօսհց")
_WORD = re.compile(r"[^\W\d_]+")


def mixed(text: str) -> bool:
    """Whether one word of it is written in several alphabets that look alike."""
    if text.isascii():
        return False
    return any(len(_alphabets(word)) > 1 for word in _WORD.findall(text))


def disguised(domain: str) -> bool:
    """Whether a label mixes alphabets, or looks Latin under a Latin end and is not."""
    *labels, end = readable(domain).casefold().split(".")
    if any(map(mixed, labels)):
        return True
    return end.isascii() and any(
        not label.isascii() and _AS_LATIN.issuperset(_letters(label)) for label in labels
    )


def readable(domain: str) -> str:
    """The domain in its own letters; labels that cannot be decoded stay as they are."""
    return ".".join(map(_decoded, domain.split(".")))


def wire(domain: str) -> str:
    """The domain as servers write it; itself when it has no such form."""
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _decoded(label: str) -> str:
    if not label.lower().startswith("xn--"):
        return label
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label
    # What shows nothing, or turns the line around, stays in its code.
    return decoded if decoded.isprintable() and " " not in decoded else label


def _letters(label: str) -> str:
    return "".join(_WORD.findall(label))


def _alphabets(word: str) -> frozenset[str]:
    found = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
    return _ALIKE & found
