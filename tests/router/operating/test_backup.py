"""A backup under load, a desk out of it elsewhere: nothing missing, nothing sent twice."""

import asyncio
import hashlib
import itertools
import json
import resource
import subprocess
import sys
from collections import Counter
from pathlib import Path

import apsw
import pytest

from router.operating import archive, restoring, snapshot
from router.store.store import CannotWrite, Locked, take_lock
from tests.router.operating.switchboard import Switchboard, switchboard
from tests.router.store.released.opening import unpack
from wire import blobs, subjects
from wire.data_folder import DataFolder
from wire.messages import channel
from wire.messages.channel import Attachment
from wire.messages.verbs import (
    BlobGet,
    Queue,
    QueuePage,
    Reply,
    Search,
    Status,
    Timeline,
)

pytestmark = pytest.mark.program

NOW = 1_800_000_000.0
LARGE = b"a large file\n" * 20_000


def typed(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [Path(sys.executable).with_name("cordboard"), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


async def typed_meanwhile(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    return await asyncio.to_thread(typed, *words)


class Load:
    """Customers who write without end; what was taken is remembered in order."""

    def __init__(self, board: Switchboard) -> None:
        self.board = board
        self.taken: list[str] = []
        self._over = False
        self._tasks = [asyncio.create_task(self._write(n)) for n in range(8)]

    async def _write(self, customer: int) -> None:
        for number in itertools.count():
            if self._over:  # a request that is answered just then swallows the cancelling
                return
            token = f"token{customer}x{number}"
            await self.board.mail(f"{customer}-{number}", token)
            self.taken.append(token)

    async def more(self, count: int) -> None:
        wanted = len(self.taken) + count

        async def enough() -> bool:
            return len(self.taken) >= wanted

        await self.board.until(enough, "load that goes on")

    async def end(self) -> None:
        self._over = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def with_file(board: Switchboard) -> str:
    """A mail with a file that is too large for the database."""
    subject = subjects.blob_put("email", "support")

    async def put(sha256: str, size: int, offset: int, data: bytes) -> int:
        part = channel.BlobPart(sha256=sha256, size=size, offset=offset, data=data)
        return int((await board.asked(subject, part, channel.BlobHave)).bytes)

    name = await blobs.put(LARGE, put)
    file = Attachment(sha256=name, name="list.txt", media_type="text/plain", size=len(LARGE))
    await board.mail("file", "look", (file,))
    return name


async def answers(board: Switchboard, text: str, conversation: int = 1) -> None:
    await board.admin.call(Reply(conversation=conversation, text=text, anyway=True))


async def everything(board: Switchboard) -> Counter[str]:
    """How often each text of a customer stands in the desk."""
    found: Counter[str] = Counter()
    after = ""
    while True:
        page: QueuePage = await board.admin.call(Queue(view="all", after=after))
        found.update(row.last_text for row in page.rows)
        if not (after := page.next):
            return found


async def test_a_backup_under_load_becomes_a_desk_that_lacks_nothing_and_sends_nothing_twice(
    tmp_path: Path,
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    async with switchboard(first) as board:
        await board.serve()
        name = await with_file(board)
        load = Load(board)
        await load.more(100)
        await answers(board, "sent before")
        # One is under way, one waits behind it, when the backup is made; both go out afterwards.
        board.held["on its way"] = asyncio.Event()
        await answers(board, "on its way")
        await board.until(lambda: _said(board, "on its way"), "a message on its way")
        await answers(board, "waits behind")
        before = list(load.taken)
        done = await typed_meanwhile("backup", tmp_path / "kept.tar", "--data", board.folder.root)
        assert done.returncode == 0, done.stderr
        await load.more(50)
        board.held["on its way"].set()
        await board.until(lambda: _said(board, "waits behind"), "what waited behind")
        await load.end()
        epoch = (await board.admin.call(Status())).epoch
        already = list(board.sent)

    done = await typed_meanwhile("restore", tmp_path / "kept.tar", "--into", second / "desk")
    assert done.returncode == 0, done.stderr
    assert "It sends nothing until you say so" in done.stdout
    async with switchboard(second) as board:
        await board.serve()
        status = await board.admin.call(Status())
        assert status.epoch > epoch + 1000
        assert status.paused is not None
        # Both may have been sent, and both have been.
        assert status.outbox["ambiguous"] == 2
        found = await everything(board)
        assert [token for token in before if found[token] != 1] == []
        thread = await board.admin.call(Timeline(contact=1, watch=False))
        states = {row.text: row.state for row in thread.messages if row.by == "agent"}
        assert states == {
            "sent before": "sent",
            "on its way": "ambiguous",
            "waits behind": "ambiguous",
        }

        # What is written now waits until the operator says so; it goes out once.
        await answers(board, "written after", conversation=2)
        assert await board.until(lambda: _outbox(board, "ready", "held"), "a message that waits")
        assert board.sent == []
        assert (await typed_meanwhile("resume", "--data", board.folder.root)).returncode == 0
        await board.until(lambda: _said(board, "written after"), "what was written since")
        assert Counter([*already, *board.sent]) == Counter(
            ["sent before", "on its way", "waits behind", "written after"]
        )

        await board.until(lambda: _found(board, before[0]), "searching that was made anew")
        piece = await board.admin.call(BlobGet(sha256=name, offset=len(LARGE) - 5))
        assert piece.data == LARGE[-5:]


async def _said(board: Switchboard, text: str) -> bool:
    return text in board.sent


async def _found(board: Switchboard, words: str) -> bool:
    return bool((await board.admin.call(Search(query=words))).hits)


async def _outbox(board: Switchboard, *states: str) -> bool:
    outbox = (await board.admin.call(Status())).outbox
    return any(outbox.get(state) for state in states)


# --- files ---------------------------------------------------------------------------------------


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A desk that does not run, with a file in its blob folder."""
    return unpack("schema_2", tmp_path / "old")


@pytest.fixture
def kept(old: Path, tmp_path: Path) -> Path:
    return keep(old, tmp_path / "kept")


def keep(desk: Path, target: Path) -> Path:
    copy = desk / snapshot.FOLDER / snapshot.make(desk).name
    archive.make(copy, desk, target, at=NOW, release="test")
    return target


def restored(backup: Path, into: Path, *, replace: bool = False) -> archive.Note:
    return restoring.restore(backup, DataFolder(into), now=NOW + 60, replace=replace)


def blobs_of(folder: Path) -> list[Path]:
    return [path for path in (folder / "blobs").rglob("*") if path.is_file()]


def test_a_backup_is_whole_nobody_elses_and_leaves_nothing_lying_about(
    kept: Path, old: Path
) -> None:
    note = archive.check(kept)
    assert (note.files, note.missing, note.at) == (1, (), NOW)
    assert note.messages > 5
    assert sorted(path.name for path in kept.iterdir()) == ["backup.json", "blobs", "desk.db"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in (kept, kept / "desk.db"))
    assert list((old / snapshot.FOLDER).iterdir()) == []
    assert [path.name for path in kept.parent.iterdir() if path.name[0] == "."] == []


def test_a_backup_replaces_nothing(kept: Path, old: Path) -> None:
    with pytest.raises(archive.Trouble, match="is there already"):
        keep(old, kept)
    archive.check(kept)


def test_a_desk_that_does_not_run_is_kept_by_the_command_too(old: Path, tmp_path: Path) -> None:
    (lost,) = blobs_of(old)
    lost.write_bytes(b"not what it was")
    done = typed("backup", tmp_path / "again", "--data", old, "--json")
    # The rest is kept, and what the desk itself has lost is named.
    assert done.returncode == 1
    assert json.loads(done.stdout)["missing"] == [lost.name]
    assert archive.check(tmp_path / "again").missing == (lost.name,)
    assert restored(tmp_path / "again", tmp_path / "new").missing == (lost.name,)


def test_a_copy_ends_with_the_router_that_makes_it(old: Path) -> None:
    with pytest.raises(snapshot.Stopped):
        snapshot.make(old, stopped=lambda: True)
    assert list((old / snapshot.FOLDER).iterdir()) == []


@pytest.mark.parametrize("damage", ["database", "blob", "note", "tar", "nothing"])
def test_a_damaged_backup_makes_no_desk(kept: Path, tmp_path: Path, damage: str) -> None:
    source = kept
    if damage == "database":
        with (kept / "desk.db").open("r+b") as file:
            file.seek(8_192)
            file.write(b"\xff" * 4_096)
    elif damage == "blob":
        blobs_of(kept)[0].write_bytes(b"no")
    elif damage == "note":
        (kept / "backup.json").unlink()
    elif damage == "tar":
        source = keep(tmp_path / "old", tmp_path / "kept.tar")
        source.write_bytes(source.read_bytes()[:30_000])
    if damage == "nothing":
        restored(source, tmp_path / "new")
    else:
        with pytest.raises(archive.Trouble):
            restored(source, tmp_path / "new")
    assert (tmp_path / "new" / "desk.db").exists() is (damage == "nothing")
    assert [path.name for path in (tmp_path / "new").iterdir() if path.name[0] == "."] == []


def test_a_desk_is_put_aside_only_when_that_is_said_and_never_while_it_runs(
    kept: Path, old: Path
) -> None:
    before = hashlib.sha256((old / "desk.db").read_bytes()).hexdigest()
    with pytest.raises(archive.Trouble, match="holds a desk already"):
        restored(kept, old)
    with take_lock(old / "router.lock"), pytest.raises(Locked, match="is in use by pid"):
        restored(kept, old, replace=True)
    restored(kept, old, replace=True)
    (aside,) = old.glob("replaced-*")
    assert hashlib.sha256((aside / "desk.db").read_bytes()).hexdigest() == before
    assert len(blobs_of(aside)) == len(blobs_of(old)) == 1


def test_a_backup_of_a_newer_release_is_refused_in_a_sentence(kept: Path, tmp_path: Path) -> None:
    connection = apsw.Connection(str(kept / "desk.db"))
    connection.pragma("user_version", 9_999)
    connection.close()
    with pytest.raises(CannotWrite, match="opened by a newer release"):
        restored(kept, tmp_path / "new")
    assert not (tmp_path / "new" / "desk.db").exists()


def test_a_copy_that_finds_no_room_says_so(old: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, before[1]))
    try:
        with pytest.raises(OSError, match=r"^(No space left|Input/output error)"):
            snapshot.make(old)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list((old / snapshot.FOLDER).iterdir()) == []


def test_what_is_no_archive_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    file.write_text("root:x:0:0")
    with pytest.raises(archive.Trouble) as refused, archive.unpacked(file, tmp_path):
        pass
    assert "\n" not in str(refused.value.said)
