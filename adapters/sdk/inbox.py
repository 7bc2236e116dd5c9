"""An account's way to the router over the bus: asks until somebody answers, in order."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from adapters.sdk.adapter import Taken
from adapters.sdk.fit import fit, share_room
from adapters.sdk.pace import Pace
from adapters.sdk.pauses import Pauses
from adapters.sdk.pulse import Pulse
from adapters.sdk.split import is_piece
from adapters.sdk.supervise import keep
from adapters.sdk.verdicts import NotNow, Rejected, Retry
from wire import blobs, codec, subjects
from wire.bus import Bus, BusError, NobodyListens, TooLarge
from wire.codec import Malformed
from wire.marks import passing
from wire.messages import channel
from wire.messages.capabilities import Announce
from wire.messages.channel import (
    Attachment,
    Event,
    Intake,
    NotActive,
    Refused,
    State,
    StateAsk,
)

# Signals that wait for the bus; older ones are dropped first, they are only news.
SIGNALS = 1_000
# Seconds in which a file must have come for a message that is being sent, and bytes that are
# allowed one second more.
FILE_PATIENCE, FILE_PACE = 10.0, 2_000_000


class BusInbox:
    """The Inbox of one account. One question at a time for each remote conversation."""

    def __init__(
        self, bus: Bus, kind: str, account: str, *, pulse: Pulse, pace: Pace, limit: int
    ) -> None:
        self._bus, self._pulse, self._pace, self._limit = bus, pulse, pace, limit
        self._intake = subjects.intake(kind, account)
        self._state = subjects.state(kind, account)
        self._put = subjects.blob_put(kind, account)
        self._get = subjects.blob_get(kind, account)
        self._signal = subjects.signal(kind, account)
        self._pauses = Pauses(
            pace.ask_first, pace.ask_most,
            healthy=pace.healthy, clock=pace.steady, chance=pace.chance,
        )  # fmt: skip
        self._lanes: dict[str, _Lane] = {}
        self._signals: deque[bytes] = deque(maxlen=SIGNALS)
        self._signalled = asyncio.Event()
        self.log = logging.getLogger(f"cordboard.{kind}.{account}")

    async def receive(
        self,
        event: Event,
        *,
        cursor: str | None = None,
        patience: float | None = None,
        files: Sequence[bytes] = (),
    ) -> Taken:
        if isinstance(event, channel.ReceiptIn) and is_piece(event.of):
            return channel.Duplicate()
        event = fit(event)
        beside, ahead = share_room(event, files)
        intake = Intake(event=event, cursor=cursor, files=beside)
        async with _within(patience), self._in_order(event.remote):
            for data in ahead:
                await blobs.put(data, self._put_piece)
            passing("inbox.asking", self._intake)
            taken: Taken = await self._asked(self._intake, intake, channel.Taken)
            passing("inbox.answered", self._intake)
        self._pulse.received += isinstance(taken, channel.Accepted)
        return taken

    async def state(self, remote: str = "", before: int = 0, limit: int = 50) -> State:
        return await self.ask_state(StateAsk(remote=remote, before=before, limit=limit))

    async def announce(self, announce: Announce) -> State:
        return await self.ask_state(StateAsk(announce=announce, limit=0))

    async def ask_state(self, ask: StateAsk) -> State:
        answer: State | Refused = await self._asked(self._state, ask, channel.StateAnswer)
        if not isinstance(answer, State):
            raise Rejected(f"the router refuses this account: {_reason(answer)}")
        return answer

    async def put(
        self, data: bytes, name: str, media_type: str, *, patience: float | None = None
    ) -> Attachment:
        async with _within(patience):
            sha256 = await blobs.put(data, self._put_piece)
        return Attachment(sha256=sha256, name=name, media_type=media_type, size=len(data))

    async def get(self, blob: Attachment | str) -> bytes:
        name = blob if isinstance(blob, str) else blob.sha256
        try:
            async with _within(_patience(blob)):
                return await blobs.get(name, self._get_piece, limit=self._limit)
        except NotNow as error:
            raise Retry("the router did not hand over the file in time") from error
        except blobs.Damaged as error:
            raise Rejected(str(error)) from error

    def signal(
        self,
        remote: str,
        *,
        typing: bool | None = None,
        online: bool | None = None,
        page: str = "",
    ) -> None:
        news = channel.Signal(remote=remote, typing=typing, online=online, page=page)
        self._signals.append(codec.encode(news))
        self._signalled.set()

    def ready(self, said: str = "", *, part: str = "") -> None:
        self._pulse.is_("ready", said, part)

    def trouble(self, said: str, *, part: str = "") -> None:
        self._pulse.is_("retrying", said, part)

    async def keep(self, run: Callable[[], Awaitable[None]], part: str) -> None:
        await keep(run, part=part, pulse=self._pulse, pace=self._pace, log=self.log)

    async def tell_signals(self) -> None:
        """Publish what `signal` was told, for as long as the account runs."""
        while True:
            await self._signalled.wait()
            self._signalled.clear()
            while self._signals:
                await self._tell(self._signals.popleft())

    async def _tell(self, payload: bytes) -> None:
        try:
            await self._bus.publish(self._signal, payload)
        except BusError as error:
            self.log.debug("a signal was not told: %s", error)

    async def _asked(self, subject: str, value: object, answers: Any) -> Any:
        """Ask until an active router answers: one of `answers`, but never NotActive."""
        payload = codec.encode(value)
        while True:
            answer = await self._answer(subject, payload, answers)
            if not isinstance(answer, NotActive | Malformed | BusError):
                self._pauses.worked()
                return answer
            pause = self._pauses.after_failure()
            self.log.info("%s: %s; again in %.1f s", subject, _reason(answer), pause)
            await asyncio.sleep(pause)

    async def _answer(self, subject: str, payload: bytes, answers: Any) -> object:
        try:
            answer = await self._bus.request(subject, payload, timeout=self._pace.answer)
        except TooLarge:
            raise
        except BusError as error:
            return error
        return codec.decode(answer, answers)

    async def _put_piece(self, sha256: str, size: int, offset: int, data: bytes) -> int:
        part = channel.BlobPart(sha256=sha256, size=size, offset=offset, data=data)
        answer: channel.BlobHave | Refused = await self._asked(
            self._put, part, channel.BlobPutAnswer
        )
        if not isinstance(answer, channel.BlobHave):
            raise Rejected(f"the router refuses this file: {_reason(answer)}")
        return answer.bytes

    async def _get_piece(self, sha256: str, offset: int) -> tuple[int, bytes]:
        ask = channel.BlobAsk(sha256=sha256, offset=offset)
        answer: channel.BlobPiece | Refused = await self._asked(
            self._get, ask, channel.BlobGetAnswer
        )
        if not isinstance(answer, channel.BlobPiece):
            raise Rejected(f"the router has no such file: {_reason(answer)}")
        return answer.size, answer.data

    @asynccontextmanager
    async def _in_order(self, remote: str) -> AsyncIterator[None]:
        lane = self._lanes.setdefault(remote, _Lane())
        lane.users += 1
        try:
            async with lane.lock:
                yield
        finally:
            lane.users -= 1
            if not lane.users:
                del self._lanes[remote]


class _Lane:
    """asyncio's lock is fair: whoever came first goes first."""

    __slots__ = ("lock", "users")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.users = 0


@asynccontextmanager
async def _within(patience: float | None) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(patience):
            yield
    except TimeoutError as error:
        raise NotNow("the desk cannot take messages at the moment") from error


def _patience(blob: Attachment | str) -> float:
    """A film of 50 MB takes longer than a receipt, and a busy desk is no reason to give it up."""
    return FILE_PATIENCE + (0 if isinstance(blob, str) else blob.size / FILE_PACE)


def _reason(answer: object) -> str:
    if isinstance(answer, NobodyListens):
        return "no router answers"
    if isinstance(answer, NotActive | Refused | Malformed):
        return answer.reason or type(answer).__name__
    return f"{type(answer).__name__} {answer}"
