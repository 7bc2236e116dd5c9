"""A desk in memory with a bot on it, and Telegram beside them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from adapters.sdk import Outbound, Secret
from adapters.sdk.host import Host
from adapters.telegram.adapter import Telegram
from adapters.telegram.config import TelegramConfig
from tests.adapters.router_twin import RouterTwin
from tests.adapters.sdk.conftest import FAST
from tests.adapters.telegram.fake import TOKEN, Fake
from wire.memory_bus import Hub, MemoryBus
from wire.messages.channel import Delivery


async def until(what: Callable[[], object], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.002)


@dataclass
class Desk:
    """`start` and `kill` as often as needed: each start is a process anew, as far as it knows."""

    telegram: Fake
    router: RouterTwin
    hub: Hub
    token: str = TOKEN
    host: Host | None = None
    running: "asyncio.Task[None] | None" = None
    sent: int = 0

    def adapter(self) -> Telegram:
        config = TelegramConfig(
            token=Secret(self.token), base_url=self.telegram.url, poll_seconds=5
        )
        return Telegram(config, "bot")

    def start(self) -> None:
        self.host = Host(self.adapter(), MemoryBus(self.hub), pace=FAST)
        self.running = asyncio.create_task(self.host.run())

    async def stop(self) -> None:
        host, running, self.host, self.running = self.host, self.running, None, None
        if host and running:
            host.stop()
            await running

    async def kill(self) -> None:
        assert self.running
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)
        self.host = self.running = None

    async def send(self, text: str, remote: str = "101", **more: object) -> Delivery:
        self.sent += 1
        at = {"id": f"out-{self.sent}"} | more
        return await self.router.send(
            "telegram",
            "bot",
            Outbound(epoch=1, remote=remote, text=text, at=1.0, **at),  # type: ignore[arg-type]
        )

    async def is_(self, state: str) -> None:
        await until(lambda: self.router.health and self.router.health[-1].state == state)


@pytest.fixture
async def telegram() -> AsyncIterator[Fake]:
    async with Fake() as fake:
        yield fake
    assert fake.complaints == []


@pytest.fixture
async def desk(telegram: Fake) -> AsyncIterator[Desk]:
    hub = Hub()
    router = RouterTwin(MemoryBus(hub))
    await router.open()
    desk = Desk(telegram, router, hub)
    desk.start()
    yield desk
    await desk.stop()
