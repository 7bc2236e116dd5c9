"""One body of tests for the bus: the twin in memory and the real one over NATS."""

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from wire.bus import Bus, BusError, LinkDown, NoAnswer, NobodyListens, Request, TooLarge
from wire.memory_bus import Hub, MemoryBus
from wire.nats_bus import connect

pytestmark = pytest.mark.contract

Connect = Callable[[], Awaitable[Bus]]


@contextlib.asynccontextmanager
async def _memory() -> AsyncIterator[Connect]:
    hub = Hub()

    async def connected() -> Bus:
        return MemoryBus(hub)

    yield connected


@contextlib.asynccontextmanager
async def _nats(folder: Path) -> AsyncIterator[Connect]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Path(sys.executable).with_name("nats-server")
    log = (folder / "nats.log").open("wb")
    process = subprocess.Popen([server, "-a", "127.0.0.1", "-p", str(port)], stderr=log)
    opened: list[Bus] = []

    async def connected() -> Bus:
        for _ in range(100):
            try:
                opened.append(await connect(f"nats://127.0.0.1:{port}"))
            except LinkDown:
                await asyncio.sleep(0.02)
            else:
                return opened[-1]
        raise AssertionError("the server did not come up")

    try:
        yield connected
    finally:
        for bus in opened:
            await bus.close()
        process.terminate()
        process.wait()
        log.close()


@pytest.fixture(params=["memory", "nats"])
async def connected(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Connect]:
    kind = _memory() if request.param == "memory" else _nats(tmp_path)
    async with kind as connecting:
        yield connecting


async def _echo(request: Request) -> bytes:
    return request.payload + b"!"


async def test_a_request_gets_its_answer(connected: Connect) -> None:
    there, here = await connected(), await connected()
    await there.serve("rpc.ana.hello", _echo)
    assert await here.request("rpc.ana.hello", b"hi") == b"hi!"


async def test_a_star_stands_for_one_token(connected: Connect) -> None:
    there, here = await connected(), await connected()
    await there.serve("rpc.*.*", _echo)
    assert await here.request("rpc.ana.hello", b"a") == b"a!"
    with pytest.raises(NobodyListens):
        await here.request("rpc.ana.hello.again", b"a")


async def test_nobody_there_is_said_at_once(connected: Connect) -> None:
    here = await connected()
    with pytest.raises(NobodyListens):
        await here.request("intake.email.support", b"x", timeout=5)


async def test_no_answer_in_time_leaves_the_effect_unknown(connected: Connect) -> None:
    there, here = await connected(), await connected()
    never = asyncio.Event()

    async def silent(request: Request) -> bytes:
        await never.wait()
        return b""

    await there.serve("slow.one", silent)
    with pytest.raises(NoAnswer):
        await here.request("slow.one", b"x", timeout=0.1)
    never.set()


async def test_many_requests_are_answered_at_once(connected: Connect) -> None:
    there, here = await connected(), await connected()
    everybody = asyncio.Event()
    waiting = 0

    async def together(request: Request) -> bytes:
        nonlocal waiting
        waiting += 1
        if waiting == 50:
            everybody.set()
        await everybody.wait()
        return request.payload

    await there.serve("many.one", together)
    answers = await asyncio.gather(*(here.request("many.one", b"%d" % n) for n in range(50)))
    assert answers == [b"%d" % n for n in range(50)]


async def test_news_reaches_all_who_listen_and_nobody_else(connected: Connect) -> None:
    there, here, other = await connected(), await connected(), await connected()
    heard: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
    await here.listen("news.agent.ana", lambda *news: heard.put_nowait(news))
    await other.listen("news.agent.bo", lambda *news: heard.put_nowait(("wrong", b"")))
    await there.publish("news.agent.ana", b"1")
    assert await asyncio.wait_for(heard.get(), 2) == ("news.agent.ana", b"1")
    assert heard.empty()


async def test_who_stops_serving_is_not_asked(connected: Connect) -> None:
    there, here = await connected(), await connected()
    stop = await there.serve("rpc.ana.hello", _echo, queue="router")
    await stop()
    with pytest.raises(NobodyListens):
        await here.request("rpc.ana.hello", b"x")


async def test_of_a_queue_group_one_answers(connected: Connect) -> None:
    there, also, here = await connected(), await connected(), await connected()
    asked: list[str] = []

    def noting(name: str) -> Callable[[Request], Awaitable[bytes]]:
        async def answer(request: Request) -> bytes:
            asked.append(name)
            return b"ok"

        return answer

    await there.serve("one.of", noting("a"), queue="router")
    await also.serve("one.of", noting("b"), queue="router")
    for _ in range(20):
        await here.request("one.of", b"x")
    assert len(asked) == 20


async def test_too_much_is_refused_before_it_is_sent(connected: Connect) -> None:
    there, here = await connected(), await connected()
    await there.serve("rpc.ana.hello", _echo)
    with pytest.raises(TooLarge):
        await here.request("rpc.ana.hello", b"x" * 2_000_000)
    assert await here.request("rpc.ana.hello", b"small") == b"small!"


async def test_an_answer_that_fails_does_not_end_the_serving(
    connected: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    there, here = await connected(), await connected()

    async def fragile(request: Request) -> bytes:
        if request.payload == b"bad":
            raise ValueError("poison")
        return b"ok"

    await there.serve("rpc.ana.hello", fragile)
    with pytest.raises(BusError):
        await here.request("rpc.ana.hello", b"bad", timeout=0.2)
    assert await here.request("rpc.ana.hello", b"good") == b"ok"


async def test_a_closed_connection_sends_nothing(connected: Connect) -> None:
    here = await connected()
    await here.close()
    with pytest.raises(LinkDown):
        await here.request("rpc.ana.hello", b"x")
    with pytest.raises(LinkDown):
        await here.publish("news.agent.ana", b"x")
