"""The customers' mailboxes: one maildir for all, each reads what is addressed to them."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from cordboard.demo.customers import letters
from cordboard.demo.customers.ledger import Got, Ledger
from cordboard.demo.customers.letters import Letter

LOOK_EVERY = 0.4


class Mailboxes:
    """`run` it; `next` waits for a mail to an address."""

    def __init__(
        self, maildir: Path, ledger: Ledger, clock: Callable[[], float] = time.time
    ) -> None:
        self._maildir = maildir
        self._ledger = ledger
        self._clock = clock
        self._unread: dict[str, asyncio.Queue[Letter]] = defaultdict(asyncio.Queue)
        self.surprise: Callable[[str, Letter], None] = lambda address, letter: None
        self._readers: set[str] = set()

    async def run(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY)

    def look(self) -> None:
        """Read what is new, oldest first, and mark it as read the way mail programs do."""
        fresh, read = self._maildir / "new", self._maildir / "cur"
        if not fresh.is_dir():
            return
        read.mkdir(exist_ok=True)
        for path in sorted(fresh.iterdir(), key=lambda each: (each.stat().st_mtime_ns, each.name)):
            self._deliver(letters.parse(path.read_bytes()))
            path.rename(read / f"{path.name}:2,S")

    def _deliver(self, letter: Letter) -> None:
        for address in letter.to:
            self._ledger.write(
                Got(
                    id=letter.message_id,
                    channel="email",
                    customer=address,
                    at=self._clock(),
                    token=letters.answered_token(letter),
                    text=letters.own_words(letter.text)[:200],
                )
            )
            self._unread[address].put_nowait(letter)
            if address not in self._readers:
                self.surprise(address, letter)

    async def next(self, address: str, within: float) -> Letter | None:
        """The next mail to this address; None when none came within so many seconds."""
        self._readers.add(address)
        try:
            async with asyncio.timeout(within):
                return await self._unread[address].get()
        except TimeoutError:
            return None
