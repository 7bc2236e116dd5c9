"""The process that keeps the search index: it follows, comes again, and begins anew."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from router.indexing import Indexing
from router.search.index import SearchIndex
from tests.router.desk import TestDesk, on_disk
from wire.data_folder import DataFolder

pytestmark = pytest.mark.contract


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with on_disk(tmp_path) as made:
        yield made


@pytest.fixture
async def indexing(desk: TestDesk, tmp_path: Path) -> AsyncIterator[Indexing]:
    folder = DataFolder(tmp_path)
    index = SearchIndex.open(folder.search)
    made = Indexing(folder, index)
    running = asyncio.create_task(made.run())
    yield made
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    index.close()


async def test_what_is_committed_is_found(desk: TestDesk, indexing: Indexing) -> None:
    await _mail(desk, indexing, "1", "the blue umbrella")
    await _until(lambda: bool(_found(indexing, "umbrellas")))
    await _until(lambda: indexing.behind == 0)


async def test_killed_it_comes_again_and_knows_where_it_was(
    desk: TestDesk, indexing: Indexing
) -> None:
    await _mail(desk, indexing, "1", "the blue umbrella")
    await _until(lambda: bool(_found(indexing, "umbrella")))
    os.kill(_child(), signal.SIGKILL)
    await _mail(desk, indexing, "2", "the green parrot")
    await _until(lambda: bool(_found(indexing, "parrot")))
    assert len(_found(indexing, "umbrella")) == 1


async def test_a_broken_index_is_made_anew(
    desk: TestDesk, indexing: Indexing, tmp_path: Path
) -> None:
    await _mail(desk, indexing, "1", "the blue umbrella")
    await _until(lambda: bool(_found(indexing, "umbrella")))
    os.kill(_child(), signal.SIGKILL)
    path = DataFolder(tmp_path).search
    path.with_name(f"{path.name}-wal").unlink(missing_ok=True)
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 40_960)
    await _until(lambda: b"\xff" * 4_096 not in path.read_bytes())
    await _until(lambda: bool(_found(indexing, "umbrella")))


async def _mail(desk: TestDesk, indexing: Indexing, number: str, text: str) -> None:
    await desk.mail(number, text)
    indexing.committed(desk.changes)


def _found(indexing: Indexing, words: str) -> list[object]:
    return list(indexing._index.find(words, 10))


def _child() -> int:
    """The process that keeps this test's index."""
    ours = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()
    for pid in map(int, ours):
        if b"router.following" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    raise LookupError("no search process")


async def _until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not there():
            await asyncio.sleep(0.02)
