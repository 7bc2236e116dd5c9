"""Instead of sending: a Maildir on this machine, files that anybody can read."""

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
                await asyncio.to_thread(self._add, _copies(sender, letter))
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

    def _add(self, copies: list[bytes]) -> None:
        opened = self._opened()
        for raw in copies:
            opened.add(raw)  # written, fsynced, then moved to `new`


def _copies(sender: str, letter: Letter) -> list[bytes]:
    """One for those whom the mail names, and for each of BCC one that nobody else gets."""
    named = [one for one in letter.recipients if one not in letter.hidden]
    unnamed = [[one] for one in letter.recipients if one in letter.hidden]
    return [_enveloped(sender, to, letter.raw) for to in (named, *unnamed) if to]


def _enveloped(sender: str, recipients: list[str], raw: bytes) -> bytes:
    to = "".join(f"X-Envelope-To: {one}\r\n" for one in recipients)
    return f"Return-Path: <{sender}>\r\n{to}".encode("ascii") + raw
