"""The chat page of one customer, as the widget behaves: resends what has no ack, resumes, reads."""

import asyncio
import hashlib
import hmac
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec

from cordboard.demo.customers.ledger import Declined, Got, Ledger, Taken
from cordboard.demo.people import Person

ACK_WITHIN = 8.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0


@dataclass(frozen=True, slots=True)
class Line:
    """An agent's message that the page has shown."""

    id: str
    seq: int
    text: str


@dataclass(slots=True)
class _Unsent:
    cid: str
    text: str
    token: str
    done: asyncio.Future[bool]
    tries: int = 0


class Page:
    """`open` it and `leave`; what was said in between is there when one is back."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        who: Person,
        page: str,
        shop_secret: str,
        ledger: Ledger,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._http = http
        self._url = url
        self._who = who
        self._page = page
        self._login = login(who, shop_secret)
        self._ledger = ledger
        self._clock = clock
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._token = ""
        self._read = 0
        self._unsent: dict[str, _Unsent] = {}
        self._unanswered: deque[str] = deque()
        self._last_token = ""
        self._lines: asyncio.Queue[Line] = asyncio.Queue()
        self._shown: set[str] = set()
        self._stay: asyncio.Task[None] | None = None
        self._welcomed = asyncio.Event()
        self._been_here = False

    @property
    def here(self) -> bool:
        return self._stay is not None

    async def open(self) -> None:
        """Stay connected from now on; returns when the chat has greeted us."""
        if self._stay is None:
            self._stay = asyncio.get_running_loop().create_task(self._connected(), name="page")
        await self._welcomed.wait()

    async def leave(self) -> None:
        """Close the page."""
        stay, self._stay = self._stay, None
        if stay is not None:
            stay.cancel()
            await asyncio.gather(stay, return_exceptions=True)

    async def say(self, text: str, *, cid: str, token: str) -> bool:
        """True once the chat has acknowledged it; False when it never will."""
        unsent = _Unsent(cid, text, token, asyncio.get_running_loop().create_future())
        self._unsent[cid] = unsent
        await self._bring(unsent)
        while not unsent.done.done():
            done, _ = await asyncio.wait([unsent.done], timeout=ACK_WITHIN)
            if not done:
                await self._bring(unsent)
        return unsent.done.result()

    async def type(self, seconds: float) -> None:
        """Write for so long, with pauses as people make them."""
        while seconds > 0:
            await self._tell(type="typing", on=True)
            await asyncio.sleep(min(seconds, 2.5))
            seconds -= 2.5

    async def give_address(self, address: str) -> None:
        await self._tell(type="email", address=address)

    async def hear(self, within: float) -> Line | None:
        """The next answer on the page; None when there was none for so many seconds."""
        try:
            async with asyncio.timeout(within):
                return await self._lines.get()
        except TimeoutError:
            return None

    # --- the socket ----------------------------------------------------------------------------

    async def _connected(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._once()
                pause = FIRST_PAUSE
            except (aiohttp.ClientError, OSError, TimeoutError):
                pause = min(pause * 2, LONGEST_PAUSE)
            finally:
                self._welcomed.clear()
                self._socket = None
            await asyncio.sleep(pause)

    async def _once(self) -> None:
        address = self._url.replace("http", "ws", 1) + "/ws"
        async with self._http.ws_connect(address, origin=self._url) as socket:
            self._socket = socket
            await self._tell(type="hello", token=self._token, page=self._page,
                             lang=self._who.language, read=self._read, **self._login)  # fmt: skip
            async for message in socket:
                if message.type != aiohttp.WSMsgType.TEXT:
                    return
                await self._hear(msgspec.json.decode(message.data))

    async def _hear(self, frame: dict[str, Any]) -> None:
        match frame:
            case {"type": "welcome"}:
                await self._welcome(frame)
            case {"type": "ack", "cid": cid}:
                self._settle(str(cid), taken=True)
            case {"type": "nack", "cid": cid} if not frame.get("retry"):
                self._settle(str(cid), taken=False)
            case {"type": "msg"}:
                await self._show(frame)

    async def _welcome(self, frame: dict[str, Any]) -> None:
        self._token = frame.get("token") or self._token
        past = frame.get("history", ())
        if not self._been_here:
            # What was said on other days was read on other days.
            self._shown.update(str(line.get("id", "")) for line in past)
            self._been_here = True
        for line in past:
            await self._show(line)
        self._welcomed.set()
        for unsent in list(self._unsent.values()):
            await self._bring(unsent)

    async def _bring(self, unsent: _Unsent) -> None:
        if self._welcomed.is_set() and not unsent.done.done():
            unsent.tries += 1
            await self._tell(type="msg", cid=unsent.cid, text=unsent.text)

    def _settle(self, cid: str, *, taken: bool) -> None:
        unsent = self._unsent.pop(cid, None)
        if unsent is None:
            return
        now = self._clock()
        if taken:
            self._unanswered.append(unsent.token)
            self._ledger.write(Taken(unsent.token, now, max(unsent.tries, 1)))
        else:
            self._ledger.write(Declined(unsent.token, now, "the chat does not want it"))
        unsent.done.set_result(taken)

    async def _show(self, frame: dict[str, Any]) -> None:
        """Show a line once, as the widget does: by its number in the chat."""
        line = Line(str(frame.get("id", "")), int(frame.get("seq", 0)), str(frame.get("text", "")))
        self._read = max(self._read, line.seq)
        if frame.get("mine") or line.id in self._shown:
            return
        self._shown.add(line.id)
        self._ledger.write(
            Got(
                id=line.id,
                channel="webchat",
                customer=self._who.email,
                at=self._clock(),
                token=self._answered(),
                text=line.text[:200],
            )
        )
        await self._tell(type="read", seq=line.seq)
        self._lines.put_nowait(line)

    def _answered(self) -> str:
        """In a chat one answers what was said last."""
        if self._unanswered:
            self._last_token = self._unanswered[-1]
            self._unanswered.clear()
        return self._last_token

    async def _tell(self, **frame: object) -> None:
        if self._socket is not None and not self._socket.closed:
            try:
                await self._socket.send_str(msgspec.json.encode(frame).decode())
            except (aiohttp.ClientError, OSError):
                return  # it is resent on the next connection


def login(who: Person, secret: str) -> dict[str, object]:
    """What the shop's site tells the chat of a customer who is logged in there, signed."""
    if not who.login or not secret:
        return {}
    signed = hmac.new(secret.encode(), who.login.encode(), hashlib.sha256).hexdigest()
    return {"user": {"id": who.login, "hash": signed, "name": who.name}}
