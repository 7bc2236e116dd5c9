"""Who is here: a visitor, the pages they have open, and their queue into the desk."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from adapters.sdk import Event, IdentityIn, Inbox, MessageIn, Outbound, ReceiptIn, Refused, Taken
from adapters.sdk.marks import passing
from adapters.webchat import parse, render
from adapters.webchat.page_socket import PageSocket

# A visitor who goes from one page of the shop to the next has not left.
GRACE = 10.0
TYPING_EXPIRES = 6.0
TYPING_EVERY = 2.5
# Messages of one visitor that may wait for the desk; more are asked to come again.
WAITING = 20
SHOWN = 500


@dataclass(frozen=True)
class Letter:
    """A message on its way to the desk, and what its pages will hear of it."""

    event: MessageIn
    cid: str


class Visitor:
    """One remote conversation: several pages in, one queue out."""

    def __init__(self, name: str, house: "Visitors") -> None:
        self.name = name
        self.pages: set[PageSocket] = set()
        self._house = house
        self._queue: deque[Letter | IdentityIn | ReceiptIn] = deque()
        self._asked_by: dict[str, PageSocket] = {}
        self._worker: asyncio.Task[None] | None = None
        self._outbox_ids: dict[int, str] = {}
        self._reported: set[str] = set()
        self._read_to = 0
        self._typed_at = 0.0
        self._leaving: asyncio.TimerHandle | None = None
        self._falls_silent: asyncio.TimerHandle | None = None

    # --- pages --------------------------------------------------------------------------------

    def open(self, page: PageSocket, url: str) -> None:
        self.pages.add(page)
        if self._leaving:
            self._leaving.cancel()
            self._leaving = None
        self._house.inbox.signal(self.name, online=True, page=url)

    def close(self, page: PageSocket) -> None:
        self.pages.discard(page)
        if not self.pages and self._leaving is None:
            self._leaving = asyncio.get_running_loop().call_later(GRACE, self._left)

    def _left(self) -> None:
        self._leaving = None
        self.typing(on=False)
        self._house.inbox.signal(self.name, online=False)
        self._house.forget_idle(self)

    @property
    def idle(self) -> bool:
        return not self.pages and not self._queue and self._leaving is None

    async def tell(self, frame: render.Frame, but: PageSocket | None = None) -> bool:
        """Say it to all pages; true when one of them took it."""
        listeners = [page for page in self.pages if page is not but]
        return any(await asyncio.gather(*(page.tell(frame) for page in listeners)))

    async def reply(self, message: Outbound) -> None:
        """Show an agent's message, and report it when a page took it."""
        line = render.reply(message, self._house.link)
        passing("chat.showing")
        if await self.tell(line):
            self.shown([line])
        passing("chat.shown")

    # --- to the desk --------------------------------------------------------------------------

    def wrote(self, letter: Letter, page: PageSocket) -> bool:
        """Put it in line for the desk; the page hears when it is committed. False: too many."""
        if letter.cid not in self._asked_by:
            if len(self._asked_by) >= WAITING:
                return False
            self._bring(letter)
        self._asked_by[letter.cid] = page
        return True

    def knows(self, identity: IdentityIn) -> None:
        self._bring(identity)

    def shown(self, lines: Iterable[render.Line], read: int = 0) -> None:
        """These were shown to the visitor; what is newer than `read` is reported as delivered."""
        for line in lines:
            if not line.mine:
                self._outbox_ids[line.seq] = line.id
                if line.seq > read:
                    self._report(line.id, "delivered")
        for seq in sorted(self._outbox_ids)[:-SHOWN]:
            del self._outbox_ids[seq]
        # A quick page says that it was read before we have heard that it was shown.
        self.read(self._read_to)

    def read(self, seq: int) -> None:
        """The visitor has read everything up to this one, so everything newly delivered too."""
        self._read_to = max(self._read_to, seq)
        for shown, outbox_id in self._outbox_ids.items():
            if shown <= seq and f"delivered-{outbox_id}" in self._reported:
                self._report(outbox_id, "read")

    def _report(self, outbox_id: str, state: parse.Reached) -> None:
        receipt = parse.receipt(self.name, outbox_id, state, self._house.clock())
        if receipt.id not in self._reported:
            self._reported.add(receipt.id)
            self._bring(receipt)

    def typing(self, *, on: bool) -> None:
        """News for the agent, at most every few seconds, and over by itself."""
        now = asyncio.get_running_loop().time()
        if self._falls_silent:
            self._falls_silent.cancel()
            self._falls_silent = None
        elif not on:
            return
        if on:
            self._falls_silent = asyncio.get_running_loop().call_later(
                TYPING_EXPIRES, lambda: self.typing(on=False)
            )
            if now - self._typed_at < TYPING_EVERY:
                return
        self._typed_at = now if on else 0.0
        self._house.inbox.signal(self.name, typing=on)

    def _bring(self, item: Letter | IdentityIn | ReceiptIn) -> None:
        self._queue.append(item)
        if self._worker is None:
            self._worker = self._house.group.create_task(self._work(), name=f"chat {self.name}")

    async def _work(self) -> None:
        """Bring one after another, also when the visitor has left meanwhile."""
        while self._queue:
            item = self._queue[0]
            event: Event = item.event if isinstance(item, Letter) else item
            taken = await self._house.inbox.receive(event)
            self._queue.popleft()
            if isinstance(item, Letter):
                await self._answer(item, taken)
        self._worker = None
        self._house.forget_idle(self)

    async def _answer(self, letter: Letter, taken: Taken) -> None:
        page = self._asked_by.pop(letter.cid)
        if isinstance(taken, Refused):
            await page.tell(render.Nack(letter.cid))
            return
        if self.pages:
            # Said when they came, but before their first words the desk did not know them.
            self._house.inbox.signal(self.name, online=True)
        # One that is kept aside for a person has no number yet, but it was taken.
        seq = getattr(taken, "seq", 0)
        passing("chat.acking")
        await page.tell(render.Ack(letter.cid, seq, letter.event.at))
        passing("chat.acked")
        if seq:
            line = render.own(letter.event, letter.cid, seq, self._house.link)
            await self.tell(line, but=page)


class Visitors:
    """All who are here now or were a moment ago. Nothing in it must last."""

    def __init__(
        self,
        inbox: Inbox,
        group: asyncio.TaskGroup,
        link: render.Link,
        clock: Callable[[], float],
    ) -> None:
        self.inbox = inbox
        self.group = group
        self.link = link
        self.clock = clock
        self._here: dict[str, Visitor] = {}

    def enter(self, name: str) -> Visitor:
        return self._here.setdefault(name, Visitor(name, self))

    def find(self, name: str) -> Visitor | None:
        return self._here.get(name)

    def forget_idle(self, visitor: Visitor) -> None:
        if visitor.idle:
            self._here.pop(visitor.name, None)

    @property
    def pages(self) -> list[PageSocket]:
        return [page for visitor in self._here.values() for page in visitor.pages]
