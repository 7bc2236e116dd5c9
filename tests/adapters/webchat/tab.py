"""A visitor's page without a browser: speaks frames over a real socket."""

import asyncio
from typing import Any, Self

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

Frame = dict[str, Any]


class Tab:
    """`async with Tab(url) as tab: await tab.hello()`."""

    def __init__(self, url: str, *, origin: str = "", token: str = "") -> None:
        self.url = url
        self.origin = origin or url
        self.token = token
        self.visitor = ""

    async def __aenter__(self) -> Self:
        self.session = ClientSession()
        try:
            self.ws: ClientWebSocketResponse = await self.session.ws_connect(
                f"{self.url}/ws", headers={"Origin": self.origin}
            )
        except WSServerHandshakeError:
            await self.session.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.ws.close()
        await self.session.close()

    async def hello(self, **more: Any) -> Frame:
        await self.say(
            "hello", token=self.token, page=f"{self.origin}/orders/88120?key=1", lang="uk", **more
        )
        welcome = await self.hear("welcome")
        self.visitor, self.token = welcome["visitor"], welcome["token"]
        return welcome

    async def say(self, kind: str, **fields: Any) -> None:
        await self.ws.send_json({"type": kind, **fields})

    async def hear(self, kind: str) -> Frame:
        """The next frame, which is of this kind."""
        message = await self.ws.receive(timeout=10)
        assert message.type == WSMsgType.TEXT, message
        frame: Frame = message.json()
        assert frame["type"] == kind, frame
        return frame

    async def silent(self) -> bool:
        """Nothing has been said to us so far: an answer to something else comes first."""
        await self.say("email", address="no address")
        return (await self.hear("noted"))["ok"] is False

    async def closed(self) -> int:
        """The code with which it was closed, whatever was said before."""
        async with asyncio.timeout(10):
            async for _ in self.ws:
                pass
        return self.ws.close_code or 0
