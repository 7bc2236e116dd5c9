"""The search index: a file of its own, derived from the desk, thrown away when it is broken.

It holds stems and ids, never text. One thread at a time writes; searching reads beside it.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

import apsw
import msgspec

from router.search import query as queries
from router.search.terms import terms
from wire.marks import passing

log = logging.getLogger(__name__)

APPLICATION: Final = 0x436F7264  # "Cord"
VERSION: Final = 1  # raise it when the schema or the stems change: old files are then made anew

CONSIDERED: Final = 5_000
"""How many of the newest matches are ranked: what makes the most common word cheap."""
FEW: Final = 5
"""With fewer answers than this that have every word, those that have some words follow."""
RECENCY_BONUS: Final = 0.3
MONTH: Final = 30 * 86_400.0

_BROKEN: Final = (apsw.CorruptError, apsw.NotADBError)
_NAME: Final = re.compile(r"^-- ([a-z_]+)$", re.MULTILINE)
_PARTS: Final = _NAME.split(resources.files(__package__).joinpath("index.sql").read_text("utf-8"))
_SQL: Final = dict(zip(_PARTS[1::2], _PARTS[2::2], strict=True))

Kind = Literal["message", "note", "contact", "comment"]


class Document(msgspec.Struct, frozen=True):
    """Something that can be found. A second one with the same id takes the first one's place."""

    id: str
    kind: Kind
    conversation: int | None
    contact: int
    at: float
    text: str


class Hit(msgspec.Struct, frozen=True):
    """A document that answers a query. The higher the rank, the better."""

    id: str
    kind: Kind
    conversation: int | None
    contact: int
    rank: float
    at: float
    partial: bool = False
    """It has only some of the words that were asked for."""


class StartedOver(Exception):
    """The index was broken and is empty again: follow the desk anew, from `position()`."""


class SearchIndex:
    """Finds documents by their words, in English, German, Russian and Ukrainian forms of them."""

    def __init__(self, path: Path) -> None:
        """Use `open`."""
        self._path = path
        self._writing = threading.RLock()
        self._reading = threading.Lock()
        self._depth = 0
        self._broken: Exception | None = None
        self._connect()

    @classmethod
    def open(cls, path: Path, *, broken: bool = False) -> SearchIndex:
        """Open the index; where there is none, or a broken or older one, begin an empty one."""
        why = "it is broken" if broken else _why_not_usable(path)
        if why:
            log.warning("The search index %s is made anew: %s", path, why)
            _discard(path)
        return cls(path)

    def close(self) -> None:
        """Let go of the file."""
        with self._writing, self._reading:
            self._reader.close()
            self._writer.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is put, forgotten and marked within stands or falls together.

        Raises StartedOver if the file turns out to be broken.
        """
        with self._writing:
            if self._depth:
                yield
                return
            self._depth += 1
            try:
                if self._broken:
                    raise self._broken
                with self._writer:
                    yield
                    passing("search.committing")
                passing("search.committed")
            except _BROKEN as error:
                self._start_over(error)
                raise StartedOver from error
            finally:
                self._depth -= 1

    def put(self, documents: Iterable[Document]) -> None:
        """Make documents findable, in the order in which they came: later ones count as newer."""
        with self.transaction():
            for document in documents:
                self._remove(document.id)
                self._add(document)

    def forget(self, ids: Iterable[str]) -> None:
        """Never find these again. Unknown ids are no matter."""
        with self.transaction():
            for document_id in ids:
                self._remove(document_id)

    def mark(self, seq: int) -> None:
        """Remember that the desk's events are followed up to this one."""
        with self.transaction():
            self._writer.execute(_SQL["mark"], (seq,))

    def position(self) -> int:
        """The event up to which the index follows the desk. 0: from the beginning."""
        with self.transaction():
            return int(self._writer.execute(_SQL["position"]).get)

    def scrub(self) -> None:
        """After an erasure: leave no trace of what was forgotten in the file. Takes seconds."""
        with self.transaction():
            self._writer.execute(_SQL["scrub"])
        with self._writing, self._reading:
            self._writer.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)

    def find(
        self, query: str, limit: int, before: float | None = None, *, offset: int = 0
    ) -> list[Hit]:
        """The best documents that have every word; if these are few, then those that have some.

        A broken file finds nothing; the next transaction repairs it.
        """
        asked = queries.read(query)
        values = {"before": float("inf") if before is None else before}
        try:
            with self._reading:
                self._see_the_file()
                return self._find(asked, values, limit=limit, offset=offset)
        except _BROKEN as error:
            self._broken = error
            return []
        except apsw.SQLError:  # it is being made anew just now
            self._seen = 0
            return []

    @property
    def broken(self) -> bool:
        """Whether searching found the file to be broken, and nobody has made it anew since."""
        return self._broken is not None

    def _see_the_file(self) -> None:
        """Another process may have made the file anew."""
        if _file(self._path) != self._seen:
            self._reader.close()
            self._open_reader()
            self._broken = None

    def _open_reader(self) -> None:
        self._seen = _file(self._path)
        self._reader = apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READONLY)
        self._reader.set_busy_timeout(5_000)

    def _find(
        self, asked: queries.Query, values: dict[str, Any], *, limit: int, offset: int
    ) -> list[Hit]:
        if not asked.wanted:
            return []
        values = values | {
            "newest": self._reader.execute(_SQL["newest"]).get,
            "bonus": RECENCY_BONUS,
            "month": MONTH,
            "considered": CONSIDERED,
        }
        whole = {**values, "match": queries.every_word(asked)}
        hits = self._page(whole, limit=limit, offset=offset)
        complete = self._reader.execute(_SQL["count_few"], {**whole, "few": FEW}).get
        if complete < FEW and len(asked.wanted) > 1:
            some = {**values, "match": queries.only_some_words(asked)}
            rest = limit - len(hits)
            hits += self._page(some, limit=rest, offset=max(0, offset - complete), partial=True)
        return hits

    def _page(
        self, values: dict[str, Any], *, limit: int, offset: int, partial: bool = False
    ) -> list[Hit]:
        values = values | {"limit": max(0, limit), "offset": max(0, offset)}
        rows = self._reader.execute(_SQL["find"], values)
        return [
            Hit(found, kind, conversation, contact, rank, at, partial)
            for found, kind, conversation, contact, rank, at in rows
        ]

    def _add(self, document: Document) -> None:
        values = msgspec.structs.astuple(document)[:-1]
        row = self._writer.execute(_SQL["add_document"], values).get
        self._writer.execute(_SQL["add_terms"], (row, *terms(document.text)))

    def _remove(self, document_id: str) -> None:
        row = self._writer.execute(_SQL["remove_document"], (document_id,)).get
        if row is not None:
            self._writer.execute(_SQL["remove_terms"], (row,))

    def _connect(self) -> None:
        self._writer = apsw.Connection(str(self._path))
        self._writer.set_busy_timeout(5_000)
        # NORMAL: a power cut may take the last seconds, and the position with them.
        self._writer.execute(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON"
        )
        with self._writer:
            if not self._writer.pragma("user_version"):
                self._writer.execute(_SQL["schema"])
                self._writer.pragma("application_id", APPLICATION)
                self._writer.pragma("user_version", VERSION)
        self._open_reader()

    def _start_over(self, error: Exception) -> None:
        log.warning("The search index %s is broken (%s) and is made anew", self._path, error)
        with self._reading:
            self._reader.close()
            self._writer.close()
            _discard(self._path)
            self._connect()
            self._broken = None


def _file(path: Path) -> int:
    """Which file stands there now; 0 when none does."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0


def _why_not_usable(path: Path) -> str:
    """What is wrong with an existing file, or nothing."""
    if not path.exists():
        return ""
    try:
        with _opened(path) as found:
            if found.pragma("application_id") != APPLICATION:
                return "it is not a search index"
            if found.pragma("user_version") != VERSION:
                return "it is of another version"
            found.execute(_SQL["position"])
            found.execute(_SQL["count_few"], {"match": "a", "before": 0.0, "few": 1}).get  # noqa: B018
    except apsw.Error as error:
        return str(error)
    return ""


def _discard(path: Path) -> None:
    """Remove an index. Somebody's own database, put in its place, is set aside instead."""
    if _is_foreign(path):
        path.replace(path.with_name(f"{path.name}.set-aside"))
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _is_foreign(path: Path) -> bool:
    try:
        with _opened(path) as found:
            ours = found.pragma("application_id") == APPLICATION
            return not ours and bool(found.execute("SELECT count(*) FROM sqlite_schema").get)
    except apsw.Error:
        return False


@contextmanager
def _opened(path: Path) -> Iterator[apsw.Connection]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    connection.set_busy_timeout(5_000)
    try:
        yield connection
    finally:
        connection.close()
