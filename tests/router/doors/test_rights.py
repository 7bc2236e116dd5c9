"""Rights that change while consoles are connected take effect, on the real bus."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from router.nats.keys import new_pair
from tests.router.doors.office import Office
from tests.router.doors.on_nats import ROOT, House
from wire import codec, subjects
from wire.bus import BusError, LinkDown, NotAllowed
from wire.desk_client import Desk, Refused
from wire.messages.news import Beat, News
from wire.messages.verbs import (
    Assign,
    Heartbeat,
    Hello,
    Logout,
    ReadLedger,
    SetAgent,
    SetSkill,
    SetTeam,
    Timeline,
    Transfer,
)
from wire.nats_bus import NatsBus

pytestmark = pytest.mark.program

ANA, PHONE = new_pair(b"a" * 32), new_pair(b"p" * 32)


class Console:
    """An agent at a console: what they are told, and what they are answered."""

    def __init__(self, agent: str, bus: NatsBus) -> None:
        self.agent, self.bus = agent, bus
        self.desk = Desk(bus, agent, patience=0.5)
        self.heard: list[tuple[str, News]] = []

    async def listen(self, *teams: str) -> None:
        wanted = [subjects.news_agent(self.agent), *map(subjects.news_team, teams)]
        for subject in wanted:
            await self.bus.listen(subject, self._news)

    def _news(self, subject: str, payload: bytes) -> None:
        news = codec.decode(payload, News)
        assert isinstance(news, News)
        if not isinstance(news.body, Beat):
            self.heard.append((subject, news))

    def on(self, subject: str) -> list[Any]:
        return [news.body for heard, news in self.heard if heard == subject]

    async def refused(self, ask: Any) -> str:
        try:
            await self.desk.call(ask, timeout=1)
        except Refused as refused:
            return refused.no.code
        except BusError as error:
            return type(error).__name__
        return ""

    async def settled(self) -> None:
        """Whatever the bus had to say to this console has been said."""
        await until(lambda: self.bus.connected)
        await self.bus.rtt()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


async def until_refused(console: Console, ask: Any) -> str:
    async with asyncio.timeout(20):
        while not (code := await console.refused(ask)):
            await asyncio.sleep(0.01)
    return code


@pytest.fixture
async def root(house: House) -> Desk:
    desk = await house.desk_of("root", ROOT)
    for team in ("support", "sales"):
        await desk.call(SetTeam(team=team, name=team.title()))
    return desk


async def console(house: House, pair: Any = ANA, *teams: str, agent: str = "ana") -> Console:
    made = Console(agent, await house.bus(agent, pair))
    await made.listen(*teams)
    return made


async def test_who_is_switched_off_is_cut_off(house: House, root: Desk) -> None:
    await house.logged_in("ana", ANA, PHONE, teams=("support",))
    both = [await console(house, pair, "support") for pair in (ANA, PHONE)]
    await root.call(SetAgent(agent="ana", enabled=False))
    assert await until_refused(both[0], Hello())
    for one in both:
        await until(lambda one=one: not one.bus.connected)  # type: ignore[misc]
    heard = [len(one.heard) for one in both]
    await house.desk.mail("1")
    with pytest.raises(BusError):
        await house.bus("ana", ANA)
    assert [len(one.heard) for one in both] == heard


async def test_who_is_switched_off_is_refused_before_the_bus_knows(
    house: House, root: Desk
) -> None:
    """The bus is told behind the answer; SQL is asked each time."""
    await house.logged_in("ana", ANA, teams=("support",))
    ana = await console(house, ANA, "support")
    await house.desk.do(
        lambda work: work.tx._connection.execute("UPDATE agents SET enabled = 0 WHERE id = 'ana'")
    )
    assert await ana.refused(Hello()) == "forbidden"
    assert ana.bus.connected


async def test_a_revoked_console_is_cut_off_and_the_agents_other_one_works(
    house: House, root: Desk
) -> None:
    await house.logged_in("ana", ANA, PHONE, teams=("support",))
    laptop, phone = await console(house, ANA, "support"), await console(house, PHONE, "support")
    await root.call(Logout(key=PHONE.public))
    assert await until_refused(phone, Hello())
    await until(lambda: not phone.bus.connected)
    with pytest.raises(LinkDown):
        await phone.bus.request("rpc.ana.hello", b"{}")
    await laptop.settled()
    assert await laptop.refused(Hello()) == ""
    await house.desk.mail("1")
    await until(lambda: bool(laptop.on("news.team.support")))
    assert phone.on("news.team.support") == []


async def test_who_leaves_a_team_hears_and_gets_no_more_of_it(house: House, root: Desk) -> None:
    await house.logged_in("ana", ANA, teams=("support",))
    await house.logged_in("bo", PHONE, teams=("support",))
    ana, bo = await console(house, ANA, "support"), await console(house, PHONE, agent="bo")
    await bo.bus.listen(subjects.news_team("support"), bo._news)
    await house.desk.mail("1", "first words")
    await until(lambda: bool(ana.on("news.team.support")))
    await ana.desk.call(Timeline(contact=1))  # open: its news come to ana
    await ana.desk.call(Heartbeat(console="x", conversation=1))

    await root.call(SetAgent(agent="ana", teams=("sales",)))
    assert await ana.refused(Timeline(contact=1)) == "forbidden"  # at once
    await until_not_let(house, "support")
    await ana.settled()
    ana.heard.clear()
    bo.heard.clear()
    await house.desk.mail("2", "words that are not for ana")
    await until(lambda: bool(bo.on("news.team.support")))
    await ana.settled()
    assert ana.on("news.team.support") == []
    assert not any("not for ana" in str(body) for body in ana.on("news.agent.ana"))


async def until_not_let(house: House, team: str) -> None:
    """The bus's list has no agent `ana` who hears this team."""
    from router.nats import served
    from wire.data_folder import DataFolder

    folder = DataFolder(house.folder)

    def let() -> bool:
        listed = {agent.agent: agent.teams for agent in served.people(folder)}
        return team in listed.get("ana", ())

    await until(lambda: not let())
    # The list is written before the server has read it: a login is answered after both.
    await house.logged_in("zoe", new_pair(b"z" * 32))


async def test_who_joins_a_team_hears_it(house: House, root: Desk) -> None:
    await house.logged_in("ana", ANA, teams=("sales",))
    ana = await console(house, ANA, "sales")
    await root.call(SetAgent(agent="ana", teams=("sales", "support")))
    await house.logged_in("zoe", new_pair(b"z" * 32))
    await ana.settled()
    await ana.bus.listen(subjects.news_team("support"), ana._news)
    await house.desk.mail("1")
    await until(lambda: bool(ana.on("news.team.support")))
    assert await ana.refused(Timeline(contact=1)) == ""


async def test_a_lead_who_is_one_no_more_sees_their_teams_only(house: House, root: Desk) -> None:
    await house.logged_in("ana", ANA, teams=("sales",), role_is="lead")
    ana = await console(house, ANA, "sales", "support")
    await house.desk.mail("1")
    await until(lambda: bool(ana.on("news.team.support")))
    assert await ana.refused(ReadLedger()) == ""
    await root.call(SetAgent(agent="ana", role_is="agent"))
    for ask in (ReadLedger(), Timeline(contact=1)):
        assert await ana.refused(ask) == "forbidden"
    await until_not_let(house, "support")
    await ana.settled()
    ana.heard.clear()
    await house.desk.mail("2")
    heard: list[bytes] = []
    answers = await house.bus("root", ROOT)
    await answers.listen(subjects.news_team("support"), lambda _, payload: heard.append(payload))
    await house.desk.mail("3")
    await until(lambda: bool(heard))
    await ana.settled()
    assert ana.on("news.team.support") == []


async def test_a_new_team_is_heard_by_who_leads(house: House, root: Desk) -> None:
    lead = await console(house, ROOT, agent="root")
    await root.call(SetTeam(team="night", name="Night"))
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(NotAllowed):
                await lead.listen("night")
                break
    await house.desk.mail("1")
    await root.call(Transfer(conversation=1, team="night"))
    await until(lambda: bool(lead.on("news.team.night")))


async def test_what_one_may_not_hear_is_said_and_not_silent(house: House, root: Desk) -> None:
    await house.logged_in("ana", ANA, teams=("sales",))
    ana = await console(house, ANA, "sales")
    with pytest.raises(NotAllowed, match="does not let us hear"):
        await ana.listen("support")
    assert await ana.refused(Hello()) == ""


async def test_a_skill_that_is_taken_away_counts_at_once(office: Office) -> None:
    """Without it nobody is given what needs it, however idle they are."""
    await office.desk.agent("root", role="admin", capacity=0, presence="away")
    await office.ask("root", SetSkill(skill="german"))
    for agent in ("ana", "bo"):
        await office.desk.agent(agent)
        await office.ask("root", SetAgent(agent=agent, skills={"german": 2}))
    await office.desk.mail("1")
    for loses, keeps in (("ana", "bo"), ("bo", "ana")):
        await office.ask("root", Assign(conversation=1, agent="root"))
        await office.ask("root", SetAgent(agent=loses, skills={}))
        await office.ask("root", SetAgent(agent=keeps, skills={"german": 1}))
        await office.ask("root", Transfer(conversation=1, skill="german"))
        assert await office.desk.one("SELECT owner FROM conversations") == keeps
