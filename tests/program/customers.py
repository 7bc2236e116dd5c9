"""Customers as a process of their own: they write by mail and chat until each word was taken.

They know the desk's doors and nothing else of it. What they did is in a ledger, a line an event.
"""

import argparse
import asyncio
import json
import smtplib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import aiohttp

DESK = "support@desk.test"
ACK_WITHIN = 6.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0


class Ledger:
    """Append-only; each line is on its way to the disk before anything else is done."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, did: str, customer: str, token: str) -> None:
        line = {"at": time.time(), "did": did, "customer": customer, "token": token}
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()


def pauses() -> Iterator[float]:
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE)


class MailCustomer:
    """A mail server that brings one customer's mails, and comes again after anything but 250."""

    def __init__(self, name: str, port: int, ledger: Ledger) -> None:
        self._name, self._port, self._ledger = name, port, ledger

    async def writes(self, number: int) -> None:
        token = f"{self._name}-{number}"
        self._ledger.write("wrote", self._name, token)
        for pause in pauses():
            if await asyncio.to_thread(self._brought, number, f"[{token}]"):
                break
            self._ledger.write("again", self._name, token)
            await asyncio.sleep(pause)
        self._ledger.write("taken", self._name, token)

    def _brought(self, number: int, text: str) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", self._port, "localhost", timeout=30) as smtp:
                smtp.sendmail(f"{self._name}@home.test", [DESK], self._mail(number, text))
        except (OSError, smtplib.SMTPException):
            return False
        return True

    def _mail(self, number: int, text: str) -> bytes:
        first = f"<{self._name}-0@home.test>"
        ties = f"In-Reply-To: {first}\r\nReferences: {first}\r\n" if number else ""
        return (
            f"From: {self._name} <{self._name}@home.test>\r\nTo: {DESK}\r\n"
            f"Subject: about {self._name}\r\n"
            f"Message-ID: <{self._name}-{number}@home.test>\r\n{ties}\r\n{text}\r\n"
        ).encode()


class ChatCustomer:
    """A page with the chat: repeats a message under the same id until it has an answer."""

    def __init__(self, name: str, url: str, ledger: Ledger) -> None:
        self._name, self._url, self._ledger = name, url, ledger
        self._token = ""
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def writes(self, number: int) -> None:
        token = f"{self._name}-{number}"
        self._ledger.write("wrote", self._name, token)
        for pause in pauses():
            if await self._brought(token):
                break
            self._ledger.write("again", self._name, token)
            await asyncio.sleep(pause)
        self._ledger.write("taken", self._name, token)

    async def _brought(self, token: str) -> bool:
        try:
            async with asyncio.timeout(ACK_WITHIN):
                socket = await self._open()
                cid = f"{token}-cid-cid"
                await socket.send_json({"type": "msg", "cid": cid, "text": f"[{token}]"})
                frame = await self._heard(socket, "ack", "nack")
                return frame["type"] == "ack" and frame["cid"] == cid
        except (TimeoutError, OSError, aiohttp.ClientError, ConnectionError):
            await self.leaves()
            return False

    async def _open(self) -> aiohttp.ClientWebSocketResponse:
        if self._socket is None or self._socket.closed:
            self._http = aiohttp.ClientSession()
            self._socket = await self._http.ws_connect(
                f"{self._url}/ws", headers={"Origin": self._url}
            )
            hello = {"type": "hello", "token": self._token, "page": self._url, "lang": "en"}
            await self._socket.send_json(hello)
            self._token = (await self._heard(self._socket, "welcome"))["token"]
        return self._socket

    async def _heard(self, socket: aiohttp.ClientWebSocketResponse, *kinds: str) -> dict[str, str]:
        while True:
            message = await socket.receive()
            if message.type != aiohttp.WSMsgType.TEXT:
                raise ConnectionError("the desk hung up")
            frame: dict[str, str] = message.json()
            if frame["type"] in kinds:
                return frame

    async def leaves(self) -> None:
        if self._socket is not None:
            await self._socket.close()
            await self._http.close()
            self._socket = None


async def day(options: argparse.Namespace, ledger: Ledger) -> None:
    """Everybody writes their messages, one after another."""
    mailing = [MailCustomer(f"mail{n:02}", options.smtp, ledger) for n in range(options.mailing)]
    chatting = [ChatCustomer(f"chat{n:02}", options.chat, ledger) for n in range(options.chatting)]

    async def writes_all(customer: MailCustomer | ChatCustomer) -> None:
        for number in range(options.each):
            await customer.writes(number)
            await asyncio.sleep(options.pause)

    await asyncio.gather(*map(writes_all, mailing), *map(writes_all, chatting))
    await asyncio.gather(*(customer.leaves() for customer in chatting))


def main(argv: list[str]) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--smtp", type=int)
    parser.add_argument("--chat")
    parser.add_argument("--ledger", type=Path)
    for name in ("mailing", "chatting", "each"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--pause", type=float)
    options = parser.parse_args(argv)
    with options.ledger.open("a", encoding="ascii") as file:
        asyncio.run(day(options, Ledger(file)))


if __name__ == "__main__":
    main(sys.argv[1:])
