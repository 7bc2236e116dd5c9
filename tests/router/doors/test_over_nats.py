"""The doors on the real bus: an invitation opens it, the key proves who asks, logout closes it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from router.admitting import Admitting
from router.announcing.announcer import Announcer
from router.attendance import Attendance
from router.doors.desk import Live
from router.doors.doors import Around, Doors
from router.nats import binary, keys
from router.nats.embedded import EmbeddedNats
from router.nats.keys import KeyPair, new_pair
from tests.router.desk import TestDesk, on_disk
from wire import codec, subjects
from wire.bus import BusError, NotAllowed
from wire.data_folder import DataFolder
from wire.desk_client import Desk, Refused
from wire.messages.news import ConversationIs, News
from wire.messages.verbs import (
    Comment,
    Hello,
    Invite,
    Login,
    Logout,
    Queue,
    SetAgent,
    SetPresence,
    SetTeam,
)
from wire.nats_bus import Credential, NatsBus, connect

pytestmark = pytest.mark.program

ROOT, ANA = new_pair(b"r" * 32), new_pair(b"a" * 32)


@dataclass
class House:
    """A running desk, and connections to it."""

    desk: TestDesk
    nats: EmbeddedNats
    closing: AsyncExitStack

    async def bus(self, agent: str, pair: KeyPair | None) -> NatsBus:
        credential = Credential(pair.seed if pair else "", f"_INBOX.{agent}")
        bus = await connect(self.nats.url, credential=credential, server=self.nats.name)
        self.closing.push_async_callback(bus.close)
        return bus

    async def desk_of(self, agent: str, pair: KeyPair | None) -> Desk:
        return Desk(await self.bus(agent, pair), agent, patience=1.0)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
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
        made = House(desk, nats, closing)
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


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


async def _served_no_more(desk: Desk) -> None:
    """Ask until it is refused: the bus is told behind the answer."""
    async with asyncio.timeout(20):
        while True:
            await desk.call(Hello(), timeout=1)


async def test_invited_logged_in_served_told_and_logged_out(house: House) -> None:
    root = await house.desk_of("root", ROOT)
    await root.call(SetTeam(team="support", name="Support"))
    await root.call(SetAgent(agent="ana", name="Ana", teams=("support",)))
    invitation = await root.call(Invite(agent="ana"))

    with pytest.raises(NotAllowed):
        await house.bus("ana", ANA)
    door = await house.desk_of(subjects.DOOR, None)
    await door.call(Login(agent="ana", key=ANA.public, code=invitation.code))

    bus = await house.bus("ana", ANA)
    ana = Desk(bus, "ana")
    heard: list[News] = []

    def listening(_: str, payload: bytes) -> None:
        news = codec.decode(payload, News)
        assert isinstance(news, News)
        heard.append(news)

    await bus.listen(subjects.news_agent("ana"), listening)
    await ana.call(SetPresence(presence="online"))
    await house.desk.mail("1", "Where is it?")
    await _until(lambda: any(isinstance(news.body, ConversationIs) for news in heard))
    assert [row.last_text for row in (await ana.call(Queue())).rows] == ["Where is it?"]

    await ana.call(Logout(key=ANA.public))
    with pytest.raises((Refused, BusError)):
        await _served_no_more(ana)


async def test_nobody_speaks_for_another(house: House) -> None:
    root = await house.desk_of("root", ROOT)
    await root.call(SetTeam(team="support", name="Support"))
    await root.call(SetAgent(agent="ana", teams=("support",)))
    invitation = await root.call(Invite(agent="ana"))
    door = await house.desk_of(subjects.DOOR, None)
    await door.call(Login(agent="ana", key=ANA.public, code=invitation.code))
    await house.desk.mail("1")
    bus = await house.bus("ana", ANA)
    with pytest.raises(BusError):  # the server lets her ask at her own door only
        await Desk(bus, "root", patience=0.1).call(Comment(conversation=1, text="x"), timeout=0.3)
    with pytest.raises(BusError):  # and the open door opens nothing but itself
        await (await house.desk_of(subjects.DOOR, None)).call(Hello(), timeout=0.3)
    assert await house.desk.one("SELECT count(*) FROM messages WHERE author_is = 'comment'") == 0
