"""What we wrote goes out: held, ready, sending, and then known to be sent, failed or ambiguous."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from router.lane import Work
from router.sending import AT_ONCE, ROOM, Sending
from tests.router.desk import TestDesk
from tests.router.sender import becomes, reply, sender
from wire import codec, subjects
from wire.bus import Request
from wire.memory_bus import Hub, MemoryBus
from wire.messages.capabilities import Capabilities
from wire.messages.channel import (
    Delivery,
    Fate,
    NeverHeard,
    Outbound,
    ReactedIn,
    ReceiptIn,
    Rejected,
    Retry,
    Sent,
    Unknown,
)

pytestmark = pytest.mark.contract

Verdicts = Callable[[Outbound], Delivery | Awaitable[Delivery]]


class Channel:
    """An adapter's side: answers `send`, keeps what it got."""

    def __init__(self, hub: Hub, kind: str, account: str) -> None:
        self._bus, self._subject = MemoryBus(hub), subjects.send(kind, account)
        self.got: list[Outbound] = []
        self.verdict: Callable[[Outbound], Delivery] = lambda out: Sent(remote_id=f"<{out.id}@d>")
        # What an inquiry hears.
        self.fate: Fate = NeverHeard(age=0.0)

    async def serve(self) -> None:
        await self._bus.serve(self._subject, self._answer)

    async def _answer(self, request: Request) -> bytes:
        outbound = codec.decode(request.payload, Outbound)
        assert isinstance(outbound, Outbound)
        if outbound.inquiry:
            return codec.encode(self.fate)
        self.got.append(outbound)
        return codec.encode(self.verdict(outbound))


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
async def mail(hub: Hub) -> Channel:
    channel = Channel(hub, "email", "support")
    await channel.serve()
    return channel


async def test_a_reply_goes_out_and_its_message_id_is_kept(
    desk: TestDesk, hub: Hub, mail: Channel
) -> None:
    await desk.mail("1")
    async with sender(desk, hub):
        message = await reply(desk, "on its way")
        await becomes(desk, message, "sent")
    assert [out.text for out in mail.got] == ["on its way"]
    assert mail.got[0].references == ("<1@kvit.example>",)
    assert await desk.one("SELECT message_id FROM messages WHERE id = :id", id=message) == (
        "<out-1@d>"
    )
    again = await desk.mail("2", "thanks", in_reply_to="<out-1@d>")
    assert again.conversation == 1


async def test_it_is_held_while_it_can_be_taken_back(
    desk: TestDesk, hub: Hub, mail: Channel
) -> None:
    await desk.mail("1")
    async with sender(desk, hub) as sending:
        message = await reply(desk, "hm", undo=60.0)
        await desk.do(lambda work: None)
        assert mail.got == []
        desk.clock += 61
        sending.wake()
        await becomes(desk, message, "sent")


async def test_a_conversation_keeps_its_order_and_others_do_not_wait(
    desk: TestDesk, hub: Hub, mail: Channel
) -> None:
    await desk.mail("1")
    await desk.mail("2", "other", sender="jan@kvit.example")
    mail.verdict = lambda out: (
        Retry(reason="busy", after=300) if out.text == "first" else Sent(remote_id="<x@d>")
    )
    async with sender(desk, hub) as sending:
        first = await reply(desk, "first")
        second = await reply(desk, "second")
        other = await reply(desk, "other", conversation=2)
        await becomes(desk, other, "sent")
        await becomes(desk, first, "ready")
        assert await desk.one("SELECT state FROM messages WHERE id = :id", id=second) == "held"
        mail.verdict = lambda out: Sent(remote_id="<y@d>")
        await sending.hurry("email", "support")
        await becomes(desk, second, "sent")
    assert [out.text for out in mail.got if out.text != "other"] == ["first", "first", "second"]


async def test_a_rejected_one_says_why_and_lets_the_next_go(
    desk: TestDesk, hub: Hub, mail: Channel
) -> None:
    await desk.mail("1")
    mail.verdict = lambda out: (
        Rejected(reason="no such mailbox") if out.text == "first" else Sent(remote_id="<y@d>")
    )
    async with sender(desk, hub):
        first = await reply(desk, "first")
        second = await reply(desk, "second")
        await becomes(desk, second, "sent")
    assert await desk.rows("SELECT state, reason FROM messages WHERE id = :id", id=first) == [
        ("failed", "no such mailbox")
    ]


async def test_an_unknown_fate_asks_a_person_unless_the_channel_can_repeat(
    desk: TestDesk, hub: Hub, mail: Channel
) -> None:
    await desk.mail("1")
    mail.verdict = lambda out: Unknown(reason="the line broke")
    async with sender(desk, hub):
        message = await reply(desk, "did it?")
        await becomes(desk, message, "ambiguous")
    assert len(mail.got) == 1
    told = await desk.one("SELECT count(*) FROM events WHERE what = 'send_failed'")
    assert told == 1, "whose message it is hears of it"
    assert "not known" in await desk.one("SELECT said FROM messages WHERE author_is = 'desk'")


async def test_what_waits_for_an_uncertain_one_is_not_looked_at_again_and_again(
    desk: TestDesk, hub: Hub, mail: Channel
) -> None:
    await desk.mail("1")
    mail.verdict = lambda out: Unknown(reason="the line broke")
    async with sender(desk, hub):
        uncertain = await reply(desk, "did it?")
        await becomes(desk, uncertain, "ambiguous")
        await reply(desk, "and this?")
        assert await desk.store.read(lambda rows: rows.value("next_send", busy="[]")) is None


async def test_what_a_dead_router_was_sending_is_repeated_under_the_same_id(
    desk: TestDesk, hub: Hub, mail: Channel
) -> None:
    await desk.mail("1")
    can = codec.encode(Capabilities(kind="email", when_unknown="resend")).decode()
    message = await reply(desk, "hello")

    def announce(work: Work) -> None:
        work.tx.run("announce_account", kind="email", account="support", address="", title="",
                    capabilities=can)  # fmt: skip

    await desk.do(announce)
    await _strand(desk)
    async with sender(desk, hub) as sending:
        await asyncio.sleep(0)
        for _ in range(10):
            desk.clock += 2
            sending.wake()
            await asyncio.sleep(0.01)
        await becomes(desk, message, "sent")
    assert [out.id for out in mail.got] == ["out-1"]


async def _strand(desk: TestDesk, ago: float = 5.0) -> None:
    """A router that is gone had begun to send it."""

    def job(work: Work) -> None:
        row = work.tx.one("outbox_row", id=1)._asdict()
        begun = {"state": "sending", "epoch": work.epoch - 1, "not_before": work.now - ago}
        work.tx.run("save_outbox", **row | begun)

    await desk.do(job)


async def test_what_a_dead_router_was_sending_is_settled_by_an_adapter_that_knows(
    desk: TestDesk, hub: Hub, mail: Channel
) -> None:
    await desk.mail("1")
    message = await reply(desk, "hello")
    await _strand(desk)
    mail.fate = Sent(remote_id="<1@d>")
    async with sender(desk, hub):
        await becomes(desk, message, "sent")
    assert mail.got == []
    assert await desk.one("SELECT doubts FROM outbox") == 0


async def test_what_never_reached_an_adapter_that_lives_since_before_is_simply_sent(
    desk: TestDesk, hub: Hub, mail: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("router.sending.LOOK_AGAIN", 0.0)
    await desk.mail("1")
    message = await reply(desk, "hello")
    await _strand(desk)
    mail.fate = NeverHeard(age=60.0)
    async with sender(desk, hub) as sending:
        for _ in range(10):
            desk.clock += 2
            sending.wake()
            await asyncio.sleep(0.01)
        await becomes(desk, message, "sent")
    assert [out.id for out in mail.got] == ["out-1"]
    assert await desk.one("SELECT doubts FROM outbox") == 0


@pytest.mark.parametrize("ago", [61.0, -1.0], ids=["adapter is younger", "clock was set back"])
async def test_what_an_adapter_cannot_know_is_ambiguous(
    desk: TestDesk, hub: Hub, mail: Channel, ago: float
) -> None:
    await desk.mail("1")
    message = await reply(desk, "hello")
    await _strand(desk, ago)
    mail.fate = NeverHeard(age=60.0)
    async with sender(desk, hub):
        await becomes(desk, message, "ambiguous")
    assert mail.got == []


async def test_a_clock_that_was_set_back_holds_nothing_up(
    desk: TestDesk, hub: Hub, mail: Channel
) -> None:
    await desk.mail("1")
    message = await reply(desk, "soon", undo=3_600.0)
    async with sender(desk, hub):
        while await desk.one("SELECT not_before FROM outbox") > desk.clock + 60:
            await asyncio.sleep(0.01)
        desk.clock += 61.0
        await desk.chat("2")
        await becomes(desk, message, "sent")


async def test_one_behind_another_is_not_claimed_even_when_somebody_asks_for_it(
    desk: TestDesk, hub: Hub, mail: Channel
) -> None:
    """The list of what is due is read outside of the lane: an older one may be back by then."""
    await desk.mail("1")
    await reply(desk, "first", undo=60.0)
    await reply(desk, "second")
    sending = Sending(desk.lane, desk.store, MemoryBus(hub), random.Random(1))
    assert await sending._claim(2) is None
    await desk.do(lambda work: work.tx._connection.execute(
        "UPDATE outbox SET state = 'failed' WHERE id = 1"))  # fmt: skip
    assert await sending._claim(2) is not None


async def test_no_adapter_is_no_failure(desk: TestDesk, hub: Hub) -> None:
    await desk.mail("1")
    async with sender(desk, hub) as sending:
        message = await reply(desk, "hello")
        await becomes(desk, message, "ready")
        late = Channel(hub, "email", "support")
        await late.serve()
        await sending.hurry("email", "support")
        await becomes(desk, message, "sent")


async def test_receipts_only_climb(desk: TestDesk, hub: Hub, mail: Channel) -> None:
    await desk.mail("1")
    async with sender(desk, hub):
        message = await reply(desk, "hello")
        await becomes(desk, message, "sent")
    for number, state in enumerate(("read", "delivered")):
        receipt = ReceiptIn(id=f"r{number}", remote="x", of="out-1", state=state, at=1.0)  # type: ignore[arg-type]
        await desk.take(receipt)
    assert await desk.one("SELECT state FROM messages WHERE id = :id", id=message) == "read"


async def test_a_receipt_of_another_account_changes_nothing(
    desk: TestDesk, hub: Hub, mail: Channel
) -> None:
    await desk.mail("1")
    async with sender(desk, hub):
        message = await reply(desk, "hello")
        await becomes(desk, message, "sent")
    await desk.take(ReceiptIn(id="r", remote="x", of="out-1", state="read", at=1.0),
                    kind="webchat", account="site")  # fmt: skip
    assert await desk.one("SELECT state FROM messages WHERE id = :id", id=message) == "sent"


async def test_a_reaction_finds_our_message_by_the_channels_own_name(
    desk: TestDesk, hub: Hub, mail: Channel
) -> None:
    await desk.mail("1")
    mail.verdict = lambda out: Sent(remote_id="101/9000")
    async with sender(desk, hub):
        message = await reply(desk, "hello")
        await becomes(desk, message, "sent")
    await desk.take(ReactedIn(id="r", remote="x", of="101/9000", reaction="👍", at=1.0))
    await desk.take(ReactedIn(id="s", remote="x", of="101/9000", reaction="👎", at=1.0),
                    kind="webchat", account="site")  # fmt: skip
    found = "SELECT reactions FROM messages WHERE id = :id"
    assert await desk.one(found, id=message) == '["👍"]'
    await desk.take(ReactedIn(id="t", remote="x", of="101/9000", reaction="🔥", at=1.0))
    for event, reaction in (("u", "👍"), ("v", "👎")):
        await desk.take(ReactedIn(id=event, remote="x", of="101/9000", reaction=reaction, at=1.0,
                                  taken_back=True))  # fmt: skip
    assert await desk.one(found, id=message) == '["🔥"]'


async def test_an_account_has_only_so_many_under_way_and_another_one_is_not_held_up(
    desk: TestDesk, hub: Hub
) -> None:
    slow, gate = Channel(hub, "email", "support"), asyncio.Event()
    quick = Channel(hub, "webchat", "site")

    async def at_last(request: Request) -> bytes:
        outbound = codec.decode(request.payload, Outbound)
        assert isinstance(outbound, Outbound)
        slow.got += [] if outbound.inquiry else [outbound]
        await gate.wait()
        return codec.encode(Sent(remote_id=f"<{outbound.id}@d>"))

    await MemoryBus(hub).serve(subjects.send("email", "support"), at_last)
    await quick.serve()
    numbers = [await _mail_from(desk, number) for number in range(AT_ONCE + 10)]
    many = [await reply(desk, "hi", number) for number in numbers]
    chat = await reply(desk, "hello", (await desk.chat("v")).conversation)
    async with sender(desk, hub):
        await becomes(desk, chat, "sent")
        assert len({outbound.id for outbound in slow.got}) == ROOM
        gate.set()
        for message in many:
            await becomes(desk, message, "sent")


async def _mail_from(desk: TestDesk, number: int) -> int:
    taken = await desk.mail(f"m{number}", sender=f"c{number}@kvit.example")
    return int(taken.conversation)
