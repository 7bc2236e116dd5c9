"""How many messages a second become durable while everybody is at work, and how that grows."""

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import apsw

from bench.kit import bare_lane, filling
from bench.kit.figure import Figure, Reach, alternating, median
from bench.kit.filling import ACCOUNT, KIND, Past
from bench.kit.program import PYTHON, plain_nats, running
from bench.kit.real_desk import adapter_bus, bus_and_router, data_folder
from bench.kit.talk import Talk
from router.nats import keys
from router.nats.embedded import EmbeddedNats
from router.nats.keys import KeyPair, new_pair
from wire import codec, subjects
from wire.bus import Bus
from wire.credentials import ADMIN
from wire.data_folder import DataFolder
from wire.desk_client import Desk
from wire.messages.channel import Accepted, Intake, MessageIn, Party, Taken
from wire.messages.verbs import Heartbeat, SetPresence, Status, Timeline
from wire.nats_bus import Credential, connect

SMALL, LARGE = 100_000, 1_000_000
AGENTS, CONSOLES = 50, 3
IN_FLIGHT, SIZE = 256, 600
# One in so many is a customer who never wrote before.
NEW = 5
WARM, ROUNDS, SECONDS = 1.0, 5, 2.0
CATCH_UP = 60.0


async def figures() -> AsyncIterator[Figure]:
    small = await measured(SMALL)
    large = await measured(LARGE)
    yield Figure(
        name="intake.rate", value=large.rate, unit="messages/s", yardstick=large.bare,
        said=f"messages committed and answered a second with {LARGE:,} stored, {IN_FLIGHT} in "
        f"flight, {SIZE} characters each, one in {NEW} from a new contact, {AGENTS} agents online "
        f"and {CONSOLES} consoles that hear the news.",
        beside=f"the bare lane, as many in flight on a store of {LARGE:,}.",
        reach=Reach(at_least=4_000.0, ratio_at_least=0.3),
    )  # fmt: skip
    yield Figure(
        name="intake.growth", value=large.rate, unit="messages/s", yardstick=small.rate,
        said=f"the same with {LARGE:,} stored.", beside=f"with {SMALL:,} stored.",
        reach=Reach(ratio_at_least=0.8),
    )  # fmt: skip
    yield Figure(
        name="intake.search_behind", value=large.behind, unit="s",
        said="after the last of them was answered, until the search index has all.",
        reach=Reach(value=5.0),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """Messages a second of ours and of the bare lane, and the seconds that search was behind."""

    rate: float
    bare: float
    behind: float


class NotTaken(Exception):
    """The lane that is measured did not accept a message."""


class Miscounted(Exception):
    """What the desk counts is not what stands in its tables."""


@dataclass
class Customers:
    """They write at once, so many in flight; `taken` counts what was answered."""

    bus: Bus
    subject: str
    letters: Iterator[bytes]
    taken: int = 0
    seconds: float = SECONDS

    async def write(self) -> float:
        """For some seconds; messages a second."""
        before, began = self.taken, time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(IN_FLIGHT):
                group.create_task(self._until(began + self.seconds))
        return (self.taken - before) / (time.perf_counter() - began)

    async def one_by_one(self, count: int) -> float:
        """So many, one after another; the median of their milliseconds."""
        times = []
        for _ in range(count):
            began = time.perf_counter()
            await self._one()
            times.append((time.perf_counter() - began) * 1_000)
        return median(times)

    async def _until(self, end: float) -> None:
        while time.perf_counter() < end:
            await self._one()

    async def _one(self) -> None:
        answer = await self.bus.request(self.subject, next(self.letters), timeout=30)
        taken = codec.decode(answer, Taken)
        if not isinstance(taken, Accepted):
            raise NotTaken(str(taken))
        self.taken += 1


async def measured(stored: int) -> Measured:
    past = Past(conversations=stored // filling.PER_CONVERSATION, waiting=stored // 1_000)
    with data_folder() as folder:
        filling.fill(folder, past)
        places = seats(folder)
        async with AsyncExitStack() as stack:
            bus = await stack.enter_async_context(bus_and_router(folder))
            desk = await stack.enter_async_context(at_work(bus, places))
            ours = await customers(stack, folder, bus, past)
            theirs = await _bare(stack, folder, past)
            await alternating(1, ours.write, theirs.write)
            mine, bare = await alternating(ROUNDS, ours.write, theirs.write)
            behind = await _caught_up(desk)
            admin = await stack.enter_async_context(_admin(folder, bus))
            _recounted(folder, past, ours.taken, await admin.call(Status()))
    return Measured(median(mine), median(bare), behind)


async def customers(
    stack: AsyncExitStack, folder: DataFolder, bus: EmbeddedNats, past: Past
) -> Customers:
    as_adapter = await adapter_bus(folder, bus)
    stack.push_async_callback(as_adapter.close)
    return Customers(as_adapter, subjects.intake(KIND, ACCOUNT), _letters(past))


async def _bare(stack: AsyncExitStack, folder: DataFolder, past: Past) -> Customers:
    url = await stack.enter_async_context(plain_nats())
    file = str(Path(folder.root) / "bare.db")
    command = [PYTHON, "-m", bare_lane.__name__, url, file, str(past.messages)]
    await stack.enter_async_context(running(command, ready=bare_lane.READY))
    plain = await connect(url)
    stack.push_async_callback(plain.close)
    return Customers(plain, bare_lane.REQUEST, _letters(past))


def _letters(past: Past) -> Iterator[bytes]:
    """New customers, and known ones who answer in their conversation or begin a topic."""
    chance, talk = random.Random(1), Talk(1)
    texts = [talk.text("en", SIZE) for _ in range(256)]
    for number in count():
        known = chance.randint(1, past.conversations)
        new = number % NEW == 0
        address = f"new-{number}@kvit.example" if new else filling.customer(known)
        answers = "" if new or number % 2 else filling.message_id(known, 3)
        event = MessageIn(
            id=f"bench-{number}", remote=address, sender=Party(address=address, name="Olga"),
            at=time.time(), text=texts[number % len(texts)], subject="Where is my order?",
            message_id=f"<bench-{number}@kvit.example>", body_hash=f"bench-{number}",
            in_reply_to=answers,
        )  # fmt: skip
        yield codec.encode(Intake(event=event))


# --- people at work ----------------------------------------------------------------------------


def seats(folder: DataFolder) -> dict[str, KeyPair]:
    """Agents who are let in, by name."""
    pairs = {f"busy-{number}": new_pair(secrets.token_bytes(32)) for number in range(AGENTS)}
    desk = apsw.Connection(str(folder.database))
    with contextlib.closing(desk), desk:
        for agent, pair in pairs.items():
            desk.execute(
                "INSERT INTO agents (id, name, teams, presence) VALUES (?, ?, ?, 'offline')",
                (agent, agent, f'["{filling.TEAM}"]'),
            )
            desk.execute(
                "INSERT INTO agent_keys (key, agent, made) VALUES (?, ?, 0)", (pair.public, agent)
            )
    return pairs


@contextlib.asynccontextmanager
async def at_work(bus: EmbeddedNats, seats: dict[str, KeyPair]) -> AsyncIterator[Desk]:
    """Everybody is online and beats; the first few hear their news. Yields the admin's desk."""
    async with AsyncExitStack() as stack:
        beating = []
        for place, (agent, pair) in enumerate(seats.items()):
            seat = await connect(
                bus.url, credential=Credential(pair.seed, f"_INBOX.{agent}"), server=bus.name
            )
            stack.push_async_callback(seat.close)
            if place < CONSOLES:
                await _console(seat, agent, place + 1)
            desk = Desk(seat, agent)
            await desk.call(SetPresence(presence="online"))
            beating.append(asyncio.create_task(_beat(desk)))
        stack.callback(lambda: [task.cancel() for task in beating])
        yield Desk(seat, agent)


@contextlib.asynccontextmanager
async def _admin(folder: DataFolder, bus: EmbeddedNats) -> AsyncIterator[Desk]:
    """Who sees the numbers of the whole desk."""
    seed = keys.kept(folder.admin_key).seed
    link = await connect(bus.url, credential=Credential(seed, f"_INBOX.{ADMIN}"), server=bus.name)
    try:
        yield Desk(link, ADMIN)
    finally:
        await link.close()


async def _console(bus: Bus, agent: str, contact: int) -> None:
    heard: list[int] = []
    for subject in (subjects.news_agent(agent), subjects.news_team(filling.TEAM)):
        await bus.listen(subject, lambda _, payload: heard.append(len(payload)))
    await Desk(bus, agent).call(Timeline(contact=contact))


async def _beat(desk: Desk) -> None:
    while True:
        await desk.call(Heartbeat(console="bench"), timeout=30)
        await asyncio.sleep(5)


# --- afterwards --------------------------------------------------------------------------------


async def _caught_up(desk: Desk) -> float:
    began = time.perf_counter()
    while (await desk.call(Status(), timeout=30)).search_behind:
        if time.perf_counter() - began > CATCH_UP:
            break
        await asyncio.sleep(0.1)
    return time.perf_counter() - began


def _recounted(folder: DataFolder, past: Past, taken: int, status: object) -> None:
    """Every accepted message stands in the tables once, and the maintained counters say so."""
    desk = apsw.Connection(str(folder.database), flags=apsw.SQLITE_OPEN_READONLY)
    with contextlib.closing(desk):
        stored = desk.execute("SELECT count(*) FROM messages WHERE author_is = 'customer'").get
        everything = desk.execute("SELECT count(*) FROM messages").get
    expected = past.messages * 3 // filling.PER_CONVERSATION + taken
    if stored != expected or everything != status.messages:  # type: ignore[attr-defined]
        raise Miscounted(f"{stored} stored, {expected} taken, {everything} rows, {status}")
