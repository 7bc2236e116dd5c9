"""The thin lines between panes."""

from collections.abc import Sequence

from console.lines import Line, Span
from console.widgets.painted import Painted


class Across(Painted):
    def window(self, width: int, height: int) -> Sequence[Line]:
        return (Line((Span("─" * width, "faint"),)),)


class Down(Painted):
    def window(self, width: int, height: int) -> Sequence[Line]:
        return [Line((Span("│", "faint"),))] * height
