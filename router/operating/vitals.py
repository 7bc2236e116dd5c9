"""How a running router does: asked by health, metrics and the doctor, each time anew."""

import asyncio
import shutil
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from router.attendance import Attendance
from router.lane import Lane, ReadOnly
from router.operating.measures import Measures
from router.store.sql import Rows
from router.store.store import Store
from wire.bus import Bus
from wire.messages.verbs import Backlog, Checkup

# A proof of writing is good for so long; one that takes longer than this failed.
PROOF_HOLDS, PROOF_WITHIN = 1.0, 5.0
# Not alive, not ready: the loop is late by so many seconds; the disk has less than this part free.
STUCK, LITTLE = 5.0, 0.10


@dataclass(frozen=True, slots=True)
class Proof:
    """A real write: when it was tried, how long it took, why it failed ("" when it did not)."""

    at: float
    seconds: float
    failed: str


@dataclass(frozen=True, slots=True)
class Disk:
    free: int
    total: int

    @property
    def part(self) -> float:
        return self.free / self.total if self.total else 0.0


@dataclass
class Vitals:
    """Read only, but for the proof of writing. `place` is the data folder, None in a twin."""

    lane: Lane
    store: Store
    attendance: Attendance
    measures: Measures
    buses: Sequence[Bus]
    search_behind: Callable[[], int]
    place: Path | None = None
    taken: dict[tuple[str, str, str], int] = field(default_factory=dict)
    # (kind, account) of the configuration: one that is not heard is missed.
    accounts: Collection[tuple[str, str]] = ()
    # One copy of the database at a time, and none that outlives us.
    copying: asyncio.Lock = field(default_factory=asyncio.Lock)
    ending: bool = False
    _proof: Proof | None = None
    _proving: asyncio.Lock = field(default_factory=asyncio.Lock)

    # --- health --------------------------------------------------------------------------------

    def alive(self) -> list[str]:
        """What keeps it from being alive: nothing, as a rule."""
        lag = self.measures.lag.now
        return [f"the event loop is {lag:.1f} s late"] if lag >= STUCK else []

    async def ready(self) -> list[str]:
        """What keeps it from taking messages. Without the bus it is degraded, not dead."""
        troubles = self.alive()
        proof = await self.prove()
        if proof.failed:
            troubles.append(f"nothing can be written: {proof.failed}")
        disk = self.disk()
        if disk is not None and disk.part < LITTLE:
            troubles.append(f"{disk.part:.0%} of the disk are free")
        return troubles

    def degraded(self) -> list[str]:
        """What works only in part."""
        parts = [] if all(bus.connected for bus in self.buses) else ["the bus is away"]
        for (kind, account), health in sorted(self.attendance.health.items()):
            if health.state not in ("ready", "starting"):
                parts.append(f"{kind} {account}: {health.state}")
        return parts

    async def prove(self) -> Proof:
        """Write something through the lane, at most once a second however many ask."""
        async with self._proving:
            if self._proof is None or time.monotonic() - self._proof.at > PROOF_HOLDS:
                self._proof = await self._proved()
            return self._proof

    async def _proved(self) -> Proof:
        began, failed = time.monotonic(), ""
        try:
            async with asyncio.timeout(PROOF_WITHIN):
                await self.lane.submit(lambda work: work.tx.run("prove_writing"))
        except ReadOnly as error:
            failed = str(error)
        except TimeoutError:
            failed = f"no commit within {PROOF_WITHIN:.0f} s"
        return Proof(time.monotonic(), time.monotonic() - began, failed)

    # --- figures -------------------------------------------------------------------------------

    def disk(self) -> Disk | None:
        if self.place is None:
            return None
        usage = shutil.disk_usage(self.place)
        return Disk(usage.free, usage.total)

    def wal(self) -> int:
        """Bytes that are committed and not yet in the database file itself."""
        try:
            return (self.place / "desk.db-wal").stat().st_size if self.place else 0
        except OSError:
            return 0

    def reconnects(self) -> int:
        return sum(int(getattr(bus, "reconnects", 0)) for bus in self.buses)

    async def checkup(self) -> Checkup:
        """Everything that the doctor asks of a router that runs."""
        proof, disk = await self.prove(), self.disk()
        found = await self.store.read(backlog)
        return Checkup(
            epoch=self.store.epoch,
            now=self.lane.now(),
            wrote=None if proof.failed else proof.seconds,
            why_not=proof.failed,
            sqlite=apsw.sqlite_lib_version(),
            disk_free=disk.free if disk else 0,
            disk_total=disk.total if disk else 0,
            wal=self.wal(),
            lag=self.measures.lag.worst,
            search_behind=self.search_behind(),
            bus_reconnects=self.reconnects(),
            backlog=found,
        )


def backlog(rows: Rows) -> Backlog:
    """What waits, and since when."""
    state = rows.one("operating")
    ages = rows.all("outbox_ages")
    waiting: list[Any] = rows.all("waiting_work")
    verdicts = {row.verdict: row.n for row in rows.all("ledger_counts")}
    return Backlog(
        outbox={row.state: row.n for row in ages},
        outbox_since=min((row.since for row in ages), default=None),
        waiting=sum(row.n for row in waiting),
        waiting_since=min((row.since for row in waiting), default=None),
        quarantined=verdicts.get("quarantined", 0),
        paused=state.paused,
        newest=rows.value("newest_event_at") or 0.0,
    )
