"""News: to whom it may concern, in order, numbered so that a gap shows; teams hear no text."""

import itertools
from collections.abc import AsyncIterator

import apsw
import pytest

from tests.router.desk import inline
from tests.router.doors.office import Office, opened
from wire import codec, subjects
from wire.memory_bus import MemoryBus
from wire.messages.channel import Cue, Signal
from wire.messages.news import (
    AgentDoes,
    AgentIs,
    Beat,
    ContactChanged,
    ConversationIs,
    ConversationsMoved,
    CountsAre,
    CustomerDoes,
    MessageIs,
    News,
    NoteIs,
    Notice,
    PresenceIs,
    TeamIs,
)
from wire.messages.verbs import (
    Assign,
    Comment,
    Heartbeat,
    Hello,
    Reply,
    SetPresence,
    Since,
    Timeline,
    Transfer,
    WriteNote,
)

pytestmark = pytest.mark.contract


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """Ana has Olga's mail; Bo is of her team, Sam of another. All consoles are here."""
    async with inline() as desk, opened(desk) as made:
        await desk.agent("ana")
        await desk.agent("bo", presence="away")
        await desk.agent("sam", teams='["sales"]', presence="away")
        for agent in ("ana", "bo", "sam"):
            await made.ask(agent, Heartbeat(console="c"))
        await desk.mail("1", "a secret")
        await made.tell()
        yield made


def _kinds(heard: list[News]) -> set[type]:
    return {type(news.body) for news in heard}


async def test_watchers_hear_the_thread_and_others_do_not(office: Office) -> None:
    await office.ask("bo", Timeline(contact=1))
    heard = {agent: await office.hears(subjects.news_agent(agent)) for agent in ("bo", "sam")}
    await office.desk.mail("2", "more", in_reply_to="<1@kvit.example>")
    await office.ask("ana", WriteNote(contact=1, revision=0, text="careful"))
    await office.tell()
    assert {ConversationIs, MessageIs, NoteIs} <= _kinds(heard["bo"])
    assert _kinds(heard["sam"]) <= {CountsAre}


async def test_not_watching_is_not_hearing(office: Office) -> None:
    await office.ask("bo", Timeline(contact=1, watch=False))
    heard = await office.hears(subjects.news_agent("bo"))
    await office.ask("ana", Comment(conversation=1, text="hm"))
    await office.tell()
    assert _kinds(heard) <= {CountsAre}


async def test_opening_other_threads_closes_the_oldest(office: Office) -> None:
    await office.ask("bo", Timeline(contact=1))
    for number in range(2, 6):
        await office.desk.mail(f"m{number}", sender=f"c{number}@b.example")
        await office.ask("bo", Timeline(contact=number))
    assert 1 not in office.attendance.watched()
    assert office.attendance.watched()[5] == {"bo"}


async def test_who_loses_it_hears_so_without_words_when_it_is_not_for_them(office: Office) -> None:
    await office.ask("ana", Timeline(contact=1))
    await office.tell()
    ana, bo = [await office.hears(subjects.news_agent(agent)) for agent in ("ana", "bo")]
    await office.ask("ana", Assign(conversation=1, agent="bo"))
    await office.tell()
    rows = [n.body.row.owner for heard in (ana, bo) for n in heard
            if isinstance(n.body, ConversationIs)]  # fmt: skip
    assert set(rows) == {"bo"}  # of the same team: the row, text included
    ana.clear()
    sales, support = [await office.hears(subjects.news_team(t)) for t in ("sales", "support")]
    await office.ask("bo", Transfer(conversation=1, team="sales"))
    await office.tell()
    assert not any(isinstance(n.body, ConversationIs | MessageIs) for n in (*ana, *support))
    assert any(isinstance(n.body, ConversationsMoved) for n in bo)
    assert _kinds(sales) == _kinds(support) == {ConversationsMoved}


async def test_team_news_carry_no_text(office: Office) -> None:
    heard = await office.hears("news.team.*")
    boards = await office.hears("news.board.*")
    await office.desk.mail("2", "another secret", subject="secret", sender="jan@b.example")
    await office.ask("ana", Comment(conversation=1, text="secret"))
    await office.tell()
    assert heard
    assert _kinds(boards) == {TeamIs}
    assert "secret" not in codec.encode([heard, boards]).decode()


async def test_presence_and_numbers_reach_who_is_here(office: Office) -> None:
    sam = await office.hears(subjects.news_agent("sam"))
    ana = await office.hears(subjects.news_agent("ana"))
    await office.ask("bo", SetPresence(presence="busy"))
    await office.desk.mail("2", sender="jan@b.example")
    await office.tell()
    assert (PresenceIs, "bo") in [(type(n.body), getattr(n.body, "agent", "")) for n in sam]
    counts = [n.body.counts for n in ana if isinstance(n.body, CountsAre)]
    loads = [n.body.row.load for n in ana if isinstance(n.body, AgentIs)]
    assert (counts[-1].mine, counts[-1].team, loads) == (2, 2, [2])


async def test_numbers_follow_the_clock_and_are_told_once(office: Office) -> None:
    heard = await office.hears(subjects.news_agent("ana"))
    office.announcer._stale.all = True
    await office.tell()
    office.desk.clock += 2 * 86_400
    office.announcer._stale.all = True
    await office.tell()
    late = [n.body.counts.mine_late for n in heard if isinstance(n.body, CountsAre)]
    assert late == [1]


async def test_numbers_are_repeated_now_and_then_since_one_may_have_been_lost(
    office: Office,
) -> None:
    office.announcer._stale.all = True
    await office.tell()
    heard = await office.hears(subjects.news_agent("ana"))
    office.announcer._stale.all = True
    await office.tell()
    assert heard == []
    office.announcer.repeat_numbers()
    office.announcer._stale.all = True
    await office.tell()
    assert _kinds(heard) == {CountsAre, AgentIs}


async def test_what_customers_and_colleagues_do_is_told_to_the_thread(office: Office) -> None:
    heard = {agent: await office.hears(subjects.news_agent(agent)) for agent in ("ana", "sam")}
    office.announcer.customer(1, 1, Signal(remote="v", typing=True, online=True, page="/orders"))
    await office.ask("bo", Heartbeat(console="c", conversation=1, writing=True))
    await office.tell()
    assert _kinds(heard["ana"]) == {CustomerDoes, AgentDoes}
    assert heard["sam"] == []
    assert office.attendance.online(1)


async def test_the_customer_sees_that_the_owner_writes(office: Office) -> None:
    cues: list[Cue] = []

    def listening(subject: str, payload: bytes) -> None:
        cue = codec.decode(payload, Cue)
        assert isinstance(cue, Cue)
        cues.append(cue)

    await MemoryBus(office.hub).listen("cue.email.support", listening)
    await office.ask("bo", Heartbeat(console="b", conversation=1, writing=True))
    await office.ask("ana", Heartbeat(console="a", conversation=1, writing=True))
    await office.ask("ana", Heartbeat(console="a", conversation=1, writing=False))
    await office.ask("ana", Heartbeat(console="a", conversation=1, writing=False))
    await office.tell()
    assert [(cue.author, cue.typing) for cue in cues] == [("Ana", True), ("Ana", False)]


async def test_a_failed_send_is_a_notice(office: Office) -> None:
    done = await office.ask("ana", Reply(conversation=1, text="Yes", seen=99))
    await office.tell()
    heard = await office.hears(subjects.news_agent("ana"))
    await office.desk.do(lambda work: work.event("send_failed", conversation=1, contact=1,
                                                 message=done.message))  # fmt: skip
    await office.tell()
    assert [n.body.urgent for n in heard if isinstance(n.body, Notice)] == [True]


async def test_an_uncertain_send_is_a_notice_in_its_own_words(office: Office) -> None:
    done = await office.ask("ana", Reply(conversation=1, text="Yes", seen=99))
    await office.tell()
    heard = await office.hears(subjects.news_agent("ana"))
    await office.desk.do(lambda work: work.tx._connection.execute(
        "UPDATE messages SET state = 'ambiguous', reason = 'no answer' WHERE id = ?",
        (done.message,)))  # fmt: skip
    await office.desk.do(lambda work: work.event("send_failed", conversation=1, contact=1,
                                                 message=done.message))  # fmt: skip
    await office.tell()
    notices = [str(n.body.said) for n in heard if isinstance(n.body, Notice)]
    assert notices == ["It is not known whether a message arrived: no answer"]


async def test_a_linked_contact_is_told(office: Office) -> None:
    heard = await office.hears(subjects.news_agent("bo"))
    await office.ask("bo", Timeline(contact=1))
    await office.desk.do(lambda work: work.event("contact", contact=1))
    await office.tell()
    assert _kinds(heard) == {ContactChanged}


# --- numbers -----------------------------------------------------------------------------------


async def test_each_news_names_the_one_before_so_a_gap_shows(office: Office) -> None:
    heard = await office.hears(subjects.news_agent("ana"))
    for number in range(5):
        await office.ask("ana", Comment(conversation=1, text=f"{number}"))
        await office.tell()
    assert len(heard) >= 10
    for before, after in itertools.pairwise(heard):
        assert after.prev == before.seq
        assert after.seq >= after.prev
    # What a console that missed this one would notice, and find.
    lost = [news for news in heard if isinstance(news.body, MessageIs)][2]
    following = heard[heard.index(lost) + 1]
    assert following.prev == lost.seq > lost.prev
    missed = await office.ask("ana", Since(seq=lost.prev))
    assert isinstance(lost.body, MessageIs)
    assert lost.body.row.id in [change.message for change in missed.changes]


async def test_what_is_lost_on_the_way_is_a_gap_too(office: Office) -> None:
    heard = await office.hears(subjects.news_agent("ana"))
    bus = office.announcer._bus
    office.announcer._bus.connected = False  # type: ignore[misc]
    await office.ask("ana", Comment(conversation=1, text="lost"))
    await office.announcer.tell()
    bus.connected = True  # type: ignore[misc]
    await office.ask("ana", Comment(conversation=1, text="told"))
    await office.tell()
    welcome = await office.ask("ana", Hello())
    assert heard[0].prev > 0
    assert heard[0].prev < welcome.seq
    changes = await office.ask("ana", Since(seq=heard[0].prev - 2))
    assert "message_added" in {change.what for change in changes.changes}


async def test_a_beat_repeats_the_last_number(office: Office) -> None:
    beats: list[News] = []

    def listening(subject: str, payload: bytes) -> None:
        news = codec.decode(payload, News)
        assert isinstance(news, News)
        beats.append(news)

    await MemoryBus(office.hub).listen("news.>", listening)
    await office.announcer.beat()
    await office.tell()
    here = [news for news in beats if isinstance(news.body, Beat)]
    assert len(here) >= 4  # three agents and the team
    assert all(news.seq == news.prev for news in here)


async def test_news_that_cannot_be_read_are_told_later(office: Office) -> None:

    heard = await office.hears(subjects.news_agent("ana"))
    store, reading = office.announcer._store, office.announcer._store.read

    async def failing(_: object) -> None:
        raise apsw.BusyError("locked")

    store.read = failing  # type: ignore[method-assign,assignment]
    office.announcer.announce([])
    store.read = reading  # type: ignore[method-assign]
    await office.ask("ana", Comment(conversation=1, text="hm"))
    store.read = failing  # type: ignore[method-assign,assignment]
    await office.announcer.tell()
    store.read = reading  # type: ignore[method-assign]
    await office.tell()
    assert MessageIs in _kinds(heard)
