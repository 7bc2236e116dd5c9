"""Line by line: the same desk without a picture."""

import asyncio
import io
from collections.abc import Awaitable, Callable

import pytest

from console.plain import Plain
from tests.console.desk import TwinDesk
from tests.console.scene import scene
from wire.messages.desk import OfferRow
from wire.messages.verbs import Accept, Comment, Decline, Reply, Resolve, SetPresence

pytestmark = pytest.mark.program


class Paper:
    """What was printed, and lines to type when what they need is there."""

    def __init__(self) -> None:
        self.out = io.StringIO()
        self._lines: asyncio.Queue[str] = asyncio.Queue()

    def type(self, line: str) -> None:
        self._lines.put_nowait(line + "\n")

    @property
    def read(self) -> Callable[[], Awaitable[str]]:
        return self._lines.get

    async def sees(self, words: str) -> None:
        async with asyncio.timeout(5):
            while words not in self.out.getvalue():
                await asyncio.sleep(0.005)


async def test_a_customer_is_read_and_answered_line_by_line(desk: TwinDesk) -> None:
    scene(desk)
    paper = Paper()
    plain = Plain(desk.connect, "ana", out=paper.out, now=lambda: desk.now, steady=lambda: desk.now)
    running = asyncio.create_task(plain.run(paper.read))
    await paper.sees("1. Olga Petrenko, chat, due −2:12, Delivery 88120")
    paper.type("open 1")
    await paper.sees("14:28, Olga Petrenko, chat: Hi! Any news about my refund?")
    paper.type("reply It left us.\\nToday.")
    await paper.sees("you, chat, goes out in 0:05")
    paper.type("comment promised")
    await paper.sees("comment, not sent to the customer: promised")
    paper.type("resolve")
    await paper.sees("Done.")
    paper.type("what")
    await paper.sees("reply WORDS: answer the customer")
    paper.type("quit")
    await running
    assert desk.asks(Reply)[0].text == "It left us.\nToday."
    assert len(desk.asks(Comment)) == len(desk.asks(Resolve)) == 1


async def test_an_offer_is_said_and_answered_line_by_line(desk: TwinDesk) -> None:
    row = desk.conversation("Jan Kowalski", status="waiting", owner="")
    first, second = (
        OfferRow(id=number, conversation=row.id, contact=row.contact, contact_name="Jan Kowalski",
                 kind="webchat", team="support", at=desk.now, until=desk.now + 20,
                 last_text="Is the blue one back?")
        for number in (7, 8)
    )  # fmt: skip
    desk.offered = (first,)
    paper = Paper()
    plain = Plain(desk.connect, "ana", out=paper.out, now=lambda: desk.now, steady=lambda: desk.now)
    running = asyncio.create_task(plain.run(paper.read))
    await paper.sees("offered to you (accept, decline): Jan Kowalski, chat, 0:20, Is the blue one")
    paper.type("decline in a meeting")
    await paper.sees("Somebody else is asked.")
    await desk.offers_to(second)
    paper.type("accept")
    await paper.sees("Jan Kowalski is yours.")
    paper.type("accept")
    await paper.sees("Nothing is offered to you.")
    await desk.is_present("not-responding")
    await paper.sees("You did not answer: nothing new comes to you.")
    paper.type("ready")
    await paper.sees("You take new work.")
    paper.type("q")
    await running
    assert [(ask.offer, ask.reason) for ask in desk.asks(Decline)] == [(7, "in a meeting")]
    assert [ask.offer for ask in desk.asks(Accept)] == [8]
    assert [ask.presence for ask in desk.asks(SetPresence)] == ["online"]


async def test_new_work_is_said(desk: TwinDesk) -> None:
    paper = Paper()
    plain = Plain(desk.connect, "ana", out=paper.out, now=lambda: desk.now, steady=lambda: desk.now)
    running = asyncio.create_task(plain.run(paper.read))
    await paper.sees("The link is up.")
    await desk.writes(desk.conversation("Jan Kowalski"), "Hello?")
    await paper.sees("waits for you: Jan Kowalski")
    paper.type("q")
    await running
