"""The one lane: whatever waits is decided in order, committed together, then answered and told."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec

from router.clock import Clock
from router.core.desk import Desk
from router.core.rulebook.book import Book
from router.ruling.shelf import Shelf
from router.store.sql import Rows
from router.store.store import CannotWrite, LostLease, Store, Transaction
from wire.messages.desk import Change
from wire.settings import TARGETS

log = logging.getLogger("cordboard.lane")
T = TypeVar("T")

# The most items of one transaction; more wait for the next.
BATCH = 512


class ReadOnly(Exception):
    """The desk cannot write now; nothing of the item stands. The reason is for a person."""


@dataclass(slots=True)
class Work:
    """What a decision works with: facts by `tx`, the desk in memory, one `now`, and events."""

    tx: Transaction
    desk: Desk
    now: float
    epoch: int
    events: list[Change] = field(default_factory=list)
    shelf: Shelf = field(default_factory=Shelf)

    @property
    def book(self) -> Book:
        """The rules in force."""
        return self.shelf.book

    def event(self, what: str, **ids: Any) -> int:
        """Write a row of the event log: ids and what changed. Returns its sequence."""
        seq = self.tx.next_number("last_event")
        change = Change(seq=seq, at=self.now, what=what, **ids)
        self.tx.later("add_event", *msgspec.structs.astuple(change))
        self.events.append(change)
        return seq


Decide = Callable[[Work], T]
Aside = Callable[[Work, Exception], Any]


def _refuse(work: Work, error: Exception) -> Any:
    raise error


class Job(Generic[T]):
    """An item of the lane: what to decide, and what to write when that fails."""

    def __init__(self, decide: Decide[T], aside: Aside = _refuse) -> None:
        self._decide = decide
        self._aside = aside
        self._mark = (0, 0)
        self.desk: Desk | None = None
        self.shelf = Shelf()
        self.events: list[Change] = []
        self.done: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def apply(self, tx: Transaction) -> T:
        work = self._work(tx)
        outcome = self._decide(work)
        self.events = work.events
        return outcome

    def undo(self) -> None:
        self._known_desk().undo_to(self._mark[0])
        self.shelf.undo_to(self._mark[1])
        self.events = []

    def aside(self, tx: Transaction, error: Exception) -> Any:
        work = self._work(tx)
        outcome = self._aside(work, error)
        self.events = work.events
        return outcome

    def _work(self, tx: Transaction) -> Work:
        desk = self._known_desk()
        self._mark = desk.mark(), self.shelf.mark()
        return Work(tx, desk, tx.now, tx.epoch, shelf=self.shelf)

    def _known_desk(self) -> Desk:
        if self.desk is None:
            raise RuntimeError("this job was not given to a lane")
        return self.desk


class Proof:
    """Goes first while the desk is read-only: a batch that writes nothing proves nothing."""

    def apply(self, tx: Transaction) -> None:
        tx.run("prove_writing")

    def undo(self) -> None:
        """It changed nothing in memory."""

    def aside(self, tx: Transaction, error: Exception) -> None:
        raise error


class Lane:
    """Everything that changes the desk passes here. `announce` gets the events of each commit."""

    def __init__(
        self,
        store: Store,
        desk: Desk,
        *,
        load: Callable[[Rows, Desk, Shelf], None],
        clock: Callable[[], float] | None = None,
        steady: Callable[[], float] = time.monotonic,
        announce: Callable[[Sequence[Change]], None] = lambda changes: None,
        targets: Mapping[str, float] = TARGETS,
    ) -> None:
        self._store = store
        self._desk = desk
        # The rules in force; `targets` count where they say nothing.
        self.shelf = Shelf(targets)
        self._load = load
        self._clock = clock or Clock()
        # Seconds for what is measured in waiting only: no leap of the wall's clock is in them.
        self.steady = steady
        self._announce = announce
        self._waiting: list[Job[Any]] = []
        self._awake = asyncio.Event()
        self._latest = 0.0
        # Why nothing can be written, None while all is well.
        self.read_only: str | None = None

    async def submit(self, decide: Decide[T], aside: Aside = _refuse) -> T:
        """The decision, once it is committed. Raises what it raised, or ReadOnly."""
        job = Job(decide, aside)
        self._waiting.append(job)
        self._awake.set()
        return await job.done

    def now(self) -> float:
        """Epoch seconds that never run backwards."""
        self._latest = max(self._latest, self._clock())
        return self._latest

    async def run(self) -> None:
        """Take, decide, commit, answer, tell; for ever. Raises LostLease when it is no longer ours.

        Batches form by themselves: what comes while one commits is the next.
        """
        while True:
            await self._awake.wait()
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            if not self._waiting:
                self._awake.clear()
            await self._commit(batch)

    async def _commit(self, batch: list[Job[Any]]) -> None:
        for job in batch:
            job.desk, job.shelf = self._desk, self.shelf
        proof = [Proof()] if self.read_only is not None else []
        try:
            outcomes = await self._store.apply([*proof, *batch], self.now())
        except LostLease as error:
            self._fail(batch, str(error))
            raise
        except CannotWrite as error:
            self._fail(batch, str(error))
            await self._rebuild()
            return
        self._stands(batch, outcomes[len(proof) :])

    def _stands(self, batch: list[Job[Any]], outcomes: list[Any]) -> None:
        self.read_only = None
        self._desk.forget_marks()
        self.shelf.forget_marks()
        for job, outcome in zip(batch, outcomes, strict=True):
            _answer(job, outcome)
        changes = [change for job in batch for change in job.events]
        if changes:
            self._announce(changes)

    def _fail(self, batch: list[Job[Any]], why: str) -> None:
        if self.read_only is None:
            log.error("read-only: %s", why)
        self.read_only = why
        for job in batch:
            if not job.done.done():
                job.done.set_exception(ReadOnly(why))

    async def _rebuild(self) -> None:
        """After an I/O fault memory is made again from what is committed."""
        try:
            await self._store.read(lambda rows: self._load(rows, self._desk, self.shelf))
        except Exception as error:  # noqa: BLE001  reading may be broken too; the next try tells
            log.error("the desk could not be read again: %s", error)


def _answer(job: Job[Any], outcome: Any) -> None:
    if job.done.done():
        return  # its asker went away; the commit stands
    if isinstance(outcome, Exception):
        job.done.set_exception(outcome)
    else:
        job.done.set_result(outcome)
