"""Steps that are taken at once when nobody who is here could take the work as it is. Pure.

Looked at when something comes to wait so, and again when somebody left or may do less: each line
once, however many wait in it.
"""

from router.core.index.lines import Line
from router.core.index.seats import Seats


class Skipping:
    """Mutable. What waits with such a step before it, by its line."""

    def __init__(self, seats: Seats) -> None:
        self._seats = seats
        self._lines: dict[Line, set[int]] = {}
        self._fresh: set[Line] = set()

    def add(self, conversation: int, line: Line) -> None:
        self._lines.setdefault(line, set()).add(conversation)
        self._fresh.add(line)

    def remove(self, conversation: int, line: Line) -> None:
        waiting = self._lines.get(line)
        if waiting is not None:
            waiting.discard(conversation)
            if not waiting:
                del self._lines[line]

    def in_vain(self) -> list[int]:
        """Those that nobody who is here could take, even with nothing to do."""
        if not self._fresh and not self._seats.shrunk:
            return []
        lines = list(self._lines) if self._seats.shrunk else list(self._fresh)
        self._fresh.clear()
        self._seats.shrunk = False
        return [conversation for line in lines if not self._anybody(line)
                for conversation in self._lines.get(line, ())]  # fmt: skip

    def _anybody(self, line: Line) -> int:
        able = line.requirement.everybody() & self._seats.here
        return able & self._seats.named(line.only) if line.only else able
