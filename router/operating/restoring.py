"""A desk out of a backup: another epoch, and nothing is sent until an operator says so."""

import os
import shutil
from contextlib import closing
from pathlib import Path

from router.operating import archive, whole_files
from router.operating.archive import BLOBS, DATABASE, Note, Trouble
from router.operating.whole_files import WrongBytes
from router.store.store import Transaction, open_database, take_lock
from wire import private_file
from wire.data_folder import DataFolder
from wire.marks import passing
from wire.messages.base import say


def restore(backup: Path, folder: DataFolder, *, now: float, replace: bool) -> Note:
    """Into a folder that no desk uses; what was there is kept aside when it is to be replaced.

    Raises Trouble, Locked, CannotWrite (the backup is of a newer release), OSError.
    """
    private_file.folder(folder.root)
    with take_lock(folder.root / "router.lock"):
        if not replace and holds_a_desk(folder):
            said = say(
                "{folder} holds a desk already. Name another folder with --into, or put that desk "
                "aside with --replace.",
                folder=str(folder.root),
            )
            raise Trouble(said)
        with archive.unpacked(backup, folder.root) as source:
            note = archive.check(source)
            _moved_in(source, note, folder, now)
        return note


def holds_a_desk(folder: DataFolder) -> bool:
    blobs = folder.blobs
    return folder.database.exists() or (blobs.is_dir() and any(blobs.iterdir()))


def _moved_in(source: Path, note: Note, folder: DataFolder, now: float) -> None:
    """Made whole beside what is there; the names change hands at the end."""
    draft = private_file.folder(folder.root / f".restoring.{os.getpid()}")
    try:
        whole_files.copied(source / DATABASE, draft / DATABASE, "")
        _marked(draft / DATABASE, note, now)
        _copy_blobs(source, note, draft)
        whole_files.on_the_disk(draft)
        passing("restore.drafted")
        _put_aside(folder, now)
        passing("restore.aside")
        shutil.rmtree(folder.blobs, ignore_errors=True)
        (draft / BLOBS).rename(folder.blobs)
        passing("restore.naming")
        (draft / DATABASE).rename(folder.database)
        passing("restore.named")
        whole_files.folder_synced(folder.root)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _marked(database: Path, note: Note, now: float) -> None:
    with closing(open_database(str(database))) as connection:
        tx = Transaction(connection, now, 0)
        with connection:
            tx.run("leap_epoch")
            tx.run("mark_restored", at=note.at, now=now)


def _copy_blobs(source: Path, note: Note, draft: Path) -> None:
    private_file.folder(draft / BLOBS)
    with closing(archive.opened(draft / DATABASE)) as connection:
        kept = archive.files(connection)
    for file in kept:
        if file.sha256 not in note.missing:
            try:
                whole_files.copied(source / file.place, draft / file.place, file.sha256)
            except WrongBytes as error:
                raise archive.damaged(source / file.place, "the disk reads it wrongly") from error


def _put_aside(folder: DataFolder, now: float) -> None:
    """What was there before is out of the way, and not lost."""
    there = [*folder.root.glob("desk.db*"), *folder.root.glob("search.db*"), folder.blobs]
    old = [path for path in there if path.exists()]
    if not holds_a_desk(folder):
        old = [path for path in old if path != folder.blobs]
    if old:
        place = private_file.folder(folder.root / f"replaced-{int(now)}")
        for path in old:
            path.rename(place / path.name)
