"""A router as an adapter sees it: keeps each (account, id) once, in memory, and asks for sends."""

import asyncio
from dataclasses import dataclass, field

import msgspec
from msgspec.structs import replace

from wire import codec, subjects
from wire.blobs import digest
from wire.bus import Bus, Request, Stop
from wire.messages.capabilities import Announce
from wire.messages.channel import (
    Accepted,
    BlobAsk,
    BlobHave,
    BlobPart,
    BlobPiece,
    Delivery,
    Duplicate,
    Event,
    Health,
    Intake,
    MessageIn,
    NotActive,
    Outbound,
    PastMessage,
    Refused,
    State,
    StateAsk,
)


@dataclass
class RouterTwin:
    """What it took is in `kept`; `active` False makes it answer NotActive."""

    bus: Bus
    active: bool = True
    # False: it tells an account where it was, and takes nothing from it.
    taking: bool = True
    # While it is not set, nothing is committed and nobody has an answer.
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    kept: dict[tuple[str, str], Event] = field(default_factory=dict)
    order: list[Event] = field(default_factory=list)
    asked: int = 0
    cursors: dict[str, str] = field(default_factory=dict)
    blobs: dict[str, bytearray] = field(default_factory=dict)
    announced: list[Announce] = field(default_factory=list)
    # Remote conversation → what its customer has seen of it, as chats ask for it.
    past: dict[str, list[PastMessage]] = field(default_factory=dict)
    health: list[Health] = field(default_factory=list)
    doors: list[Stop] = field(default_factory=list)
    epoch: int = 1
    crashes: int = 0

    def __post_init__(self) -> None:
        self.gate.set()

    async def open(self) -> None:
        self.doors = [
            await self.bus.serve(subjects.EVERY_INTAKE, self._intake, queue="router"),
            await self.bus.serve(subjects.EVERY_STATE, self._state, queue="router"),
            await self.bus.serve(subjects.EVERY_BLOB_PUT, self._put, queue="router"),
            await self.bus.serve(subjects.EVERY_BLOB_GET, self._get, queue="router"),
            await self.bus.listen(subjects.EVERY_HEALTH, self._on_health),
        ]

    async def close(self) -> None:
        for stop in self.doors:
            await stop()
        self.doors = []

    def crash(self) -> None:
        """What waits for its commit is lost, and its askers hear nothing of use."""
        self.crashes += 1
        self.gate.set()

    async def send(self, kind: str, account: str, message: Outbound) -> Delivery:
        line = PastMessage(
            seq=0, at=message.at, text=message.text, ours=True, id=message.id,
            author=message.author, attachments=message.attachments,
        )  # fmt: skip
        payload = codec.encode(replace(message, seq=self._remembered(message.remote, line)))
        answer = await self.bus.request(subjects.send(kind, account), payload, timeout=60)
        delivery: Delivery = msgspec.json.decode(answer, type=Delivery)
        return delivery

    def keep_blob(self, data: bytes, sha256: str) -> None:
        self.blobs[sha256] = bytearray(data)

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.order if isinstance(event, MessageIn)]

    async def _intake(self, request: Request) -> bytes:
        self.asked += 1
        if not (self.active and self.taking):
            return codec.encode(NotActive(reason="no lease"))
        intake = codec.decode(request.payload, Intake)
        if isinstance(intake, codec.Malformed):
            return codec.encode(Refused(reason=intake.reason))
        before = self.crashes
        await self.gate.wait()
        if before != self.crashes:
            return codec.encode(NotActive(reason="crashed"))
        _, account = subjects.account_of(request.subject)
        for data in intake.files:
            self.keep_blob(data, digest(data))
        if intake.cursor is not None:
            self.cursors[account] = intake.cursor
        if (account, intake.event.id) in self.kept:
            return codec.encode(Duplicate(message=1))
        self.kept[account, intake.event.id] = intake.event
        self.order.append(intake.event)
        return codec.encode(Accepted(message=len(self.order), seq=self._seen(intake.event)))

    def _seen(self, event: Event) -> int:
        if not isinstance(event, MessageIn):
            return 0
        line = PastMessage(
            seq=0, at=event.at, text=event.text, ours=False, id=event.id,
            attachments=event.attachments,
        )  # fmt: skip
        return self._remembered(event.remote, line)

    def _remembered(self, remote: str, line: PastMessage) -> int:
        """Its number in the conversation, the same when it comes again."""
        lines = self.past.setdefault(remote, [])
        known = next((each.seq for each in lines if each.id == line.id), 0)
        if not known:
            lines.append(replace(line, seq=len(lines) + 1))
        return known or len(lines)

    async def _state(self, request: Request) -> bytes:
        if not self.active:
            return codec.encode(NotActive())
        ask = codec.decode(request.payload, StateAsk)
        if not isinstance(ask, StateAsk):
            return codec.encode(Refused(reason=ask.reason))
        if ask.announce:
            self.announced.append(ask.announce)
        _, account = subjects.account_of(request.subject)
        lines = [x for x in self.past.get(ask.remote, ()) if not ask.before or x.seq < ask.before]
        return codec.encode(
            State(
                epoch=self.epoch,
                cursor=self.cursors.get(account, ""),
                history=tuple(lines[-ask.limit :] if ask.limit else ()),
                more=len(lines) > ask.limit,
            )
        )

    async def _put(self, request: Request) -> bytes:
        part = codec.decode(request.payload, BlobPart)
        if not isinstance(part, BlobPart):
            return codec.encode(Refused(reason=part.reason))
        have = self.blobs.setdefault(part.sha256, bytearray())
        if part.offset == len(have):
            have += part.data
        return codec.encode(BlobHave(bytes=len(have)))

    async def _get(self, request: Request) -> bytes:
        ask = codec.decode(request.payload, BlobAsk)
        if not isinstance(ask, BlobAsk):
            return codec.encode(Refused(reason=ask.reason))
        data = self.blobs.get(ask.sha256)
        if data is None:
            return codec.encode(Refused(reason="no such file"))
        piece = bytes(data[ask.offset : ask.offset + 100_000])
        return codec.encode(BlobPiece(size=len(data), data=piece))

    def _on_health(self, _subject: str, payload: bytes) -> None:
        health = codec.decode(payload, Health)
        if isinstance(health, Health):
            self.health.append(health)
