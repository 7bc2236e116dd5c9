"""The process that keeps the search index, as the router sees it: started, woken, started again."""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Sequence

from router.nats import lifeline
from router.search.index import SearchIndex
from wire.data_folder import DataFolder
from wire.messages.desk import Change

log = logging.getLogger("cordboard.search")

# Commits come in bursts: what comes within a moment is followed together (seconds).
BURST = 0.5
# A process that ended is started again after so long; a stopped one has so long to end.
AGAIN, ENDED_WITHIN = 2.0, 5.0


class Indexing:
    """Runs beside the lane. `committed` is the lane's."""

    def __init__(self, folder: DataFolder, index: SearchIndex) -> None:
        self._folder = folder
        self._index = index
        self._awake = asyncio.Event()
        self._last = self._followed = 0

    @property
    def behind(self) -> int:
        """Events that the index has not followed yet, as far as it has said."""
        return max(0, self._last - self._followed)

    def committed(self, changes: Sequence[Change]) -> None:
        self._last = changes[-1].seq
        self._awake.set()

    async def run(self) -> None:
        """For ever: one process after another."""
        while True:
            try:
                await self._one_process()
            except OSError as error:
                log.warning("search does not follow: %s", error)
            await asyncio.sleep(AGAIN)

    async def _one_process(self) -> None:
        command = [sys.executable, "-m", "router.following", str(self._folder.root)]
        child = await asyncio.create_subprocess_exec(
            *command, *(["--anew"] if self._index.broken else []),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            preexec_fn=lifeline.tied(signal.SIGTERM),
        )  # fmt: skip
        waking = asyncio.create_task(self._wake(child), name="wake search")
        try:
            await self._heard(child)
        finally:
            waking.cancel()
            await _end(child)
        log.warning("the search process ended with status %s", child.returncode)

    async def _wake(self, child: asyncio.subprocess.Process) -> None:
        """A line for all that was committed within a moment."""
        if child.stdin is None:
            raise RuntimeError("started without a pipe")
        while True:
            await self._awake.wait()
            self._awake.clear()
            child.stdin.write(b"\n")
            with contextlib.suppress(ConnectionError):
                await child.stdin.drain()
            await asyncio.sleep(BURST)

    async def _heard(self, child: asyncio.subprocess.Process) -> None:
        """How far it is; until it ends, or the index that it writes is found to be broken."""
        if child.stdout is None:
            raise RuntimeError("started without a pipe")
        while (line := await child.stdout.readline()) and not self._index.broken:
            self._followed = int(line)


async def _end(child: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
    try:
        await asyncio.wait_for(child.wait(), ENDED_WITHIN)
    except TimeoutError:
        child.kill()
        await child.wait()
