"""The customers' Telegram: one socket to the server for all of them, a chat with the bot each."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec

from cordboard.demo.customers.ledger import Got, Ledger, Taken
from cordboard.demo.people import Person

PAUSE = 0.5


@dataclass(slots=True)
class Chat:
    """One customer's chat with the bot."""

    who: Person
    lines: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)
    unanswered: deque[str] = field(default_factory=deque)
    last: str = ""

    def answered(self) -> str:
        """In a chat one answers what was said last."""
        if self.unanswered:
            self.last = self.unanswered[-1]
            self.unanswered.clear()
        return self.last


class Telegram:
    """`run` it; `write` returns once the bot has confirmed the message, `hear` waits for words."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        ledger: Ledger,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._http, self._url, self._ledger, self._clock = http, url, ledger, clock
        self._chats: dict[int, Chat] = {}
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._here = asyncio.Event()
        self._untaken: dict[str, asyncio.Future[None]] = {}

    async def run(self) -> None:
        """For ever; there may be no Telegram at all, then nobody writes by it."""
        while self._url:
            try:
                await self._once()
            except (aiohttp.ClientError, OSError):
                await asyncio.sleep(PAUSE)
            finally:
                self._here.clear()

    async def write(self, who: Person, text: str, *, token: str) -> None:
        chat = self._chats.setdefault(who.telegram, Chat(who))
        taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._untaken[token] = taken
        await self._here.wait()
        if self._socket is not None:
            await self._socket.send_json({"write": token, "user": account(who), "text": text})
        await taken
        chat.unanswered.append(token)
        self._ledger.write(Taken(token, self._clock()))

    async def hear(self, who: Person, within: float) -> str | None:
        """The next answer; None when there was none for so many seconds."""
        try:
            async with asyncio.timeout(within):
                return await self._chats.setdefault(who.telegram, Chat(who)).lines.get()
        except TimeoutError:
            return None

    async def _once(self) -> None:
        address = self._url.replace("http", "ws", 1) + "/customers"
        async with self._http.ws_connect(address) as socket:
            self._socket = socket
            self._here.set()
            async for frame in socket:
                self._heard(msgspec.json.decode(frame.data))

    def _heard(self, frame: dict[str, Any]) -> None:
        match frame:
            case {"taken": token}:
                taken = self._untaken.pop(token, None)
                if taken is not None:
                    taken.set_result(None)
            case {"shown": {"chat": number, "id": id_, "text": text}} if number in self._chats:
                self._show(self._chats[number], int(id_), str(text))

    def _show(self, chat: Chat, id_: int, text: str) -> None:
        self._ledger.write(
            Got(
                id=f"{chat.who.telegram}/{id_}",
                channel="telegram",
                customer=chat.who.email,
                at=self._clock(),
                token=chat.answered(),
                text=text[:200],
            )
        )
        chat.lines.put_nowait(text)


def account(who: Person) -> dict[str, object]:
    """Their account, as Telegram tells it to bots."""
    return {
        "id": who.telegram,
        "is_bot": False,
        "first_name": who.first,
        "last_name": who.last,
        "language_code": who.language,
    }
