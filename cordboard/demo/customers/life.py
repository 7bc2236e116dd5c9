"""How a customer lives through their matter: writes, waits, reads, answers, changes the channel."""

import asyncio
import random
import time
from dataclasses import dataclass, field

import aiohttp

from cordboard.demo import talk
from cordboard.demo.customers import letters, tokens
from cordboard.demo.customers.ledger import Ledger, Sent
from cordboard.demo.customers.letters import Letter
from cordboard.demo.customers.mail_server import MailServer
from cordboard.demo.customers.mailbox import Mailboxes
from cordboard.demo.customers.page import Page
from cordboard.demo.customers.plan import Channel, Plan
from cordboard.demo.customers.telegram import Telegram

# Seconds at speed 1.
TYPES_PER_SECOND = 14.0
CHAT_PATIENCE = (70.0, 160.0)
MAIL_PATIENCE = (600.0, 1_200.0)
THINKS_IN_CHAT = (4.0, 22.0)
THINKS_BY_MAIL = (25.0, 140.0)
AWAY = (15.0, 60.0)
LINGERS = (25.0, 70.0)


@dataclass(frozen=True, slots=True)
class World:
    """What is the same for all customers."""

    run: str
    # "support" → support@kvit.example
    desks: dict[str, str]
    chat: str
    ledger: Ledger
    mail_server: MailServer
    mailboxes: Mailboxes
    telegram: Telegram
    http: aiohttp.ClientSession
    # With it the shop's site signs who is logged in; "" where nobody is.
    shop_secret: str = ""
    speed: float = 1.0
    # Set when nobody is to begin anything more.
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Customer:
    """One story. `live` returns when the customer has what they wanted, or has given up."""

    def __init__(self, plan: Plan, world: World) -> None:
        self._plan = plan
        self._who = plan.who
        self._world = world
        self._chance = random.Random(plan.chance_seed)  # noqa: S311
        self._channel: Channel = plan.channel
        self._page = Page(
            world.http, world.chat, plan.who, _looks_at(plan), world.shop_secret, world.ledger
        )
        self._letter: Letter | None = None
        self._parts = 0
        self._nudged = False
        self._switched = False
        self._details = 2

    async def live(self) -> None:
        try:
            await self._begin()
            await self._converse()
            await self._linger()
        finally:
            await self._page.leave()

    async def go_on(self, letter: Letter) -> None:
        """The desk wrote first: answer it, and be done."""
        self._letter, self._channel = letter, "email"
        await self._think()
        await self._say(self._choose(self._plan.words.thanks))

    # --- the course of it ----------------------------------------------------------------------

    async def _begin(self) -> None:
        topic, matter = self._plan.case.topic, self._plan.case.matter
        if self._channel == "email":
            await self._say(topic.openings[matter], formal=True)
            return
        if self._channel == "webchat":
            await self._page.open()
        await self._say(topic.chats[matter])

    async def _converse(self) -> None:
        left = self._plan.follow_ups
        while not self._world.over.is_set():
            said = await self._hear()
            if said is None:
                if not await self._unanswered():
                    return
                continue
            await self._think()
            if detail := self._detail(said):
                await self._say(detail)
            elif left:
                left -= 1
                await self._wander()
                await self._say(self._choose(self._plan.case.topic.follow_ups))
            else:
                await self._say(self._choose(self._plan.words.thanks))
                return

    async def _unanswered(self) -> bool:
        """Nobody answered in time. True when the customer goes on waiting."""
        if self._plan.nudges and not self._nudged and self._channel != "email":
            self._nudged = True
            await self._say(self._choose(self._plan.words.nudges))
            return True
        if self._plan.switches and not self._switched:
            await self._switch()
            return True
        if self._channel == "webchat":
            await self._page.leave()
            await self._pause(AWAY)
            await self._page.open()  # who comes back sees what was said meanwhile
        return True

    async def _wander(self) -> None:
        """Between two messages: to the other channel, or away from the page and back."""
        if self._plan.switches and not self._switched:
            await self._switch()
        elif self._plan.leaves and self._channel == "webchat":
            await self._page.leave()
            await self._pause(AWAY)
            await self._page.open()
            await self._say(self._choose(self._plan.words.back))

    async def _switch(self) -> None:
        self._switched = True
        if self._channel == "telegram":
            await self._change(to="email")
        elif self._channel == "email" and self._who.known_by_telegram:
            await self._change(to="telegram")  # the shop knows both: it is one thread
        elif self._channel == "email":
            await self._page.open()
            await self._page.give_address(self._who.email)
            self._channel = "webchat"
            await self._say(self._choose(self._plan.words.to_chat))
        else:
            await self._page.give_address(self._who.email)
            self._channel = "email"
            await self._say(self._choose(self._plan.words.to_mail))
            await self._page.leave()

    async def _change(self, to: Channel) -> None:
        self._channel = to
        words = self._plan.words
        await self._say(self._choose(words.to_mail if to == "email" else words.to_chat))

    async def _linger(self) -> None:
        """Stay for the last words. At the very end all stay, until they are sent home."""
        if self._page.here:
            await self._pause(LINGERS)
        if self._world.over.is_set():
            await asyncio.Event().wait()

    # --- hearing and saying --------------------------------------------------------------------

    async def _hear(self) -> str | None:
        if self._channel == "webchat":
            line = await self._page.hear(self._seconds(CHAT_PATIENCE))
            return None if line is None else line.text
        if self._channel == "telegram":
            return await self._world.telegram.hear(self._who, self._seconds(CHAT_PATIENCE))
        letter = await self._world.mailboxes.next(self._who.email, self._seconds(MAIL_PATIENCE))
        if letter is None:
            return None
        self._letter = letter
        return letters.own_words(letter.text)

    def _detail(self, said: str) -> str:
        """What to say when we were asked something."""
        if "?" not in said or self._details == 0:
            return ""
        self._details -= 1
        heard = talk.hear(said, ("asks",))
        return heard.answer if heard else self._choose(self._plan.case.topic.details)

    async def _say(self, template: str, *, formal: bool = False) -> None:
        """Write it and stay until it is taken, however often it has to be brought."""
        if self._world.over.is_set():
            return
        self._parts += 1
        token = tokens.token(self._world.run, self._plan.number, self._parts)
        places = {**self._plan.case.places, "agent": _signature(self._letter)}
        said = talk.say(template, places, female=self._who.female)
        if self._channel == "email":
            await self._send(said, token, formal=formal)
        elif self._channel == "telegram":
            await self._message(said, token)
        else:
            await self._chat(said, token)

    async def _send(self, said: str, token: str, *, formal: bool) -> None:
        text = self._framed(tokens.marked(talk.begun(said), token), formal=formal)
        desk, at = self._world.desks[self._plan.desk], time.time()
        mail = letters.write(
            self._who, desk, self._subject(), text, token=token, at=at, to=self._letter
        )
        self._world.ledger.write(Sent(token, "email", self._who.email, at))
        await self._world.mail_server.send(mail, self._who.email, desk, token)

    def _framed(self, text: str, *, formal: bool) -> str:
        if not formal:
            return f"{text}\n\n{self._who.first}"
        words = self._plan.words
        greeting, bye = self._choose(words.greetings), self._choose(words.signoffs)
        return f"{greeting}\n\n{text}\n\n{bye}\n{self._who.name}"

    async def _chat(self, said: str, token: str) -> None:
        text = tokens.marked(said, token)
        await self._page.type(len(text) / TYPES_PER_SECOND / self._world.speed)
        self._world.ledger.write(Sent(token, "webchat", self._who.email, time.time()))
        await self._page.say(text, cid=f"{token}-{self._who.number}", token=token)

    async def _message(self, said: str, token: str) -> None:
        text = tokens.marked(said, token)
        await asyncio.sleep(len(text) / TYPES_PER_SECOND / self._world.speed)
        self._world.ledger.write(Sent(token, "telegram", self._who.email, time.time()))
        await self._world.telegram.write(self._who, text, token=token)

    def _subject(self) -> str:
        if self._letter is not None:
            return letters.answer_subject(self._letter.subject)
        subject = self._plan.case.topic.subjects[self._plan.case.matter]
        return talk.say(subject, self._plan.case.places, female=self._who.female)

    # --- time and chance -----------------------------------------------------------------------

    async def _think(self) -> None:
        await self._pause(THINKS_BY_MAIL if self._channel == "email" else THINKS_IN_CHAT)

    async def _pause(self, between: tuple[float, float]) -> None:
        await asyncio.sleep(self._seconds(between))

    def _seconds(self, between: tuple[float, float]) -> float:
        return self._chance.uniform(*between) / self._world.speed

    def _choose(self, sentences: tuple[str, ...]) -> str:
        return self._chance.choice(sentences)


def _signature(letter: Letter | None) -> str:
    """Who signed the answer: the first name in the mail's From, as people see it."""
    return letter.sender.split()[0] if letter is not None and letter.sender else "Kvit"


def _looks_at(plan: Plan) -> str:
    """The page of the shop that they have open."""
    shop = "https://shop.kvit.example"
    of_topic = {"product": "/tea-and-tableware", "login": "/login", "payment": "/checkout"}
    order = f"/orders/{plan.case.places['order']}"
    return shop + of_topic.get(plan.case.topic.id, order)
