"""Where the rules in force lie: read by every item of the lane, changed by one, undone with it."""

from router.core.rulebook.book import Book, read
from router.store.sql import Rows


class Shelf:
    """Owned by the lane, beside the desk; what it holds is always of the newest version kept."""

    def __init__(self) -> None:
        self.book = Book()
        self._before: list[Book] = []

    def put(self, book: Book) -> None:
        self._before.append(self.book)
        self.book = book

    def mark(self) -> int:
        return len(self._before)

    def undo_to(self, mark: int) -> None:
        while len(self._before) > mark:
            self.book = self._before.pop()

    def forget_marks(self) -> None:
        self._before.clear()


def kept(rows: Rows) -> Book:
    """The newest rules that were loaded; those of a desk without rules when there are none."""
    row = rows.one("newest_rulebook")
    found = read(row.text, row.version) if row is not None else None
    return found.book if found is not None and found.book is not None else Book()
