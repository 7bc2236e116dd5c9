"""The search index follows the event log: a few seconds behind, and from the start when it is new.

Derived only: whatever happens to it, the desk goes on, and it can be thrown away.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import apsw

from router.doors import shown
from router.handling import messages
from router.search.index import Document, SearchIndex, StartedOver
from router.store.sql import Rows
from router.store.store import Store
from wire.messages.channel import Attachment

log = logging.getLogger("cordboard.search")

# Events of one step; a step that finds fewer waits for the next commit, or so many seconds.
EVENTS, PAUSE, BURST = 100, 2.0, 1.0
# Documents written at once: between them others get their turn.
DOCUMENTS = 64


@dataclass(frozen=True, slots=True)
class Step:
    """What some events make of the index."""

    documents: Sequence[Document]
    gone: Sequence[str]
    # The last event of the step, the last of the log, and how many there were.
    seq: int
    last: int
    events: int


class Following:
    """Runs beside the lane, with a thread of its own. `wake` after a commit."""

    def __init__(self, store: Store, index: SearchIndex) -> None:
        self._store = store
        self._index = index
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="search")
        self._awake = asyncio.Event()
        # Events that the index has not followed yet.
        self.behind = 0

    def wake(self) -> None:
        self._awake.set()

    async def run(self) -> None:
        """For ever. What goes wrong is logged and tried again."""
        try:
            while True:
                self._awake.clear()
                try:
                    more = await self.step()
                except (apsw.Error, StartedOver) as error:
                    log.warning("search does not follow: %s", error)
                    more = False
                if not more:
                    await self._pause()
        finally:
            self._thread.shutdown(wait=True)

    async def step(self) -> bool:
        """Follow some events. Whether there may be more."""
        position = await self._in_thread(self._index.position)
        step = await self._store.read(lambda rows: _step(rows, position))
        self.behind = step.last - position
        if step.seq < position:  # the desk is an older one than the index has followed
            await self._in_thread(self._index.mark, 0)
            return True
        await self._write(step)
        self.behind = step.last - step.seq
        return step.events == EVENTS

    async def _write(self, step: Step) -> None:
        """Half of the time is the others': a long past must not slow the desk down."""
        for start in range(0, len(step.documents), DOCUMENTS):
            began = time.monotonic()
            await self._in_thread(self._index.put, step.documents[start : start + DOCUMENTS])
            if len(step.documents) > DOCUMENTS:
                await asyncio.sleep(time.monotonic() - began)
        if step.events:
            await self._in_thread(self._finish, step)

    def _finish(self, step: Step) -> None:
        with self._index.transaction():
            self._index.forget(step.gone)
            self._index.mark(step.seq)

    async def _in_thread(self, work: Any, *values: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *values)

    async def _pause(self) -> None:
        """Commits come in bursts: what comes within a moment is followed together."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PAUSE):
                await self._awake.wait()
        await asyncio.sleep(BURST)


def _step(rows: Rows, position: int) -> Step:
    last = int(rows.value("last_event"))
    if position > last:
        return Step((), (), 0, last, 0)
    events = rows.all("events_since", seq=position, limit=EVENTS)
    found = _Found(rows)
    for event in events:
        found.follow(event)
    seq = events[-1].seq if events else position
    return Step(tuple(found.documents.values()), tuple(found.gone), seq, last, len(events))


class _Found:
    """Documents of some events, each as it is now and once."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self.documents: dict[str, Document] = {}
        self.gone: dict[str, None] = {}

    def follow(self, event: Any) -> None:
        if event.what in (*messages.ADDED, "message_changed"):
            self._message(self._rows.one("message", id=event.message))
        elif event.what == "contact":
            self._contact(event.contact)
        elif event.what == "note":
            self._note(event.contact)
        elif event.what == "imported":
            self._contact(event.contact)
            self._note(event.contact)
            past = self._rows.all("later_messages", contact=event.contact, after=0, limit=1_000_000)
            for row in past:
                self._message(row)

    def _message(self, row: Any) -> None:
        if row is None or row.author_is == "desk":
            return
        number = f"m{row.id}"
        if row.deleted:
            self.documents.pop(number, None)
            self.gone[number] = None
            return
        kind = "comment" if row.author_is == "comment" else "message"
        files = shown.parsed(row.attachments, tuple[Attachment, ...], ())
        text = "\n".join((row.subject, row.text, *(file.name for file in files)))
        self.documents[number] = Document(number, kind, row.conversation, row.contact, row.at, text)  # type: ignore[arg-type]

    def _contact(self, contact: int) -> None:
        row = self._rows.one("contact", id=contact)
        if row is None:
            return
        known = self._rows.all("identities_of", contact=contact)
        text = "\n".join((row.name, row.company, *_names(known)))
        number = f"c{contact}"
        self.documents[number] = Document(number, "contact", None, contact, row.made, text)

    def _note(self, contact: int) -> None:
        row = self._rows.one("note", contact=contact)
        if row is not None:
            number = f"n{contact}"
            self.documents[number] = Document(number, "note", None, contact, row.at, row.text)


def _names(identities: Sequence[Any]) -> Iterator[str]:
    for row in identities:
        yield row.address
        yield row.name
