"""A chat on the owner's web site: visitors write in a widget, and the gateway keeps nothing."""

import asyncio
import contextlib
import os
from typing import ClassVar

from aiohttp import ClientError, ClientSession, ClientTimeout

from adapters.sdk import (
    Adapter,
    Capabilities,
    Config,
    Cue,
    Inbox,
    Outbound,
    Unavailable,
)
from adapters.webchat import render
from adapters.webchat.config import WebchatConfig, faults
from adapters.webchat.gateway import Gateway
from adapters.webchat.visitors import Visitor


class Webchat(Adapter[WebchatConfig]):
    kind: ClassVar[str] = "webchat"
    Config: ClassVar[type[Config]] = WebchatConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        kind="webchat",
        attachments=True,
        receipts="read",
        typing=True,
        standing=True,
        # The page drops what it has already, by the message's id.
        when_unknown="resend",
    )

    def __init__(self, config: WebchatConfig, account: str) -> None:
        super().__init__(config, account)
        self._gateway: Gateway | None = None

    @classmethod
    def faults(cls, config: WebchatConfig) -> list[str]:
        return faults(config)

    @property
    def address(self) -> str:
        return self.config.public_url or f"http://{self.config.listen}"

    async def run(self, inbox: Inbox) -> None:
        self._gateway = Gateway(self.config, inbox)
        try:
            await self._gateway.serve()
        finally:
            self._gateway = None

    async def send(self, message: Outbound) -> str:
        """It is sent also when nobody looks: the page asks for its history when it is back."""
        visitor = self.find(message.remote)
        if visitor:
            await visitor.reply(message)
        return message.id

    async def cue(self, cue: Cue) -> None:
        visitor = self.find(cue.remote)
        if visitor and cue.standing is not None:
            await visitor.tell(render.stands(cue.standing))
        elif visitor:
            await visitor.tell(render.Typing(cue.typing, cue.author))

    def find(self, remote: str) -> Visitor | None:
        """The visitor of that remote conversation, if they are here."""
        return self._gateway.find(remote) if self._gateway else None

    async def check(self) -> str:
        """Say whether the address is free to listen on, or that this gateway is there already."""
        host, port = self.config.address
        try:
            server = await asyncio.start_server(lambda _reader, _writer: None, host, port)
        except OSError as error:
            if await _answers(self.config):
                return f"the gateway answers on {self.config.listen}"
            why = os.strerror(error.errno) if error.errno else str(error)
            raise Unavailable(f"cannot listen on {self.config.listen}: {why}") from error
        server.close()
        with contextlib.suppress(OSError):
            await server.wait_closed()
        return f"{self.config.listen} is free to listen on"


async def _answers(config: WebchatConfig) -> bool:
    """Whether a gateway like this one listens there."""
    host, port = config.address
    scheme = "https" if config.tls_certificate else "http"
    url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}/health"
    try:
        async with (
            ClientSession(timeout=ClientTimeout(3)) as web,
            web.get(url, ssl=False) as answer,  # nothing is told it, and it is this machine
        ):
            return "pages" in await answer.json()
    except (ClientError, TimeoutError, ValueError, TypeError):
        return False
