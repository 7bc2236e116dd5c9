"""The chat's side: pages that behave as the widget does, over real sockets."""

import asyncio
import hashlib
import io
import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiohttp import (
    ClientError,
    ClientSession,
    ClientWebSocketResponse,
    WSMsgType,
    WSServerHandshakeError,
)

from adapters.sdk.conformance.counterpart import Counterpart, Instead, Shown
from adapters.sdk.conformance.desk import Desk
from adapters.sdk.conformance.expect import expect, until
from tests.servers.ports import free_ports

Frame = dict[str, Any]


class Page:
    """Comes back when the line breaks, repeats what has no answer, shows each message once."""

    def __init__(self, http: ClientSession, url: str, **hello: Any) -> None:
        self._http, self.url, self._hello = http, url, hello
        self.token, self.visitor, self.told_to_wait = "", "", 0
        self.taken: set[str] = set()
        self.shown: dict[str, Shown] = {}
        self.greeted = asyncio.Event()
        self._unsent: dict[str, Frame] = {}
        self._socket: ClientWebSocketResponse | None = None
        self._ticket: asyncio.Future[str] | None = None
        self._soon: list[asyncio.TimerHandle] = []
        self._numbers = itertools.count(10_000_000)
        self._stay = asyncio.create_task(self._connected(), name="a page")

    async def close(self) -> None:
        self._stay.cancel()
        for each in self._soon:
            each.cancel()
        await asyncio.gather(self._stay, return_exceptions=True)

    async def cut(self) -> None:
        """The line breaks."""
        socket, self._socket = self._socket, None
        self.greeted.clear()
        if socket is not None and (transport := socket.get_extra_info("socket")):
            transport.shutdown(2)
        await asyncio.wait_for(self.greeted.wait(), 10)

    async def write(self, text: str, file: bytes = b"") -> None:
        await asyncio.wait_for(self.greeted.wait(), 10)
        passes = [await self._upload(file)] if file else []
        cid = f"c{next(self._numbers)}"
        self._unsent[cid] = {"type": "msg", "cid": cid, "text": text, "files": passes}
        await self._say(**self._unsent[cid])

    async def again(self, text: str, cid: str) -> None:
        self._unsent[cid] = {"type": "msg", "cid": cid, "text": text}
        await self._say(**self._unsent[cid])
        await until(lambda: cid not in self._unsent, "what came again has no answer")

    @property
    def last(self) -> str:
        return f"c{next(self._numbers) - 1}"

    async def _connected(self) -> None:
        while True:
            try:
                await self._once()
            except (ClientError, OSError):
                await asyncio.sleep(0.05)

    async def _once(self) -> None:
        address = self.url.replace("http", "ws", 1) + "/ws"
        async with self._http.ws_connect(address, headers={"Origin": self.url}) as socket:
            self._socket = socket
            await self._say(type="hello", token=self.token, lang="uk", **self._hello)
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    await self._heard(message.json())
        self.greeted.clear()

    async def _heard(self, frame: Frame) -> None:
        match frame["type"]:
            case "welcome":
                self.token, self.visitor = frame["token"] or self.token, frame["visitor"]
                self.greeted.set()
                for line in frame.get("history", ()):
                    await self._show(line)
                for unsent in list(self._unsent.values()):
                    await self._say(**unsent)
            case "ack":
                self.taken.add(self._unsent.pop(frame["cid"], {"text": ""})["text"])
            case "nack":
                self.told_to_wait += 1
                self._later(frame["cid"], min(float(frame.get("retry") or 0.1), 1.5))
            case "ticket" if self._ticket:
                self._ticket.set_result(frame["url"])
            case "msg":
                await self._show(frame)

    async def _show(self, line: Frame) -> None:
        if not line.get("mine") and line["id"] not in self.shown:
            self.shown[line["id"]] = Shown(line["text"], await self._fetched(line))

    def _later(self, cid: str, seconds: float) -> None:
        def again() -> None:
            if cid in self._unsent:
                self._resending = asyncio.create_task(self._say(**self._unsent[cid]))

        self._soon.append(asyncio.get_running_loop().call_later(seconds, again))

    async def _upload(self, data: bytes) -> str:
        self._ticket = asyncio.get_running_loop().create_future()
        await self._say(type="ticket", cid="c0000000", name="large.bin", size=len(data))
        address, origin = f"{self.url}/{await self._ticket}", {"Origin": self.url}
        async with self._http.post(address, data=io.BytesIO(data), headers=origin) as answer:
            assert answer.status == 200, await answer.text()
            return str((await answer.json())["file"])

    async def _fetched(self, frame: Frame) -> tuple[str, ...]:
        names = []
        for file in frame.get("files") or ():
            async with self._http.get(f"{self.url}/{file['url']}") as answer:
                names.append(hashlib.sha256(await answer.read()).hexdigest())
        return tuple(names)

    async def _say(self, **frame: Any) -> None:
        if self._socket is not None and not self._socket.closed:
            try:
                await self._socket.send_json(frame)
            except (ClientError, OSError):
                return  # it is repeated on the next line


class WebchatSide(Counterpart):
    kind = "webchat"

    def __init__(self) -> None:
        (self._port,) = free_ports(1)
        self._http: ClientSession | None = None
        self._pages: dict[str, Page] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def instead(self) -> Mapping[str, Instead]:
        return {
            "told to wait": Instead("nobody makes a chat wait; it makes pages wait", slowed),
            "wrong credentials": Instead("it logs in nowhere; pages prove who they are", forged),
            "server killed": Instead("it is the server; the customers' lines break", cut),
        }

    def keys(self, folder: Path, *, wrong: bool = False) -> Mapping[str, Any]:
        (folder / "secret").write_text("a secret that is long enough for tests")
        (folder / "login").write_text("what the shop signs its users with")
        return {
            "secret": {"file": "secret"},
            "identity_secret": {"file": "login"},
            "listen": f"127.0.0.1:{self._port}",
        }

    async def open(self) -> None:
        self._http = ClientSession()

    async def leave(self) -> None:
        for page in self._pages.values():
            await page.close()

    async def kill(self) -> None:
        await self.leave()
        if self._http is not None:
            await self._http.close()

    def page(self, customer: str, **hello: Any) -> Page:
        assert self._http is not None
        if customer not in self._pages:
            self._pages[customer] = Page(self._http, self.url, **hello)
        return self._pages[customer]

    async def knocks(self, origin: str) -> int:
        """The status that a page of that origin is answered with."""
        assert self._http is not None
        try:
            async with self._http.ws_connect(f"{self.url}/ws", headers={"Origin": origin}):
                return 101
        except WSServerHandshakeError as error:
            return error.status

    async def write(self, customer: str, text: str, file: bytes = b"") -> None:
        await self.page(customer).write(text, file)

    async def again(self, desk: Desk) -> None:
        """The page did not hear the ack."""
        page = self.page("anna")
        await page.again(desk.messages[-1].text, page.last)

    def taken(self, text: str) -> bool:
        return any(text in page.taken for page in self._pages.values())

    async def shown(self, customer: str) -> list[Shown]:
        return list(self.page(customer).shown.values())


async def slowed(desk: Desk) -> None:
    side, texts = _side(desk), [f"line {number:02}" for number in range(18)]
    await desk.start()
    for text in texts:
        await side.write("anna", text)
    await until(lambda: len(desk.messages) == len(texts), "some of the lines were lost")
    expect([desk.count(text) for text in texts] == [1] * len(texts), "a line came twice")
    expect(side.page("anna").told_to_wait, "nobody was told to wait")


async def forged(desk: Desk) -> None:
    side = _side(desk)
    await desk.start()
    anna = await desk.write("anna", "hello")
    expect(await side.knocks("https://elsewhere.test") == 403, "a strange page was let in")
    thief = side.page("thief", user={"id": "anna@shop.test", "hash": "0" * 64})
    thief.token = side.page("anna").token[:-4] + "AAAA"
    said = await desk.write("thief", "it is me")
    expect(said.remote != anna.remote, "a forged token was believed")
    expect(not said.sender.verified and said.sender.doubt, "a forged login was believed")


async def cut(desk: Desk) -> None:
    side = _side(desk)
    await desk.start()
    anna = await desk.write("anna", "before")
    desk.router.gate.clear()
    await side.write("anna", "half said")
    await side.page("anna").cut()
    desk.router.gate.set()
    await desk.write("anna", "after")
    await desk.delivered(desk.answer(anna, "you are back"))
    await desk.is_shown("anna", "you are back")
    for text in ("before", "half said", "after"):
        await desk.has(text)
        expect(desk.count(text) == 1, f'"{text}" is at the desk {desk.count(text)} times')
    expect(len({event.remote for event in desk.messages}) == 1, "they became somebody else")


def _side(desk: Desk) -> WebchatSide:
    assert isinstance(desk.counterpart, WebchatSide)
    return desk.counterpart
