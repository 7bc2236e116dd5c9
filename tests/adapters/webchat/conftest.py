"""A running chat on a free port, its desk beside it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from adapters.sdk import Secret
from adapters.webchat.adapter import Webchat
from adapters.webchat.config import WebchatConfig
from tests.adapters.webchat.desk import Desk

SECRET = Secret("a secret that is long enough for tests")
LOGIN_SECRET = Secret("what the shop signs its users with")


@dataclass
class Chat:
    adapter: Webchat
    desk: Desk
    url: str

    async def reply(self, remote: str, text: str, *attachments: Any) -> None:
        await self.adapter.send(self.desk.reply(remote, text, *attachments))


@asynccontextmanager
async def serving(desk: Desk | None = None, **more: Any) -> AsyncIterator[Chat]:
    desk = desk or Desk()
    desk.said = asyncio.get_running_loop().create_future()
    options: dict[str, Any] = {
        "secret": SECRET,
        "identity_secret": LOGIN_SECRET,
        "listen": "127.0.0.1:0",
        "demo_page": True,
    }
    adapter = Webchat(WebchatConfig(**{**options, **more}), "shop")
    running = asyncio.create_task(adapter.run(desk))
    await ready_or_ended(desk, running)
    try:
        yield Chat(adapter, desk, desk.said.result())
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def ready_or_ended(desk: Desk, running: asyncio.Task[None]) -> None:
    running.add_done_callback(lambda _: desk.said.done() or desk.said.cancel())
    try:
        await desk.said
    except asyncio.CancelledError:
        await running
        raise


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with serving() as running:
        yield running
