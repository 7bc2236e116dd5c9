"""A sender at work on a desk, and replies for it to send."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator

from router.handling import conversations, messages
from router.lane import Work
from router.sending import Sending
from tests.router.desk import TestDesk
from wire.memory_bus import Hub, MemoryBus
from wire.messages.channel import Outbound


@contextlib.asynccontextmanager
async def sender(desk: TestDesk, hub: Hub) -> AsyncIterator[Sending]:
    """The router's sender at work on this desk."""
    sending = Sending(desk.lane, desk.store, MemoryBus(hub), random.Random(1))
    desk.lane._announce = lambda changes: sending.wake()
    task = asyncio.create_task(sending.run())
    try:
        yield sending
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def reply(
    desk: TestDesk, text: str = "hello", conversation: int = 1, undo: float = 0.0
) -> int:
    def job(work: Work) -> int:
        row = conversations.load(work, conversation)
        outbound = Outbound(id="", epoch=0, remote=row.remote, text=text, at=work.now)
        return messages.add_outbound(work, row, outbound, "ana", undo)[0]

    return int(await desk.do(job))


async def becomes(desk: TestDesk, message: int, wanted: str) -> None:
    """Return once the message is in that state."""
    for _ in range(500):
        if await desk.one("SELECT state FROM messages WHERE id = :id", id=message) == wanted:
            return
        await asyncio.sleep(0.01)
    found = await desk.rows("SELECT state, reason FROM messages WHERE id = :id", id=message)
    raise AssertionError(f"{found}, not {wanted}")
