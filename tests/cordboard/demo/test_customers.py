"""Customers at the desk's doors: they bring what was not taken again, and read their answers."""

import asyncio
import dataclasses
import hmac
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from cordboard.demo.customers import ledger, mail_server, mailbox, page
from cordboard.demo.customers.ledger import Declined, Entry, Got, Ledger, Sent, Taken
from cordboard.demo.customers.life import Customer, World
from cordboard.demo.customers.mail_server import MailServer
from cordboard.demo.customers.mailbox import Mailboxes
from cordboard.demo.customers.plan import Plan, plan
from cordboard.demo.customers.telegram import Telegram
from cordboard.demo.customers.telegram_server import TelegramServer
from cordboard.demo.people import person
from tests.cordboard.demo.desk_twin import (
    LATER,
    NEVER,
    TAKEN,
    ChatDesk,
    MailDesk,
    chat_desk,
    mail_desk,
)

pytestmark = pytest.mark.program

WITHIN = 15.0


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers that are asked again soon."""
    monkeypatch.setattr(mail_server, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(mailbox, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(page, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(page, "ACK_WITHIN", 0.2)


@dataclasses.dataclass
class Town:
    """The desk's doors, and the customers' side of them."""

    mail: MailDesk
    chat: ChatDesk
    telegram: TelegramServer
    world: World
    book: Path

    def entries(self) -> list[Entry]:
        return list(ledger.read(self.book))

    def of(self, kind: type[Entry]) -> list[Any]:
        return [entry for entry in self.entries() if isinstance(entry, kind)]


@asynccontextmanager
async def town(folder: Path, hearing: Callable[..., Awaitable[None]]) -> AsyncIterator[Town]:
    book = Ledger(folder / "ledger")
    async with (
        mail_desk(folder / "mail") as (mail, door),
        chat_desk(hearing) as chat,
        TelegramServer("4242:token") as server_of_telegram,
        aiohttp.ClientSession() as http,
    ):
        addresses = {name: f"{name}@kvit.example" for name in ("support", "billing")}
        server = MailServer(dict.fromkeys(addresses.values(), door), book)
        boxes = Mailboxes(folder / "mail", book)
        telegram = Telegram(http, server_of_telegram.url, book)
        world = World(
            "7F3K", addresses, chat.url, book, server, boxes, telegram, http, speed=400.0
        )  # fmt: skip
        everybody = (server.run(), boxes.run(), telegram.run())
        running = [asyncio.create_task(each) for each in everybody]
        try:
            yield Town(mail, chat, server_of_telegram, world, folder / "ledger")
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            book.close()


def story(channel: str, **changes: Any) -> Plan:
    usual = {"follow_ups": 0, "switches": False, "leaves": False, "nudges": False}
    found = next(
        each for each in (plan(7, "7F3K", number, known=100) for number in range(1, 99))
        if each.channel == channel and not each.who.known_by_telegram
    )  # fmt: skip
    return dataclasses.replace(found, **{**usual, **changes})


async def answering(desk: ChatDesk, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
    """Acknowledge and answer at once."""
    await desk.ack(socket, frame)
    await socket.send_json(desk.line("We are on it."))


async def lived(customer: Customer) -> None:
    await asyncio.wait_for(customer.live(), WITHIN)


async def test_a_mail_that_is_not_taken_is_kept_and_brought_again_as_the_same(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, answering) as here:
        here.mail.verdicts = [LATER, LATER, TAKEN]
        living = asyncio.create_task(lived(Customer(story("email"), here.world)))
        letter = await here.mail.next()
        here.mail.answer(letter, story("email").who.email, "It is on its way.")
        await living
        assert len(here.mail.tried) == 4  # twice in vain, once taken, and the thanks
        assert len(set(here.mail.tried)) == 2
        assert [entry.tries for entry in here.of(Taken)] == [3, 1]


async def test_a_mail_that_will_never_be_taken_is_written_down_as_that(tmp_path: Path) -> None:
    async with town(tmp_path, answering) as here:
        here.mail.verdicts = [NEVER]
        living = asyncio.create_task(Customer(story("email"), here.world).live())
        await until(lambda: here.of(Declined))
        await cancelled(living)
        assert here.of(Taken) == []
        assert "550" in here.of(Declined)[0].reason


async def test_a_customer_reads_the_answer_and_thanks_for_it(tmp_path: Path) -> None:
    async with town(tmp_path, answering) as here:
        living = asyncio.create_task(lived(Customer(story("email"), here.world)))
        first = await here.mail.next()
        here.mail.answer(first, story("email").who.email, "It is on its way.\n\n> quoted")
        await living
        got, thanks = here.of(Got)[0], here.mail.taken[1]
        assert got.token == here.of(Sent)[0].token
        assert got.text == "It is on its way."
        assert thanks.in_reply_to == got.id
        assert thanks.subject == f"Re: {first.subject}"


async def test_a_chat_message_without_an_ack_is_brought_again_under_its_cid(
    tmp_path: Path,
) -> None:
    deaf = [True, True]

    async def hard_of_hearing(desk: ChatDesk, socket: Any, frame: dict[str, Any]) -> None:
        if deaf:
            deaf.pop()
            return
        await answering(desk, socket, frame)

    async with town(tmp_path, hard_of_hearing) as here:
        await lived(Customer(story("webchat"), here.world))
        assert len(here.chat.brought) == 4
        assert len(set(here.chat.brought)) == 2
        assert [entry.tries for entry in here.of(Taken)] == [3, 1]


async def test_a_connection_that_breaks_is_resumed_with_the_same_visitor_token(
    tmp_path: Path,
) -> None:
    cut = [True]

    async def breaks_once(desk: ChatDesk, socket: web.WebSocketResponse, frame: Any) -> None:
        if cut:
            cut.pop()
            desk.line(frame["text"], mine=True, id=frame["cid"])  # committed, but not told
            await socket.close()
            return
        await answering(desk, socket, frame)

    async with town(tmp_path, breaks_once) as here:
        await lived(Customer(story("webchat"), here.world))
        assert [frame["token"] for frame in here.chat.named("hello")] == ["", "visitor-1"]
        mine = [line for line in here.chat.history if line["mine"]]
        assert len(mine) == 2
        assert len(here.of(Taken)) == 2


async def test_a_customer_who_leaves_sees_what_was_said_meanwhile_once(tmp_path: Path) -> None:
    async with town(tmp_path, answering) as here:
        await lived(Customer(story("webchat", follow_ups=1, leaves=True), here.world))
        got = here.of(Got)
        assert len(here.chat.named("hello")) == 2
        assert len({entry.id for entry in got}) == len(got)
        assert here.chat.named("hello")[1]["read"] > 0
        assert here.chat.named("typing")
        assert here.chat.named("read")


async def test_a_customer_who_turns_from_chat_to_mail_says_who_they_are(tmp_path: Path) -> None:
    async with town(tmp_path, answering) as here:
        switching = story("webchat", follow_ups=1, switches=True)
        living = asyncio.create_task(lived(Customer(switching, here.world)))
        await here.mail.next()
        here.mail.answer(here.mail.taken[0], switching.who.email, "Here we are again.")
        await living
        assert here.chat.named("email") == [{"type": "email", "address": switching.who.email}]
        assert {entry.channel for entry in here.of(Sent)} == {"webchat", "email"}
        assert {entry.customer for entry in here.of(Sent)} == {switching.who.email}


async def test_a_customer_who_turns_from_mail_to_chat_says_who_they_are(tmp_path: Path) -> None:
    async with town(tmp_path, answering) as here:
        switching = story("email", follow_ups=1, switches=True)
        living = asyncio.create_task(lived(Customer(switching, here.world)))
        here.mail.answer(await here.mail.next(), switching.who.email, "It is on its way.")
        await living
        assert here.chat.named("email") == [{"type": "email", "address": switching.who.email}]
        assert here.chat.origins == {here.chat.url}


async def test_a_message_by_telegram_is_taken_once_the_bot_has_confirmed_it(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, answering) as here, Bot(here).open() as bot:
        living = asyncio.create_task(lived(Customer(story("telegram"), here.world)))
        (update,) = await bot.updates(0)
        assert here.of(Sent)[0].channel == "telegram"
        assert here.of(Taken) == []
        asking = asyncio.create_task(bot.updates(update["update_id"] + 1))
        await until(lambda: here.of(Taken))
        await bot.say(update["message"]["chat"]["id"], "We are on it.")
        (thanks,) = await asking
        await bot.updates(thanks["update_id"] + 1, wait=0)
        await living
        (got,) = here.of(Got)
        assert (got.text, got.token) == ("We are on it.", here.of(Sent)[0].token)
        assert len(here.of(Taken)) == 2


async def test_a_customer_whom_the_shop_knows_turns_from_mail_to_telegram(tmp_path: Path) -> None:
    who = person(7, 5)
    switching = dataclasses.replace(story("email", follow_ups=1, switches=True), who=who)
    async with town(tmp_path, answering) as here, Bot(here).open() as bot:
        living = asyncio.create_task(lived(Customer(switching, here.world)))
        here.mail.answer(await here.mail.next(), who.email, "It is on its way.")
        (update,) = await bot.updates(0)
        assert update["message"]["from"]["id"] == who.telegram
        await cancelled(living)
        assert {entry.channel for entry in here.of(Sent)} == {"email", "telegram"}


@dataclasses.dataclass
class Bot:
    """The desk's bot, as far as Telegram sees it."""

    town: Town

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Bot"]:
        async with aiohttp.ClientSession() as self.http:
            yield self

    async def updates(self, offset: int, wait: int = 10) -> list[dict[str, Any]]:
        return list(await self.call("getUpdates", {"offset": offset, "timeout": wait}))

    async def say(self, chat: int, text: str) -> None:
        await self.call("sendMessage", {"chat_id": chat, "text": text})

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        url = f"{self.town.telegram.url}/bot4242:token/{method}"
        async with self.http.post(url, json=params) as response:
            return (await response.json())["result"]


async def test_who_is_logged_in_at_the_shop_is_known_in_the_chat(tmp_path: Path) -> None:
    async with town(tmp_path, answering) as here:
        known = dataclasses.replace(story("webchat"), who=person(7, 3))
        signing = dataclasses.replace(here.world, shop_secret="s3cret")
        await lived(Customer(known, signing))
        user = here.chat.named("hello")[0]["user"]
        assert (user["id"], user["name"]) == ("kvit-3", person(7, 3).name)
        assert user["hash"] == hmac.new(b"s3cret", b"kvit-3", "sha256").hexdigest()


async def test_what_was_said_on_other_days_is_no_answer(tmp_path: Path) -> None:
    async with town(tmp_path, answering) as here:
        here.chat.line("Have a nice day!")
        await lived(Customer(story("webchat"), here.world))
        assert {entry.text for entry in here.of(Got)} == {"We are on it."}


async def test_somebody_who_is_asked_tells_what_was_asked(tmp_path: Path) -> None:
    asking = story("email")
    asked = asking.case.topic.asks[0]
    async with town(tmp_path, answering) as here:
        living = asyncio.create_task(lived(Customer(asking, here.world)))
        here.mail.answer(await here.mail.next(), asking.who.email, asked)
        detail = await here.mail.next()
        here.mail.answer(detail, asking.who.email, "Thank you, done.")
        await living
        assert len(here.mail.taken) == 3


async def test_when_it_is_over_nobody_begins_anything_more(tmp_path: Path) -> None:
    async with town(tmp_path, answering) as here:
        living = asyncio.create_task(Customer(story("webchat"), here.world).live())
        await until(lambda: here.of(Got))
        here.world.over.set()
        written = len(here.of(Sent))
        await cancelled(living)
        assert len(here.of(Sent)) == written <= 2


def test_customers_know_nothing_of_the_house() -> None:
    show = "import cordboard.demo.customers.__main__, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, timeout=60)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert done.returncode == 0, done.stderr
    assert loaded & {"router", "console", "adapters", "wire", "agent_notes", "nats"} == set()


async def until(true: Callable[[], Any]) -> None:
    async with asyncio.timeout(WITHIN):
        while not true():
            await asyncio.sleep(0.01)


async def cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
