"""One open page: a socket that takes frames in time, or is given up."""

import asyncio

from aiohttp import web

from adapters.webchat import render

# A page that takes nothing for so long is gone; the others must not wait for it.
PATIENCE = 5.0


class PageSocket:
    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.socket = socket
        self._transport = transport

    async def tell(self, frame: render.Frame) -> bool:
        """True when the page's connection took it."""
        if self.socket.closed:
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                await self.socket.send_str(render.text(frame))
        except (ConnectionError, RuntimeError):
            return False
        except TimeoutError:
            self.abort()
            return False
        return True

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    async def bye(self, reason: str, *, stay: bool = False, code: int = 1001) -> None:
        await self.tell(render.Bye(reason, stay))
        await self.socket.close(code=code, message=reason.encode())
