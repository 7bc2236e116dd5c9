"""A text over the channel's limit, as several. Pure."""

import re

# Where it is best cut, best first: between paragraphs, lines, sentences, words.
_CUTS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"(?<=[.!?…])\s"), re.compile(r"\s"))


def split(text: str, limit: int) -> list[str]:
    """Pieces of at most `limit` characters; no word is lost. A `limit` of 0 is none."""
    pieces = []
    while limit and len(text) > limit:
        cut = _cut(text, limit)
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [piece for piece in [*pieces, text] if piece] or [text]


def _cut(text: str, limit: int) -> int:
    """Not before the middle: a short first line is no reason for a short first message."""
    for pattern in _CUTS:
        places = [m.start() for m in pattern.finditer(text, limit // 2, limit + 1) if m.start()]
        if places:
            return places[-1]
    return limit


# --- the ids of pieces -------------------------------------------------------------------------


def piece_ids(message: str, count: int) -> list[str]:
    """The last piece bears the message's own id, so that its receipt is the message's."""
    return [f"{message}#{number}" for number in range(1, count)] + [message]


def is_piece(message: str) -> bool:
    """A piece before the last: the router does not know it."""
    return "#" in message
