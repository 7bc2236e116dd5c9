"""The last line of defence: no control byte of an outsider reaches the terminal."""

import re

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

# Controls, what turns or breaks a line, and letters that nobody sees.
BAD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)


class Shield(LineFilter):
    """Deletes rather than replaces: Textual counts these as no cell, so the layout stays."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if not any(BAD.search(segment.text) for segment in segments):
            return segments
        return [
            segment
            if segment.control
            else Segment(BAD.sub("", segment.text), segment.style, segment.control)
            for segment in segments
        ]
