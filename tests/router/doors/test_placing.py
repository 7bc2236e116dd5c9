"""What was written is put where it belongs, and put back; the customer notices nothing."""

from typing import Any

import msgspec
import pytest

from tests.router.doors.office import Office
from wire import subjects
from wire.desk_client import Refused
from wire.messages.desk import MessageRow
from wire.messages.news import MessageIs, ThreadChanged
from wire.messages.verbs import (
    Ask,
    Comment,
    Contact,
    Move,
    MoveBack,
    PlanMove,
    Reopen,
    Reply,
    Resolve,
    Snooze,
    Take,
    Timeline,
    Undo,
)

pytestmark = pytest.mark.contract


@pytest.fixture
async def office(office: Office) -> Office:
    """Ana has two conversations with Olga (messages 1 and 2) and one with Jan (message 3)."""
    await office.desk.agent("ana", presence="away", capacity=9)
    await office.desk.agent("bo", presence="away")
    await office.desk.mail("1", "my parcel", subject="Parcel")
    await office.desk.mail("2", "my invoice", subject="Invoice")
    await office.desk.mail("3", "hi", sender="jan@b.example")
    for conversation in (1, 2, 3):
        await office.ask("ana", Take(conversation=conversation))
    office.desk.clock += 100
    return office


async def _thread(office: Office, contact: int = 1) -> list[MessageRow]:
    page = await office.ask("ana", Timeline(contact=contact))
    return [row for row in page.messages if row.by != "desk"]


async def _lines(office: Office, contact: int = 1) -> list[str]:
    page = await office.ask("ana", Timeline(contact=contact))
    return [str(row.said) for row in page.messages if row.said]


async def _row(office: Office, conversation: int, what: str = "due, unanswered, status") -> Any:
    rows = await office.desk.rows(
        f"SELECT {what} FROM conversations WHERE id = :id", id=conversation)  # fmt: skip
    return rows[0]


async def _no(office: Office, ask: Ask, agent: str = "ana") -> str:
    with pytest.raises(Refused) as refused:
        await office.ask(agent, ask)
    return refused.value.no.code


async def test_a_message_keeps_its_history_and_both_clocks_are_right(office: Office) -> None:
    due = (await _row(office, 1))[0]
    done = await office.ask("ana", Move(message=1, into=2))
    assert (done.conversation, done.message, done.move) == (2, 1, 1)
    message = (await _thread(office))[0]
    assert (message.conversation, message.home) == (2, 1)
    assert str(message.placed) == "moved here from #1 by Ana"
    assert "Ana moved a message to #2" in await _lines(office)
    assert await _row(office, 1) == (None, 0, "assigned")
    assert await _row(office, 2) == (due, 2, "assigned")
    await office.ask("ana", MoveBack(move=done.move))
    message = (await _thread(office))[0]
    assert (message.conversation, message.home, str(message.placed)) == (1, 0, "it is a new topic")
    assert [(await _row(office, n))[:2] for n in (1, 2)] == [(due, 1), (due, 1)]
    assert await _no(office, MoveBack(move=done.move)) == "late"


async def test_what_nobody_answered_is_not_answered_by_being_moved(office: Office) -> None:
    await office.ask("ana", Reply(conversation=2, text="Paid.", anyway=True))
    await office.ask("ana", Move(message=1, into=2))
    assert (await _row(office, 2))[1] == 1
    await office.ask("ana", Reply(conversation=2, text="Sent.", anyway=True))
    assert (await _row(office, 2))[1] == 0


async def test_what_was_answered_does_not_wait_again(office: Office) -> None:
    await office.ask("ana", Reply(conversation=1, text="On its way.", anyway=True))
    await office.ask("ana", Move(message=1, into=2))
    assert (await _row(office, 2))[1] == 1
    await office.ask("ana", Resolve(conversation=2))
    await office.ask("ana", Reopen(conversation=2))
    await office.ask("ana", Move(message=2, into=1))
    assert (await _row(office, 1))[1] == 0


@pytest.mark.parametrize(("put_away", "waits"), [
    (Resolve(conversation=2), 1), (Snooze(conversation=2, until=9_000.0), 2),
], ids=["resolved", "snoozed"])  # fmt: skip
async def test_a_put_away_conversation_wakes_for_what_waits(
    office: Office, put_away: Ask, waits: int
) -> None:
    await office.ask("ana", put_away)
    plan = await office.ask("ana", PlanMove(message=1, into=2))
    assert any("put away" in str(said) for said in plan.said)
    await office.ask("ana", Move(message=1, into=2))
    assert (await _row(office, 2))[1:] == (waits, "waiting")


async def test_a_message_begins_a_topic_of_its_own(office: Office) -> None:
    done = await office.ask("ana", Move(message=1))
    assert done.conversation == 4
    assert await _row(office, 4, "owner, contact, own, subject") == ("ana", 1, 0, "Parcel")
    await office.ask("ana", MoveBack(move=done.move))
    assert await _row(office, 4, "status, joined") == ("resolved", 1)
    assert office.desk.desk.load_of("ana").units == 3


async def test_a_message_goes_to_another_contact_and_answers_follow_it(office: Office) -> None:
    done = await office.ask("ana", Move(message=3, contact=1))
    assert [row.id for row in await _thread(office)] == [1, 2, 3]
    assert await _thread(office, 2) == []
    assert "moved here from #3 by Ana" in await _lines(office)
    again = await office.desk.mail("4", "and?", sender="jan@b.example",
                                   in_reply_to="<3@kvit.example>")  # fmt: skip
    assert again.conversation == done.conversation
    await office.ask("ana", MoveBack(move=done.move))
    assert [row.id for row in await _thread(office)] == [1, 2]
    texts = [row.text for row in await _thread(office, 2)]
    assert texts == ["hi", "and?"]


async def test_conversations_join_and_part(office: Office) -> None:
    await office.ask("ana", Comment(conversation=1, text="hm"))
    done = await office.ask("ana", Move(conversation=1, into=2))
    assert {row.conversation for row in await _thread(office)} == {2}
    assert await _row(office, 1, "status, joined, owner") == ("resolved", 2, "ana")
    assert office.desk.desk.load_of("ana").units == 2
    assert (await _row(office, 2))[1] == 2
    answer = Reply(conversation=1, text="x", anyway=True)
    for ask in (Take(conversation=1), Reopen(conversation=1), answer,
                Move(conversation=1, into=3), Move(conversation=3, into=1)):  # fmt: skip
        assert await _no(office, ask) == "conflict", ask
    later = await office.desk.mail("5", "more", proved=1)
    assert later.conversation == 2
    await office.ask("ana", MoveBack(move=done.move))
    assert [row.conversation for row in await _thread(office)] == [1, 2, 1, 2]
    assert await _row(office, 1) == (1_000.0 + 86_400.0, 1, "assigned")
    assert office.desk.desk.load_of("ana").units == 3


async def test_a_conversation_goes_to_another_contact_and_stays_there(office: Office) -> None:
    done = await office.ask("ana", Move(conversation=3, contact=1))
    assert [row.conversation for row in await _thread(office)] == [1, 2, 3]
    follows = await office.desk.mail("4", "more", sender="jan@b.example", proved=3)
    assert follows.conversation == 3
    assert len(await _thread(office)) == 4
    await office.ask("ana", MoveBack(move=done.move))
    assert len(await _thread(office, 2)) == 2


async def test_what_is_on_its_way_stays_until_it_is_sent(office: Office) -> None:
    sent = await office.ask("ana", Reply(conversation=1, text="Yes", anyway=True))
    assert await _no(office, Move(message=sent.message, into=2)) == "busy"
    assert await _no(office, Move(conversation=1, into=2)) == "busy"
    await office.ask("ana", Undo(message=sent.message))
    await office.ask("ana", Move(conversation=1, into=2))
    assert await office.desk.rows("SELECT conversation, state FROM outbox") == [(2, "cancelled")]


async def test_a_chat_page_shows_what_it_showed(office: Office) -> None:
    await office.desk.chat("a", "one", "v1")
    await office.desk.chat("b", "two", "v2")

    async def page(visitor: str) -> list[Any]:
        asked = {"kind": "webchat", "account": "site", "remote": visitor, "before": 0}
        rows = await office.desk.do(lambda work: work.tx.all("history_of", limit=9, **asked))
        return [(row.remote_seq, row.text) for row in rows]

    await office.ask("ana", Take(conversation=4))
    await office.ask("ana", Take(conversation=5))
    await office.ask("ana", Move(conversation=5, into=4))
    taken = await office.desk.chat("c", "three", "v2")
    assert taken.conversation == 4
    assert (await page("v1"), await page("v2")) == ([(1, "one")], [(2, "three"), (1, "two")])
    one = await office.ask("ana", Move(message=taken.message, into=1))
    assert (await office.desk.chat("d", "four", "v2")).conversation == 4
    await office.ask("ana", MoveBack(move=one.move))
    assert await page("v1") == [(1, "one")]


@pytest.mark.parametrize(("ask", "code"), [
    (Move(message=1, into=1), "conflict"), (Move(conversation=1), "invalid"),
    (Move(conversation=1, contact=1), "invalid"), (Move(message=99), "gone"),
    (Move(message=1, into=99), "gone"), (Move(message=1, contact=99), "gone"), (Move(), "gone"),
    (Move(message=4), "invalid"), (MoveBack(move=7), "gone"),
])  # fmt: skip
async def test_a_move_that_makes_no_sense_is_refused(office: Office, ask: Ask, code: str) -> None:
    assert await _no(office, ask) == code
    if isinstance(ask, Move):
        assert await _no(office, PlanMove(**msgspec.structs.asdict(ask))) == code


async def test_a_plan_changes_nothing(office: Office) -> None:
    before = await office.desk.rows("SELECT * FROM events")
    for ask in (PlanMove(message=1, into=3), PlanMove(conversation=1, contact=2),
                PlanMove(conversation=1, into=2), PlanMove(message=1, contact=2)):  # fmt: skip
        assert len((await office.ask("ana", ask)).said) >= 2
    assert await office.desk.rows("SELECT * FROM events") == before


async def test_what_was_moved_further_is_moved_back_in_order(office: Office) -> None:
    first = await office.ask("ana", Move(message=1, into=2))
    second = await office.ask("ana", Move(message=1, into=3))
    assert await _no(office, MoveBack(move=first.move)) == "conflict"
    await office.ask("ana", MoveBack(move=second.move))
    await office.ask("ana", MoveBack(move=first.move))
    assert (await _thread(office))[0].home == 0


async def test_whoever_has_the_thread_open_is_told_to_read_it_anew(office: Office) -> None:
    await office.ask("bo", Contact(contact=1))
    await office.ask("bo", Timeline(contact=1))
    heard = await office.hears(subjects.news_agent("bo"))
    await office.tell()
    heard.clear()
    await office.ask("ana", Move(message=1, into=3))
    await office.tell()
    assert ThreadChanged(contact=1) in [news.body for news in heard]
    texts = [news.body.row.text for news in heard if isinstance(news.body, MessageIs)]
    assert "my parcel" not in texts  # it is Jan's now, whose thread bo has not open
