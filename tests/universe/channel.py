"""A channel as the world outside knows it, and an adapter of it on the real SDK.

The outside keeps what was written to us until we say that we took it, and what it was given by us.
"""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

from adapters.sdk.adapter import Adapter, Config, Inbox
from adapters.sdk.verdicts import Rejected, Retry
from wire.messages.capabilities import Capabilities
from wire.messages.channel import Event, MessageIn, Outbound, Party, ReceiptIn, Sent


@dataclass
class Letter:
    """Something that a customer sent; `token` stands in its text and in no other."""

    number: int
    remote: str
    token: str
    event: Event
    taken: bool = False


@dataclass
class Given:
    """What the channel was given by us."""

    id: str
    remote: str
    text: str
    at: float


@dataclass
class Outside:
    """One account's other side. `moody` is how often it does not do what it is asked."""

    kind: str
    account: str
    capabilities: Capabilities
    pulls: bool
    chance: random.Random
    letters: list[Letter] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    moody: float = 0.0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def write(self, remote: str, token: str, text: str, at: float) -> None:
        number = len(self.letters)
        mail = self.kind == "email"
        event = MessageIn(
            id=f"{self.account}-{number}", remote=remote, at=at, text=f"[{token}] {text}",
            sender=Party(address=remote, name=remote.title()), subject=text if mail else "",
            message_id=f"<{token}@home.test>" if mail else "", body_hash=token if mail else "",
            references=(f"<{token.partition('-')[0]}-0@home.test>",) if mail else (),
        )  # fmt: skip
        self.put(Letter(number, remote, token, event))

    def put(self, letter: Letter) -> None:
        self.letters.append(letter)
        self.news.set()

    def receipt(self, given: Given, at: float) -> None:
        number = len(self.letters)
        event = ReceiptIn(id=f"{self.account}-{number}", remote=given.remote, of=given.id,
                          state="delivered", at=at)  # fmt: skip
        self.put(Letter(number, given.remote, "", event))

    def was_given(self, id_: str) -> bool:
        return any(given.id == id_ for given in self.given)


class Channel(Adapter[Config]):
    """An adapter process's half: takes letters from outside, brings our messages there."""

    Config = Config
    send_timeout = 10.0

    def __init__(self, outside: Outside) -> None:
        super().__init__(Config(), outside.account)
        self._outside = outside
        self.kind = outside.kind  # type: ignore[misc]
        self.capabilities = outside.capabilities  # type: ignore[misc]

    async def run(self, inbox: Inbox) -> None:
        inbox.ready()
        if self._outside.pulls:
            await self._pull(inbox)
        else:
            await self._push(inbox)

    async def _pull(self, inbox: Inbox) -> None:
        """Like a mailbox: a cursor says how far it was read."""
        place = int((await inbox.state()).cursor or 0)
        for letter in self._outside.letters[:place]:
            letter.taken = True  # the cursor says so, even if its answer never came
        while True:
            self._outside.news.clear()
            while place < len(self._outside.letters):
                letter = self._outside.letters[place]
                place += 1
                await inbox.receive(letter.event, cursor=str(place))
                letter.taken = True
            await self._outside.news.wait()

    async def _push(self, inbox: Inbox) -> None:
        """Like a chat: whatever was not taken is brought again, customers beside each other."""
        brought = 0
        async with asyncio.TaskGroup() as group:
            while True:
                self._outside.news.clear()
                for letter in self._outside.letters[brought:]:
                    if not letter.taken:
                        group.create_task(self._bring(inbox, letter))
                brought = len(self._outside.letters)
                await self._outside.news.wait()

    async def _bring(self, inbox: Inbox, letter: Letter) -> None:
        await inbox.receive(letter.event)
        letter.taken = True

    async def send(self, message: Outbound) -> str:
        """It takes a moment; in a mood it fails before, or after, or says nothing."""
        outside = self._outside
        await asyncio.sleep(0.05 + outside.chance.random() * 0.3)
        mood = outside.chance.random()
        if mood < outside.moody * 0.3:
            raise Retry("try again", after=2.0)
        if mood < outside.moody * 0.35:
            raise Rejected("nobody there")
        now = asyncio.get_running_loop().time()
        outside.given.append(Given(message.id, message.remote, message.text, now))
        if mood < outside.moody * 0.6:
            await asyncio.sleep(60)
        if mood < outside.moody * 0.8:
            raise ConnectionResetError("hung up after the last byte")
        await asyncio.sleep(outside.chance.random() * 0.05)
        return f"<{message.id}@desk.test>"

    async def query(self, message: Outbound) -> Sent | None:
        await asyncio.sleep(0.02)
        found = self._outside.was_given(message.id)
        return Sent(remote_id=f"<{message.id}@desk.test>") if found else None


def outsides(chance: random.Random) -> dict[str, Outside]:
    """Three channels, one for each way to settle what is uncertain."""
    mail = Capabilities(kind="email", subject=True, recipients=True, can_start=True, undo=5.0,
                        when_unknown="query", enter_sends=False)  # fmt: skip
    chat = Capabilities(kind="webchat", typing=True, receipts="delivered", when_unknown="resend")
    bot = Capabilities(kind="telegram", when_unknown="ask", undo=2.0)
    made = (
        Outside("email", "support", mail, pulls=True, chance=chance),
        Outside("webchat", "site", chat, pulls=False, chance=chance),
        Outside("telegram", "bot", bot, pulls=True, chance=chance),
    )
    return {outside.account: outside for outside in made}


def remotes(outside: Outside) -> dict[str, list[Any]]:
    """Letters with words in them by customer, in the order in which they wrote."""
    by: dict[str, list[Any]] = {}
    for letter in outside.letters:
        if letter.token:
            by.setdefault(letter.remote, []).append(letter)
    return by
