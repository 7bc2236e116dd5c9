"""A desk with its agent doors on a bus in memory: who asks is who the connection says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import msgspec

from router.announcing.announcer import Announcer
from router.attendance import Attendance
from router.doors.desk import Live
from router.doors.doors import Around, Doors, named_by_user
from router.search.index import SearchIndex
from tests.router.desk import TestDesk
from wire import codec, subjects
from wire.desk_client import answered
from wire.memory_bus import Hub, MemoryBus
from wire.messages.capabilities import Capabilities
from wire.messages.news import Beat, News
from wire.messages.verbs import Ask, Call

EMAIL = Capabilities(kind="email", subject=True, recipients=True, can_start=True, attachments=True,
                     undo=5.0, enter_sends=False)  # fmt: skip
CHAT = Capabilities(kind="webchat", typing=True, text_limit=4_000)
_keys = count(1)


@dataclass
class Office:
    """The desk, its doors, and a connection as anybody."""

    desk: TestDesk
    hub: Hub
    doors: Doors
    announcer: Announcer
    attendance: Attendance
    admitted: list[float] = field(default_factory=list)

    async def ask(self, agent: str, ask: Ask, *, key: str = "") -> Any:
        """The verb's answer. Raises Refused (of the wire's client)."""
        return answered(ask, await self.raw(agent, ask, key=key))

    async def raw(self, agent: str, ask: Ask, *, key: str = "", user: str = "") -> bytes:
        call = Call(body=msgspec.Raw(codec.encode(ask)), key=key or f"key-{next(_keys)}")
        bus = MemoryBus(self.hub, user or agent)
        return await bus.request(subjects.rpc(agent, ask.verb), codec.encode(call))

    async def hears(self, subject: str) -> list[News]:
        """What is told on a subject from now on, without beats."""
        heard: list[News] = []

        def listening(_: str, payload: bytes) -> None:
            news = codec.decode(payload, News)
            assert isinstance(news, News)
            if not isinstance(news.body, Beat):
                heard.append(news)

        await MemoryBus(self.hub).listen(subject, listening)
        return heard

    async def tell(self) -> None:
        """Tell what was committed, numbers included, and let it arrive."""
        await self.announcer.tell()
        await self.announcer.tell_numbers()
        await asyncio.sleep(0)

    async def account(self, kind: str, account: str, can: Capabilities) -> None:
        await self.desk.do(
            lambda work: work.tx.run(
                "announce_account", kind=kind, account=account, address=f"{account}@desk.example",
                title=account.title(), capabilities=codec.encode(can).decode(),
            )
        )  # fmt: skip

    async def team(self, team: str) -> None:
        await self.desk.do(lambda work: work.tx.run("ensure_team", id=team, name=team.title()))


@contextlib.asynccontextmanager
async def opened(desk: TestDesk, search: SearchIndex | None = None) -> AsyncIterator[Office]:
    """Two teams, mail and chat, and the doors open."""
    hub, attendance, admitted = Hub(), Attendance(), list[float]()
    bus = MemoryBus(hub)
    announcer = Announcer(desk.store, bus, attendance, epoch=desk.epoch, clock=desk.lane.now)
    desk.lane._announce = announcer.announce

    async def admit() -> None:
        admitted.append(desk.clock)

    live = Live(desk.epoch, "test", attendance, lambda: desk.lane.read_only)
    around = Around(live, named_by_user, announcer, search=search, admit=admit)
    doors = Doors(desk.lane, desk.store, bus, desk.policy, around)
    stop = await doors.serve()
    office = Office(desk, hub, doors, announcer, attendance, admitted)
    for team in ("support", "sales"):
        await office.team(team)
    await office.account("email", "support", EMAIL)
    await office.account("webchat", "site", CHAT)
    yield office
    await stop()
