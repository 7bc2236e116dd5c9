"""From an adapter's request to its committed answer, on an idle desk with 100,000 messages."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from bench.kit import bare_lane, filling
from bench.kit.figure import Figure, Reach, alternating, median, quantile
from bench.kit.filling import ACCOUNT, KIND, Past
from bench.kit.program import PYTHON, plain_nats, running
from bench.kit.real_desk import adapter_bus, bus_and_router, data_folder
from bench.kit.talk import Talk
from wire import codec, subjects
from wire.bus import Bus
from wire.data_folder import DataFolder
from wire.messages.channel import Accepted, Intake, MessageIn, Party, Taken
from wire.nats_bus import connect

PAST = Past(conversations=20_000, waiting=200)
# What a customer does: writes for the first time, again, answers a mail of ours, or one that the
# desk never saw.
DOES = ("new", "known", "reply", "foreign")
# Who writes again mostly does so within days: so many conversations ago, on the average.
RECENT = 500
# One at a time, in turns; between two the desk is idle again for so many seconds.
ROUNDS, WARM, QUIET = 1_200, 100, 0.006
# In a row: rounds of so many without a pause, in turns.
ROWS, IN_A_ROW = 30, 24
# Together: rounds of so many seconds for each, in turns.
IN_FLIGHT, TOGETHER_ROUNDS, TOGETHER_SECONDS = 256, 5, 1.0


async def figures() -> AsyncIterator[Figure]:
    with data_folder() as folder:
        filling.fill(folder, PAST)
        async with AsyncExitStack() as stack:
            ours, bare = await _two_lanes(stack, folder)
            await alternating(WARM, ours.one, bare.one)
            ours.taken.clear()
            bare.taken.clear()
            await alternating(ROUNDS, ours.one, bare.one)
            for figure in _one_at_a_time(ours, bare):
                yield figure
            yield await _in_a_row(ours, bare)
            yield await _together(ours, bare)


class NotTaken(Exception):
    """The lane that is measured did not accept a message."""


@dataclass
class Lane:
    """Somebody who takes messages. `taken` is (what the customer did, seconds) of each."""

    bus: Bus
    subject: str
    letters: Iterator[tuple[str, bytes]]
    taken: list[tuple[str, float]] = field(default_factory=list)
    together: int = 0

    async def one(self) -> float:
        """One message, on an idle desk; seconds to its answer."""
        does, payload = next(self.letters)
        await asyncio.sleep(QUIET)
        asked = time.perf_counter()
        answer = await self.bus.request(self.subject, payload)
        seconds = time.perf_counter() - asked
        _accepted(answer)
        self.taken.append((does, seconds))
        return seconds

    async def row(self) -> float:
        """A few, each as soon as the one before was answered; the median of them."""
        letters = [next(self.letters)[1] for _ in range(IN_A_ROW)]
        times = []
        for payload in letters:
            asked = time.perf_counter()
            answer = await self.bus.request(self.subject, payload)
            times.append(time.perf_counter() - asked)
            _accepted(answer)
        return median(times)

    async def many(self) -> float:
        """Many at once for a while; messages a second."""
        before = self.together
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(IN_FLIGHT):
                group.create_task(self._until(began + TOGETHER_SECONDS))
        return (self.together - before) / (time.perf_counter() - began)

    async def _until(self, end: float) -> None:
        while time.perf_counter() < end:
            _, payload = next(self.letters)
            _accepted(await self.bus.request(self.subject, payload, timeout=30))
            self.together += 1

    def times(self, does: str = "") -> list[float]:
        return [seconds * 1_000 for did, seconds in self.taken if does in ("", did)]


def _accepted(answer: bytes) -> None:
    taken = codec.decode(answer, Taken)
    if not isinstance(taken, Accepted):
        raise NotTaken(str(taken))


async def _two_lanes(stack: AsyncExitStack, folder: DataFolder) -> tuple[Lane, Lane]:
    bus = await stack.enter_async_context(bus_and_router(folder))
    as_adapter = await adapter_bus(folder, bus)
    stack.push_async_callback(as_adapter.close)
    url = await stack.enter_async_context(plain_nats())
    file = str(Path(folder.root) / "bare.db")
    command = [PYTHON, "-m", bare_lane.__name__, url, file]
    await stack.enter_async_context(running(command, ready=bare_lane.READY))
    plain = await connect(url)
    stack.push_async_callback(plain.close)
    return (
        Lane(as_adapter, subjects.intake(KIND, ACCOUNT), _letters(1)),
        Lane(plain, bare_lane.REQUEST, _letters(1)),
    )


def _letters(seed: int) -> Iterator[tuple[str, bytes]]:
    """Requests of about 600 bytes of text, without end; the same for both lanes."""
    chance, talk = random.Random(seed), Talk(seed)
    texts = [talk.text("en", 600) for _ in range(64)]
    for number in count():
        does = DOES[number % len(DOES)]
        event = _letter(number, does, texts[number % len(texts)], chance)
        yield does, codec.encode(Intake(event=event))


def _letter(number: int, does: str, text: str, chance: random.Random) -> MessageIn:
    known = max(1, PAST.conversations - int(chance.expovariate(1 / RECENT)))
    address = f"new-{number}@kvit.example" if does == "new" else filling.customer(known)
    return MessageIn(
        id=f"bench-{number}", remote=address, sender=Party(address=address, name="Olga"),
        at=time.time(), text=text, subject="Where is my order?",
        message_id=f"<bench-{number}@kvit.example>", body_hash=f"bench-{number}",
        in_reply_to=_answered(number, does, known),
    )  # fmt: skip


def _answered(number: int, does: str, known: int) -> str:
    if does == "reply":
        return filling.message_id(known, 3)
    return f"<elsewhere-{number}@other.example>" if does == "foreign" else ""


def _one_at_a_time(ours: Lane, bare: Lane) -> Iterator[Figure]:
    yield Figure(
        name="latency.p50", value=median(ours.times()), unit="ms", yardstick=median(bare.times()),
        said=f"an adapter's request until its committed answer, one at a time, on an idle desk "
        f"with {PAST.messages:,} messages; by turns from new customers, known ones, replies to us "
        "and to others.",
        beside="the bare lane, one at a time.", reach=Reach(ratio=2.0),
    )  # fmt: skip
    yield Figure(
        name="latency.p99", value=quantile(ours.times(), 0.99), unit="ms",
        yardstick=quantile(bare.times(), 0.99), said="the same, its 99th percentile.",
        beside="the bare lane's.", reach=Reach(value=15.0),
    )  # fmt: skip
    for does in DOES:
        yield Figure(
            name=f"latency.{does}.p50", value=median(ours.times(does)), unit="ms",
            yardstick=median(bare.times()), said=f"the median of those: {does}.",
            beside="the bare lane.",
        )  # fmt: skip


async def _in_a_row(ours: Lane, bare: Lane) -> Figure:
    mine, theirs = await alternating(ROWS, ours.row, bare.row)
    return Figure(
        name="latency.row.p50", value=median(mine) * 1_000, unit="ms",
        yardstick=median(theirs) * 1_000,
        said="the median without a pause between one answer and the next request: news, search "
        "and sender of the message before are still at work.",
        beside="the bare lane, likewise.",
    )  # fmt: skip


async def _together(ours: Lane, bare: Lane) -> Figure:
    mine, theirs = await alternating(TOGETHER_ROUNDS, ours.many, bare.many)
    return Figure(
        name="latency.throughput", value=median(mine), unit="messages/s", yardstick=median(theirs),
        said=f"messages committed and answered a second with {IN_FLIGHT} in flight.",
        beside="the bare lane's, as many in flight.",
    )  # fmt: skip
