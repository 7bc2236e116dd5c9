"""A server that throws a console out and refuses it from then on: no line is left open."""

import asyncio
import contextlib
import gc

import pytest

from wire.nats_bus import connect

pytestmark = pytest.mark.contract

INFO = b'INFO {"server_id":"x","version":"2.10.0","max_payload":1048576,"proto":1}\r\n'


async def test_each_attempt_that_is_refused_closes_its_line() -> None:
    """An open one warns when it is collected, and a warning is an error here."""
    attempts = 0
    there, again = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal attempts
        attempts += 1
        writer.write(INFO)
        await reader.readuntil(b"PING\r\n")
        if not there.is_set():
            writer.write(b"PONG\r\n")
            await there.wait()
        else:
            writer.write(b"-ERR 'Authorization Violation'\r\n")
            with contextlib.suppress(ConnectionError):
                await reader.read()
        if attempts > 3:
            again.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    bus = await connect(f"nats://127.0.0.1:{port}")
    there.set()
    await asyncio.wait_for(again.wait(), 20)
    await bus.close()
    server.close()
    gc.collect()
