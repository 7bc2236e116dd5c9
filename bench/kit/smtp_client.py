"""Mail servers that hand over mail: some connections at once, many mails over each."""

import asyncio
import contextlib
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

Raw = bytes


class NotTaken(Exception):
    """The server said something else than yes."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What goes over the wire, dots doubled, and its envelope."""

    commands: tuple[bytes, ...]
    body: bytes


def mail(raw: Raw, *, sender: str, recipient: str) -> Mail:
    commands = (f"MAIL FROM:<{sender}>\r\n", f"RCPT TO:<{recipient}>\r\n", "DATA\r\n")
    stuffed = raw.replace(b"\r\n.", b"\r\n..")
    body = b"." * stuffed.startswith(b".") + stuffed.removesuffix(b"\r\n") + b"\r\n.\r\n"
    return Mail(tuple(map(str.encode, commands)), body)


class Connection(AbstractAsyncContextManager["Connection"]):
    """One session. It sends the envelope at once where the server says that it may."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._together = False

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        await self._said(b"220")
        greeting = await self._asked(b"EHLO client.example\r\n", b"250")
        self._together = b"PIPELINING" in greeting.upper()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def hand_over(self, mail: Mail) -> None:
        """Return once the server took it."""
        groups = (mail.commands,) if self._together else tuple((one,) for one in mail.commands)
        for group in groups:
            self._writer.write(b"".join(group))
            for one in group:
                await self._said(b"354" if one == mail.commands[-1] else b"250")
        await self._asked(mail.body, b"250")

    async def _asked(self, line: bytes, expected: bytes) -> bytes:
        self._writer.write(line)
        return await self._said(expected)

    async def _said(self, expected: bytes) -> bytes:
        lines = [await self._reader.readline()]
        while lines[-1][3:4] == b"-":
            lines.append(await self._reader.readline())
        if not lines[-1].startswith(expected):
            raise NotTaken(lines[-1].decode(errors="replace"))
        return b"".join(lines)


async def hand_over(port: int, mails: Iterator[Mail], connections: int) -> None:
    """All of them, over so many connections; each takes the next one when it is free."""

    async def one() -> None:
        async with Connection("127.0.0.1", port) as connection:
            for mail in mails:
                await connection.hand_over(mail)

    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(one())


async def listens(port: int) -> None:
    """Return once somebody greets there."""
    while True:
        with contextlib.suppress(OSError):
            async with Connection("127.0.0.1", port):
                return
        await asyncio.sleep(0.02)
