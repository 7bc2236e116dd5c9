"""From an adapter's request until the words stand in a console, while the desk is busy."""

import asyncio
import re
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bench.kit import filling, told_app
from bench.kit.figure import Figure, Reach, alternating, quantile
from bench.kit.filling import ACCOUNT, ADMIN, KIND, Past
from bench.kit.program import PYTHON, ROOT, plain_nats
from bench.kit.real_desk import adapter_bus, bus_and_router, data_folder
from tests.servers.pty_console import ASKS_FOR_FRAMES, PtyConsole
from wire import codec, subjects
from wire.bus import Bus
from wire.messages.channel import Intake, MessageIn, Party
from wire.nats_bus import connect

PAST = Past(conversations=20_000, waiting=200, held=6)
A_SECOND, ROUNDS, SECONDS = 50, 6, 5.0
# One in so many is for the conversation that is open; the others come elsewhere in the desk.
OPEN = 5
WITHIN = 5.0
TOKEN = re.compile(rb"zq(\d{6})qz")
ENGLISH = {"LC_ALL": "C.UTF-8"}
# The open conversation is the first of the list: of those that the agent holds, the one due first.
OPENED = PAST.conversations - PAST.waiting


async def figures() -> AsyncIterator[Figure]:
    with data_folder() as folder:
        filling.fill(folder, PAST)
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(plain_nats())
            bare_bus = await connect(url)
            stack.push_async_callback(bare_bus.close)
            told = stack.enter_context(_terminal([PYTHON, "-m", told_app.__name__, url]))
            await told.shows(told_app.READY)
            desk_bus = await stack.enter_async_context(bus_and_router(folder))
            adapter = await adapter_bus(folder, desk_bus)
            stack.push_async_callback(adapter.close)
            command = [PYTHON, "-m", "console", "--data", str(folder.root), "--agent", ADMIN]
            console = stack.enter_context(_terminal(command))
            await console.shows(f"Customer {OPENED}")
            console.press("enter")
            await console.shows("waiting for you since")
            ours = Telling(console, lambda number: _customer(adapter, number))
            bare = Telling(told, lambda number: _line(bare_bus, number))
            await alternating(1, ours.some, bare.some)
            ours.took.clear()
            bare.took.clear()
            await alternating(ROUNDS, ours.some, bare.some)
    for share, most in ((0.5, 80.0), (0.99, 250.0)):
        yield Figure(
            name=f"paint.p{share * 100:g}", value=quantile(ours.took, share) * 1e3, unit="ms",
            yardstick=quantile(bare.took, share) * 1e3,
            said=f"from the request of a customer's message (it is committed within) until its "
            f"words were written to the terminal of a console that has its conversation open, at "
            f"{A_SECOND} messages/s of which one in {OPEN} is for it; {share:.0%} of "
            f"{len(ours.took):,}.",
            beside="a Textual app that writes a line into its log when it is told over a bus.",
            reach=Reach(value=most),
        )  # fmt: skip


class NotPainted(Exception):
    """A message did not appear."""


class Watched(PtyConsole):
    """A terminal that looks at raw bytes only, and knows when each token came first."""

    def __init__(self, command: Sequence[str], **more: Any) -> None:
        self.came: dict[int, float] = {}
        super().__init__(command, columns=160, rows=48, cwd=ROOT, **more)

    def _paint(self, data: bytes) -> None:
        now = time.perf_counter()
        if ASKS_FOR_FRAMES in data:
            super()._paint(data)
        for token in TOKEN.findall(bytes(self.raw[-len(data) - 16 :])):
            self.came.setdefault(int(token), now)

    async def shows(self, *texts: str) -> None:
        """Return once all of them were painted."""
        raw = [text.encode() for text in texts]
        for _ in range(600):
            if all(text in self.raw for text in raw):
                return
            await asyncio.sleep(0.05)
        raise NotPainted(str(texts))


@contextmanager
def _terminal(command: Sequence[str]) -> Iterator["Watched"]:
    with tempfile.TemporaryDirectory() as home:
        env = {"HOME": home, "XDG_STATE_HOME": home, **ENGLISH}
        with Watched(command, env=env) as terminal:
            yield terminal


@dataclass
class Telling:
    """Says so many things a second, in time whatever they take; `took` is seconds until painted."""

    terminal: Watched
    say: Callable[[int], Awaitable[None]]
    took: list[float] = field(default_factory=list)
    began: dict[int, float] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=count)

    async def some(self) -> float:
        """A round; the median of those that were to be seen."""
        self.began.clear()
        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for place in range(int(A_SECOND * SECONDS)):
                await asyncio.sleep(max(0.0, start + place / A_SECOND - time.perf_counter()))
                group.create_task(self._one(next(self._numbers)))
        took = [await self._painted(token) - began for token, began in self.began.items()]
        self.took += took
        return quantile(took, 0.5)

    async def _one(self, number: int) -> None:
        if number % OPEN == 0:
            self.began[number] = time.perf_counter()
        await self.say(number)

    async def _painted(self, token: int) -> float:
        give_up = time.perf_counter() + WITHIN
        while token not in self.terminal.came:
            if time.perf_counter() > give_up:
                raise NotPainted(f"message {token}")
            await asyncio.sleep(0.05)
        return self.terminal.came[token]


async def _customer(bus: Bus, number: int) -> None:
    """One message: for the conversation that is open, or for another one."""
    known = OPENED if number % OPEN == 0 else 1 + number % (OPENED - 1)
    address = filling.customer(known)
    event = MessageIn(
        id=f"paint-{number}", remote=address, sender=Party(address=address, name="Olga"),
        at=time.time(), text=f"zq{number:06d}qz where is my order?", subject="order",
        message_id=f"<paint-{number}@kvit.example>", body_hash=f"paint-{number}",
        in_reply_to=filling.message_id(known, 3),
    )  # fmt: skip
    intake = codec.encode(Intake(event=event))
    await bus.request(subjects.intake(KIND, ACCOUNT), intake, timeout=30)


async def _line(bus: Bus, number: int) -> None:
    if number % OPEN == 0:
        await bus.publish(told_app.NEWS, f"zq{number:06d}qz where is my order?".encode())
