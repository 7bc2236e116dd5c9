"""A line between two programs that a test makes bad: late, in crumbs, cut, or open on one side."""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Literal

Line = Literal["good", "late", "crumbs"]

LATE = 0.2


class Proxy:
    """Listens on `port`, passes on to `target`. `line` changes for those who are connected too."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._pairs: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        # Set for whoever still hears the other side; a half-open line never does again.
        self._hears = asyncio.Event()
        self._hears.set()
        self._line: Line = "good"
        self._tasks: set[asyncio.Task[Any]] = set()
        self.port = 0
        # How many lines were opened so far.
        self.opened = 0

    def is_(self, line: Line) -> None:
        self._line = line

    def half_open(self) -> None:
        """Nothing comes through what is open now, and nobody is told: both seem to be there."""
        self._do(self._half_open())

    def cut(self) -> None:
        """Every line that is open breaks."""
        self._do(self._cut())

    # --- in the thread ---------------------------------------------------------------------------

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _half_open(self) -> None:
        self._hears.clear()
        self._hears = asyncio.Event()
        self._hears.set()

    async def _cut(self) -> None:
        for pair in list(self._pairs):
            for end in pair:
                end.transport.abort()

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _connected(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self.opened += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        with contextlib.suppress(OSError):
            far, forth = await asyncio.open_connection("127.0.0.1", self._target)
            pair = (back, forth)
            self._pairs.add(pair)
            try:
                hears = self._hears
                await asyncio.gather(self._pass(near, forth, hears), self._pass(far, back, hears))
            finally:
                self._pairs.discard(pair)
                for end in pair:
                    end.transport.abort()
        back.transport.abort()
        self._tasks.discard(task)

    async def _pass(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, hears: asyncio.Event
    ) -> None:
        while data := await source.read(65_536):
            await hears.wait()
            if self._line == "late":
                await asyncio.sleep(LATE)
            step = 1 if self._line == "crumbs" else len(data)
            for start in range(0, len(data), step):
                sink.write(data[start : start + step])
                await sink.drain()
                if step == 1:
                    await asyncio.sleep(0)
        raise ConnectionResetError("the other side hung up")

    async def _close(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await self._cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@contextmanager
def proxy(target: int) -> Iterator[Proxy]:
    """A good line at first."""
    line = Proxy(target)
    thread = threading.Thread(target=line._loop.run_forever, daemon=True)
    thread.start()
    line._do(line._open())
    try:
        yield line
    finally:
        line._do(line._close())
        line._loop.call_soon_threadsafe(line._loop.stop)
        thread.join()
        line._loop.close()
