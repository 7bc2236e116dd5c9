"""The doors that adapters knock at: intake, state, blobs; and news of health and customers."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from msgspec.structs import replace

from router.blobs import Blobs, keep_beside
from router.handling import conversations, messages
from router.intake import Intaking
from router.lane import Lane, ReadOnly, Work
from router.policy import Policy
from router.store.sql import Rows
from router.store.store import Store
from wire import codec, subjects
from wire.blobs import SMALL
from wire.bus import Bus, Request, Stop
from wire.codec import Malformed
from wire.marks import passing
from wire.messages.channel import (
    Attachment,
    BlobAsk,
    BlobPart,
    Health,
    Intake,
    NotActive,
    PastMessage,
    Refused,
    Signal,
    State,
    StateAsk,
    Taken,
)

log = logging.getLogger("cordboard.channels")

# Routers answer as one group; the one without the lease leaves it.
GROUP = "router"
HISTORY = 200


class Told(Protocol):
    """Who wants to know what customers and adapters do."""

    def customer(self, contact: int, conversation: int, signal: Signal) -> None: ...

    def health(self, kind: str, account: str, health: Health) -> None: ...


class ChannelDoors:
    """Serves every adapter on one connection."""

    def __init__(
        self, lane: Lane, store: Store, blobs: Blobs, policy: Policy, epoch: int, told: Told
    ) -> None:
        self._lane = lane
        self._store = store
        self._blobs = blobs
        self._policy = policy
        self._epoch = epoch
        self._told = told
        # How often each account's items got each verdict: (kind, account, verdict).
        self.taken: Counter[tuple[str, str, str]] = Counter()

    async def serve(self, bus: Bus, spawn: Callable[[Awaitable[None]], object]) -> Stop:
        """`spawn` runs what a signal needs to look up. The stop takes nothing more in.

        Files are handed out until the end: messages on their way out may need them.
        """
        doors = [
            await bus.serve(subjects.EVERY_INTAKE, self._intake, queue=GROUP),
            await bus.serve(subjects.EVERY_STATE, self._state, queue=GROUP),
            await bus.serve(subjects.EVERY_BLOB_PUT, self._blob_put, queue=GROUP),
        ]
        await bus.serve(subjects.EVERY_BLOB_GET, self._blob_get, queue=GROUP)
        await bus.listen(subjects.EVERY_HEALTH, self._health)

        def on_signal(subject: str, payload: bytes) -> None:
            spawn(self._signal(subject, payload))

        await bus.listen(subjects.EVERY_SIGNAL, on_signal)

        async def stop() -> None:
            for close in doors:
                await close()

        return stop

    # --- intake --------------------------------------------------------------------------------

    async def _intake(self, request: Request) -> bytes:
        kind, account = subjects.account_of(request.subject)
        intake = codec.decode(request.payload, Intake)
        taken: Taken
        try:
            intaking = Intaking(self._policy, kind, account)
            if isinstance(intake, Malformed):
                taken = await self._lane.submit(intaking.unread(request.payload, intake))
            else:
                taken = await self._lane.submit(*_with_files(intaking, intake))
        except ReadOnly as error:
            return codec.encode(NotActive(reason=str(error)))
        passing("intake.committed", request.subject)
        self.taken[kind, account, type(taken).__name__.lower()] += 1
        return codec.encode(taken)

    # --- state ---------------------------------------------------------------------------------

    async def _state(self, request: Request) -> bytes:
        kind, account = subjects.account_of(request.subject)
        ask = codec.decode(request.payload, StateAsk)
        if isinstance(ask, Malformed):
            return codec.encode(Refused(reason=ask.reason))
        try:
            await self._announced(kind, account, ask)
        except ReadOnly as error:
            return codec.encode(NotActive(reason=str(error)))
        return codec.encode(await self._store.read(lambda r: self._past(r, kind, account, ask)))

    async def _announced(self, kind: str, account: str, ask: StateAsk) -> None:
        announce = ask.announce
        if announce is None:
            return

        told = {"kind": kind, "account": account, "address": announce.address,
                "title": announce.title,
                "capabilities": messages.as_json(announce.capabilities)}  # fmt: skip

        def job(work: Work) -> None:
            known = work.tx.one("account", kind=kind, account=account)
            if known is not None and told.items() <= known._asdict().items():
                return  # adapters say it every few seconds; an idle desk writes nothing
            work.tx.run("announce_account", **told)
            work.event("account")

        await self._lane.submit(job)

    def _past(self, rows: Rows, kind: str, account: str, ask: StateAsk) -> State:
        cursor = rows.one("account", kind=kind, account=account)
        limit = min(max(ask.limit, 0), HISTORY)
        found: Sequence[Any] = ()
        if ask.remote:
            found = rows.all("history_of", kind=kind, account=account, remote=ask.remote,
                             before=ask.before, limit=limit + 1)  # fmt: skip
        return State(
            epoch=self._epoch,
            cursor=cursor.cursor if cursor is not None else "",
            history=tuple(_past(row) for row in reversed(found[:limit])),
            more=len(found) > limit,
        )

    # --- blobs ---------------------------------------------------------------------------------

    async def _blob_put(self, request: Request) -> bytes:
        part = codec.decode(request.payload, BlobPart)
        if isinstance(part, Malformed):
            return codec.encode(Refused(reason=part.reason))
        asker = ".".join(subjects.account_of(request.subject))
        try:
            return codec.encode(await self._blobs.put(part, asker))
        except (ReadOnly, OSError) as error:
            return codec.encode(NotActive(reason=str(error)))

    async def _blob_get(self, request: Request) -> bytes:
        kind, account = subjects.account_of(request.subject)
        ask = codec.decode(request.payload, BlobAsk)
        if isinstance(ask, Malformed):
            return codec.encode(Refused(reason=ask.reason))
        may = await self._store.read(
            lambda rows: rows.one("blob_of_account", sha256=ask.sha256, kind=kind, account=account)
        )
        if may is None:
            return codec.encode(Refused(reason="no message of this account has this file"))
        return codec.encode(await self._blobs.get(ask))

    # --- news ----------------------------------------------------------------------------------

    def _health(self, subject: str, payload: bytes) -> None:
        health = codec.decode(payload, Health)
        if not isinstance(health, Malformed):
            self._told.health(*subjects.account_of(subject), health)

    async def _signal(self, subject: str, payload: bytes) -> None:
        kind, account = subjects.account_of(subject)
        signal = codec.decode(payload, Signal)
        if isinstance(signal, Malformed):
            return
        row = await self._store.read(
            lambda rows: conversations.followed(
                rows, rows.one("newest_of_remote", kind=kind, account=account, remote=signal.remote)
            )
        )
        if row is not None:
            self._told.customer(row.contact, row.id, signal)


def _with_files(
    intaking: Intaking, intake: Intake
) -> tuple[Callable[[Work], Taken], Callable[[Work, Exception], Taken]]:
    """The job and what is done when it fails; either way the event's files are kept with it."""
    files, alone = intake.files, replace(intake, files=())
    decide, aside = intaking.decide(alone), intaking.aside(alone)

    def job(work: Work) -> Taken:
        keep_beside(work, files)
        return decide(work)

    def put_aside(work: Work, error: Exception) -> Taken:
        keep_beside(work, [data for data in files if len(data) <= SMALL])
        return aside(work, error)

    return job, put_aside


def _past(row: Any) -> PastMessage:
    attachments = codec.decode(row.attachments.encode(), tuple[Attachment, ...])
    return PastMessage(
        seq=row.remote_seq,
        at=row.at,
        text="" if row.deleted else row.text,
        ours=row.author_is == "agent",
        id=row.id or "",
        author=row.author if row.author_is == "agent" else "",
        attachments=() if isinstance(attachments, Malformed) else attachments,
    )
