"""The doors on the real bus: an invitation opens it, the key proves who asks, logout closes it."""

import asyncio
from collections.abc import Callable

import pytest

from router.nats.keys import new_pair
from tests.router.doors.on_nats import ROOT, House
from wire import codec, subjects
from wire.bus import BusError, NotAllowed
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

pytestmark = pytest.mark.program

ANA = new_pair(b"a" * 32)


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
