"""The sender: what is due goes to its adapter, and what became of it is written down.

A row is `held` (undo window), `ready`, `sending`, then `sent`, `failed` or `ambiguous`. Rows of one
conversation go in order; a crash between the channel's yes and our commit leaves `sending` of an
older epoch, which is known to be ambiguous.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from router.handling import conversations, messages
from router.lane import Lane, ReadOnly, Work
from router.policy import UNKNOWN
from router.store.sql import Rows
from router.store.store import Store
from wire import codec, subjects
from wire.bus import Bus, BusError, LinkDown, NoAnswer, NobodyListens, TooLarge
from wire.codec import Malformed
from wire.messages.base import say
from wire.messages.capabilities import Capabilities
from wire.messages.channel import Delivery, Outbound, Rejected, Retry, Sent, Stale, Unknown
from wire.messages.desk import Change

log = logging.getLogger("cordboard.sending")

AT_ONCE = 64
# An adapter has so long for one message (seconds); a large mail over a slow line takes a while.
PATIENCE = 45.0
# Seconds between tries, doubling; after so many it has failed.
FIRST_PAUSE, LONGEST_PAUSE, TRIES = 2.0, 300.0, 40
_RANK = {"sent": 1, "delivered": 2, "read": 3}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is being sent now."""

    id: int
    kind: str
    account: str
    outbound: Outbound


class Sending:
    """Runs beside the lane. `wake` after a commit that may have made something due."""

    def __init__(self, lane: Lane, store: Store, bus: Bus, chance: random.Random) -> None:
        self._lane = lane
        self._store = store
        self._bus = bus
        self._chance = chance
        self._awake = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        self._awake.set()

    def heard(self, changes: Sequence[Change]) -> None:
        """Something was committed: look again if it may have made a row due."""
        if any(change.what in ("reply_added", "message_changed") for change in changes):
            self.wake()

    async def run(self) -> None:
        """For ever: claim what is due, send it, settle it."""
        await self._recover()
        try:
            while True:
                self._awake.clear()
                await self._send_due()
                await self._pause()
        finally:
            for task in self._under_way:
                task.cancel()

    async def hurry(self, kind: str, account: str) -> None:
        """Its adapter is back: what waits for another try may go now."""
        with contextlib.suppress(ReadOnly):
            await self._lane.submit(
                lambda work: work.tx.run("hurry", now=work.now, kind=kind, account=account)
            )
        self.wake()

    async def finish(self, seconds: float) -> None:
        """Wait for what is under way, when stopping."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)

    async def _recover(self) -> None:
        while True:
            try:
                await self._lane.submit(_settle_stranded)
            except ReadOnly:
                await asyncio.sleep(1)
            else:
                return

    async def _send_due(self) -> None:
        try:
            claimed = await self._lane.submit(_claim)
        except ReadOnly:
            await asyncio.sleep(1)
            return
        for row in claimed:
            task = asyncio.create_task(self._deliver(row), name=f"send out-{row.id}")
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _pause(self) -> None:
        at = await self._store.read(lambda rows: rows.value("next_send"))
        seconds = 30.0 if at is None else max(0.02, min(30.0, at - self._lane.now()))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._awake.wait()

    async def _deliver(self, row: Claimed) -> None:
        verdict = await self._ask(row)
        jitter = self._chance.uniform(0.7, 1.3)
        while True:
            try:
                await self._lane.submit(lambda work: _settle(work, row.id, verdict, jitter))
            except ReadOnly:
                await asyncio.sleep(1)  # the verdict is known; it is written when writing works
            else:
                break
        self.wake()

    async def _ask(self, row: Claimed) -> Delivery:
        subject = subjects.send(row.kind, row.account)
        try:
            payload = await self._bus.request(subject, codec.encode(row.outbound), timeout=PATIENCE)
        except TooLarge as error:
            return Rejected(reason=str(error), code="too_large")
        except (NobodyListens, LinkDown):
            return Retry(reason="its adapter is not there", after=FIRST_PAUSE)
        except NoAnswer:
            return Unknown(reason="no answer in time")
        except BusError as error:
            return Unknown(reason=str(error))
        verdict: Delivery | Malformed = codec.decode(payload, Delivery)
        return Unknown(reason=verdict.reason) if isinstance(verdict, Malformed) else verdict


def _claim(work: Work) -> list[Claimed]:
    rows = work.tx.all("sendable", now=work.now, limit=AT_ONCE)
    return [_claimed(work, row) for row in rows]


def _claimed(work: Work, row: Any) -> Claimed:
    work.tx.run("save_outbox", **row._asdict() | {
        "state": "sending", "epoch": work.epoch, "attempt": row.attempt + 1})  # fmt: skip
    message = work.tx.one("message", id=row.message)
    seq = message.remote_seq or messages.next_seq(work, row.kind, row.account, row.remote)
    messages.change(work, message, state="sending", undo_until=None, remote_seq=seq)
    outbound = msgspec.structs.replace(
        msgspec.json.decode(row.payload, type=Outbound),
        id=f"out-{row.id}",
        epoch=work.epoch,
        seq=seq,
        references=_references(work, row.conversation),
    )
    return Claimed(row.id, row.kind, row.account, outbound)


def _references(work: Work, conversation: int) -> tuple[str, ...]:
    rows = work.tx.all("message_ids_of", conversation=conversation)
    return tuple(row.message_id for row in reversed(rows) if row.message_id.startswith("<"))


def _settle(work: Work, outbox: int, verdict: Delivery, jitter: float) -> None:
    row = work.tx.one("outbox_row", id=outbox)
    if row is None or row.state != "sending" or row.epoch != work.epoch:
        return  # a person settled it meanwhile
    message = work.tx.one("message", id=row.message)
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(row.attempt - 1, 8)) * jitter
    match verdict:
        case Sent():
            _sent(work, row, message, verdict)
        case Retry() if row.attempt < TRIES:
            _again(work, row, message, verdict.reason, max(verdict.after, pause))
        case Retry() | Rejected():
            _failed(work, row, message, verdict.reason)
        case Unknown():
            _unknown(work, row, message, verdict.reason)
        case Stale():
            _again(work, row, message, "a newer router has sent already", pause)


def _sent(work: Work, row: Any, message: messages.Row, verdict: Sent) -> None:
    _save(work, row, state="sent", remote_id=verdict.remote_id, reason="")
    reason = "; ".join(f"{address}: {why}" for address, why in verdict.refused.items())
    changes: dict[str, Any] = {"reason": reason}
    if verdict.remote_id.startswith("<"):
        changes["message_id"] = verdict.remote_id
    if _RANK.get(message.state, 0) < _RANK["sent"]:  # a receipt can be faster than the answer
        changes["state"] = "sent"
    messages.change(work, message, **changes)


def _again(work: Work, row: Any, message: messages.Row, reason: str, after: float) -> None:
    _save(work, row, state="ready", reason=reason, not_before=work.now + after)
    messages.change(work, message, state="ready", reason=reason)


def _failed(work: Work, row: Any, message: messages.Row, reason: str) -> None:
    _save(work, row, state="failed", reason=reason)
    messages.change(work, message, state="failed", reason=reason)
    conversation = conversations.load(work, row.conversation)
    conversations.tell(work, conversation, "send_failed", message.id)


def _unknown(work: Work, row: Any, message: messages.Row, reason: str) -> None:
    """It may be there or not: the adapter's policy says what then."""
    if _capabilities(work, row).when_unknown in ("resend", "query") and row.attempt < TRIES:
        _again(work, row, message, f"perhaps sent before: {reason}", FIRST_PAUSE * row.attempt)
        return
    _save(work, row, state="ambiguous", reason=reason)
    messages.change(work, message, state="ambiguous", reason=reason)
    messages.add_line(
        work,
        conversations.load(work, row.conversation),
        say("it is not known whether the last message arrived; send it again or let it be"),
    )


def _settle_stranded(work: Work) -> None:
    for row in work.tx.all("stranded", epoch=work.epoch):
        message = work.tx.one("message", id=row.message)
        _unknown(work, row, message, "the router stopped while it was being sent")


def _capabilities(work: Work, row: Any) -> Capabilities:
    account = work.tx.one("account", kind=row.kind, account=row.account)
    return capabilities_of(account)


def capabilities_of(account: Any) -> Capabilities:
    """What an account's adapter said that it can do."""
    if account is None or not account.capabilities:
        return UNKNOWN
    known = codec.decode(account.capabilities.encode(), Capabilities)
    return UNKNOWN if isinstance(known, Malformed) else known


def capabilities(rows: Rows, kind: str, account: str) -> Capabilities:
    return capabilities_of(rows.one("account", kind=kind, account=account))


def _save(work: Work, row: Any, **changes: Any) -> None:
    work.tx.run("save_outbox", **row._asdict() | changes)
