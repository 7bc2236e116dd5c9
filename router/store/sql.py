"""Named SQL: each statement stands in a .sql file under `-- name` and a sentence about it."""

import contextlib
import re
from collections import namedtuple
from collections.abc import Generator, Iterator
from functools import cache
from importlib import resources
from typing import Any

import apsw

_NAME = re.compile(r"^-- ([a-z][a-z0-9_]*)$", re.MULTILINE)


@cache
def statements() -> dict[str, str]:
    """Every named statement of `queries/`. Raises ValueError for a name given twice."""
    found: dict[str, str] = {}
    folder = resources.files(__package__).joinpath("queries")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".sql"):
            _add(file.read_text("utf-8"), file.name, found)
    return found


def migrations() -> list[tuple[int, str]]:
    """(number, script) of every step of the schema, in order."""
    folder = resources.files(__package__).joinpath("migrations")
    files = sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
    return [(int(name[:4]), folder.joinpath(name).read_text("utf-8")) for name in files]


def _add(text: str, file: str, found: dict[str, str]) -> None:
    pieces = _NAME.split(text)
    for name, body in zip(pieces[1::2], pieces[2::2], strict=True):
        if name in found:
            raise ValueError(f"{file}: {name}: this name is taken")
        found[name] = body.strip()


class Rows:
    """Runs named statements on one connection; rows come as named tuples."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._sql = statements()

    @contextlib.contextmanager
    def moment(self) -> Generator[None]:
        """Everything read within is of one moment."""
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("COMMIT")

    def all(self, statement: str, /, **values: Any) -> list[Any]:
        """Every row, each with its columns as attributes."""
        cursor = self._connection.execute(self._sql[statement], values)
        row_type = _row_types.get(statement)
        if row_type is not None:
            return [row_type(*row) for row in cursor]
        rows: list[Any] = []
        for row in cursor:
            if row_type is None:
                row_type = _row_type(statement, cursor)
            rows.append(row_type(*row))
        return rows

    def marked(self, statement: str, condition: str, /, **values: Any) -> list[Any]:
        """Rows of conversations with one column more, `fits`: whether the condition holds of each.

        The condition is SQL over `c`, the row, and `p`, its contact (see `router/doors/querying`).
        """
        inner = self._sql[statement].rstrip("; \n")
        cursor = self._connection.execute(
            f"SELECT c.*, ({condition}) AS fits FROM ({inner}) c "  # noqa: S608  made of our words
            "JOIN contacts p ON p.id = c.contact",
            values,
        )
        marked = f"{statement} marked"
        return [(_row_types.get(marked) or _row_type(marked, cursor))(*row) for row in cursor]

    def each(self, statement: str, /, **values: Any) -> Iterator[Any]:
        """Row by row, for more of them than one would hold at once."""
        cursor = self._connection.execute(self._sql[statement], values)
        for row in cursor:
            yield (_row_types.get(statement) or _row_type(statement, cursor))(*row)

    def one(self, statement: str, /, **values: Any) -> Any:
        """The first row, or None; no more is read."""
        cursor = self._connection.execute(self._sql[statement], values)
        for row in cursor:
            return (_row_types.get(statement) or _row_type(statement, cursor))(*row)
        return None

    def value(self, statement: str, /, **values: Any) -> Any:
        """The first column of the first row, or None."""
        for row in self._connection.execute(self._sql[statement], values):
            return row[0]
        return None


_row_types: dict[str, Any] = {}


def _row_type(name: str, cursor: apsw.Cursor) -> Any:
    columns = [column[0] for column in cursor.get_description()]
    # A column of a constant ("SELECT 1") has no name that a tuple could use: it gets one.
    _row_types[name] = namedtuple("Row", columns, rename=True)
    return _row_types[name]
