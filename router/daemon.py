"""The daemon: opens the store, joins the bus, serves the doors, and stops in order."""

import asyncio
import contextlib
import gc
import logging
import random
import signal
import time
from collections.abc import Awaitable, Callable
from importlib import metadata

from router import house, memory
from router.admitting import Admitting
from router.announcing.announcer import Announcer
from router.attendance import Attendance
from router.blobs import Blobs
from router.channel_doors import ChannelDoors
from router.core.desk import Desk
from router.doors.desk import Live
from router.doors.doors import Around, Doors
from router.following import Following
from router.lane import Lane
from router.nats import keys
from router.nats import served as served_bus
from router.policy import policy
from router.search.index import SearchIndex
from router.sending import Sending
from router.store.store import SqliteStore
from router.telling import Channels, Commits
from router.timers import Timers
from wire.bus import Bus
from wire.data_folder import DataFolder
from wire.nats_bus import Credential, NatsBus, connect
from wire.settings import Settings

log = logging.getLogger("cordboard.router")

# What is being sent when we stop gets so long to be answered (seconds).
LAST_SENDS = 20.0


class BusLost(Exception):
    """The connection to the bus is closed for good; a new process makes a new one."""


class Daemon:
    """One active router on one data folder. `say` gets the lines that a supervisor waits for."""

    def __init__(self, folder: DataFolder, settings: Settings, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._settings = settings
        self._policy = policy(settings)
        self._say = say
        self._stop = asyncio.Event()
        self._bus_lost = False

    async def run(self) -> None:
        """Until SIGTERM, a lost lease or a lost bus. Raises Locked, CannotWrite, BusError."""
        self._heed_signals()
        store = SqliteStore.open(self._folder.root, now=time.time())
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(store.close)
            answers = await self._connected("answers", stack)
            asks = await self._connected("asks", stack)
            running = await Running.start(self, store, answers, asks)
            self._say(f"router ready epoch={store.epoch}")
            await running.until(self._stop)
        if self._bus_lost:
            raise BusLost("the bus closed the connection for good")

    @property
    def parts(self) -> tuple[DataFolder, Settings]:
        return self._folder, self._settings

    def _heed_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)

    async def _connected(self, which: str, stack: contextlib.AsyncExitStack) -> NatsBus:
        """One of the router's two connections: the one that answers can't ask adapters."""
        bus = self._settings.bus
        path = self._folder.answers_key if which == "answers" else self._folder.asks_key
        url = bus.url or f"nats://127.0.0.1:{self._folder.nats_port.read_text('ascii').strip()}"
        server = "" if bus.url else self._folder.nats_name.read_text("ascii").strip()
        connection = await connect(
            url,
            credential=Credential(keys.kept(path).seed, f"_INBOX.{which}"),
            name=f"router {which}",
            server=server,
            closed=self._bus_closed,
        )
        stack.push_async_callback(connection.close)
        return connection

    def _bus_closed(self) -> None:
        if not self._stop.is_set():
            self._bus_lost = True
            self._stop.set()


class Running:
    """The tasks of an active router. If one dies the router ends rather than limp."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._short: set[asyncio.Task[None]] = set()
        self._finish: list[Callable[[], Awaitable[None]]] = []

    @classmethod
    async def start(cls, daemon: Daemon, store: SqliteStore, answers: Bus, asks: Bus) -> "Running":
        """Memory, lane, sender, timers; then the doors, so that nobody asks before all is there."""
        folder, settings = daemon.parts
        rules, running, commits = policy(settings), cls(), Commits()
        attendance, desk = Attendance(), Desk()
        await store.read(lambda rows: memory.load(rows, desk))
        lane = Lane(store, desk, load=memory.load, announce=commits)
        running._go(lane.run(), "lane")
        await house.furnish(lane, folder, settings)
        announcer = Announcer(
            store, answers, attendance,
            epoch=store.epoch, clock=lane.now, read_only=lambda: lane.read_only,
        )  # fmt: skip
        sending = Sending(lane, store, asks, random.Random())  # noqa: S311  spreads retries
        commits.add(announcer.announce)
        commits.add(lambda changes: sending.wake())
        index = SearchIndex.open(folder.search)
        following = Following(store, index)
        commits.add(lambda changes: following.wake())
        attendance.expect(
            [a.id for a in desk.agents.values() if a.presence != "offline"], lane.now()
        )
        admitting = Admitting(folder.root, store)
        await admitting.refresh()
        blobs = Blobs(folder.blobs, lane, store)
        live = Live(
            store.epoch, metadata.version("cordboard"), attendance,
            lambda: lane.read_only, lambda: following.behind,
        )  # fmt: skip
        served = served_bus.kept(folder)
        around = Around(
            live, admitting.asking, announcer, blobs, index, admitting.refresh,
            house_keys=served.house.keys if served is not None else (),
        )  # fmt: skip
        channels = Channels(announcer, sending, running.spawn)
        doors = ChannelDoors(lane, store, blobs, rules, store.epoch, channels)
        await doors.serve(answers, running.spawn)
        await Doors(lane, store, answers, rules, around).serve()
        timers = Timers(lane, rules, lambda: attendance.silent(lane.now()))
        running._go(sending.run(), "sender")
        running._go(announcer.run(), "announcer")
        running._go(timers.run(), "timers")
        running._go(following.run(), "search")
        running._finish.append(lambda: sending.finish(LAST_SENDS))
        gc.collect()
        gc.freeze()
        return running

    async def until(self, stop: asyncio.Event) -> None:
        """Run until told to stop; raises what ended a task before that."""
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            done, _ = await asyncio.wait(
                {stopping, *self._tasks}, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done - {stopping}:
                task.result()
            for finish in self._finish:
                await finish()
        finally:
            await self._end(stopping)

    def spawn(self, work: Awaitable[None]) -> None:
        """Something short that nobody waits for; what it fails with is in the log."""
        task = asyncio.ensure_future(work)
        self._short.add(task)
        task.add_done_callback(self._spent)

    def _go(self, work: Awaitable[None], name: str) -> None:
        task = asyncio.ensure_future(work)
        task.set_name(name)
        self._tasks.add(task)

    def _spent(self, task: "asyncio.Task[None]") -> None:
        self._short.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("%s", task.exception())

    async def _end(self, *more: "asyncio.Task[bool]") -> None:
        tasks = [*self._tasks, *self._short, *more]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
