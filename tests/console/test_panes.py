"""The own widgets: nothing jumps, only what changed is painted, ten thousand cost what ten do."""

import time

import pytest

from console.widgets.thread import Thread
from tests.console.conftest import Opening
from tests.console.desk import TwinDesk
from tests.console.scene import scene
from wire.messages import news

pytestmark = pytest.mark.program


async def test_new_rows_wait_behind_a_list_that_is_looked_at(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("j")
        where = hands.row_of("Jan Kowalski")
        for name in ("First", "Second"):
            await desk.writes(desk.conversation(name, due=desk.now - 500), "urgent")
        await hands.sees("2 new · g shows them")
        assert hands.row_of("Jan Kowalski") == where
        await hands.press("g")
        await hands.sees("First")
        assert hands.app.view.cursor != 110


async def test_the_cursor_stays_where_it_is_when_rows_above_it_go(
    desk: TwinDesk, console: Opening
) -> None:
    for number in range(60):
        desk.conversation(f"Customer {number}", due=desk.now + number, unanswered=1)
    first = min(desk.rows)
    async with console((80, 24)) as hands:
        await hands.press("G", "k", "k", "k")
        name = desk.rows[hands.app.view.cursor].contact_name
        where = hands.row_of(name)
        await desk.becomes(first, status="resolved")
        await hands.until(lambda: first not in hands.app.view.order)
        assert hands.row_of(name) == where


async def test_what_is_late_is_seen_at_the_top_when_one_comes_back_to_the_list(
    desk: TwinDesk, console: Opening
) -> None:
    for number in range(7):
        desk.conversation(f"Customer {number}", due=desk.now + number, unanswered=1)
    first = min(desk.rows)
    async with console((80, 24)) as hands:
        await hands.press("enter")
        await hands.until(lambda: hands.app.view.thread is not None)
        await desk.becomes(first, due=None, unanswered=0)  # answered: it sinks in the list
        await hands.press("escape")
        await hands.sees("Customer 1 ")
        assert hands.row_of("Customer 1 ") == 5


async def test_a_thread_at_its_end_follows_and_one_that_is_read_does_not(
    desk: TwinDesk, console: Opening
) -> None:
    chat = desk.conversation("Jan Kowalski")
    for number in range(60):
        desk.message(chat, f"line {number}")
    async with console((100, 30)) as hands:
        await hands.press("enter")
        await hands.sees("line 59")
        await desk.writes(chat, "one more")
        await hands.sees("one more")
        await hands.press("ctrl+u", "ctrl+u")
        await hands.sees_no_more("line 59")
        before = hands.screen()[2:18]
        await desk.writes(chat, "late words")
        await hands.sees("1 new below · G")
        assert hands.screen()[2:18] == before
        await hands.press("G")
        await hands.until(lambda: hands.app.screen.query_one(Thread).at_bottom)
        await hands.sees("▎ late words")


async def test_older_messages_come_when_the_top_is_reached(
    desk: TwinDesk, console: Opening
) -> None:
    chat = desk.conversation("Jan Kowalski")
    for number in range(250):
        desk.message(chat, f"line {number}.")
    async with console((100, 30)) as hands:
        await hands.press("enter")
        await hands.sees("line 249.")
        await hands.press("g")
        await hands.until(lambda: _count(hands.app.view.thread) == 200)
        await hands.press("g")
        await hands.until(lambda: _count(hands.app.view.thread) == 250)
        await hands.press("g")
        await hands.sees("line 0.")


def _count(thread: object) -> int:
    return len(getattr(thread, "messages", ()))


async def test_a_long_message_is_scrolled_through_before_the_next(
    desk: TwinDesk, console: Opening
) -> None:
    chat = desk.conversation("Jan Kowalski")
    desk.message(chat, "before")
    desk.message(chat, "\n".join(f"part {number}." for number in range(38)))
    desk.message(chat, "after")
    async with console((100, 24)) as hands:
        await hands.press("enter")
        await hands.sees("after")
        await hands.press("k", "k")
        await hands.sees("part 0.")
        await hands.press("j", "j", "j", "j")
        await hands.sees("part 20.")
        assert hands.app.reading.message_at_cursor() == desk.messages[chat.contact][1]


async def test_a_tick_paints_only_the_rows_that_show_a_countdown(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console((160, 48)) as hands:
        await hands.press("enter")
        await hands.sees("Any news about my refund")
        thread = hands.app.screen.query_one(Thread)
        painted = list(thread._painted)
        desk.now += 1
        await hands.sees("0:47")
        assert thread._painted == painted


async def test_what_a_colleague_or_customer_does_now_is_seen(
    desk: TwinDesk, console: Opening
) -> None:
    scene(desk)
    async with console() as hands:
        await hands.press("enter")
        await hands.sees("Any news about my refund")
        await desk.tell(news.CustomerDoes(contact=1, conversation=104, typing=True))
        await hands.sees("Olga is typing")
        await desk.tell(news.AgentDoes(agent="bo", conversation=104, writing=True))
        await hands.sees("bo is writing")
        await desk.tell(news.CustomerDoes(contact=1, conversation=104, online=False))
        await hands.sees("left the page")


async def test_ten_thousand_messages_cost_what_twenty_do(desk: TwinDesk, console: Opening) -> None:
    """Only what is in the window is wrapped: counted, not timed by a clock on the wall."""
    chat = desk.conversation("Jan Kowalski")
    async with console((100, 30)) as hands:
        await hands.press("enter")
        await hands.until(lambda: bool(hands.app.view.thread and hands.app.view.thread.loaded))
        thread = hands.app.screen.query_one(Thread)
        many = tuple(desk.message(chat, f"line {n} " + "word " * 40) for n in range(10_000))
        import dataclasses

        view = hands.app.view
        assert view.thread is not None
        view = dataclasses.replace(view, thread=dataclasses.replace(view.thread, messages=many))
        thread._cache.clear()
        began = time.process_time()
        thread.show(view)
        for _move in range(20):
            thread.move("up")
        assert len(thread._cache) < 200
        assert time.process_time() - began < 2.0
