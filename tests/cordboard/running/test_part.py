"""A part is started again when it ends, ended when it should, and what it writes is kept."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cordboard.failing import Failure
from cordboard.running import part as module
from cordboard.running.folder_lock import FolderLock
from cordboard.running.log_file import LogFile
from cordboard.running.part import Part
from wire.data_folder import DataFolder
from wire.messages.base import Said

pytestmark = pytest.mark.program

STUBBORN = (
    "import signal,time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
)
QUIET = "import time; print('up', flush=True); time.sleep(60)"
BRIEF = "print('first'); print('last words')"


class Desk:
    """Parts made of a line of Python, and what was told of them."""

    def __init__(self, folder: Path) -> None:
        self.log = LogFile(folder / "part.log")
        self.told: list[Said] = []
        self.more = asyncio.Event()

    def tell(self, said: Said) -> None:
        self.told.append(said)
        self.more.set()

    def part(self, program: str, ready: bytes = b"up") -> Part:
        command = [sys.executable, "-c", program]
        return Part("part", command, self.log, tell=self.tell, ready_line=ready)

    async def hears(self) -> Said:
        await asyncio.wait_for(self.more.wait(), 10)
        self.more.clear()
        return self.told[-1]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.log.close()


async def test_a_part_that_ends_is_started_again_and_says_how_it_went(desk: Desk) -> None:
    part = desk.part(BRIEF, ready=b"")
    running = asyncio.create_task(part.keep_running())
    first, second = await desk.hears(), await desk.hears()
    part.end()
    await asyncio.wait_for(running, 5)
    assert str(first).startswith("part: ended with status 0; again in ")
    assert str(first).endswith("last words")
    assert float(second.args["seconds"]) > 0
    assert part.log.path.read_text().count("last words") >= 2


async def test_a_part_is_ready_when_it_says_so_and_ends_when_asked(desk: Desk) -> None:
    part = desk.part(QUIET)
    running = asyncio.create_task(part.keep_running())
    await asyncio.wait_for(part.ready.wait(), 10)
    part.end()
    await part.stopped(within=10)
    await asyncio.wait_for(running, 5)
    assert part.status == -signal.SIGTERM
    assert desk.told == []


async def test_a_part_that_does_not_end_is_killed(desk: Desk) -> None:
    part = desk.part(STUBBORN)
    running = asyncio.create_task(part.keep_running())
    await asyncio.wait_for(part.ready.wait(), 10)
    part.end()
    await part.stopped(within=0.1)
    await asyncio.wait_for(running, 5)
    assert part.status == -signal.SIGKILL
    assert "it is killed" in str(desk.told[-1])


def test_a_full_log_begins_anew_and_keeps_the_one_before(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "part.log", largest=30)
    for n in range(7):
        log.write(f"line {n} of it\n".encode())
    log.close()
    assert (tmp_path / "part.log").read_text() == "line 6 of it\n"
    assert (tmp_path / "part.log.1").read_text() == "line 4 of it\nline 5 of it\n"
    assert list(log.last) == [f"line {n} of it" for n in range(2, 7)]


def test_one_desk_a_folder_and_a_free_folder_again_afterwards(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with FolderLock(folder), pytest.raises(Failure, match=r"already runs in .* \(process \d+\)"):
        FolderLock(folder).__enter__()
    with FolderLock(folder):
        pass


HOPELESS = "import sys; print('key: token is missing'); sys.exit(2)"
UNWELL = [
    "import sys; print('no bus'); sys.exit(3)",
    "import sys; print('database or disk is full'); sys.exit(4)",
    "raise OSError(28, 'No space left on device')",
]


async def test_a_part_that_ends_at_once_again_and_again_is_left_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.001)
    part = desk.part(HOPELESS, ready=b"")
    await asyncio.wait_for(part.keep_running(), 30)
    assert part.gave_up.is_set()
    assert part.log.path.read_text().count("token is missing") == module.QUICK_ENDS
    assert "ended 5 times at once and is not started any more" in str(desk.told[-1])
    assert "key: token is missing" in str(desk.told[-1])


@pytest.mark.parametrize("program", UNWELL)
async def test_a_part_whose_configuration_is_not_at_fault_is_never_given_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.001)
    part = desk.part(program, ready=b"")
    running = asyncio.create_task(part.keep_running())
    for _ in range(module.QUICK_ENDS + 2):
        await desk.hears()
    assert not part.gave_up.is_set()
    assert part.in_trouble.is_set()
    part.end()
    await asyncio.wait_for(running, 5)


async def test_a_part_that_recovers_is_in_trouble_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.001)
    monkeypatch.setattr(module, "HEALTHY_AFTER", 0.3)
    full = tmp_path / "full"
    full.touch()
    part = desk.part(f"import os,sys,time; os.path.exists({str(full)!r}) and sys.exit(4); {QUIET}")
    running = asyncio.create_task(part.keep_running())
    await asyncio.wait_for(part.in_trouble.wait(), 30)
    full.unlink()
    await asyncio.wait_for(part.ready.wait(), 10)
    while part.in_trouble.is_set():
        await asyncio.sleep(0.01)
    part.end(signal.SIGKILL)
    await asyncio.wait_for(running, 5)


async def test_what_fails_for_something_else_than_its_configuration_before_is_tried_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Only five faults of configuration in a row give it up."""
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.001)
    count = tmp_path / "count"
    program = (
        f"import sys; file = open({str(count)!r}, 'a+'); file.write('x'); "
        "sys.exit(4 if file.tell() <= 4 else 2)"
    )
    part = desk.part(program, ready=b"")
    await asyncio.wait_for(part.keep_running(), 30)
    assert len(count.read_text()) == 4 + module.QUICK_ENDS
