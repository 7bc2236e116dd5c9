"""The desk as its customers see it: an SMTP port that takes mail, a chat gateway that answers."""

import asyncio
import json
import mailbox
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web
from aiosmtpd.smtp import SMTP, Envelope

from cordboard.demo.customers import letters
from cordboard.demo.customers.letters import Letter

TAKEN, LATER, NEVER = "250 taken", "451 come again", "550 nobody here"


@dataclass
class MailDesk:
    """Takes mail as `verdicts` say, the last one for ever, and answers into a maildir."""

    maildir: Path
    verdicts: list[str] = field(default_factory=lambda: [TAKEN])
    taken: list[Letter] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        letter = letters.parse(content)
        self.tried.append(letter.message_id)
        verdict = self.verdicts.pop(0) if len(self.verdicts) > 1 else self.verdicts[0]
        if verdict == TAKEN:
            self.taken.append(letter)
            self.came.set()
        return verdict

    async def next(self) -> Letter:
        """The newest mail, once one has come."""
        await asyncio.wait_for(self.came.wait(), 10)
        self.came.clear()
        return self.taken[-1]

    def answer(self, letter: Letter, to: str, text: str) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"] = "Bo, Kvit <support@kvit.example>", to
        mail["Subject"] = f"Re: {letter.subject}"
        mail["Message-ID"] = f"<out-{len(self.taken)}@kvit.example>"
        mail["In-Reply-To"] = mail["References"] = letter.message_id
        mail.set_content(text)
        mailbox.Maildir(self.maildir, create=True).add(mail)


@asynccontextmanager
async def mail_desk(maildir: Path) -> AsyncIterator[tuple[MailDesk, tuple[str, int]]]:
    desk = MailDesk(maildir)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(desk, hostname="kvit.example", loop=loop), "127.0.0.1", 0
    )
    try:
        yield desk, server.sockets[0].getsockname()[:2]
    finally:
        server.close()
        await server.wait_closed()


Hearing = Callable[["ChatDesk", web.WebSocketResponse, dict[str, Any]], Awaitable[None]]


@dataclass
class ChatDesk:
    """Keeps what visitors said, each cid once; `hearing` decides what they hear."""

    hearing: Hearing
    url: str = ""
    history: list[dict[str, Any]] = field(default_factory=list)
    frames: list[dict[str, Any]] = field(default_factory=list)
    brought: list[str] = field(default_factory=list)
    origins: set[str] = field(default_factory=set)

    async def talk(self, request: web.Request) -> web.WebSocketResponse:
        self.origins.add(request.headers.get("Origin", ""))
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                await self._heard(socket, json.loads(message.data))
        return socket

    async def _heard(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        self.frames.append(frame)
        if frame["type"] == "hello":
            token = frame["token"] or "visitor-1"
            await socket.send_json({"type": "welcome", "token": token, "history": self.history})
        elif frame["type"] == "msg":
            self.brought.append(frame["cid"])
            await self.hearing(self, socket, frame)

    def line(self, text: str, *, mine: bool = False, id: str = "") -> dict[str, Any]:
        """A line of the chat, as everybody sees it from now on."""
        seq = len(self.history) + 1
        line = {"type": "msg", "seq": seq, "id": id or f"out-{seq}", "text": text, "mine": mine}
        self.history.append(line)
        return line

    async def ack(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        known = [line for line in self.history if line["id"] == frame["cid"]]
        line = known[0] if known else self.line(frame["text"], mine=True, id=frame["cid"])
        await socket.send_json({"type": "ack", "cid": frame["cid"], "seq": line["seq"], "at": 1.0})

    def named(self, kind: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == kind]


@asynccontextmanager
async def chat_desk(hearing: Hearing) -> AsyncIterator[ChatDesk]:
    desk = ChatDesk(hearing)
    app = web.Application()
    app.router.add_get("/ws", desk.talk)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        desk.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield desk
    finally:
        await runner.cleanup()
