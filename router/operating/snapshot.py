"""A copy of the database of one moment, made while the desk goes on.

It reads on a connection of its own, inside one transaction: the lane never waits for it, and the
write-ahead log grows meanwhile by what is written meanwhile.
"""

import errno
import os
import secrets
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw

from wire import private_file
from wire.marks import passing
from wire.messages.verbs import Snapshot

# Where copies lie until whoever asked for them takes them away; what was left there is removed.
FOLDER = "snapshots"
# Pages copied at once; between two steps others get the disk.
PAGES = 2_048


class Stopped(Exception):
    """The router ends: there is no snapshot."""


def make(data: Path, stopped: Callable[[], bool] = lambda: False) -> Snapshot:
    """Copy `desk.db` of a data folder. Blocks: run it in a thread. Raises apsw.Error, OSError."""
    folder = data / FOLDER
    private_file.folder(folder)
    for left in folder.iterdir():
        left.unlink()
    name = f"{secrets.token_hex(8)}.db"
    with closing(apsw.Connection(str(data / "desk.db"), flags=apsw.SQLITE_OPEN_READONLY)) as source:
        source.set_busy_timeout(5_000)
        source.execute("BEGIN")  # one moment, however long the copying takes
        copied(source, folder / name, stopped)
        return _described(source, name)


def copied(source: apsw.Connection, target: Path, stopped: Callable[[], bool]) -> None:
    """Page by page, into a file of its own that is on the disk when this returns."""
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(apsw.Connection(str(target))) as copy:
            passing("copy.begun")
            _copy(copy.backup("main", source, "main"), stopped)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, and nothing beside it
        passing("copy.whole")
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _copy(backup: apsw.Backup, stopped: Callable[[], bool]) -> None:
    try:
        while not backup.done:
            _go_on(stopped)
            began = time.monotonic()
            backup.step(PAGES)
            time.sleep(time.monotonic() - began)  # half of the time is the others'
    except (apsw.FullError, apsw.IOError) as error:  # whose words are "not an error"
        code = errno.ENOSPC if isinstance(error, apsw.FullError) else errno.EIO
        raise OSError(os.strerror(code)) from error
    finally:
        backup.close(True)


def _go_on(stopped: Callable[[], bool]) -> None:
    if stopped():
        raise Stopped("the router ends")


def _described(source: apsw.Connection, name: str) -> Snapshot:
    epoch = next(source.execute("SELECT epoch FROM lease"))[0]
    seq, at = next(source.execute("SELECT ifnull(max(seq), 0), ifnull(max(at), 0) FROM events"))
    return Snapshot(name=name, at=max(at, 0.0), epoch=epoch, seq=seq)
