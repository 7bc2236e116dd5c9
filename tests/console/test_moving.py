"""Moving what was written and making two customers one, by keys; each shown before it is done."""

import msgspec
import pytest

from tests.console.conftest import Opening
from tests.console.desk import TwinDesk
from tests.console.scene import scene
from wire.messages import news
from wire.messages.base import say
from wire.messages.verbs import Link, Merge, Move, MoveBack, PlanMerge, PlanMove, Unmerge

pytestmark = pytest.mark.journey


async def test_a_message_moves_to_another_topic_and_back(desk: TwinDesk, console: Opening) -> None:
    chat = scene(desk)
    async with console() as hands:
        await hands.press("enter", "k", "m")
        await hands.sees("this message")
        await hands.press("m")
        await hands.sees("Invoice 4417 charged twice  #101")
        await hands.press("down", "enter")
        await hands.sees("It can be moved back.")
        moved = desk.messages[1][-1]
        assert desk.asks(PlanMove) == [PlanMove(message=moved.id, into=101)]
        assert desk.asks(Move) == []
        await hands.press("y")
        await hands.sees(f"↪ moved here from #{chat.id} by Ana")
        assert desk.asks(Move) == [Move(message=moved.id, into=101)]
        await hands.press("u")
        await hands.sees("Moved back.")
        assert desk.asks(MoveBack) == [MoveBack(move=1)]


async def test_a_conversation_goes_to_another_customer(desk: TwinDesk, console: Opening) -> None:
    chat = scene(desk)
    jan = desk.rows[110].contact
    async with console() as hands:
        await hands.press("m")
        await hands.sees("Where to?")
        await hands.types("Jan")
        await hands.sees("Jan Kowalski  jan@kvit.example")
        await hands.press("enter")
        await hands.sees("as it is")
        await hands.press("o")
        await hands.sees("move it")
        await hands.press("n")
        await hands.sees_no_more("move it")
        assert desk.asks(Move) == []
        await hands.press("m")
        await hands.types("#110")
        await hands.sees("Jan Kowalski: Is the blue one")
        await hands.press("enter")
        await hands.sees("move it")
        await hands.press("y")
        await hands.until(lambda: desk.asks(Move) == [Move(conversation=chat.id, into=110)])
    assert desk.asks(PlanMove)[0] == PlanMove(conversation=chat.id, contact=jan)


async def test_two_customers_become_one_and_two_again(desk: TwinDesk, console: Opening) -> None:
    scene(desk)
    jan = desk.rows[110].contact
    async with console((160, 48)) as hands:
        await hands.press("enter", "M")
        await hands.sees("Who else is Olga Petrenko?")
        await hands.types("Jan")
        await hands.sees("Jan Kowalski  jan@kvit.example")
        await hands.press("enter")
        await hands.sees("this one")
        await hands.press("a")
        await hands.until(
            lambda: PlanMerge(kept=1, gone=jan, take=("name",)) in desk.asks(PlanMerge)
        )
        await hands.sees("choose another name  Jan Kowalski")
        await hands.press("y")
        await hands.sees("They are one now.")
        assert desk.asks(Merge) == [Merge(kept=1, gone=jan, take=("name",))]
        await hands.sees("with Jan Kowalski")
        await hands.press("M", "a")
        await hands.sees("They are two again")
        assert desk.asks(Unmerge) == [Unmerge(contact=jan)]
        assert desk.asks(Link) == []


async def test_what_may_be_related_and_what_came_twice_is_said(
    desk: TwinDesk, console: Opening
) -> None:
    chat = scene(desk)
    desk.rows[chat.id] = msgspec.structs.replace(chat, related=112)
    doubt = say("possibly related to #{conversation}, but its sender took no part there",
                conversation=112)  # fmt: skip
    desk.message(chat, "Me too!", placed=doubt, notes={"also_to": "sales@desk.example"})
    desk.message(chat, "Fine.", placed=say("it comes from the same chat"))
    async with console() as hands:
        await hands.press("enter")
        await hands.sees("↪ possibly related to #112, but its sender took no part there")
        await hands.sees("also came to sales@desk.example")
        assert "same chat" not in hands.text()
        await hands.press("B")
        await hands.until(lambda: hands.app.view.thread is not None
                          and hands.app.view.thread.strand == 112)  # fmt: skip


async def test_a_thread_whose_messages_left_is_read_anew(desk: TwinDesk, console: Opening) -> None:
    chat = scene(desk)
    async with console() as hands:
        await hands.press("enter")
        await hands.sees("when does my order arrive")
        gone = desk.messages[1].pop()
        await desk.tell(news.ThreadChanged(contact=1))
        await hands.sees_no_more("when does my order arrive")
        jan = desk.rows[110].contact
        desk.messages[jan].append(gone)
        await desk.becomes(chat.id, contact=jan, contact_name="Jan Kowalski")
        await desk.tell(news.ThreadChanged(contact=1))
        await hands.sees("when does my order arrive")
        assert hands.app.view.thread is not None
        assert hands.app.view.thread.contact == jan
