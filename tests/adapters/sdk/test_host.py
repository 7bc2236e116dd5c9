"""An account at work: introduced, watched, started again, and gone without a trace."""

import asyncio
from dataclasses import replace

import pytest

from adapters.sdk import AuthFailed, MessageIn, Party, Retry, Unavailable
from adapters.sdk.host import Host
from tests.adapters.router_twin import RouterTwin
from tests.adapters.sdk.conftest import FAST, Desk, Echo, until
from wire import codec
from wire.memory_bus import Hub, MemoryBus
from wire.messages.channel import Cue

pytestmark = pytest.mark.contract


async def test_it_introduces_itself_and_again_to_a_router_that_came_later(desk: Desk) -> None:
    await until(lambda: len(desk.router.announced) >= 2)
    announce = desk.router.announced[0]
    assert (announce.capabilities, announce.title) == (Echo.capabilities, "Echoes")


async def test_an_address_that_is_learned_later_is_told_at_once(hub: Hub) -> None:
    class Named(Echo):
        address = ""

    router, named, slow = RouterTwin(MemoryBus(hub)), Named(), replace(FAST, announce=3_600.0)
    await router.open()
    host = Host(named, MemoryBus(hub), pace=slow)
    running = asyncio.create_task(host.run())
    await until(lambda: router.announced and router.health)
    named.address = "@kvit_bot"
    named.inbox.ready("@kvit_bot")
    await until(lambda: router.announced[-1].address == "@kvit_bot")
    host.stop()
    await running


async def test_health_is_told_and_changes_at_once(desk: Desk) -> None:
    await until(lambda: desk.router.health and desk.router.health[-1].state == "ready")
    desk.inbox.trouble("the line is bad", part="line")
    await until(lambda: desk.router.health[-1].state == "retrying")
    assert desk.router.health[-1].said == "the line is bad"


async def test_what_it_does_is_counted(desk: Desk) -> None:
    hello = MessageIn(id="1", remote="anna", sender=Party(address="anna"), at=1, text="hello")
    await desk.inbox.receive(hello)
    await desk.inbox.receive(hello)
    await until(lambda: desk.router.health[-1].received == 1)


async def test_agents_typing_reaches_the_channel(desk: Desk) -> None:
    cue = Cue(remote="anna", typing=True, author="Olena")
    await desk.router.bus.publish("cue.echo.main", b"broken")
    await desk.router.bus.publish("cue.echo.main", codec.encode(cue))
    assert await asyncio.wait_for(desk.echo.cues.get(), 5) == cue


async def test_a_channel_that_breaks_is_started_again_and_says_so(hub: Hub) -> None:
    router, echo = RouterTwin(MemoryBus(hub)), Echo()
    await router.open()
    failures: list[Exception] = [KeyError("a fault"), Unavailable("no route to the server")]

    def fail() -> None:
        if failures:
            raise failures.pop()

    echo.running = fail
    async with running(echo, hub):
        await until(lambda: router.health and router.health[-1].state == "ready")
    said = [health.said for health in router.health]
    assert echo.runs == 3
    assert "no route to the server" in said
    assert any("KeyError" in sentence for sentence in said)


async def test_refused_credentials_pause_the_account_and_say_so(hub: Hub) -> None:
    router, echo = RouterTwin(MemoryBus(hub)), Echo()
    await router.open()

    def refuse() -> None:
        raise ExceptionGroup("tasks", [Unavailable("?"), AuthFailed("the password is wrong")])

    echo.running = refuse
    async with running(echo, hub):
        await until(lambda: any(health.state == "paused" for health in router.health))
        assert router.health[-1].said == "the password is wrong"


async def test_a_channel_that_is_told_to_wait_waits_so_long_and_no_longer(hub: Hub) -> None:
    router, echo = RouterTwin(MemoryBus(hub)), Echo()
    await router.open()
    answers: list[Exception] = [Unavailable("gone"), Retry("slowly, please", after=0.25)]
    began: list[float] = []

    def busy() -> None:
        began.append(asyncio.get_running_loop().time())
        if answers:
            raise answers.pop()

    echo.running = busy
    async with running(echo, hub):
        await until(lambda: len(began) == 3)
        assert "slowly, please" in [health.said for health in router.health]
    assert began[1] - began[0] >= 0.25


async def test_stopping_leaves_no_task(hub: Hub) -> None:
    router, before = RouterTwin(MemoryBus(hub)), asyncio.all_tasks()
    await router.open()
    echo = Echo()
    async with running(echo, hub):
        await until(lambda: echo.runs)
    assert asyncio.all_tasks() == before
    assert router.health[-1].state == "stopping"


class running:
    """A host for the length of a block."""

    def __init__(self, echo: Echo, hub: Hub) -> None:
        self.bus = MemoryBus(hub)
        self.host = Host(echo, self.bus, pace=FAST)

    async def __aenter__(self) -> None:
        self.task = asyncio.create_task(self.host.run())

    async def __aexit__(self, *_: object) -> None:
        self.host.stop()
        await self.task
        await self.bus.close()
        await asyncio.sleep(0)
