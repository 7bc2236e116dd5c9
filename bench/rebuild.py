"""How fast a router starts on a large desk with nothing in the page cache, and what it holds."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

from bench.kit import filling, process
from bench.kit.figure import Figure, Reach, alternating, median
from bench.kit.filling import Past
from bench.kit.program import PYTHON, running
from bench.kit.real_desk import ROUTER_READY, configured, data_folder
from router.nats import binary
from router.nats.embedded import EmbeddedNats
from wire.data_folder import DataFolder

PAST = Past(conversations=200_000, waiting=100_000, agents=5_000, skills=64)
RUNS = 3
# The least that can be read: the open conversations, by a program that does nothing else.
BARE = """
import sqlite3, sys, time
rows = sqlite3.connect(sys.argv[1]).execute(
    "SELECT id, kind, team, owner, status, skills, demand, order_key, entered, preferred,"
    " preferred_until FROM conversations WHERE status IN ('waiting', 'assigned')").fetchall()
print("read", len(rows), flush=True)
time.sleep(60)
"""


async def figures() -> AsyncIterator[Figure]:
    with data_folder() as folder:
        filling.fill(folder, PAST)
        config = configured(folder)
        router = [PYTHON, "-m", "router", "--data", str(folder.root), "--config", str(config)]
        bare = [PYTHON, "-c", BARE, str(folder.database)]
        held: list[float] = []

        async def ours() -> float:
            return await _cold_start(folder, router, ROUTER_READY, held)

        async def theirs() -> float:
            return await _cold_start(folder, bare, "read", [])

        async with EmbeddedNats(folder, {filling.ACCOUNT: filling.KIND}, binary.find()):
            mine, least = await alternating(RUNS, ours, theirs)
    yield Figure(
        name="rebuild.ready", value=median(mine), unit="s", yardstick=median(least),
        said=f"from the start of the router's process until it is ready, with {PAST.waiting:,} "
        f"open conversations, {PAST.agents:,} agents, {PAST.skills} skills and {PAST.messages:,} "
        "messages, of which nothing is in the page cache.",
        beside="a program that only reads the open conversations, likewise.",
        reach=Reach(value=3.0),
    )  # fmt: skip
    yield Figure(
        name="rebuild.memory", value=max(held), unit="MB",
        said=f"resident memory of that router with {PAST.waiting:,} open conversations and "
        f"{PAST.agents:,} agents.",
        reach=Reach(value=200.0),
    )  # fmt: skip


async def _cold_start(
    folder: DataFolder, command: list[str], ready: str, held: list[float]
) -> float:
    _forget(folder.root)
    began = time.perf_counter()
    async with running(command, ready=ready) as child:
        seconds = time.perf_counter() - began
        await asyncio.sleep(1)
        held.append(process.resident(child.pid))
    return seconds


def _forget(folder: Path) -> None:
    """Nothing of these files stays in the page cache."""
    for path in folder.rglob("*"):
        if path.is_file():
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)
