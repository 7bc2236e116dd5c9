"""The outbox when things break: lost answers, adapters that die, orders that cannot be read."""

import asyncio
import logging
from typing import ClassVar

import pytest

import router.sending
from adapters.sdk import Adapter, Config, Retry, Unknown
from adapters.sdk.pulse import Pulse
from adapters.sdk.sending import Sending as Adapters
from tests.router.desk import TestDesk
from tests.router.sender import becomes, reply, sender
from wire import codec, subjects
from wire.bus import Request, Stop
from wire.memory_bus import Hub, MemoryBus
from wire.messages.capabilities import Capabilities
from wire.messages.channel import Outbound, Sent

pytestmark = pytest.mark.contract


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(router.sending, "WAIT", 0.05)
    monkeypatch.setattr(router.sending, "LOOK_AGAIN", 0.01)


class Upstream:
    """The channel itself: what it has, by our key; it may break off before or after it took it."""

    def __init__(self) -> None:
        self.has: list[str] = []
        self.open = asyncio.Event()
        self.open.set()
        self.breaks = ""
        self.busy = False


class Process(Adapter[Config]):
    """An adapter's process on the real SDK; `kill` is what SIGKILL leaves: nothing."""

    kind = "email"
    capabilities: ClassVar[Capabilities] = Capabilities(kind="email")

    def __init__(self, upstream: Upstream, hub: Hub) -> None:
        super().__init__(Config(), "support")
        self._upstream, self._bus = upstream, MemoryBus(hub)
        self._stop: Stop | None = None
        self._dead = False
        self.queried = 0

    async def start(self) -> "Process":
        sending = Adapters(self, pulse=Pulse(), log=logging.getLogger("t"))

        async def answer(request: Request) -> bytes:
            payload = await sending.answer(request)
            if self._dead:
                await asyncio.Event().wait()  # a dead process says nothing more
            return payload

        self._stop = await self._bus.serve(subjects.send("email", "support"), answer, queue="q")
        return self

    async def kill(self) -> None:
        assert self._stop is not None
        self._dead = True
        await self._stop()

    async def send(self, message: Outbound) -> str:
        if self._upstream.breaks == "before":
            raise Unknown("the line broke")
        if self._upstream.busy:
            raise Retry("busy")
        self._upstream.has.append(message.id)
        await self._upstream.open.wait()
        return f"<{message.id}@d>"


class Asking(Process):
    """A channel that can be asked what it has."""

    async def query(self, message: Outbound) -> Sent | None:
        self.queried += 1
        if self._upstream.breaks == "query":
            raise Unknown("the channel cannot be asked now")
        return Sent(remote_id="<theirs@d>") if message.id in self._upstream.has else None


@pytest.fixture
def hub() -> Hub:
    return Hub()


async def _policy(desk: TestDesk, when_unknown: str) -> None:
    can = codec.encode({"kind": "email", "when_unknown": when_unknown}).decode()
    await desk.do(lambda work: work.tx.run(
        "announce_account", kind="email", account="support", address="", title="",
        capabilities=can))  # fmt: skip


async def _reason(desk: TestDesk, message: int, wanted: str) -> None:
    async with asyncio.timeout(5):
        found = "SELECT reason FROM messages WHERE id = :id AND state = 'ready'"
        while (await desk.rows(found, id=message)) != [(wanted,)]:
            await asyncio.sleep(0.01)


async def _handed_over(upstream: Upstream) -> None:
    for _ in range(500):
        if upstream.has:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nothing was sent")


async def test_one_who_is_long_at_it_is_not_disturbed(desk: TestDesk, hub: Hub) -> None:
    upstream = Upstream()
    upstream.open.clear()
    await Process(upstream, hub).start()
    await desk.mail("1")
    async with sender(desk, hub):
        message = await reply(desk)
        await _handed_over(upstream)
        await asyncio.sleep(0.3)  # six times as long as an answer is waited for
        assert await desk.one("SELECT state FROM messages WHERE id = :id", id=message) == "sending"
        upstream.open.set()
        await becomes(desk, message, "sent")
    assert upstream.has == ["out-1"]
    assert await desk.rows("SELECT attempt, doubts FROM outbox") == [(1, 0)]


async def test_an_adapter_killed_while_sending_is_noticed_when_it_is_back(
    desk: TestDesk, hub: Hub
) -> None:
    upstream = Upstream()
    upstream.open.clear()
    process = await Process(upstream, hub).start()
    await desk.mail("1")
    await _policy(desk, "resend")
    async with sender(desk, hub):
        message = await reply(desk)
        await _handed_over(upstream)
        await asyncio.sleep(0.1)
        await process.kill()
        await asyncio.sleep(0.1)
        upstream.open.set()
        await Process(upstream, hub).start()
        async with asyncio.timeout(1):
            await becomes(desk, message, "sent")
    assert upstream.has == ["out-1", "out-1"], "again under the same key"
    assert await desk.rows("SELECT attempt, doubts FROM outbox") == [(2, 1)], "and it is known"


async def test_a_channel_that_can_be_asked_gets_it_once(desk: TestDesk, hub: Hub) -> None:
    upstream = Upstream()
    upstream.open.clear()
    Asking.capabilities = Capabilities(kind="email", when_unknown="query")
    process = await Asking(upstream, hub).start()
    await desk.mail("1")
    await _policy(desk, "query")
    async with sender(desk, hub):
        message = await reply(desk)
        await _handed_over(upstream)
        await process.kill()
        again = await Asking(upstream, hub).start()
        await becomes(desk, message, "sent")
    assert (upstream.has, again.queried) == (["out-1"], 1)
    assert await desk.one("SELECT remote_id FROM outbox") == "<theirs@d>"


async def test_a_channel_that_cannot_tell_leaves_it_to_a_person(desk: TestDesk, hub: Hub) -> None:
    upstream = Upstream()
    upstream.breaks = "before"
    Asking.capabilities = Capabilities(kind="email", when_unknown="query")
    process = await Asking(upstream, hub).start()
    await desk.mail("1")
    await _policy(desk, "query")
    async with sender(desk, hub):
        message = await reply(desk)
        upstream.breaks = "query"
        await becomes(desk, message, "ambiguous")
        second = await reply(desk, "and then")
        await desk.do(lambda work: None)
        assert await desk.one("SELECT state FROM messages WHERE id = :id", id=second) == "held"
    assert process.queried <= 1
    assert upstream.has == []


async def test_where_nobody_can_tell_a_person_is_asked_at_once(desk: TestDesk, hub: Hub) -> None:
    upstream = Upstream()
    upstream.open.clear()
    process = await Process(upstream, hub).start()
    await desk.mail("1")
    await desk.mail("2", "other", sender="jan@kvit.example")
    async with sender(desk, hub):
        message = await reply(desk)
        await _handed_over(upstream)
        await process.kill()
        upstream.open.set()
        await Process(upstream, hub).start()
        await becomes(desk, message, "ambiguous")
        second = await reply(desk, "and then")
        other = await reply(desk, "to another", conversation=2)
        await becomes(desk, other, "sent")
        assert await desk.one("SELECT state FROM messages WHERE id = :id", id=second) == "held"
    assert upstream.has == ["out-1", "out-3"]


async def test_an_answer_that_was_lost_is_asked_for_again(desk: TestDesk, hub: Hub) -> None:
    upstream = Upstream()
    process = Process(upstream, hub)
    real = Adapters(process, pulse=Pulse(), log=logging.getLogger("t"))
    lost = 0

    async def losing(request):  # type: ignore[no-untyped-def]
        nonlocal lost
        answer = await real.answer(request)
        if not lost:
            lost += 1
            await asyncio.sleep(5)
        return answer

    await MemoryBus(hub).serve(subjects.send("email", "support"), losing)
    await desk.mail("1")
    async with sender(desk, hub):
        message = await reply(desk)
        await becomes(desk, message, "sent")
    assert (upstream.has, lost) == (["out-1"], 1)
    assert await desk.rows("SELECT attempt, doubts FROM outbox") == [(1, 0)]


async def test_a_request_that_never_arrived_goes_again_without_a_doubt(
    desk: TestDesk, hub: Hub
) -> None:
    upstream = Upstream()
    process = Process(upstream, hub)
    real = Adapters(process, pulse=Pulse(), log=logging.getLogger("t"))
    real._born -= 3_600  # an old process
    lost = 0

    async def losing(request):  # type: ignore[no-untyped-def]
        nonlocal lost
        if not lost:
            lost += 1
            await asyncio.sleep(5)
        return await real.answer(request)

    await MemoryBus(hub).serve(subjects.send("email", "support"), losing)
    await desk.mail("1")
    async with sender(desk, hub) as sending:
        message = await reply(desk)
        await becomes(desk, message, "ready")
        desk.clock += 10
        sending.wake()
        await becomes(desk, message, "sent")
    assert upstream.has == ["out-1"]
    assert await desk.rows("SELECT attempt, doubts FROM outbox") == [(2, 0)]


async def test_a_request_that_comes_too_late_is_not_settled_by_an_earlier_one_nor_sent(
    desk: TestDesk, hub: Hub
) -> None:
    upstream = Upstream()
    process = Process(upstream, hub)
    real = Adapters(process, pulse=Pulse(), log=logging.getLogger("t"))
    real._born -= 3_600  # an old process
    late, came = asyncio.Event(), asyncio.Event()
    asked: list[int] = []

    async def answer(request: Request) -> bytes:
        outbound = codec.decode(request.payload, Outbound)
        assert isinstance(outbound, Outbound)
        if not outbound.inquiry:
            asked.append(outbound.attempt)
            upstream.busy = len(asked) == 1
            if len(asked) == 2:
                await late.wait()
        payload = await real.answer(request)
        if late.is_set():
            came.set()
        return payload

    await MemoryBus(hub).serve(subjects.send("email", "support"), answer)
    await desk.mail("1")
    async with sender(desk, hub) as sending:
        message = await reply(desk)
        for reason in ("busy", "it did not reach its adapter"):
            await _reason(desk, message, reason)
            if reason == "busy":
                desk.clock += 10
                sending.wake()
        late.set()
        await came.wait()
        assert upstream.has == [], "the second came when it was over"
        desk.clock += 1_000
        sending.wake()
        await becomes(desk, message, "sent")
    assert (upstream.has, asked) == (["out-1"], [1, 2, 3])


async def test_an_order_that_cannot_be_read_fails_alone_and_says_so(
    desk: TestDesk, hub: Hub
) -> None:
    upstream = Upstream()
    await Process(upstream, hub).start()
    await desk.mail("1")
    await desk.mail("2", "other", sender="jan@kvit.example")
    poison = await reply(desk)
    await desk.do(lambda work: work.tx._connection.execute("UPDATE outbox SET payload = '{'"))
    other = await reply(desk, conversation=2)
    async with sender(desk, hub):
        await becomes(desk, other, "sent")
        await becomes(desk, poison, "failed")
    reason = await desk.one("SELECT reason FROM messages WHERE id = :id", id=poison)
    assert reason.startswith("the desk cannot send this: ")
    assert upstream.has == ["out-2"]
