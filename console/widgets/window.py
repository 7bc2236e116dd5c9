"""The part of a long thread that is looked at. It does not move when something comes before it.

The window begins at an item (and a line in it), or ends at the bottom. Only what is in it is ever
asked for its height: 10,000 messages cost what 20 do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from console.paint.thread import Item, Key

# An item by its number, and how many of its lines are above the window.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rows:
    """What the window looks through, and how many rows of it are seen."""

    items: Sequence[Item]
    height: Callable[[Item], int]
    room: int


class Window:
    def __init__(self) -> None:
        self._anchor: Key | None = None
        self._skip = 0

    @property
    def at_bottom(self) -> bool:
        return self._anchor is None

    @property
    def place(self) -> tuple[Key | None, int]:
        """To be kept, and given to `go` later."""
        return self._anchor, self._skip

    def go(self, anchor: Key | None, skip: int = 0) -> None:
        """Begin at an item; None: stay with the end."""
        self._anchor, self._skip = anchor, skip

    def start(self, rows: Rows) -> Place:
        """The place at the top of the window."""
        if self._anchor is not None:
            for number, item in enumerate(rows.items):
                if item.key == self._anchor:
                    return number, min(self._skip, rows.height(item) - 1)
        return _bottom(rows)

    def settle(self, rows: Rows) -> Place:
        """As start; a window that reached the end stays with it."""
        start = self.start(rows)
        if start >= _bottom(rows):
            self._anchor = None
        return start

    def scroll(self, rows: Rows, lines: int) -> None:
        """Move the window, from wherever it is."""
        place, skip = self.start(rows)
        skip += lines
        while skip < 0 and place > 0:
            place -= 1
            skip += rows.height(rows.items[place])
        while place < len(rows.items) and skip >= rows.height(rows.items[place]):
            skip -= rows.height(rows.items[place])
            place += 1
        if (place, skip) >= _bottom(rows):
            self.go(None)
        else:
            self.go(rows.items[place].key, max(skip, 0))

    def show(self, rows: Rows, key: Key) -> None:
        """Move as little as needed to see the item."""
        start, end = self._span(rows, key)
        if start < 0 or start > rows.room:
            self.go(key)
        elif end > rows.room:
            self.scroll(rows, min(end - rows.room, start))

    def cuts_off(self, rows: Rows, key: Key, step: int) -> bool:
        """Whether a long item goes on beyond the window in this direction."""
        start, end = self._span(rows, key)
        if end - start < rows.room:
            return False
        return end > rows.room if step > 0 else start < 0

    def _span(self, rows: Rows, key: Key) -> tuple[int, int]:
        """First and last row of the item, counted from the top of the window."""
        begin, skip = self.start(rows)
        place = next((n for n, item in enumerate(rows.items) if item.key == key), 0)
        if place < begin:
            return -rows.room, -1
        start = -skip
        for item in rows.items[begin:place]:
            start += rows.height(item)
            if start > rows.room:
                return rows.room + 1, 2 * rows.room
        return start, start + rows.height(rows.items[place]) - 1


def _bottom(rows: Rows) -> Place:
    """The place from which the window just shows the end."""
    room = rows.room
    for number in range(len(rows.items) - 1, -1, -1):
        room -= rows.height(rows.items[number])
        if room <= 0:
            return number, -room
    return 0, 0
