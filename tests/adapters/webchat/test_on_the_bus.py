"""The chat as an account of a desk: from cordboard.toml, over the bus, to a router and back."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.sdk import MessageIn, Outbound, Sent
from adapters.sdk.found import from_file
from adapters.sdk.host import Host
from tests.adapters.router_twin import RouterTwin
from tests.adapters.webchat.tab import Tab
from wire.config import BadConfig
from wire.memory_bus import Hub, MemoryBus

pytestmark = pytest.mark.contract

ACCOUNT = """
[adapters.shop]
kind = "webchat"
title = "Kvit"
listen = "127.0.0.1:0"
secret = { env = "CHAT_SECRET" }
greeting = { uk = "Вітаємо у Kvit" }
"""


@dataclass
class Running:
    url: str
    router: RouterTwin


async def until(what: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not what():
            await asyncio.sleep(0.002)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CHAT_SECRET", "x" * 40)
    file = tmp_path / "cordboard.toml"
    file.write_text(ACCOUNT, encoding="utf-8")
    return file


@pytest.fixture
async def running(file: Path) -> AsyncIterator[Running]:
    hub = Hub()
    router = RouterTwin(MemoryBus(hub))
    await router.open()
    adapter, title = from_file(file, "shop")
    host = Host(adapter, MemoryBus(hub), title=title)
    serving = asyncio.create_task(host.run())
    await until(lambda: any(health.said for health in router.health) or serving.done())
    (url,) = {h.said for h in router.health if re.match("http://127.0.0.1:[1-9]", h.said)}
    yield Running(url, router)
    host.stop()
    await serving


async def test_a_message_is_taken_by_the_router_and_its_reply_is_shown(running: Running) -> None:
    router = running.router
    async with Tab(running.url) as tab:
        welcome = await tab.hello()
        assert (welcome["title"], welcome["greeting"]) == ("Kvit", "Вітаємо у Kvit")
        await tab.say("msg", cid="c0000001", text="Привіт")
        await tab.hear("ack")
        (event,) = router.order
        assert isinstance(event, MessageIn)
        reply = Outbound(id="out-1", epoch=1, remote=event.remote, text="hi", at=1.0, seq=2)
        assert await router.send("webchat", "shop", reply) == Sent(remote_id="out-1")
        assert (await tab.hear("msg"))["text"] == "hi"


async def test_while_the_router_is_not_active_nothing_is_acknowledged(running: Running) -> None:
    router = running.router
    async with Tab(running.url) as tab:
        await tab.hello()
        router.active = False
        asked = router.asked
        await tab.say("msg", cid="c0000001", text="anybody?")
        await until(lambda: router.asked > asked)
        assert await tab.silent()
        router.active = True
        await tab.hear("ack")
    assert router.texts == ["anybody?"]


async def test_mistakes_are_named_with_file_and_key(file: Path) -> None:
    wrong = ACCOUNT.replace("127.0.0.1:0", "8090") + 'origins = ["shop.example"]\n'
    file.write_text(wrong, encoding="utf-8")
    with pytest.raises(BadConfig) as refused:
        from_file(file, "shop")
    listen, origins = refused.value.faults
    assert listen.startswith("cordboard.toml: adapters.shop: listen: ")
    assert origins.startswith("cordboard.toml: adapters.shop: origins: ")
