"""Lines in a drawer: choices under a cursor, or something to read."""

from collections.abc import Sequence

from rich.cells import cell_len

from console.lines import Line, Span, cut
from console.stage import Choice
from console.widgets.painted import Painted

MOST = 12


class Listing(Painted):
    """Choices, one a line; the cursor is the drawer's."""

    DEFAULT_CSS = "Listing { height: auto; }"

    def __init__(self, *, id: str, letters: bool = False) -> None:
        super().__init__(id=id)
        self.choices: Sequence[Choice] = ()
        self.cursor = 0
        self.letters = letters

    def show(self, choices: Sequence[Choice], cursor: int) -> None:
        self.choices, self.cursor = choices, cursor
        self.styles.height = max(min(len(choices), MOST), 1)
        self.repaint()

    def window(self, width: int, height: int) -> Sequence[Line]:
        top = min(max(self.cursor - height + 1, 0), max(len(self.choices) - height, 0))
        shown = self.choices[top : top + height]
        return [self._row(choice, top + number, width) for number, choice in enumerate(shown)]

    def _row(self, choice: Choice, number: int, width: int) -> Line:
        ground = "selected" if number == self.cursor else "panel"
        letter = f" {choice.key}  " if self.letters else "  "
        title = cut(choice.title, self._column(width))
        gap = " " * (self._column(width) - cell_len(title) + 2)
        left = (
            Span(letter, "key"),
            Span(title, choice.style),
            Span(gap + choice.detail if choice.detail else "", "dim"),
        )
        aside = (Span(choice.aside + " ", "key"),) if choice.aside else ()
        return Line(left, aside, ground, number + 1)

    def _column(self, width: int) -> int:
        """Where details begin: under each other, right of the longest title."""
        longest = max((cell_len(choice.title) for choice in self.choices), default=0)
        detail = max((cell_len(choice.detail) for choice in self.choices), default=0)
        return min(longest, max(width // 2, width - detail - 8))


class Lines(Painted):
    """Lines that can be longer than the window."""

    DEFAULT_CSS = "Lines { height: auto; }"

    def __init__(self, lines: Sequence[Line], most: int, *, id: str) -> None:
        super().__init__(id=id)
        self._lines = [line if line.ground else line._replace(ground="panel") for line in lines]
        self._top = 0
        self.styles.height = max(min(len(lines), most), 0)
        self.display = bool(lines)

    def window(self, width: int, height: int) -> Sequence[Line]:
        self._top = min(max(self._top, 0), max(len(self._lines) - height, 0))
        return self._lines[self._top : self._top + height]

    def scroll(self, lines: int) -> None:
        self._top += lines
        self.repaint()
