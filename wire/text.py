"""Outside text made harmless: no control, no hidden direction, bounded. Used at every edge."""

import re
import unicodedata

# The most characters of one message's text that are kept as text; the raw message keeps all.
TEXT = 200_000
LINE = 300
MARKS = 4  # combining marks in a row, so that no pile of them paints over its neighbours

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# C0 (but newline and tab), DEL, C1, bidi controls, invisible separators, tags, private, lone halves
_BAD = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ue000-\uf8ff\ud800-\udfff\U000e0000-\U000e0fff"
    "\U000f0000-\U0010ffff]"
)
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILE = re.compile(f"({_MARK}{{{MARKS}}}){_MARK}+")
_BLANKS = re.compile(r"\s+")

# Ordinary in mail (soft hyphens, marks of width nothing or of direction) and shown as nothing.
_NOTHING = (0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF)


def clean(text: str, limit: int = TEXT) -> str:
    """Text of several lines: line ends unified, NFC, controls shown as pictures, cut at `limit`."""
    text = _BAD.sub(_picture, _BREAKS.sub("\n", text[: limit * 2]))
    # Only now: what stood between a letter and its mark is gone.
    return _PILE.sub(r"\1", unicodedata.normalize("NFC", text))[:limit]


def clean_line(text: str, limit: int = LINE) -> str:
    """The same as one line: for names, subjects, file names."""
    return _BLANKS.sub(" ", clean(text, limit * 2)).strip()[:limit]


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code in _NOTHING:
        return ""
    return "\ufffd"
