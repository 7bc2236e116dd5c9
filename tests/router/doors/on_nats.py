"""A desk with its agent doors on a real bus, and connections to it as anybody."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from router.admitting import Admitting
from router.announcing.announcer import Announcer
from router.attendance import Attendance
from router.doors.desk import Live
from router.doors.doors import Around, Doors
from router.nats import binary, keys
from router.nats.embedded import EmbeddedNats
from router.nats.keys import KeyPair, new_pair
from tests.router.desk import TestDesk, on_disk
from wire import subjects
from wire.data_folder import DataFolder
from wire.desk_client import Desk
from wire.messages.verbs import Invite, Login, SetAgent
from wire.nats_bus import Credential, NatsBus, connect

ROOT = new_pair(b"r" * 32)


@dataclass
class House:
    """A running desk, and connections to it."""

    desk: TestDesk
    nats: EmbeddedNats
    closing: AsyncExitStack
    folder: Path

    async def bus(self, agent: str, pair: KeyPair | None) -> NatsBus:
        credential = Credential(pair.seed if pair else "", f"_INBOX.{agent}")
        bus = await connect(self.nats.url, credential=credential, server=self.nats.name)
        self.closing.push_async_callback(bus.close)
        return bus

    async def desk_of(self, agent: str, pair: KeyPair | None) -> Desk:
        return Desk(await self.bus(agent, pair), agent, patience=1.0)

    async def logged_in(self, agent: str, *pairs: KeyPair, **facts: Any) -> None:
        """Make the agent, and let these consoles of theirs in."""
        root = await self.desk_of("root", ROOT)
        await root.call(SetAgent(agent=agent, **facts))
        for pair in pairs:
            code = (await root.call(Invite(agent=agent))).code
            door = await self.desk_of(subjects.DOOR, None)
            await door.call(Login(agent=agent, key=pair.public, code=code), timeout=20)


@contextlib.asynccontextmanager
async def desk_on_nats(tmp_path: Path) -> AsyncIterator[House]:
    folder = DataFolder(tmp_path / "desk")
    folder.make()
    async with (
        EmbeddedNats(folder, {}, binary.find()) as nats,
        on_disk(folder.root) as desk,
        AsyncExitStack() as closing,
    ):
        await desk.agent("root", role="admin", capacity=0)
        await desk.do(lambda work: work.tx.run("add_key", key=ROOT.public, agent="root",
                                               console="", now=work.now))  # fmt: skip
        made = House(desk, nats, closing, folder.root)
        answers = await made.bus("answers", keys.kept(folder.answers_key))
        attendance = Attendance()
        announcer = Announcer(desk.store, answers, attendance, epoch=desk.epoch,
                              clock=desk.lane.now)  # fmt: skip
        desk.lane._announce = announcer.announce
        admitting = Admitting(folder.root, desk.store)
        await admitting.refresh()
        live = Live(desk.epoch, "test", attendance, lambda: desk.lane.read_only)
        around = Around(live, admitting.asking, announcer, admit=admitting.refresh)
        await Doors(desk.lane, desk.store, answers, desk.policy, around).serve()
        telling = asyncio.create_task(announcer.run())
        yield made
        telling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await telling
