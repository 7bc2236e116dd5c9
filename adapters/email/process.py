"""Mails are read in a child process of bounded memory and time: a bomb costs it, not the desk."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from adapters.email.mail import Mail, Unreadable
from adapters.email.reading import frames, limits
from adapters.sdk.words import N_

_WORKER = "adapters.email.reading.worker"
_ROOT = Path(__file__).resolve().parents[2]
_STARTING = 60.0
# Base64 in a mail is longer than its bytes, and text is bounded: an answer beyond this is wrong.
_ANSWER = 2 * limits.MAIL


class Readers:
    """A few workers: who has a hard mail keeps nobody waiting. The second starts when it is
    needed."""

    def __init__(self, *, authserv_id: str = "", count: int = 2) -> None:
        readers = [ParsingProcess(authserv_id=authserv_id) for _ in range(count)]
        # Who was used last is asked first: one is enough for an ordinary desk.
        self._idle: asyncio.LifoQueue[ParsingProcess] = asyncio.LifoQueue()
        self._readers = readers
        for reader in reversed(readers):
            self._idle.put_nowait(reader)

    async def __aenter__(self) -> Self:
        await self._readers[0].__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for reader in self._readers:
            await reader.__aexit__(kind, error, trace)

    async def parse(self, raw: bytes, *, received: float) -> Mail | Unreadable:
        """The mail, or why a person must look at its raw form."""
        reader = await self._idle.get()
        try:
            return await reader.parse(raw, received=received)
        finally:
            self._idle.put_nowait(reader)


class ParsingProcess:
    """One worker, replaced after `recycle` mails or its death.

    Mails are read one at a time, in the order of asking. Start it in the main thread: on Linux
    the worker dies with the thread that started it.
    """

    def __init__(
        self,
        *,
        authserv_id: str = "",
        memory: int = 512 * 1024 * 1024,
        cpu_seconds: int = 5,
        wall_seconds: float = 30.0,
        recycle: int = 5_000,
    ) -> None:
        self._authserv_id = authserv_id
        self._memory = memory
        self._cpu_seconds = cpu_seconds
        self._wall_seconds = wall_seconds
        self._recycle = recycle
        self._worker: Process | None = None
        self._read = 0
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Self:
        async with self._turn:
            await self._ready()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._end()

    async def parse(self, raw: bytes, *, received: float) -> Mail | Unreadable:
        """The mail, or why a person must look at its raw form."""
        if len(raw) > limits.MAIL:
            return Unreadable(N_("The mail is too large."))
        ask = frames.Request(raw, received, self._authserv_id)
        async with self._turn:
            answer = await self._answer(await self._ready(), frames.packed(ask))
        return answer.mail or Unreadable(answer.failed)

    async def _answer(self, worker: Process, request: bytes) -> frames.Answer:
        try:
            async with asyncio.timeout(self._wall_seconds):
                answer = frames.answer(await _exchange(worker, request))
        except EOFError:
            await self._end(killed=True)
            return frames.Answer(failed=frames.TOO_MUCH)
        except (TimeoutError, ConnectionError):
            await self._end()
            return frames.Answer(failed=frames.TOO_MUCH)
        except BaseException:
            await self._end()  # its answer would be taken for that of the next mail
            raise
        if answer.failed == frames.TOO_MUCH:
            await self._end()
        return answer

    async def _ready(self) -> Process:
        """A worker that waits for a mail."""
        if self._read >= self._recycle or (self._worker and self._worker.returncode is not None):
            await self._end()
        self._read += 1
        if self._worker is None:
            self._worker = await self._start()
        return self._worker

    async def _start(self) -> Process:
        limit = (str(self._memory), str(self._cpu_seconds), str(os.getpid()))
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", _WORKER, *limit),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=_env(),
        )
        try:
            async with asyncio.timeout(_STARTING):
                await _receive(worker)
        except (EOFError, TimeoutError) as error:
            said = await _stop(worker)
            raise RuntimeError(f"The mail parsing process does not start: {said}") from error
        except BaseException:
            await _stop(worker)
            raise
        return worker

    async def _end(self, *, killed: bool = False) -> None:
        worker, self._worker, self._read = self._worker, None, 0
        if worker is not None:
            await asyncio.shield(_stop(worker, killed=killed))


async def _exchange(worker: Process, request: bytes) -> bytes:
    """Send and receive side by side: a worker that dies while it is written to has said so."""
    assert worker.stdin is not None  # noqa: S101  # we asked for a pipe
    worker.stdin.writelines((frames.HEAD.pack(len(request)), request))
    return await _receive(worker)


async def _receive(worker: Process) -> bytes:
    assert worker.stdout is not None  # noqa: S101  # we asked for a pipe
    (size,) = frames.HEAD.unpack(await worker.stdout.readexactly(frames.HEAD.size))
    if size > _ANSWER:
        raise ConnectionError("the answer is too long")
    return await worker.stdout.readexactly(size)


async def _stop(worker: Process, *, killed: bool = False) -> str:
    """Kill it, and wait until it is gone; the last words of one that did not start."""
    if not killed:
        with suppress(ProcessLookupError):
            worker.kill()
    _, said = await worker.communicate()
    return said.decode("utf-8", "replace").strip()[-300:]


def _env() -> dict[str, str]:
    """No secrets of ours in a process that reads what strangers send."""
    path = os.pathsep.join([str(_ROOT), *filter(None, sys.path)])
    return {"PYTHONPATH": path, "PYTHONSAFEPATH": "1", "LC_ALL": "C.UTF-8"}
