"""What was changed and what was there before: undone exactly, and looked back on. Pure.

A decision is explained by how everybody stood when it was made. Nothing is copied for that at the
time: a `Moment` names a place in the journal, and what was changed since tells what was there. The
pieces of the journal are linked, so one that nobody has a moment in is forgotten by itself.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

# Which table it was, which row, and what was there (None when nothing was).
Change = tuple[int, Any, Any]


class Piece(list[Change]):
    """The journal from one commit to the next."""

    __slots__ = ("after",)

    def __init__(self) -> None:
        self.after: Piece | None = None


class Moment(NamedTuple):
    """A place in the journal, while what stood there is not undone."""

    piece: Piece
    at: int

    def since(self) -> Iterator[Change]:
        """All changes after it, the earliest first."""
        yield from self.piece[self.at :]
        piece = self.piece.after
        while piece is not None:
            yield from piece
            piece = piece.after

    def before(self) -> dict[int, dict[Any, Any]]:
        """What was there then, by table and row, of all that was changed since."""
        tables: dict[int, dict[Any, Any]] = {}
        for table, row, value in self.since():
            tables.setdefault(table, {}).setdefault(row, value)
        return tables
