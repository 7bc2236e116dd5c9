"""Simulated colleagues, a process of their own: they do what is given to them, at a human pace.

    python -m cordboard.demo.colleagues --data DIR --keys DIR

`--keys` is a folder with one nkey seed per agent, `bo.nk`. They never take work from the queue and
never touch what the human has.
"""

import argparse
import asyncio
import contextlib
import logging
import random
import signal
from pathlib import Path

from cordboard.demo.answering import Step, next_step
from cordboard.demo.staff import COLLEAGUES, STAFF, YOU, Member
from wire.bus import BusError
from wire.credentials import place
from wire.desk_client import Desk, Refused
from wire.messages.desk import ConversationRow, MessageRow
from wire.messages.verbs import (
    Comment,
    Heartbeat,
    Queue,
    QueuePage,
    Reply,
    Resolve,
    SetPresence,
    Timeline,
    TimelinePage,
    Transfer,
)
from wire.nats_bus import Credential, connect

log = logging.getLogger("cordboard.demo.colleagues")

# Seconds at speed 1.
LOOKS_EVERY = 1.5
BEATS_EVERY = 5.0
READS = (2.0, 9.0)
TYPES_PER_SECOND = 17.0
LONGEST_TYPING = 25.0
BREAK = (20.0, 60.0)
BREAKS_OFTEN = 0.01
# After a last word nobody answers for so long, and the matter is closed.
CLOSES_AFTER = 75.0


class Colleague:
    """One of them. Does one thing at a time, what is due first."""

    def __init__(self, desk: Desk, me: Member, chance: random.Random, speed: float) -> None:
        self._desk = desk
        self._me = me
        self._chance = chance
        self._speed = speed
        self._looking_at = 0
        self._writing = False

    async def work(self) -> None:
        """For ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._beat(), name=f"{self._me.id} beats")
            group.create_task(self._serve(), name=f"{self._me.id} works")

    async def _serve(self) -> None:
        while True:
            try:
                await self._come()
                await self._round()
            except (BusError, Refused) as error:
                log.info("%s: %s", self._me.id, error)
            await asyncio.sleep(LOOKS_EVERY / self._speed)

    async def _come(self) -> None:
        await self._desk.call(SetPresence(presence="online"))

    async def _round(self) -> None:
        while True:
            page: QueuePage = await self._desk.call(Queue(view="mine", limit=50))
            row = next((row for row in page.rows if row.unanswered), None)
            if row is not None:
                await self._attend(row)
            else:
                await self._close_old(page)
                await self._rest()
                await asyncio.sleep(LOOKS_EVERY / self._speed)

    async def _rest(self) -> None:
        if self._chance.random() > BREAKS_OFTEN:
            return
        await self._desk.call(SetPresence(presence="break"))
        await self._pause(*BREAK)
        await self._come()

    # --- one conversation ----------------------------------------------------------------------

    async def _attend(self, row: ConversationRow) -> None:
        self._looking_at = row.id
        page: TimelinePage = await self._desk.call(Timeline(contact=row.contact, limit=60))
        await self._pause(*READS)
        step = next_step(row, page.messages, self._me, self._chance)
        await self._do(row, step, page.messages)
        self._looking_at = 0

    async def _do(self, row: ConversationRow, step: Step, messages: tuple[MessageRow, ...]) -> None:
        if step.comment:
            await self._desk.call(Comment(conversation=row.id, text=step.comment))
        if step.say:
            await self._type(step.say)
            seen = max((message.id for message in messages), default=0)
            await self._desk.call(Reply(conversation=row.id, text=step.say, seen=seen))
        if step.resolve:
            await self._desk.call(Resolve(conversation=row.id))
        if step.hand_over:
            await self._desk.call(Transfer(conversation=row.id, agent=YOU, note=step.hand_over))

    async def _type(self, text: str) -> None:
        self._writing = True
        try:
            await self._tell_where()
            await asyncio.sleep(min(len(text) / TYPES_PER_SECOND, LONGEST_TYPING) / self._speed)
        finally:
            self._writing = False

    async def _close_old(self, page: QueuePage) -> None:
        """Answered, and quiet since: that was it."""
        now = max((row.last_at for row in page.rows), default=0.0)
        for row in page.rows:
            if row.last_by == "agent" and now - row.last_at > CLOSES_AFTER / self._speed:
                await self._desk.call(Resolve(conversation=row.id))

    # --- being there ---------------------------------------------------------------------------

    async def _beat(self) -> None:
        while True:
            await self._tell_where()
            await asyncio.sleep(BEATS_EVERY)

    async def _tell_where(self) -> None:
        beat = Heartbeat(
            console=f"demo-{self._me.id}", conversation=self._looking_at, writing=self._writing
        )
        with contextlib.suppress(BusError, Refused):
            await self._desk.call(beat)

    async def _pause(self, least: float, most: float) -> None:
        await asyncio.sleep(self._chance.uniform(least, most) / self._speed)


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cordboard.demo.colleagues")
    parser.add_argument("--data", required=True, type=Path, help="the desk's data folder")
    parser.add_argument("--keys", required=True, type=Path, help="folder of AGENT.nk")
    parser.add_argument("--everybody", action="store_true", help="nobody is at the console")
    parser.add_argument("--speed", type=float, default=1.0, help="how hurried they are")
    parser.add_argument("--seed", type=int, default=7)
    return parser


async def main(asked: argparse.Namespace) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as group:
        working = [
            group.create_task(_employ(member, asked), name=member.id)
            for member in (STAFF if asked.everybody else COLLEAGUES)
        ]
        await stop.wait()
        for task in working:
            task.cancel()


async def _employ(member: Member, asked: argparse.Namespace) -> None:
    """At work, and offline again at the end of it."""
    seed = (asked.keys / f"{member.id}.nk").read_text("ascii").strip()
    at = place(asked.data)
    credential = Credential(seed, f"_INBOX.{member.id}", at.ca)
    bus = await connect(at.url, credential=credential, name=member.id, server=at.server)
    desk = Desk(bus, member.id)
    chance = random.Random(f"{asked.seed} {member.id}")  # noqa: S311
    try:
        await Colleague(desk, member, chance, asked.speed).work()
    finally:
        with contextlib.suppress(BusError, Refused):
            await desk.call(SetPresence(presence="offline"))
        await bus.close()


if __name__ == "__main__":
    asyncio.run(main(arguments().parse_args()))
