"""A desk as the gateway sees it: takes each event once, keeps a conversation, may be away."""

import asyncio
import hashlib
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from adapters.sdk import (
    Accepted,
    Attachment,
    Duplicate,
    Event,
    MessageIn,
    NotNow,
    Outbound,
    PastMessage,
    Refused,
    Rejected,
    Signal,
    State,
    Taken,
)


@dataclass
class Desk:
    """An Inbox. `away()` makes everything wait until `back()`; `blocked` senders are refused."""

    log: logging.Logger = field(default_factory=lambda: logging.getLogger("desk"))
    here: asyncio.Event = field(default_factory=asyncio.Event)
    events: list[Event] = field(default_factory=list)
    past: dict[str, list[PastMessage]] = field(default_factory=lambda: defaultdict(list))
    blobs: dict[str, bytes] = field(default_factory=dict)
    signals: list[Signal] = field(default_factory=list)
    blocked: set[str] = field(default_factory=set)
    said: asyncio.Future[str] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.here.set()

    def away(self) -> None:
        self.here.clear()

    def back(self) -> None:
        self.here.set()

    # --- what the gateway sees ----------------------------------------------------------------

    async def receive(
        self,
        event: Event,
        *,
        cursor: str | None = None,
        patience: float | None = None,
        files: Sequence[bytes] = (),
    ) -> Taken:
        await self._answers(patience)
        if event.remote in self.blocked:
            return Refused(reason="blocked")
        again = [known for known in self.events if known.id == event.id]
        if again:
            return Duplicate(seq=self._seq(event))
        self.events.append(event)
        if isinstance(event, MessageIn):
            self._keep(event)
        async with self.changed:
            self.changed.notify_all()
        return Accepted(seq=self._seq(event))

    async def state(self, remote: str = "", before: int = 0, limit: int = 50) -> State:
        await self._answers(None)
        known = [line for line in self.past[remote] if not before or line.seq < before]
        return State(epoch=1, history=tuple(known[-limit:]), more=len(known) > limit)

    async def put(
        self, data: bytes, name: str, media_type: str, *, patience: float | None = None
    ) -> Attachment:
        await self._answers(patience)
        sha256 = hashlib.sha256(data).hexdigest()
        self.blobs[sha256] = data
        return Attachment(sha256=sha256, name=name, media_type=media_type, size=len(data))

    async def get(self, blob: Attachment | str) -> bytes:
        name = blob if isinstance(blob, str) else blob.sha256
        if name not in self.blobs:
            raise Rejected("there is no such file")
        return self.blobs[name]

    def signal(
        self,
        remote: str,
        *,
        typing: bool | None = None,
        online: bool | None = None,
        page: str = "",
    ) -> None:
        self.signals.append(Signal(remote=remote, typing=typing, online=online, page=page))

    def ready(self, said: str = "", *, part: str = "") -> None:
        self.said.set_result(said)

    def trouble(self, said: str, *, part: str = "") -> None:
        self.troubles.append(said)

    async def keep(self, run: Callable[[], Awaitable[None]], part: str) -> None:
        await run()

    # --- what tests see -----------------------------------------------------------------------

    def reply(
        self, remote: str, text: str, *attachments: Attachment, author: str = "Ana"
    ) -> Outbound:
        """An agent's reply, kept in the conversation, to be handed to the adapter's `send`."""
        seq, name = len(self.past[remote]) + 1, f"out-{len(self.past[remote]) + 1}"
        line = PastMessage(
            seq=seq,
            at=1_795_000_000.0 + seq,
            text=text,
            ours=True,
            id=name,
            author=author,
            attachments=attachments,
        )
        self.past[remote].append(line)
        return Outbound(
            id=name,
            epoch=1,
            remote=remote,
            text=text,
            at=line.at,
            seq=seq,
            author=author,
            attachments=attachments,
        )

    async def until(self, count: int, kind: type[Event] = MessageIn) -> list[Event]:
        """The events of one kind, as soon as there are so many."""
        async with self.changed:
            await asyncio.wait_for(
                self.changed.wait_for(lambda: len(self.of(kind)) >= count), timeout=10
            )
        return self.of(kind)

    def of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    async def _answers(self, patience: float | None) -> None:
        try:
            await asyncio.wait_for(self.here.wait(), patience)
        except TimeoutError as error:
            raise NotNow("away") from error

    def _keep(self, event: MessageIn) -> None:
        line = PastMessage(
            seq=len(self.past[event.remote]) + 1,
            at=event.at,
            text=event.text,
            ours=False,
            id=event.id,
            attachments=event.attachments,
        )
        self.past[event.remote].append(line)

    def _seq(self, event: Event) -> int:
        return next((line.seq for line in self.past[event.remote] if line.id == event.id), 0)
