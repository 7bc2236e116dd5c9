"""Files that are made, kept and brought back: killed at any point, they are whole or not there."""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import apsw
import pytest

from chaos import evidence, points
from router.store import store
from router.store.sql import migrations
from router.store.store import begin_epoch, migrate, open_database
from wire.data_folder import DataFolder
from wire.marks import FOLDER

pytestmark = pytest.mark.program

OPENS = "import sys; from router.store.store import open_database; open_database(sys.argv[1])"
# What the commands `backup` and `restore` do when no router runs, without the seconds they load.
BACKUP = """
import sys
from pathlib import Path
from router.operating import archive, snapshot
desk, target = map(Path, sys.argv[1:])
copy = desk / snapshot.FOLDER / snapshot.make(desk).name
archive.make(copy, desk, target, at=1.0, release="0")
"""
RESTORE = """
import sys
from pathlib import Path
from router.operating import restoring
from wire.data_folder import DataFolder
source, into = map(Path, sys.argv[1:3])
restoring.restore(source, DataFolder(into), now=2.0, replace="--replace" in sys.argv)
"""
STEPS = migrations()
KILLED = -9
LARGE = b"a large file\n" * 10_000
NAME = hashlib.sha256(LARGE).hexdigest()


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    (tmp_path / "marks").mkdir()
    return tmp_path / "marks"


def run(marks: Path, *words: str | Path) -> int:
    return subprocess.run(
        [sys.executable, "-c", *words],
        env=os.environ | {FOLDER: str(marks)},
        capture_output=True,
        check=False,
    ).returncode


def killed_at(mark: str, marks: Path, *words: str | Path) -> bool:
    """Whether it passed there, and was killed."""
    (marks / mark).touch()
    return run(marks, *words) == KILLED


def named(*starts: str) -> list[str]:
    return [mark for mark in points.marks() if mark.startswith(starts)]


def state_of(path: Path) -> tuple[int, str]:
    """A file's schema, and whether it is whole."""
    connection = apsw.Connection(str(path))
    try:
        return int(connection.pragma("user_version")), evidence.integrity(connection)
    finally:
        connection.close()


@pytest.mark.parametrize(("mark", "done"), [("schema.stepping", 0), ("schema.stepped", 1)])
def test_a_schema_goes_forward_by_whole_steps(
    tmp_path: Path, marks: Path, monkeypatch: pytest.MonkeyPatch, mark: str, done: int
) -> None:
    for before in range(len(STEPS)):
        file = tmp_path / f"{before}.db"
        if before:
            monkeypatch.setattr(store, "migrations", lambda steps=STEPS[:before]: steps)
            connection = apsw.Connection(str(file))
            migrate(connection)
            connection.close()
        assert killed_at(mark, marks, OPENS, file)
        reached = [0, *(number for number, _ in STEPS)][before + done]
        assert state_of(file) == (reached, "ok")
        monkeypatch.undo()
        open_database(str(file)).close()
        assert state_of(file) == (STEPS[-1][0], "ok")


@pytest.fixture
def desk(tmp_path: Path) -> DataFolder:
    """A desk that does not run, with a file that is too large for its database."""
    folder = DataFolder(tmp_path / "desk")
    folder.make()
    connection = open_database(str(folder.database))
    begin_epoch(connection, "a router of before", time.time())
    connection.execute("INSERT INTO blobs VALUES (?, ?, NULL)", (NAME, len(LARGE)))
    connection.close()
    place = folder.blobs / NAME[:2] / NAME
    place.parent.mkdir()
    place.write_bytes(LARGE)
    return folder


def backup(desk: DataFolder, target: Path) -> list[str | Path]:
    return [BACKUP, desk.root, target]


def restore(source: Path, into: Path, *more: str) -> list[str | Path]:
    return [RESTORE, source, into, *more]


def is_whole(folder: DataFolder) -> bool:
    blob = folder.blobs / NAME[:2] / NAME
    return state_of(folder.database) == (STEPS[-1][0], "ok") and blob.read_bytes() == LARGE


@pytest.mark.parametrize("mark", named("copy.", "backup."))
def test_a_backup_has_its_name_only_when_it_is_whole(
    tmp_path: Path, marks: Path, desk: DataFolder, mark: str
) -> None:
    target, again = tmp_path / "kept", tmp_path / "again"
    assert killed_at(mark, marks, *backup(desk, target))
    assert target.exists() == (mark == "backup.named")
    assert is_whole(desk)
    source = target if target.exists() else again
    if source == again:
        assert run(marks, *backup(desk, again)) == 0
    assert run(marks, *restore(source, tmp_path / "new")) == 0
    assert is_whole(DataFolder(tmp_path / "new"))


@pytest.mark.parametrize("mark", named("restore."))
def test_a_restored_desk_is_there_whole_or_is_restored_again(
    tmp_path: Path, marks: Path, desk: DataFolder, mark: str
) -> None:
    assert run(marks, *backup(desk, tmp_path / "kept")) == 0
    into = DataFolder(tmp_path / "new")
    assert killed_at(mark, marks, *restore(tmp_path / "kept", into.root))
    assert into.database.exists() == (mark == "restore.named")
    if into.database.exists():
        assert is_whole(into)
    assert run(marks, *restore(tmp_path / "kept", into.root, "--replace")) == 0
    assert is_whole(into)
