"""A backup: the database of one moment, the large files that it names, and a note about both.

It is a folder (or the same as one .tar file). Everything is written under another name, put on the
disk and checked; only then it gets its name. The search index is not in it: it is made anew.
"""

import contextlib
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import apsw
import msgspec

from router.operating import whole_files
from router.operating.whole_files import WrongBytes
from router.store.sql import Rows
from wire import private_file
from wire.marks import passing
from wire.messages.base import Said, say

DATABASE, BLOBS, NOTE = "desk.db", "blobs", "backup.json"


class Trouble(Exception):
    """A backup cannot be made or used, and why."""

    def __init__(self, said: Said) -> None:
        super().__init__(str(said))
        self.said = said


class Note(msgspec.Struct, frozen=True):
    """What a backup says of itself."""

    release: str
    at: float
    epoch: int
    seq: int
    schema: int
    messages: int
    files: int
    # Files that the database names and that the desk itself had lost.
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A blob that is a file, and where it lies in a backup as in a desk."""

    sha256: str

    @property
    def place(self) -> Path:
        return Path(BLOBS) / self.sha256[:2] / self.sha256


def make(database: Path, desk: Path, target: Path, *, at: float, release: str) -> Note:
    """A backup of a desk; `database` is a copy that is used up. Raises Trouble, OSError."""
    if os.path.lexists(target):
        raise Trouble(say("{path} is there already; a backup replaces nothing.", path=str(target)))
    draft = private_file.folder(target.with_name(f".{target.name}.{os.getpid()}"))
    try:
        shutil.move(database, draft / DATABASE)
        note = _filled(draft, desk, at, release)
        check(draft)
        whole_files.on_the_disk(draft)
        passing("backup.naming")
        _named(draft, target)
        passing("backup.named")
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return note


def _filled(draft: Path, desk: Path, at: float, release: str) -> Note:
    missing = []
    with closing(opened(draft / DATABASE)) as connection:
        kept = files(connection)
        for file in kept:
            try:
                whole_files.copied(desk / file.place, draft / file.place, file.sha256)
            except (FileNotFoundError, WrongBytes):
                missing.append(file.sha256)
        note = _note(connection, at, release, len(kept), tuple(missing))
    private_file.write(draft / NOTE, msgspec.json.format(msgspec.json.encode(note)).decode())
    return note


def _note(
    connection: apsw.Connection, at: float, release: str, count: int, missing: tuple[str, ...]
) -> Note:
    rows = Rows(connection)
    return Note(
        release=release,
        at=at,
        epoch=rows.value("epoch"),
        seq=rows.value("last_event"),
        schema=int(connection.pragma("user_version")),
        messages={row.name: row.n for row in rows.all("stats")}.get("messages", 0),
        files=count,
        missing=missing,
    )


def _named(draft: Path, target: Path) -> None:
    if target.suffix == ".tar":
        packed = draft.with_name(f"{draft.name}.packed")
        try:
            _pack(draft, packed)
            packed.rename(target)
        finally:
            packed.unlink(missing_ok=True)
    else:
        draft.rename(target)
    whole_files.folder_synced(target.parent)


def _pack(folder: Path, packed: Path) -> None:
    descriptor = os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            for name in (NOTE, DATABASE, BLOBS):
                if (folder / name).exists():
                    tar.add(folder / name, name)
        file.flush()
        os.fsync(file.fileno())


# --- reading one ---------------------------------------------------------------------------------


def check(folder: Path) -> Note:
    """That nothing of it is damaged or missing. Raises Trouble."""
    note, database = _read_note(folder / NOTE), folder / DATABASE
    try:
        with closing(opened(database)) as connection:
            faults = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(3)")]
            kept = files(connection)
    except apsw.Error as error:
        raise damaged(database, str(error)) from error
    if faults != ["ok"]:
        raise damaged(database, faults[0])
    for place in (file.place for file in kept if file.sha256 not in note.missing):
        if whole_files.hashed(folder / place) != place.name:
            raise damaged(folder / place, "not the file that the database names")
    return note


def damaged(path: Path, error: str) -> Trouble:
    return Trouble(say("The backup is damaged: {path}: {error}", path=str(path), error=error))


def _read_note(path: Path) -> Note:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Note)
    except FileNotFoundError as error:
        said = say("{path} is no backup: it has no {name}.", path=str(path.parent), name=NOTE)
        raise Trouble(said) from error
    except msgspec.DecodeError as error:
        raise damaged(path, str(error)) from error


@contextlib.contextmanager
def unpacked(backup: Path, near: Path) -> Iterator[Path]:
    """The backup as a folder; a .tar is unpacked beside the desk for that long. Raises Trouble."""
    if backup.is_dir():
        yield backup
        return
    place = private_file.folder(near / f".unpacked.{os.getpid()}")
    try:
        try:
            with tarfile.open(backup) as tar:
                tar.extractall(place, filter="data")
        except (tarfile.TarError, EOFError) as error:
            # Further lines tell how each compression failed.
            raise damaged(backup, str(error).partition("\n")[0].rstrip(":")) from error
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def opened(path: Path) -> apsw.Connection:
    return apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)


def files(connection: apsw.Connection) -> list[Kept]:
    """The blobs that are files."""
    return [Kept(row.sha256) for row in Rows(connection).all("file_blobs")]
