"""What a pane paints: lines of styled spans. Pure, and text in them is never markup.

A span's style is a name of the palette; a line's `ground` is the name of its background.
"""

import re
from typing import NamedTuple

from rich.cells import cell_len, chop_cells, set_cell_size

ELLIPSIS = "…"
# What is at the right never takes the last cells of what is at the left.
LEAST_LEFT = 12


class Span(NamedTuple):
    text: str
    style: str = ""


class Line(NamedTuple):
    """One row of cells: `left` gives way to `right`, which stands at the right edge."""

    left: tuple[Span, ...] = ()
    right: tuple[Span, ...] = ()
    ground: str = ""
    # What a click on it means to the pane.
    target: int = 0


BLANK = Line()


def line(*spans: Span | str, right: tuple[Span, ...] = (), ground: str = "") -> Line:
    return Line(tuple(s if isinstance(s, Span) else Span(s) for s in spans), right, ground)


def width_of(spans: tuple[Span, ...]) -> int:
    return sum(cell_len(span.text) for span in spans)


def cut(text: str, width: int) -> str:
    """At most so many cells of one line, with an ellipsis where something is missing."""
    text = one_line(text)
    if cell_len(text) <= width:
        return text
    if width <= 1:
        return ELLIPSIS[: max(width, 0)]
    return set_cell_size(text, width - 1).rstrip() + ELLIPSIS


def one_line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text or "\t" in text else text


def fitted(given: Line, width: int) -> tuple[Span, ...]:
    """Exactly `width` cells: left cut, space between, right kept as far as it fits."""
    right = _cut_spans(given.right, max(width - LEAST_LEFT, width // 2))
    room = width - width_of(right)
    left = _cut_spans(given.left, room - 1 if right and room > 0 else room)
    gap = width - width_of(left) - width_of(right)
    return (*left, Span(" " * gap), *right) if gap else (*left, *right)


def _cut_spans(spans: tuple[Span, ...], width: int) -> tuple[Span, ...]:
    kept: list[Span] = []
    for span in spans:
        text = one_line(span.text)
        needed = cell_len(text)
        if needed > width:
            if width > 0:
                kept.append(Span(cut(text, width), span.style))
            break
        kept.append(Span(text, span.style))
        width -= needed
    return tuple(kept)


_WORDS = re.compile(r"\s*\S+\s*?(?=\s|$)")


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken between words, its own breaks and indents kept."""
    width = max(width, 4)
    found: list[str] = []
    for paragraph in text.expandtabs(4).split("\n"):
        found.extend(_paragraph(paragraph.rstrip(), width))
    return found


def _paragraph(text: str, width: int) -> list[str]:
    if cell_len(text) <= width:
        return [text]
    found, current, used = [], "", 0
    for word in _WORDS.findall(text):
        needed = cell_len(word)
        if current and used + needed > width:
            found.append(current)
            word = word.lstrip()
            current, used, needed = "", 0, cell_len(word)
        if needed > width:
            *whole, word = chop_cells(word, width)
            found.extend(whole)
            needed = cell_len(word)
        current, used = current + word, used + needed
    return [*found, current]
