"""Two teams on one desk: nothing of the other one's customers is shown, counted or told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from router.following import Following
from router.search.index import SearchIndex
from tests.router.desk import inline
from tests.router.doors.office import EMAIL, Office, opened
from tests.router.doors.test_every_verb import FOREIGN, sample_of
from wire import codec, subjects
from wire.memory_bus import MemoryBus
from wire.messages.channel import Attachment, Party, Signal
from wire.messages.verbs import (
    VERBS,
    Ask,
    Assign,
    Comment,
    Compose,
    FindContacts,
    Heartbeat,
    Hello,
    Queue,
    Reply,
    RowsOf,
    Search,
    SetPresence,
    Since,
    Snooze,
    Status,
    Tag,
    Timeline,
    Transfer,
    Who,
    WriteNote,
)

pytestmark = pytest.mark.contract

# In every text of the other team's customers, and nowhere else.
MARK = "Zebra"
OF_SUPPORT = range(1, 8)
OF_SALES = 2
_number = count()


@dataclass
class Listener:
    """Everything that the bus lets an agent of `sales` hear, byte by byte."""

    heard: list[tuple[str, bytes]] = field(default_factory=list)

    async def listen(self, office: Office, agent: str, *teams: str) -> None:
        wanted = [subjects.news_agent(agent)]
        wanted += [
            news(team) for team in teams for news in (subjects.news_team, subjects.news_board)
        ]
        for subject in wanted:
            await MemoryBus(office.hub).listen(subject, lambda s, p: self.heard.append((s, p)))


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[tuple[Office, Listener]]:
    """Seven customers of support, marked in every place; two of sales, and sam who serves them."""
    index = SearchIndex.open(tmp_path / "search.db")
    async with inline() as desk, opened(desk, search=index) as office:
        listener = Listener()
        await office.account("email", "offers", EMAIL)
        await desk.agent("ana")
        await desk.agent("sam", teams='["sales"]')
        await listener.listen(office, "sam", "sales")
        await office.ask("sam", Hello())
        for n in OF_SUPPORT:
            await of_support(office, n)
        for n in range(OF_SALES):
            to = (Party(address=f"jan{n}@b.example"),)
            await office.ask("sam", Compose(kind="email", account="offers", text="Good day", to=to))
        following = await desk.store.read(lambda rows: Following(rows, index))
        following.catch_up()
        yield office, listener
    index.close()


async def of_support(office: Office, number: int) -> None:
    await office.desk.do(
        lambda work: work.tx.run("add_blob", sha256=f"{number:064x}", size=3, data=b"abc")
    )
    file = Attachment(sha256=f"{number:064x}", name=f"{MARK}.pdf", media_type="x/y", size=3)
    await office.desk.mail(
        f"{next(_number)}", f"{MARK} words", sender=f"{MARK.lower()}{number}@kvit.example",
        subject=f"{MARK} subject", attachments=(file,),
    )  # fmt: skip


def mentions(payload: bytes) -> bool:
    return MARK.lower().encode() in payload.lower()


async def test_no_verb_of_any_kind_shows_anything_of_another_team(
    office: tuple[Office, Listener],
) -> None:
    desk, _ = office
    views: list[Ask] = [Queue(view=v) for v in ("mine", "waiting", "team", "snoozed", "resolved")]
    views += [Queue(view="all", filter=MARK), Search(query=f"{MARK} words"), Since(seq=0),
              FindContacts(words=MARK), RowsOf(ids=tuple(range(20))), Who(), Status(), Hello(),
              Timeline(contact=1, before=99), Heartbeat(conversation=1, writing=True)]  # fmt: skip
    of_its_kind = [sample_of(ask) for ask in VERBS.values()]
    for ask in (*views, *FOREIGN, *of_its_kind):
        payload = await desk.raw("sam", ask)
        assert not mentions(payload), (ask, payload)
    assert (await desk.ask("sam", Search(query=MARK))).hits == ()
    assert not (await desk.ask("sam", Search(query=MARK))).more


async def test_no_number_of_another_team_is_shown(office: tuple[Office, Listener]) -> None:
    desk, _ = office
    welcome, who, status = [await desk.ask("sam", ask) for ask in (Hello(), Who(), Status())]
    for teams in (welcome.teams, who.teams):
        support = next(team for team in teams if team.id == "support")
        assert (support.waiting, support.assigned, support.late, support.worst_due) == (
            0, 0, 0, None)  # fmt: skip
    for agents in (welcome.colleagues, who.agents):
        ana = next(agent for agent in agents if agent.id == "ana")
        assert (ana.name, ana.teams) == ("Ana", ("support",))  # by name: to hand over to
        assert (ana.load, ana.capacity, ana.limits) == (0, 0, {})
        assert next(agent for agent in agents if agent.id == "sam").load == OF_SALES
    assert (status.messages, status.conversations) == (0, OF_SALES)
    assert (status.assigned, status.waiting, status.outbox, status.ledger) == (OF_SALES, 0, {}, {})
    assert (welcome.counts.team, welcome.counts.waiting) == (OF_SALES, 0)
    for view in ("mine", "team", "all"):
        assert (await desk.ask("sam", Queue(view=view))).total == OF_SALES
    assert (await desk.ask("sam", Queue(view="waiting"))).total == 0
    may_start = {a.account for a in welcome.accounts if a.capabilities.can_start}
    assert may_start == {"offers"}


async def test_who_leads_sees_all_of_it(office: tuple[Office, Listener]) -> None:
    """The same questions, so that the refusals above are of rights and not of an empty desk."""
    desk, _ = office
    await desk.desk.agent("lea", teams='["sales"]', role="lead", presence="away")
    status = await desk.ask("lea", Status())
    assert status.conversations == len(OF_SUPPORT) + OF_SALES
    assert (await desk.ask("lea", Queue(view="all"))).total == status.conversations
    assert len((await desk.ask("lea", Search(query=MARK))).hits) >= len(OF_SUPPORT)
    support = next(team for team in (await desk.ask("lea", Hello())).teams if team.id == "support")
    assert support.waiting + support.assigned == len(OF_SUPPORT)
    assert mentions(await desk.raw("lea", Timeline(contact=1)))


async def test_whatever_happens_in_a_team_the_other_hears_nothing_of_it(
    office: tuple[Office, Listener],
) -> None:
    desk, listener = office
    await desk.tell()
    listener.heard.clear()
    doing: list[Ask] = [
        Timeline(contact=1), Heartbeat(conversation=1, writing=True),
        Reply(conversation=1, text=f"{MARK}!", seen=99), Comment(conversation=1, text=MARK),
        WriteNote(contact=1, revision=0, text=MARK), Tag(conversation=1, add=(MARK,)),
        Snooze(conversation=2, until=9_000.0), Assign(conversation=3, agent="ana"),
        Transfer(conversation=3, team="support", note=MARK), SetPresence(presence="busy"),
    ]  # fmt: skip
    for ask in doing:
        await desk.raw("ana", ask)
        await desk.tell()
    desk.announcer.customer(1, 1, Signal(remote="x", typing=True, page=f"/{MARK}"))
    await of_support(desk, 8)
    for _ in range(3):
        await desk.tell()
        await asyncio.sleep(0)
    presence = [p for _, p in listener.heard if b'"presence"' in p]
    assert [p for _, p in listener.heard if p not in presence] == []
    assert len(presence) == 1  # that a colleague is busy is no secret


async def test_what_was_handed_over_is_told_with_its_text_and_what_left_without(
    office: tuple[Office, Listener],
) -> None:
    desk, listener = office
    listener.heard.clear()
    await desk.raw("ana", Assign(conversation=1, agent="sam"))
    await desk.tell()
    assert any(mentions(payload) for _, payload in listener.heard)
    assert mentions(await desk.raw("sam", Timeline(contact=1)))
    await desk.desk.agent("lea", role="lead", presence="away")
    await desk.raw("lea", Assign(conversation=1, agent="ana"))
    await desk.tell()
    listener.heard.clear()
    await desk.raw("ana", Reply(conversation=1, text=MARK, seen=99))
    await desk.tell()
    assert not any(mentions(payload) for _, payload in listener.heard)
    no: Any = codec.decode(await desk.raw("sam", Timeline(contact=1)), dict[str, Any])
    assert no["code"] == "forbidden"
