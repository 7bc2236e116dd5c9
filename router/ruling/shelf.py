"""Where the rules in force lie: read by every item of the lane, changed by one, undone with it."""

from collections.abc import Mapping
from dataclasses import replace

from router.core.rulebook.book import Book, read
from router.core.targets.choosing import Targets
from router.store.sql import Rows
from wire.settings import TARGETS


class Shelf:
    """Owned by the lane, beside the desk; what it holds is always of the newest version kept.

    `usual` are the configuration's reply targets, for what the rules do not say.
    """

    def __init__(self, usual: Mapping[str, float] = TARGETS) -> None:
        self._usual = usual
        self._before: list[Book] = []
        self._lay(Book())

    def put(self, book: Book) -> None:
        self._before.append(self.book)
        self._lay(book)

    def _lay(self, book: Book) -> None:
        self.book = book
        self.targets: Targets = replace(book.targets, usual=self._usual)

    def mark(self) -> int:
        return len(self._before)

    def undo_to(self, mark: int) -> None:
        while len(self._before) > mark:
            self._lay(self._before.pop())

    def forget_marks(self) -> None:
        self._before.clear()


def kept(rows: Rows) -> Book:
    """The newest rules that were loaded; those of a desk without rules when there are none."""
    row = rows.one("newest_rulebook")
    found = read(row.text, row.version) if row is not None else None
    return found.book if found is not None and found.book is not None else Book()
