"""Programs that a measurement starts: awaited until they are ready, ended by their own pid."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from router.nats import binary, lifeline

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
READY_WITHIN, ENDED_WITHIN = 90.0, 20.0


class DidNotStart(Exception):
    """The program ended, or said nothing in time; what it said is in the sentence."""


@asynccontextmanager
async def running(
    command: Sequence[str], *, ready: str, env: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The program, once it wrote a line that begins with `ready`."""
    child = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env=os.environ | dict(env or {}),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        preexec_fn=lifeline.tied(signal.SIGTERM),
    )
    reading: asyncio.Task[None] | None = None
    try:
        await asyncio.wait_for(_said(child, ready), READY_WITHIN)
        reading = asyncio.create_task(_drain(child))
        yield child
    finally:
        await _end(child)
        if reading is not None:
            await reading


async def _said(child: asyncio.subprocess.Process, ready: str) -> None:
    heard: list[str] = []
    while line := (await _output(child).readline()).decode(errors="replace"):
        if line.startswith(ready):
            return
        heard.append(line)
    raise DidNotStart("".join(heard[-20:]) or "it ended and said nothing")


async def _drain(child: asyncio.subprocess.Process) -> None:
    while await _output(child).read(65_536):
        pass


def _output(child: asyncio.subprocess.Process) -> asyncio.StreamReader:
    if child.stdout is None:
        raise RuntimeError("started without a pipe")
    return child.stdout


async def _end(child: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
    try:
        await asyncio.wait_for(child.wait(), ENDED_WITHIN)
    except TimeoutError:
        child.kill()
        await child.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@asynccontextmanager
async def plain_nats() -> AsyncIterator[str]:
    """The url of a nats-server without accounts, streams or anything."""
    port = free_port()
    command = [str(binary.find()), "-a", "127.0.0.1", "-p", str(port)]
    child = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        preexec_fn=lifeline.tied(signal.SIGKILL),
    )
    try:
        await asyncio.wait_for(_greets(port), READY_WITHIN)
        yield f"nats://127.0.0.1:{port}"
    finally:
        await _end(child)


async def _greets(port: int) -> None:
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            line = await reader.readline()
            writer.close()
            if line.startswith(b"INFO"):
                return
        await asyncio.sleep(0.002)


async def seconds(command: Sequence[str]) -> float:
    """Wall time from the start of a program to its end."""
    began = time.perf_counter()
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    await child.wait()
    return time.perf_counter() - began
