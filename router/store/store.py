"""The truth: one SQLite file, one writing thread, a pool of readers. Everything enters by `apply`.

`Store` is the seam. `SqliteStore` is the real one; `InlineStore` does the same without threads or a
file, for simulations and tests.
"""

import asyncio
import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Awaitable, Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, Protocol, TypeVar

import apsw

from router.store.sql import Rows, migrations
from wire.marks import passing
from wire.query.evaluating import domain, fold

T = TypeVar("T")
Clock = Callable[[], float]

READERS = 3
# Pages of the write-ahead log that are copied into the database beside the writing, and by the
# writer itself.
LONG_LOG, LONGEST_LOG = 2_000, 30_000
# A read that takes longer is cut off: one careless search must not hold a reader for ever.
READ_SECONDS = 5.0
_IO_FAULTS = (
    apsw.IOError,
    apsw.FullError,
    apsw.ReadOnlyError,
    apsw.CantOpenError,
    apsw.BusyError,
    apsw.CorruptError,
    apsw.NotADBError,
)


class CannotWrite(Exception):
    """The transaction was not committed and nothing of it stands: disk full, locked, gone."""


class LostLease(CannotWrite):
    """A newer router has taken over; this one writes nothing more."""


class Locked(Exception):
    """Another process holds this data folder; the sentence names its pid."""


class Transaction(Rows):
    """What an item may do to the desk, on the writing connection. `now` is the batch's moment."""

    def __init__(self, connection: apsw.Connection, now: float, epoch: int) -> None:
        super().__init__(connection)
        self.now = now
        self.epoch = epoch
        self._last: dict[str, int] = {}
        self._later: list[tuple[str, tuple[Any, ...]]] = []
        self._always: list[tuple[str, tuple[Any, ...]]] = []
        self._once: set[tuple[str, Any]] = set()

    def run(self, statement: str, /, **values: Any) -> int:
        """Execute a statement; the rowid of an insert."""
        self._connection.execute(self._sql[statement], values)
        return self._connection.last_insert_rowid()

    def changed(self, statement: str, /, **values: Any) -> int:
        """Execute a statement; how many rows it changed."""
        self._connection.execute(self._sql[statement], values)
        return self._connection.changes()

    def later(self, statement: str, /, *values: Any) -> None:
        """Execute it once for all items of the batch, just before they are committed.

        For what no item reads again: rows of one table then cost a fraction. The values stand in
        the order of the statement's parameters.
        """
        self._later.append((statement, values))

    def once(self, statement: str, key: Any, /, *values: Any) -> None:
        """Execute it if no item of the batch has with this key; it stands if that item fails."""
        if (statement, key) not in self._once:
            self._once.add((statement, key))
            self._always.append((statement, (key, *values)))

    def next_number(self, newest: str) -> int:
        """The next number of rows that are written later; `newest` tells the last one that is."""
        self._last[newest] = self._last.get(newest, 0) or int(self.value(newest))
        self._last[newest] += 1
        return self._last[newest]

    def mark(self) -> int:
        """How much is to be written later, for `forget_since`."""
        return len(self._later)

    def forget_since(self, mark: int) -> None:
        """An item failed: what it wanted to be written later is not."""
        del self._later[mark:]

    def write_later(self) -> None:
        """Write it now, each statement's rows together and in order."""
        rows: dict[str, list[tuple[Any, ...]]] = {}
        for statement, values in (*self._always, *self._later):
            rows.setdefault(statement, []).append(values)
        for statement, found in rows.items():
            self._connection.executemany(self._sql[statement], found)
        self._always.clear()
        self._later.clear()


class Item(Protocol):
    """One thing to decide and write. Whatever it raises undoes it alone."""

    def apply(self, tx: Transaction) -> Any: ...

    def undo(self) -> None:
        """Take back what `apply` changed in memory."""
        ...

    def aside(self, tx: Transaction, error: Exception) -> Any:
        """Write down that it failed (quarantine); raise to leave no trace."""
        ...


class Store(Protocol):
    """The seam: a batch in, an outcome each out, all committed together."""

    # The lease that it holds.
    epoch: int

    async def apply(self, batch: Sequence[Item], now: float) -> list[Any]:
        """Outcomes in order: what `apply` or `aside` returned, or the exception they raised.

        Raises CannotWrite when the commit failed: then nothing of the batch stands.
        """
        ...

    def read(self, reading: Callable[[Rows], T]) -> Awaitable[T]:
        """Run on a read-only connection: sees what is committed, and nothing else."""
        ...

    async def close(self) -> None: ...


def open_database(path: str) -> apsw.Connection:
    """The writing connection, migrated. Raises CannotWrite with a sentence."""
    try:
        connection = apsw.Connection(path)
        connection.set_busy_timeout(2_000)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON",
                       "cache_size = -65536",
                       "temp_store = MEMORY"):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")
        # A plan stays as it is: otherwise partial indexes make many statements be planned anew for
        # each value, a fifth of all that the lane costs.
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        _teach(connection)
        migrate(connection)
    except apsw.Error as error:
        raise CannotWrite(f"{path}: {error}") from error
    return connection


def migrate(connection: apsw.Connection) -> None:
    """Bring the schema forward, a step a transaction. Refuses a file of a newer release."""
    have = int(connection.pragma("user_version"))
    steps = migrations()
    if have > steps[-1][0]:
        raise CannotWrite(f"this desk was opened by a newer release (schema {have}); use that one")
    for number, script in steps:
        if number > have:
            with connection:
                connection.execute(script)
                connection.pragma("user_version", number)
                passing("schema.stepping")
            passing("schema.stepped")


def apply_batch(
    connection: apsw.Connection, batch: Sequence[Item], now: float, epoch: int
) -> list[Any]:
    """The whole batch in one transaction, a savepoint an item."""
    tx = Transaction(connection, now, epoch)
    done: list[Item] = []
    try:
        connection.execute("BEGIN IMMEDIATE")
        _check_lease(tx)
        outcomes = [_apply_one(tx, connection, item, done) for item in batch]
        tx.write_later()
        passing("store.committing")
        connection.execute("COMMIT")
        passing("store.committed")
    except (*_IO_FAULTS, LostLease) as error:
        _roll_back(connection)
        for item in reversed(done):
            item.undo()
        raise error if isinstance(error, LostLease) else CannotWrite(str(error)) from error
    return outcomes


def _check_lease(tx: Transaction) -> None:
    if tx.value("epoch") != tx.epoch:
        raise LostLease("a newer router has taken over this desk")


def _apply_one(tx: Transaction, connection: apsw.Connection, item: Item, done: list[Item]) -> Any:
    mark = tx.mark()
    try:
        with _savepoint(connection):
            outcome = item.apply(tx)
    except (*_IO_FAULTS, LostLease):
        item.undo()
        raise
    except Exception as error:  # noqa: BLE001  a bad item goes alone, whatever ails it
        item.undo()
        tx.forget_since(mark)
        return _put_aside(tx, connection, item, error)
    done.append(item)
    return outcome


def _put_aside(tx: Transaction, connection: apsw.Connection, item: Item, error: Exception) -> Any:
    mark = tx.mark()
    try:
        with _savepoint(connection):
            return item.aside(tx, error)
    except _IO_FAULTS:
        raise
    except Exception as refusal:  # noqa: BLE001  it is the outcome, and its asker will see it
        tx.forget_since(mark)
        return refusal


@contextlib.contextmanager
def _savepoint(connection: apsw.Connection) -> Generator[None]:
    connection.execute("SAVEPOINT item")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK TO item; RELEASE item")
        raise
    connection.execute("RELEASE item")


def _roll_back(connection: apsw.Connection) -> None:
    if connection.in_transaction:
        with contextlib.suppress(apsw.Error):
            connection.execute("ROLLBACK")


class InlineStore:
    """Without threads and without a file: the twin."""

    def __init__(self, connection: apsw.Connection | None = None) -> None:
        self._connection = connection or open_database(":memory:")
        self.epoch = begin_epoch(self._connection, "inline", 0.0)

    def successor(self) -> "InlineStore":
        """Another router takes over this desk; from now on this one writes nothing more."""
        return InlineStore(self._connection)

    async def apply(self, batch: Sequence[Item], now: float) -> list[Any]:
        return apply_batch(self._connection, batch, now, self.epoch)

    async def read(self, reading: Callable[[Rows], T]) -> T:
        return reading(Rows(self._connection))

    async def close(self) -> None:
        self._connection.close()


def begin_epoch(connection: apsw.Connection, holder: str, now: float) -> int:
    """Take the lease: the next epoch is ours and every older one writes nothing more."""
    tx = Transaction(connection, now, 0)
    with connection:
        tx.run("take_lease", holder=holder, now=now)
        passing("lease.taking")
    passing("lease.taken")
    return int(tx.value("epoch"))


class SqliteStore:
    """One file, one writing thread (it checkpoints too), read-only connections for all reading."""

    def __init__(self, folder: Path, lock: IO[str], connection: apsw.Connection, epoch: int):
        self._path = str(folder / "desk.db")
        self._lock = lock
        self._connection = connection
        self.epoch = epoch
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._opened: list[apsw.Connection] = []
        self._mine = threading.local()
        self._log = ThreadPoolExecutor(1, thread_name_prefix="store-checkpoint")
        self._copying: Future[None] | None = None
        connection.set_wal_hook(self._logged)
        self._open_readers()

    @classmethod
    def open(cls, folder: Path, *, now: float) -> "SqliteStore":
        """Lock the folder, migrate, begin a new epoch. Raises Locked or CannotWrite."""
        lock = take_lock(folder / "router.lock")
        try:
            connection = open_database(str(folder / "desk.db"))
            epoch = begin_epoch(connection, f"pid {os.getpid()}", now)
        except apsw.Error as error:
            lock.close()
            raise CannotWrite(f"{folder / 'desk.db'}: {error}") from error
        except BaseException:
            lock.close()
            raise
        return cls(folder, lock, connection, epoch)

    async def apply(self, batch: Sequence[Item], now: float) -> list[Any]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._writer, apply_batch, self._connection, batch, now, self.epoch
        )

    def read(self, reading: Callable[[Rows], T]) -> Awaitable[T]:
        return asyncio.get_running_loop().run_in_executor(self._pool, self._reading, reading)

    async def close(self) -> None:
        self._writer.shutdown()
        self._log.shutdown()
        self._pool.shutdown()
        for reader in self._opened:
            reader.close()
        self._connection.close()
        self._lock.close()

    def _logged(self, connection: apsw.Connection, database: str, pages: int) -> int:
        """After each commit: a long log is copied into the database beside the writing.

        What comes meanwhile makes the log longer; the writer itself copies that little when it is
        very long, and begins it anew.
        """
        if pages >= LONGEST_LOG:
            _copy_log(connection)
        elif pages >= LONG_LOG and (self._copying is None or self._copying.done()):
            self._copying = self._log.submit(self._copy_beside)
        return apsw.SQLITE_OK

    def _copy_beside(self) -> None:
        with (
            contextlib.suppress(apsw.Error),
            contextlib.closing(apsw.Connection(self._path)) as connection,
        ):
            connection.execute("PRAGMA synchronous = FULL")
            _copy_log(connection)

    def _reading(self, reading: Callable[[Rows], T]) -> T:
        connection = self._reader()
        deadline = time.monotonic() + READ_SECONDS
        connection.set_progress_handler(lambda: time.monotonic() > deadline, 20_000)
        rows = Rows(connection)
        with rows.moment():
            return reading(rows)

    def _open_readers(self) -> None:
        """Now: on a disk that has become read-only no reader could be opened any more."""
        together = threading.Barrier(READERS)

        def opened() -> None:
            with contextlib.suppress(apsw.Error):
                self._reader().execute("SELECT 1 FROM lease").fetchall()
            with contextlib.suppress(threading.BrokenBarrierError):
                together.wait(5)

        for _ in range(READERS):
            self._pool.submit(opened)

    def _reader(self) -> apsw.Connection:
        connection: apsw.Connection | None = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._mine.connection = reading_connection(self._path)
            self._opened.append(connection)
        return connection


def _copy_log(connection: apsw.Connection) -> None:
    """What fails (a full disk) is tried again: the log has everything, and the commit stands."""
    with contextlib.suppress(apsw.Error):
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)


def reading_connection(path: str) -> apsw.Connection:
    """Sees what is committed and changes nothing."""
    connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(2_000)
    _teach(connection)
    return connection


def _teach(connection: apsw.Connection) -> None:
    """What queries need of SQL beyond its own: letters of every script, large and small."""
    for name, function in (("fold", fold), ("domain", domain)):
        connection.create_scalar_function(
            name, lambda *values, of=function: of(str(values[0])), 1, deterministic=True
        )


def take_lock(path: Path) -> IO[str]:
    """Hold the file for as long as this process lives. Raises Locked with the holder's pid."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = path.open("a+", encoding="ascii")
    except OSError as error:
        raise CannotWrite(f"{path}: {error.strerror}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        holder = file.read().strip() or "another process"
        file.close()
        raise Locked(
            f"{path.parent}: this desk is in use by pid {holder}; stop it first"
        ) from error
    with contextlib.suppress(OSError):  # on a full disk it is held all the same, without our name
        os.ftruncate(file.fileno(), 0)
        os.write(file.fileno(), str(os.getpid()).encode())
    return file
