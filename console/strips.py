"""Lines to strips: where names of styles become colours, and glyphs their ASCII twins."""

from dataclasses import dataclass

from rich.segment import Segment
from textual.strip import Strip

from console.lines import Line, fitted
from console.themes import style_of

# Each glyph of ours with a twin of the same width.
ASCII = str.maketrans(
    {
        "▎": "|", "▌": ">", "┆": ":", "│": "|", "─": "-", "┬": "+", "╭": "+", "╮": "+", "╰": "+",
        "╯": "+", "…": "~", "·": "-", "−": "-", "●": "*", "○": "o", "◐": "*", "▸": ">", "▾": "v",
        "▤": "#", "⚠": "!", "✓": "+", "✗": "x", "↗": "^", "☐": "o", "“": '"', "”": '"', "→": ">",
        "↓": "v", "↑": "^", "—": "-", "×": "x",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How this terminal is painted."""

    theme: str = "dark"
    ascii: bool = False


def strip(given: Line, width: int, look: Look) -> Strip:
    """Exactly `width` cells."""
    segments = [
        Segment(span.text.translate(ASCII) if look.ascii else span.text,
                style_of(look.theme, span.style, given.ground))
        for span in fitted(given, width)
        if span.text
    ]  # fmt: skip
    return Strip(segments, width)
