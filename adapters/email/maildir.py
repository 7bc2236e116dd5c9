"""Instead of sending: a Maildir on this machine, one file a message, that anybody can read."""

import asyncio
import mailbox
from pathlib import Path

from adapters.email.render import Letter
from adapters.sdk import Retry


class Folder:
    """Delivers what a mail server would have been given."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._turn = asyncio.Lock()

    async def send(self, sender: str, letter: Letter) -> dict[str, str]:
        async with self._turn:
            try:
                await asyncio.to_thread(self._add, _enveloped(sender, letter))
            except OSError as error:
                raise Retry(f"{self._path}: {error.strerror or error}", after=30) from error
        return {}

    async def check(self) -> None:
        try:
            await asyncio.to_thread(self._opened)
        except OSError as error:
            raise Retry(f"{self._path}: {error.strerror or error}") from error

    async def close(self) -> None:
        """There is nothing open."""

    def _opened(self) -> mailbox.Maildir:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return mailbox.Maildir(self._path, create=True)

    def _add(self, raw: bytes) -> None:
        self._opened().add(raw)  # written, fsynced, then moved to `new`


def _enveloped(sender: str, letter: Letter) -> bytes:
    """BCC recipients are in no header of the mail: the envelope is written down."""
    to = "".join(f"X-Envelope-To: {one}\r\n" for one in letter.recipients)
    return f"Return-Path: <{sender}>\r\n{to}".encode("ascii") + letter.raw
