"""The agent at another desk, as a process of its own: answers what waits, settles what is unsure.

    python -m chaos.agents --data DIR --as ana --ledger FILE --replies 300 --after 3

It answers whoever has written so many messages. Told to end, it answers until there are `--least`
replies and until what became of each is known.
"""

import argparse
import asyncio
import contextlib
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from wire.bus import BusError
from wire.credentials import load_profile
from wire.desk_client import Desk, Refused
from wire.messages.desk import ConversationRow
from wire.messages.verbs import (
    Done,
    Heartbeat,
    Queue,
    QueuePage,
    Reply,
    Resend,
    Status,
    Timeline,
    TimelinePage,
)
from wire.nats_bus import connect

LOOK_EVERY, BEAT_EVERY = 0.5, 4.0
AT_ONCE = 12
# A reply that is not known to have gone for so long is looked at.
UNSURE_AFTER = 6.0
GONE = ("sent", "delivered", "read")


class Did(msgspec.Struct, frozen=True):
    """A line of the ledger. `again`: it was not known whether it arrived, and it went once more."""

    what: Literal["asked", "answered", "again"]
    token: str
    at: float
    message: int = 0


class Book:
    """Append-only; each line is with the system before `write` returns."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, did: Did) -> None:
        os.write(self._file, msgspec.json.encode(did) + b"\n")


def read(path: Path) -> Iterator[Did]:
    decoder = msgspec.json.Decoder(Did)
    for line in path.read_bytes().split(b"\n")[:-1]:
        yield decoder.decode(line)


class Tending:
    def __init__(self, desk: Desk, book: Book, *, replies: int, least: int, after: int) -> None:
        self._desk, self._book = desk, book
        self._replies, self._least, self._after = replies, least, after
        self._room = asyncio.Semaphore(AT_ONCE)
        self._busy: set[int] = set()
        self._count: Counter[int] = Counter()
        # Replies whose fate is open: message → (token, contact, when it was written).
        self._open: dict[int, tuple[str, int, float]] = {}
        self.asked = 0
        self.ending = asyncio.Event()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            beat = group.create_task(self._beat())
            while not await self._done():
                with contextlib.suppress(BusError, Refused):
                    await self._look(group)
                    await self._settle()
                await asyncio.sleep(LOOK_EVERY)
            beat.cancel()

    async def _done(self) -> bool:
        return (
            self.ending.is_set() and self.asked >= self._least and not self._busy and not self._open
        )

    async def _beat(self) -> None:
        while True:
            with contextlib.suppress(BusError, Refused):
                await self._desk.call(Heartbeat(console="chaos"))
            await asyncio.sleep(BEAT_EVERY)

    async def _look(self, group: asyncio.TaskGroup) -> None:
        topping_up = self.ending.is_set()
        most = self._least if topping_up else self._replies
        after = ""
        while True:
            page: QueuePage = await self._desk.call(Queue(view="mine", after=after, limit=200))
            for row in page.rows:
                if row.id in self._busy or self.asked >= most:
                    continue
                if topping_up or row.unanswered >= self._after:
                    self.asked += 1
                    self._busy.add(row.id)
                    group.create_task(self._answer(row))
            if not (after := page.next):
                return

    async def _answer(self, row: ConversationRow) -> None:
        """The same key until it is known that the desk has it."""
        self._count[row.id] += 1
        token = f"out{row.id}-{self._count[row.id]}"
        self._book.write(Did("asked", token, time.time()))
        ask = Reply(conversation=row.id, text=f"We are on it. [{token}]", anyway=True)
        async with self._room:
            while True:
                try:
                    done: Done = await self._desk.call(ask, key=token)
                    break
                except BusError:
                    await asyncio.sleep(0.2)
        self._book.write(Did("answered", token, time.time(), done.message))
        self._open[done.message] = (token, row.contact, time.time())
        self._busy.discard(row.id)

    async def _settle(self) -> None:
        """What has arrived is closed; what nobody knows goes once more."""
        status = await self._desk.call(Status())
        under_way = sum(status.outbox.get(state, 0) for state in ("held", "ready", "sending"))
        unsure = sum(status.outbox.get(state, 0) for state in ("ambiguous", "failed"))
        if not unsure and under_way and not self.ending.is_set():
            return
        late = [one for one in self._open.values() if time.time() - one[2] > UNSURE_AFTER]
        for contact in {contact for _, contact, _ in late}:
            page: TimelinePage = await self._desk.call(
                Timeline(contact=contact, limit=200, watch=False)
            )
            for message in page.messages:
                await self._close(message.id, message.state)

    async def _close(self, message: int, state: str) -> None:
        if message not in self._open:
            return
        token, contact, _ = self._open[message]
        if state in GONE:
            del self._open[message]
        elif state in ("ambiguous", "failed"):
            self._book.write(Did("again", token, time.time(), message))
            await self._desk.call(Resend(message=message), key=f"{token}-{time.time()}")
            self._open[message] = (token, contact, time.time())


async def main(options: argparse.Namespace) -> None:
    profile = load_profile(options.data, options.agent)
    bus = await connect(profile.url, credential=profile.credential, server=profile.server,
                        name="chaos agent", patient=True)  # fmt: skip
    desk = Desk(bus, profile.agent, patience=30.0)
    tending = Tending(
        desk, Book(options.ledger),
        replies=options.replies, least=options.least, after=options.after,
    )  # fmt: skip
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, tending.ending.set)
    try:
        await tending.run()
    finally:
        await bus.close()


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m chaos.agents")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--as", dest="agent", required=True)
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--replies", type=int, required=True)
    parser.add_argument("--least", type=int, default=0, help="so many before it ends")
    parser.add_argument("--after", type=int, default=3, help="messages that wait before a reply")
    return parser


if __name__ == "__main__":
    asyncio.run(main(arguments().parse_args()))
