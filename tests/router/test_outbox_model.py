"""The outbox against a dictionary: whatever happens in whatever order, every row is where it was
said to be, a conversation keeps its order, and nothing that was sent is sent again."""

import asyncio
import contextlib
import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.handling import conversations, messages
from router.lane import Work
from router.sending import Sending
from tests.router.desk import TestDesk, inline
from tests.router.doors.office import Office, opened
from wire import codec, subjects
from wire.bus import Request
from wire.desk_client import Refused
from wire.memory_bus import Hub, MemoryBus
from wire.messages.channel import Delivery, NeverHeard, Outbound, Rejected, Retry, Sent, Unknown
from wire.messages.verbs import Resend

pytestmark = pytest.mark.contract

OPEN = ("held", "ready", "sending", "ambiguous")
# The first conversation's channel may be sent to again, the second's asks a person.
POLICY = {1: "resend", 2: "ask"}
VERDICTS: dict[str, Delivery] = {
    "sent": Sent(remote_id="<x@d>"),
    "retry": Retry(reason="busy", after=5),
    "rejected": Rejected(reason="no such mailbox"),
    "unknown": Unknown(reason="the line broke"),
}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("reply"), st.sampled_from((1, 2))),
        st.tuples(st.just("verdict"), st.integers(0, 5), st.sampled_from(sorted(VERDICTS))),
        st.tuples(st.just("settle"), st.integers(1, 8), st.sampled_from(("again", "sent", "drop"))),
        st.tuples(st.just("later")),
        st.tuples(st.just("restart"), st.booleans()),
    ),
    max_size=30,
)


@dataclass
class Row:
    conversation: int
    state: str = "held"
    due: bool = True
    doubts: int = 0


@dataclass
class Model:
    """What the outbox should be."""

    rows: dict[int, Row] = field(default_factory=dict)

    def pump(self) -> None:
        for conversation in POLICY:
            ours = [row for row in self.rows.values() if row.conversation == conversation]
            first = next((row for row in ours if row.state in OPEN), None)
            if first is not None and first.state in ("held", "ready") and first.due:
                first.state = "sending"

    def verdict(self, row: Row, verdict: str) -> None:
        match verdict:
            case "sent":
                row.state = "sent"
            case "retry":
                row.state, row.due = "ready", False
            case "rejected":
                row.state = "failed"
            case "unknown":
                row.doubts += 1
                resend = POLICY[row.conversation] == "resend"
                row.state, row.due = ("ready", row.doubts == 1) if resend else ("ambiguous", True)

    def settle(self, row: Row, choice: str) -> bool:
        if row.state not in ("failed", "ambiguous") and (row.state, choice) not in (
            ("ready", "again"), ("ready", "drop"),
        ):  # fmt: skip
            return False
        row.state = {"again": "ready", "sent": "sent", "drop": "cancelled"}[choice]
        row.due = True
        return True

    def states(self) -> dict[int, tuple[str, int]]:
        return {number: (row.state, row.doubts) for number, row in self.rows.items()}


class World:
    """The real outbox, with a channel that answers when it is told to."""

    def __init__(self, office: Office) -> None:
        self.office, self.desk, self.hub = office, office.desk, Hub()
        self.asked: dict[int, asyncio.Future[Delivery]] = {}
        self.taken: set[int] = set()
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        for number, (kind, account) in enumerate((("email", "support"), ("webchat", "site")), 1):
            await MemoryBus(self.hub).serve(subjects.send(kind, account), self._answer)
            can = codec.encode({"kind": kind, "when_unknown": POLICY[number]}).decode()
            await self._announce(kind, account, can)
        await self.desk.mail("1")
        await self.desk.chat("2")
        await self.start()

    async def _announce(self, kind: str, account: str, can: str) -> None:
        await self.desk.do(lambda work: work.tx.run(
            "announce_account", kind=kind, account=account, address="", title="",
            capabilities=can))  # fmt: skip

    async def start(self) -> None:
        bus = MemoryBus(self.hub)
        sending = Sending(self.desk.lane, self.desk.store, bus, random.Random(1))
        self.desk.lane._announce = lambda changes: sending.wake()
        self._task = asyncio.create_task(sending.run())
        self.wake = sending.wake
        await self.settle_down()

    async def stop(self) -> None:
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _answer(self, request: Request) -> bytes:
        outbound = codec.decode(request.payload, Outbound)
        assert isinstance(outbound, Outbound)
        number = int(outbound.id.removeprefix("out-"))
        if outbound.inquiry and number not in self.asked:
            return codec.encode(NeverHeard(age=0.0))
        if not outbound.inquiry:
            assert number not in self.asked, "it is being sent twice at once"
            assert number not in self.taken, "it was sent already"
            self.asked[number] = asyncio.get_running_loop().create_future()
        verdict = await asyncio.shield(self.asked[number])
        if isinstance(verdict, Sent):
            self.taken.add(number)
        return codec.encode(verdict)

    async def settle_down(self) -> None:
        for _ in range(60):
            await asyncio.sleep(0)

    async def reply(self, conversation: int) -> None:
        def job(work: Work) -> None:
            row = conversations.load(work, conversation)
            outbound = Outbound(id="", epoch=0, remote=row.remote, text="yes", at=work.now)
            messages.add_outbound(work, row, outbound, "ana", 0.0)

        await self.desk.do(job)

    async def states(self) -> dict[int, tuple[str, int]]:
        found = await self.desk.rows("SELECT id, state, doubts FROM outbox")
        return {number: (state, doubts) for number, state, doubts in found}


@given(STEPS)
@settings(max_examples=25)
def test_the_outbox_is_as_the_dictionary_says(steps: list[Any]) -> None:
    asyncio.run(_walk(steps))


async def _walk(steps: list[Any]) -> None:
    async with inline() as desk, opened(desk) as office:
        await desk.agent("lea", role="lead", presence="away")
        world, model = World(office), Model()
        await world.begin()
        for step in steps:
            await _step(world, model, step)
            await world.settle_down()
            model.pump()
            assert await world.states() == model.states(), step
        counted = "SELECT state, n FROM outbox_counts WHERE n > 0 ORDER BY 1"
        recount = "SELECT state, count(*) FROM outbox GROUP BY state ORDER BY 1"
        assert await desk.rows(counted) == await desk.rows(recount)
        await world.stop()


async def _step(world: World, model: Model, step: Any) -> None:
    match step:
        case ("reply", conversation):
            model.rows[len(model.rows) + 1] = Row(conversation)
            await world.reply(conversation)
        case ("verdict", which, verdict):
            waiting = sorted(world.asked)
            if waiting:
                number = waiting[which % len(waiting)]
                model.verdict(model.rows[number], verdict)
                world.asked.pop(number).set_result(VERDICTS[verdict])
        case ("settle", number, choice):
            await _settle(world, model, number, choice)
        case ("later",):
            for row in model.rows.values():
                row.due = True
            world.desk.clock += 10_000
            world.wake()
        case ("restart", together):
            await _restart(world, model, together=together)


async def _settle(world: World, model: Model, number: int, choice: Any) -> None:
    if number not in model.rows:
        return
    message = await world.desk.one("SELECT message FROM outbox WHERE id = :id", id=number)
    expected = model.settle(model.rows[number], choice)
    try:
        await world.office.ask("lea", Resend(message=message, settle=choice))
    except Refused:
        assert not expected
    else:
        assert expected


async def _restart(world: World, model: Model, *, together: bool) -> None:
    """Another router, a new epoch: adapters that live on know what was being sent, others not."""
    await world.stop()
    for row in model.rows.values():
        if row.state == "sending" and together:
            model.verdict(row, "unknown")
            row.due = True
    if together:
        world.asked.clear()
    await _next_epoch(world.desk)
    await world.start()


async def _next_epoch(desk: TestDesk) -> None:
    await desk.do(lambda work: work.tx._connection.execute("UPDATE lease SET epoch = epoch + 1"))
    desk.store.epoch += 1
