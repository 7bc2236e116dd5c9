"""The view advances: what each event makes of it, in tables."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.advancing.advance import advance
from console.advancing.listing import matches
from console.events import (
    CardCame,
    CursorMoved,
    Event,
    Held,
    ListTurned,
    MessagesCame,
    PageCame,
    RowsCame,
    ThreadOpened,
    Ticked,
)
from console.view import View, colleagues_in, customer_types, next_due, undoable
from wire.messages import news
from wire.messages.desk import (
    AgentRow,
    ContactCard,
    ConversationRow,
    Counts,
    MessageRow,
    Note,
)
from wire.messages.verbs import QueuePage, TimelinePage, Welcome

pytestmark = pytest.mark.pure

ME = AgentRow(id="ana", name="Ana", teams=("support",))


def row(number: int, **fields: Any) -> ConversationRow:
    given: dict[str, Any] = {
        "id": number, "version": 1, "contact": number, "contact_name": f"Customer {number}",
        "kind": "webchat", "account": "site", "subject": "", "status": "assigned",
        "team": "support", "owner": "ana", "due": 1000.0 + number,
    }  # fmt: skip
    return ConversationRow(**(given | fields))


def message(number: int, contact: int = 1, **fields: Any) -> MessageRow:
    given: dict[str, Any] = {
        "id": number, "version": 1, "conversation": contact, "contact": contact,
        "by": "customer", "at": float(number), "accepted": float(number), "text": f"text {number}",
    }  # fmt: skip
    return MessageRow(**(given | fields))


def page(*rows: ConversationRow, **fields: Any) -> PageCame:
    given: dict[str, Any] = {"seq": 1, "rows": rows, "counts": Counts(), "total": len(rows)}
    return PageCame("mine", "", QueuePage(**(given | fields)))


def timeline(*messages: MessageRow, more: bool = False) -> TimelinePage:
    return TimelinePage(seq=1, contact=1, messages=messages, conversations=(row(1),), more=more)


def after(*happened: Event, view: View | None = None) -> View:
    view = view or advance(View(), Welcome(
        agent=ME, epoch=1, seq=1, now=0.0, release="", counts=Counts(), colleagues=(ME,)
    ))  # fmt: skip
    for event in happened:
        view = advance(view, event)
    return view


def test_a_list_is_in_the_order_of_what_is_due_and_undated_rows_come_last() -> None:
    view = after(page(row(3, due=30.0), row(1, due=None), row(2, due=10.0)))
    assert view.order == (2, 3, 1)
    assert view.cursor == 2


@pytest.mark.parametrize(
    ("before", "news_row", "order"),
    [
        ("a newer version moves it", row(1, version=2, due=5000.0), (2, 1)),
        ("an older version says nothing", row(1, version=0, due=5000.0), (1, 2)),
        ("somebody else's leaves the list", row(1, version=2, owner="bo"), (2,)),
        ("a resolved one leaves the list", row(1, version=2, status="resolved"), (2,)),
        ("a new one comes in by its due time", row(3, due=1001.5), (1, 3, 2)),
    ],
)
def test_news_of_a_row(before: str, news_row: ConversationRow, order: tuple[int, ...]) -> None:
    view = after(page(row(1), row(2)), news.ConversationIs(row=news_row))
    assert view.order == order, before


def test_while_the_list_is_held_new_rows_wait_behind_it_and_the_order_stays() -> None:
    view = after(page(row(1), row(2)), CursorMoved(2), Held(True))
    view = after(
        news.ConversationIs(row=row(3, due=1.0)),
        news.ConversationIs(row=row(2, version=2, due=0.5)),
        view=view,
    )
    assert (view.order, view.behind, view.cursor) == ((1, 2), (3,), 2)
    view = after(Held(False), view=view)
    assert (view.order, view.behind, view.cursor) == ((2, 3, 1), (), 2)


def test_a_held_list_that_becomes_empty_takes_what_waits() -> None:
    view = after(page(row(1)), Held(True), news.ConversationIs(row=row(2)))
    view = after(news.ConversationIs(row=row(1, version=2, status="resolved")), view=view)
    assert (view.order, view.behind, view.cursor) == ((2,), (), 2)


@pytest.mark.parametrize(("gone", "cursor"), [(2, 3), (3, 2), (1, 2)])
def test_the_cursor_stays_on_its_row_or_takes_the_next(gone: int, cursor: int) -> None:
    start = {2: 2, 3: 3, 1: 2}[gone]
    view = after(page(row(1), row(2), row(3)), CursorMoved(start))
    view = after(news.ConversationIs(row=row(gone, version=2, status="resolved")), view=view)
    assert view.cursor == cursor


@pytest.mark.parametrize(("chosen", "cursor"), [(1, 3), (2, 2)])
def test_another_list_begins_at_its_top_unless_the_cursor_is_further_down_in_it(
    chosen: int, cursor: int
) -> None:
    view = after(page(row(1), row(2)), CursorMoved(chosen), ListTurned("all"))
    whole = QueuePage(seq=1, rows=(row(3, due=1.0), row(1), row(2)), counts=Counts(), total=3)
    view = after(PageCame("all", "", whole), view=view)
    assert (view.order, view.cursor) == ((3, 1, 2), cursor)


def test_what_is_closed_or_of_another_team_stands_in_no_list_of_what_is_open() -> None:
    view = after(page(row(1), row(2), row(3)), ListTurned("all"))
    view = after(news.ConversationIs(row=row(1, version=2, status="resolved")), view=view)
    view = after(news.ConversationIs(row=row(2, version=2, team="other", owner="bo")), view=view)
    assert view.order == (3,)


def test_rows_that_were_not_given_are_forgotten() -> None:
    view = after(page(row(1), row(2)), RowsCame((), missing=(1,)))
    assert view.order == (2,)


def test_a_page_of_a_list_that_was_left_does_not_turn_the_list_back() -> None:
    view = after(page(row(1)), ListTurned("waiting"), page(row(2)))
    assert (view.list, view.order, view.loaded) == ("waiting", (), False)


def test_a_fresh_page_forgets_what_is_not_in_it_any_more() -> None:
    assert after(page(row(1), row(2)), page(row(2))).order == (2,)


def test_another_page_of_the_list_is_added() -> None:
    first = page(row(1), next="200", total=2)
    second = dataclasses.replace(page(row(2), total=2), more=True)
    assert after(first, second).order == (1, 2)


@pytest.mark.parametrize(
    ("words", "fits"),
    [("", True), ("cust", True), ("customer 7", True), ("nobody", False), ("!customer", False),
     ("!nobody", True), ("refund", True), ("БРАК", True)],
)  # fmt: skip
def test_a_filter_wants_every_word_and_refuses_those_with_a_mark(words: str, fits: bool) -> None:
    assert matches(row(7, subject="Брак", tags=("refund",)), words, View()) is fits


def test_a_message_is_put_in_its_place_and_newer_versions_replace_older() -> None:
    view = after(ThreadOpened(1, 1), MessagesCame(timeline(message(1), message(3))))
    view = after(
        news.MessageIs(row=message(2)),
        news.MessageIs(row=message(3, version=2, text="edited")),
        news.MessageIs(row=message(3, version=1, text="old")),
        news.MessageIs(row=message(9, contact=2)),
        view=view,
    )
    assert view.thread is not None
    assert [m.text for m in view.thread.messages] == ["text 1", "text 2", "edited"]


def test_news_that_came_before_the_page_are_not_lost_by_it() -> None:
    view = after(ThreadOpened(1, 1), news.MessageIs(row=message(5)))
    view = after(MessagesCame(timeline(message(1), message(4))), view=view)
    assert view.thread is not None
    assert [m.id for m in view.thread.messages] == [1, 4, 5]


def test_older_messages_go_before_and_a_fresh_page_that_joins_keeps_them() -> None:
    view = after(ThreadOpened(1, 1), MessagesCame(timeline(message(10), message(11), more=True)))
    view = after(MessagesCame(timeline(message(8), message(9)), part="older"), view=view)
    assert view.thread is not None
    assert ([m.id for m in view.thread.messages], view.thread.more) == ([8, 9, 10, 11], False)
    view = after(MessagesCame(timeline(message(11), message(12), more=True)), view=view)
    assert view.thread is not None
    assert ([m.id for m in view.thread.messages], view.thread.more) == ([8, 9, 10, 11, 12], False)


def test_a_fresh_page_that_does_not_join_replaces_what_was_there() -> None:
    view = after(ThreadOpened(1, 1), MessagesCame(timeline(message(1), message(2))))
    view = after(MessagesCame(timeline(message(50), message(51), more=True)), view=view)
    assert view.thread is not None
    assert ([m.id for m in view.thread.messages], view.thread.more) == ([50, 51], True)


def test_the_newest_note_wins_whichever_way_it_came() -> None:
    card = ContactCard(id=1, version=1, name="Olga", note=Note(contact=1, revision=2, text="two"))
    view = after(ThreadOpened(1, 1), CardCame(card))
    view = after(news.NoteIs(note=Note(contact=1, revision=1, text="one")), view=view)
    assert view.thread
    assert view.thread.card
    assert view.thread.card.note == card.note
    view = after(news.NoteIs(note=Note(contact=1, revision=3, text="three")), view=view)
    assert view.thread
    assert view.thread.card
    assert view.thread.card.note
    assert view.thread.card.note.text == "three"


def test_typing_ends_with_a_message_or_by_itself() -> None:
    opened = after(ThreadOpened(1, 1), Ticked(100.0))
    types = after(news.CustomerDoes(contact=1, conversation=1, typing=True), view=opened)
    assert customer_types(types)
    assert not customer_types(after(news.MessageIs(row=message(5)), view=types))
    assert not customer_types(after(Ticked(110.0), view=types))


def test_a_colleague_in_a_conversation_is_forgotten_after_silence() -> None:
    view = after(Ticked(100.0), news.AgentDoes(agent="bo", conversation=1, writing=True))
    assert colleagues_in(view, 1) == (("bo", True),)
    assert colleagues_in(view, 2) == ()
    assert colleagues_in(after(Ticked(200.0), view=view), 1) == ()


def test_what_can_be_taken_back_is_the_newest_of_mine_in_its_window() -> None:
    mine: dict[str, Any] = {"by": "agent", "agent": "ana", "state": "held", "undo_until": 50.0}
    opened = after(
        Ticked(45.0),
        ThreadOpened(1, 1),
        MessagesCame(timeline(message(1, **mine), message(2, **mine), message(3))),
    )
    found = undoable(opened)
    assert found is not None
    assert found.id == 2
    assert undoable(after(Ticked(51.0), view=opened)) is None


def test_next_due_is_the_most_urgent_other_one() -> None:
    view = after(page(row(1, due=10.0), row(2, due=20.0), row(3, due=None)))
    assert [found and found.id for found in (next_due(view),)] == [1]
    opened = after(ThreadOpened(1, 1), view=view)
    assert [found and found.id for found in (next_due(opened),)] == [2]


def test_work_that_arrives_is_counted_for_the_bell() -> None:
    view = after(page(row(1)), news.ConversationIs(row=row(2)))
    view = after(news.ConversationIs(row=row(2, version=2)), view=view)
    assert view.arrived == 1


events = st.lists(
    st.one_of(
        st.builds(
            lambda n, v, due, mine: news.ConversationIs(
                row=row(n, version=v, due=due, owner="ana" if mine else "bo")
            ),
            st.integers(1, 6), st.integers(1, 4), st.floats(0, 100), st.booleans(),
        ),
        st.builds(CursorMoved, st.integers(1, 6)),
        st.builds(Held, st.booleans()),
    ),
    max_size=30,
)  # fmt: skip


@given(events)
def test_whatever_comes_each_row_is_in_the_list_or_behind_it_once(given: list[Event]) -> None:
    view = after(*given)
    mine = {number for number, known in view.rows.items() if known.owner == "ana"}
    assert sorted((*view.order, *view.behind)) == sorted(mine)
    assert view.cursor in view.order or (not view.order and not view.cursor)
