"""One message, all the way through an agent's doors: hello, the queue, the thread, the answer."""

import pytest

from tests.router.doors.office import Office
from wire import subjects
from wire.desk_client import Refused
from wire.messages.news import ConversationIs, ConversationsMoved, MessageIs
from wire.messages.verbs import Heartbeat, Hello, Queue, Reply, Take, Timeline

pytestmark = pytest.mark.contract


async def test_a_mail_is_seen_taken_and_answered(both: Office) -> None:
    await both.desk.agent("ana", presence="away")
    await both.desk.mail("1", "Where is my order?", subject="Order 7")
    welcome = await both.ask("ana", Hello())
    assert (welcome.agent.id, welcome.counts.waiting) == ("ana", 1)
    page = await both.ask("ana", Queue(view="waiting"))
    assert [row.contact_name for row in page.rows] == ["Olga"]
    assert (page.total, page.next) == (1, "")

    taken = await both.ask("ana", Take(conversation=1))
    assert taken.seq > page.seq
    thread = await both.ask("ana", Timeline(contact=1))
    assert [message.by for message in thread.messages] == ["customer", "desk"]
    newest = thread.messages[-1].id
    done = await both.ask("ana", Reply(conversation=1, text="On its way.", seen=newest))
    thread = await both.ask("ana", Timeline(contact=1))
    assert thread.messages[-1].id == done.message
    assert thread.messages[-1].subject == "Re: Order 7"
    assert [party.address for party in thread.messages[-1].to] == ["olga@kvit.example"]
    assert thread.conversations[0].due is None


async def test_a_reply_to_what_moved_on_is_stale(both: Office) -> None:
    await both.desk.agent("ana")
    await both.desk.mail("1")
    await both.desk.mail("2", "And another thing", in_reply_to="<1@kvit.example>")
    with pytest.raises(Refused) as refused:
        await both.ask("ana", Reply(conversation=1, text="Yes", seen=1))
    assert (refused.value.no.code, refused.value.no.now) == ("stale", 2)
    await both.ask("ana", Reply(conversation=1, text="Yes", seen=1, anyway=True))


async def test_the_owner_is_told_with_text_and_the_team_without(both: Office) -> None:
    await both.desk.agent("ana")
    mine = await both.hears(subjects.news_agent("ana"))
    team = await both.hears(subjects.news_team("support"))
    await both.desk.mail("1", "Where is my order?")
    await both.tell()
    rows = [news.body.row for news in mine if isinstance(news.body, ConversationIs)]
    assert (rows[-1].owner, rows[-1].last_text) == ("ana", "Where is my order?")
    texts = [news.body.row.text for news in mine if isinstance(news.body, MessageIs)]
    assert texts == ["Where is my order?"]
    assert {type(news.body) for news in team} == {ConversationsMoved}


async def test_a_beat_keeps_an_agent_here(both: Office) -> None:
    await both.desk.agent("ana")
    await both.ask("ana", Heartbeat(console="c1"))
    assert both.attendance.silent(both.desk.clock + 29) == []
    assert both.attendance.silent(both.desk.clock + 31) == ["ana"]
    assert both.attendance.silent(both.desk.clock + 99) == []
