"""An active router: its parts, in the order in which they need each other."""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Protocol

from router import house, languages, memory
from router.admitting import Admitting
from router.announcing.announcer import Announcer
from router.attendance import Attendance
from router.blobs import Blobs
from router.channel_doors import ChannelDoors
from router.core.desk import Desk
from router.doors.desk import Live
from router.doors.doors import Around, Doors
from router.forecasting import Forecasting
from router.indexing import Indexing
from router.lane import Lane
from router.nats import served as served_bus
from router.operating.measures import Measures
from router.operating.vitals import Vitals
from router.policy import Policy, policy
from router.reconciling import Reconciling
from router.search.index import SearchIndex
from router.sending import Sending
from router.store.store import Store
from router.telling import Channels, Commits
from router.timers import Timers
from wire.bus import Bus
from wire.data_folder import DataFolder
from wire.settings import Settings

log = logging.getLogger("cordboard.router")

# What is being sent when we stop gets so long to be answered (seconds).
LAST_SENDS = 20.0
# So long the bus may take to hear that we take nothing more in.
CLOSING = 2.0


class Admits(Protocol):
    """Who is let in: asked at every request, refreshed after agents or their keys changed."""

    def asking(self, subject: str, user: str) -> str | None: ...

    async def refresh(self) -> None: ...


@dataclass(frozen=True)
class Ground:
    """What a router stands on besides its store and bus; a simulation brings another."""

    policy: Policy
    admitting: Admits
    blobs: Path
    # Makes what a desk has before anybody did anything.
    furnish: Callable[[Lane], Awaitable[None]]
    search: SearchIndex | None = None
    # Keeps the index; a simulation has none.
    indexing: Indexing | None = None
    house_keys: Collection[str] = ()
    # The data folder, for who looks after the disk; a simulation has none.
    place: Path | None = None
    measures: Measures = field(default_factory=Measures)
    clock: Callable[[], float] | None = None
    steady: Callable[[], float] = time.monotonic
    chance: random.Random = field(default_factory=random.Random)


def ground(
    folder: DataFolder, settings: Settings, store: Store, measures: Measures | None = None
) -> Ground:
    """A data folder and its configuration, as the daemon stands on them."""
    served = served_bus.kept(folder)
    search = SearchIndex.open(folder.search)
    return Ground(
        policy(settings),
        Admitting(folder.root, store),
        folder.blobs,
        lambda lane: house.furnish(lane, folder, settings),
        search,
        Indexing(folder, search),
        set() if served is None else served.house.keys,
        place=folder.root,
        measures=measures or Measures(),
    )


class Running:
    """The tasks of an active router. If one dies the router ends rather than limp."""

    def __init__(self, store: Store, ground: Ground) -> None:
        self._store = store
        self._ground = ground
        self._policy = ground.policy
        self._desk, self._attendance, self._commits = Desk(), Attendance(), Commits()
        self._lane = Lane(
            store, self._desk, load=memory.load, clock=ground.clock, steady=ground.steady,
            announce=self._commits, targets=self._policy.targets,
        )  # fmt: skip
        self._tasks: set[asyncio.Task[None]] = set()
        self._short: set[asyncio.Task[None]] = set()

    async def start(self, answers: Bus, asks: Bus) -> None:
        """Memory and lane first, the doors last: nobody asks before all is there."""
        self.vitals = Vitals(
            self._lane, self._store, self._attendance, self._ground.measures, (answers, asks),
            self._behind, self._ground.place,
            accounts=[(one.kind, name) for name, one in self._policy.accounts.items()],
        )  # fmt: skip
        await self._think()
        sending = self._send(asks)
        announcer = self._tell(answers)
        await self._serve(answers, announcer, sending)

    async def until(self, stop: asyncio.Event) -> None:
        """Run until told to stop; raises what ended a task before that."""
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            ended = {stopping, *self._tasks}
            done, _ = await asyncio.wait(ended, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                task.result()
            await self._drain()
        finally:
            await self._end(stopping)

    async def _drain(self) -> None:
        """Nothing new comes in, nothing more is given out, and what is being sent may arrive."""
        self.vitals.ending = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING):  # a bus that is away hears of nothing
                for close in self._doors:
                    await close()
        self._timers.cancel()
        await self._last_sends()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSING):
                await self._last_looks()

    def spawn(self, work: Awaitable[None]) -> None:
        """Something short that nobody waits for; what it fails with is in the log."""
        task = asyncio.ensure_future(work)
        self._short.add(task)
        task.add_done_callback(self._spent)

    # --- parts, in order -----------------------------------------------------------------------

    async def _think(self) -> None:
        await self._store.read(lambda rows: memory.load(rows, self._desk, self._lane.shelf))
        if self._lane.shelf.book.languages:
            languages.warm()
        self.go(self._lane.run(), "lane")
        await self._ground.furnish(self._lane)
        here = [agent.id for agent in self._desk.agents.values() if agent.presence != "offline"]
        self._attendance.expect(here, self._lane.steady())
        timers = Timers(self._lane, self._policy, self._silent, self._attendance.writes)
        self._timers = self.go(timers.run(), "timers")

    def _send(self, asks: Bus) -> Sending:
        sending = Sending(self._lane, self._store, asks, self._ground.chance)
        self._commits.add(sending.heard)
        self._reconciling = Reconciling(self._store, asks)
        self.go(sending.run(), "sender")
        self._last_sends: Callable[[], Awaitable[None]] = lambda: sending.finish(LAST_SENDS)
        return sending

    def _tell(self, answers: Bus) -> Announcer:
        announcer = Announcer(
            self._store, answers, self._attendance,
            epoch=self._store.epoch, clock=self._lane.now, read_only=self._read_only,
        )  # fmt: skip
        self._commits.add(announcer.announce)
        self.go(announcer.run(), "announcer")
        self._forecasts = Forecasting(self._desk, self._store, self._attendance, announcer.cue,
                                      self._lane.now)  # fmt: skip
        self.go(self._forecasts.run(), "forecasts")
        self._follow()
        return announcer

    def _follow(self) -> None:
        indexing = self._ground.indexing
        if indexing is not None:
            self._commits.add(indexing.committed)
            self.go(indexing.run(), "search")

    async def _serve(self, answers: Bus, announcer: Announcer, sending: Sending) -> None:
        admitting = self._ground.admitting
        await admitting.refresh()
        blobs = Blobs(self._ground.blobs, self._lane, self._store)
        channels = Channels(announcer, sending, self.spawn)
        doors = ChannelDoors(
            self._lane, self._store, blobs, self._policy, self._store.epoch, channels
        )
        self.vitals.taken = doors.taken
        self._doors = [await doors.serve(answers, self.spawn)]
        around = Around(
            self._live(), admitting.asking, announcer, blobs, self._ground.search,
            admitting.refresh, house_keys=self._ground.house_keys, vitals=self.vitals,
            reconciling=self._reconciling,
        )  # fmt: skip
        agents = Doors(self._lane, self._store, answers, self._policy, around)
        self._last_looks = agents.looks.flush
        self.go(agents.looks.run(), "audit")
        self._doors.append(await agents.serve())

    # --- small things --------------------------------------------------------------------------

    def _live(self) -> Live:
        release = metadata.version("cordboard")
        return Live(self._store.epoch, release, self._attendance, self._read_only, self._behind,
                    self._forecasts.standing, lambda: self._forecasts.teams)  # fmt: skip

    def _read_only(self) -> str | None:
        return self._lane.read_only

    def _behind(self) -> int:
        return self._ground.indexing.behind if self._ground.indexing is not None else 0

    def _silent(self) -> list[str]:
        return self._attendance.silent(self._lane.steady())

    def go(self, work: Awaitable[None], name: str) -> "asyncio.Task[None]":
        """For as long as the router runs; the router ends when it does."""
        task = asyncio.ensure_future(work)
        task.set_name(name)
        self._tasks.add(task)
        return task

    def _spent(self, task: "asyncio.Task[None]") -> None:
        self._short.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("%s", task.exception())

    async def _end(self, stopping: "asyncio.Task[bool]") -> None:
        tasks = [*self._tasks, *self._short, stopping]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
