"""The sender: what is due goes to its adapter, and what became of it is written down.

A row is `held` (undo window), `ready`, `sending`, then `sent`, `failed` or `ambiguous`. Rows of one
conversation go in order; a crash between the channel's yes and our commit leaves `sending` of an
older epoch, which is known to be ambiguous.

What gets no answer within a second is asked after (`inquiry`): a process that is still at it goes
on, one that was started since knows nothing of it: then its fate is known to be unknown at once.
"""

import asyncio
import contextlib
import logging
import math
import random
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import apsw
import msgspec

from router.handling import conversations, messages
from router.lane import Lane, ReadOnly, Work
from router.operating import restored
from router.policy import UNKNOWN
from router.store.sql import Rows
from router.store.store import Store
from wire import codec, subjects
from wire.bus import Bus, BusError, LinkDown, NobodyListens, TooLarge
from wire.codec import Malformed
from wire.marks import passing
from wire.messages.base import say
from wire.messages.capabilities import Capabilities
from wire.messages.channel import (
    Delivery,
    Fate,
    NeverHeard,
    Outbound,
    Rejected,
    Retry,
    Sent,
    Stale,
    Unknown,
)
from wire.messages.desk import Change
from wire.words import N_

log = logging.getLogger("cordboard.sending")

AT_ONCE = 64
# An account has so many under way at once, and gets more when some of them are settled: what waits
# in the outbox is not late, what waits at an adapter would be.
ROOM, REFILL = 20, 12
# An adapter has so long for one message (seconds); a large mail over a slow line takes a while.
PATIENCE = 45.0
# After so long without an answer, and then again and again, it is asked what became of it.
WAIT, LOOK_AGAIN = 1.0, 0.25
# Of two processes of an account the other one may have it: so often nobody must have heard of it.
NEVER_HEARD = 8
# Seconds between tries, doubling; after so many it has failed.
FIRST_PAUSE, LONGEST_PAUSE, TRIES = 2.0, 300.0, 40
# After a start everything is due within so long (seconds).
NEAR = 60.0
# What may make a row due.
DUE = ("reply_added", "message_changed", "sending")
# How a reason begins; why follows.
PERHAPS, UNSENDABLE = N_("perhaps sent before"), N_("the desk cannot send this")
TWICE = N_("perhaps it arrived twice: the line broke when it was sent first")
_RANK = {"sent": 1, "delivered": 2, "read": 3}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is being sent now."""

    id: int
    message: int
    kind: str
    account: str
    outbound: Outbound
    # Of one that an older router began: seconds since then.
    age: float = 0.0


class Died(Unknown, frozen=True):
    """Whoever was sending it is no more: it may go again at once, nobody is overwhelmed."""


class Sending:
    """Runs beside the lane. `wake` after a commit that may have made something due."""

    def __init__(self, lane: Lane, store: Store, bus: Bus, chance: random.Random) -> None:
        self._lane = lane
        self._store = store
        self._bus = bus
        self._chance = chance
        self._awake = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        # Messages that are being claimed or sent, by account.
        self._having: dict[str, set[int]] = {}
        self._finishing = False

    def wake(self) -> None:
        self._awake.set()

    def heard(self, changes: Sequence[Change]) -> None:
        """Something was committed: look again if it may have made a row due."""
        ours = set[int]().union(*self._having.values())
        if any(change.what in DUE and change.message not in ours for change in changes):
            self.wake()

    async def run(self) -> None:
        """For ever: claim what is due, send it, settle it."""
        await self._recover()
        try:
            while True:
                self._awake.clear()
                try:
                    await self._send_due()
                    await self._pause()
                except apsw.Error as error:  # it cannot be read now; sending must not die of it
                    log.warning("what is due could not be read: %s", error)
                    await asyncio.sleep(1)
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
        """When stopping: begin nothing more, and wait for what is under way."""
        self._finishing = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=seconds)

    async def _recover(self) -> None:
        while True:
            try:
                await self._lane.submit(restored.settle)
                stranded = await self._lane.submit(_adopt)
            except ReadOnly:
                await asyncio.sleep(1)
            else:
                passing("send.adopted")
                for row in stranded:
                    self._having.setdefault(f"{row.kind}.{row.account}", set()).add(row.message)
                    self._start(self._ask_after(row), row)
                return

    async def _send_due(self) -> None:
        if self._finishing:
            return
        now, busy = self._lane.now(), self._busy()
        due = await self._store.read(
            lambda rows: rows.all("sendable", now=now, limit=AT_ONCE, busy=busy)
        )
        begun = [row for row in due if self._has_room(row)]
        try:
            claimed = await asyncio.gather(*(self._claim(row.id) for row in begun))
        except ReadOnly:
            for row in begun:
                self._let_go(row)
            await asyncio.sleep(1)
            return
        for row, mine in zip(begun, claimed, strict=True):
            if mine is None:
                self._let_go(row)
            else:
                self._start(self._deliver(mine), mine)

    def _busy(self) -> str:
        """The accounts that get nothing more now, as a list in JSON."""
        busy = [account for account, having in self._having.items() if len(having) > REFILL]
        return codec.encode(busy).decode()

    def _has_room(self, row: Any) -> bool:
        """Takes a place of its account, if there is one."""
        having = self._having.setdefault(f"{row.kind}.{row.account}", set())
        if len(having) >= ROOM:
            return False
        having.add(row.message)
        return True

    def _let_go(self, row: Any) -> None:
        """Its place is free; who had enough to do may have more."""
        having = self._having[f"{row.kind}.{row.account}"]
        having.discard(row.message)
        if len(having) <= REFILL:
            self.wake()

    def _start(self, work: Coroutine[None, None, None], row: Claimed) -> None:
        task = asyncio.create_task(work, name=f"send out-{row.id}")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        task.add_done_callback(lambda _: self._let_go(row))

    async def _claim(self, outbox: int) -> Claimed | None:
        """One by one, so that a row that cannot be sent fails alone, and says so."""

        def aside(work: Work, error: Exception) -> None:
            log.error("out-%d cannot be sent", outbox, exc_info=error)
            row = work.tx.one("outbox_row", id=outbox)
            reason = f"{UNSENDABLE}: {error}"[:300]
            _failed(work, row, work.tx.one("message", id=row.message), reason)

        return await self._lane.submit(lambda work: _claimed(work, outbox), aside)

    async def _pause(self) -> None:
        busy = self._busy()
        at = await self._store.read(lambda rows: rows.value("next_send", busy=busy))
        seconds = 30.0 if at is None else max(0.02, min(30.0, at - self._lane.now()))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._awake.wait()

    async def _deliver(self, row: Claimed) -> None:
        passing("send.asking", row.kind)
        verdict = await self._ask(row)
        passing("send.answered", row.kind)
        await self._write_down(row, verdict)
        passing("send.settled", row.kind)

    async def _ask_after(self, row: Claimed) -> None:
        """Its adapter has lived on and knows; or it died as well, and then nobody does."""
        await self._write_down(row, await self._inquire(row, asyncio.get_running_loop().time()))

    async def _write_down(self, row: Claimed, verdict: Delivery) -> None:
        jitter = self._chance.uniform(0.7, 1.3)
        while True:
            try:
                await self._lane.submit(lambda work: _settle(work, row.id, verdict, jitter))
            except ReadOnly:
                await asyncio.sleep(1)  # the verdict is known; it is written when writing works
            else:
                break

    async def _ask(self, row: Claimed) -> Delivery:
        began = asyncio.get_running_loop().time()
        try:
            verdict = await self._request(row, row.outbound)
        except TooLarge as error:
            return Rejected(reason=str(error), code="too_large")
        except (NobodyListens, LinkDown):
            return Retry(reason=N_("its adapter is not there"), after=FIRST_PAUSE)
        except BusError:
            return await self._inquire(row, began)
        return verdict if not isinstance(verdict, NeverHeard) else Unknown(reason="no answer")

    async def _inquire(self, row: Claimed, began: float) -> Delivery:
        """Its answer is late or lost, or its adapter died: ask until somebody knows."""
        clock = asyncio.get_running_loop().time
        inquiry = msgspec.structs.replace(row.outbound, inquiry=True)
        unheard = 0
        while clock() - began < PATIENCE:
            try:
                fate = await self._request(row, inquiry)
            except (NobodyListens, LinkDown):
                await asyncio.sleep(LOOK_AGAIN)  # it is being started, or finds the bus again
                continue
            except BusError:
                unheard = 0  # somebody is still at it
                continue
            if not isinstance(fate, NeverHeard):
                return fate
            if fate.age < clock() - began + row.age:
                return Died(reason=N_("its adapter stopped while it was being sent"))
            unheard += 1
            if unheard == NEVER_HEARD:
                return Retry(reason=N_("it did not reach its adapter"), after=0.0)
            await asyncio.sleep(LOOK_AGAIN)
        return Unknown(reason=N_("no answer in time"))

    async def _request(self, row: Claimed, outbound: Outbound) -> Fate:
        subject = subjects.send(row.kind, row.account)
        payload = await self._bus.request(subject, codec.encode(outbound), timeout=WAIT)
        fate: Fate | Malformed = codec.decode(payload, Fate)
        return Unknown(reason=fate.reason) if isinstance(fate, Malformed) else fate


def _claimed(work: Work, outbox: int) -> Claimed | None:
    """It is being sent from now on; None when somebody settled it meanwhile."""
    row = work.tx.one("outbox_row", id=outbox)
    if row.state not in ("held", "ready") or row.not_before > work.now:
        return None
    if work.tx.one("held_up", id=outbox, conversation=row.conversation) is not None:
        return None
    ordered = codec.decode(row.payload.encode(), Outbound)
    if isinstance(ordered, Malformed):
        raise TypeError(ordered.reason)
    # From now on `not_before` says since when it is being sent.
    _save(work, row, state="sending", epoch=work.epoch, attempt=row.attempt + 1,
          asked=row.asked + 1, not_before=work.now)  # fmt: skip
    message = work.tx.one("message", id=row.message)
    seq = message.remote_seq or messages.next_seq(work, row.kind, row.account, row.remote)
    messages.change(work, message, state="sending", undo_until=None, remote_seq=seq)
    outbound = msgspec.structs.replace(
        ordered,
        id=f"out-{row.id}",
        epoch=work.epoch,
        seq=seq,
        attempt=row.asked + 1,
        references=_references(work, row.conversation),
        doubts=row.doubts,
        anew=bool(row.anew),
    )
    passing("send.claiming", row.kind)
    return Claimed(row.id, row.message, row.kind, row.account, outbound)


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
            _unknown(work, row, message, verdict)
        case Stale():
            _again(work, row, message, N_("a newer router has sent already"), pause)
    passing("send.settling", row.kind)


def _sent(work: Work, row: Any, message: messages.Row, verdict: Sent) -> None:
    _save(work, row, state="sent", remote_id=verdict.remote_id, reason="", anew=False)
    reasons = [f"{address}: {why}" for address, why in verdict.refused.items()]
    if row.doubts and not verdict.again:
        reasons.append(TWICE)
    reason = "; ".join(reasons)
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


def _unknown(work: Work, row: Any, message: messages.Row, verdict: Unknown) -> None:
    """It may be there or not: the adapter's policy says what then.

    "resend" repeats it under the same id, "query" too, and its adapter asks the channel first.
    """
    row = row._replace(doubts=row.doubts + 1)
    can_tell = _capabilities(work, row).when_unknown != "ask" and not verdict.asked
    if can_tell and row.attempt < TRIES:
        at_once = row.doubts == 1 or isinstance(verdict, Died)
        pause = 0.0 if at_once else min(LONGEST_PAUSE, FIRST_PAUSE * row.doubts)
        _again(work, row, message, f"{PERHAPS}: {verdict.reason}", pause)
        return
    _save(work, row, state="ambiguous", reason=verdict.reason)
    messages.change(work, message, state="ambiguous", reason=verdict.reason)
    conversation = conversations.load(work, row.conversation)
    said = say("it is not known whether the last message arrived; send it again or let it be")
    messages.add_line(work, conversation, said)
    conversations.tell(work, conversation, "send_failed", message.id)


def _adopt(work: Work) -> list[Claimed]:
    """What an older router left in the middle of sending is ours to settle."""
    work.tx.run("bring_near", latest=work.now + NEAR)
    stranded = [_adopted(work, row) for row in work.tx.all("stranded", epoch=work.epoch)]
    passing("send.adopting")
    return stranded


def _adopted(work: Work, row: Any) -> Claimed:
    _save(work, row, epoch=work.epoch)
    # One that was begun in the future says that the clock was set back: nobody knows its age.
    age = work.now - row.not_before if row.not_before <= work.now else math.inf
    asked_after = Outbound(id=f"out-{row.id}", epoch=work.epoch, remote=row.remote, text="",
                           at=row.not_before, attempt=row.asked)  # fmt: skip
    return Claimed(row.id, row.message, row.kind, row.account, asked_after, age)


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
