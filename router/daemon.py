"""The daemon: opens the store, joins the bus, serves the doors, and stops in order."""

import asyncio
import contextlib
import gc
import logging
import time
from collections.abc import Callable

from router.nats import keys
from router.operating.measured_store import MeasuredStore
from router.operating.measures import Measures
from router.running import Running, ground
from router.store.store import SqliteStore
from wire import service
from wire.credentials import place_of
from wire.data_folder import DataFolder
from wire.nats_bus import Credential, NatsBus, connect
from wire.settings import Settings, loopback

log = logging.getLogger("cordboard.router")


class BusLost(Exception):
    """The connection to the bus is closed for good; a new process makes a new one."""


class Daemon:
    """One active router on one data folder. `say` gets the lines that a supervisor waits for."""

    def __init__(self, folder: DataFolder, settings: Settings, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._settings = settings
        self._say = say
        self._stop = asyncio.Event()
        self._bus_lost = False

    async def run(self) -> None:
        """Until SIGTERM, a lost lease or a lost bus. Raises Locked, CannotWrite, BusError."""
        service.heed_signals(self._stop)
        measures = Measures()
        store = MeasuredStore(SqliteStore.open(self._folder.root, now=time.time()), measures)
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(store.close)
            answers = await self._connected("answers", stack)
            asks = await self._connected("asks", stack)
            running = Running(store, ground(self._folder, self._settings, store, measures))
            await running.start(answers, asks)
            await self._watched(running, measures, stack)
            gc.collect()
            gc.freeze()
            self._say(f"router ready epoch={store.epoch}")
            service.tell("READY=1", f"STATUS=router ready, epoch {store.epoch}")
            await running.until(self._stop)
        if self._bus_lost:
            raise BusLost("the bus closed the connection for good")

    async def _watched(
        self, running: Running, measures: Measures, stack: contextlib.AsyncExitStack
    ) -> None:
        """Signs of life for the supervisor, and health and figures for who looks after us."""
        running.go(measures.lag.run(), "lag")
        if service.watched_every():
            running.go(service.live(), "alive")
        place = loopback(self._settings.operating.listen)
        if place is None:
            return
        from router.operating.page import Taken, page  # 20 MB that few desks need

        try:
            url = await stack.enter_async_context(page(running.vitals, *place))
        except Taken as error:
            log.error("%s; the desk runs without it", error)
        else:
            log.info("health and figures at %s", url)

    async def _connected(self, which: str, stack: contextlib.AsyncExitStack) -> NatsBus:
        """One of the router's two connections: the one that answers can't ask adapters."""
        bus = self._settings.bus
        path = self._folder.answers_key if which == "answers" else self._folder.asks_key
        at = place_of(bus, self._folder.root)
        connection = await connect(
            at.url,
            credential=Credential(keys.kept(path).seed, f"_INBOX.{which}", at.ca),
            name=f"router {which}",
            server=at.server,
            closed=self._bus_closed,
        )
        stack.push_async_callback(connection.close)
        return connection

    def _bus_closed(self) -> None:
        if not self._stop.is_set():
            self._bus_lost = True
            self._stop.set()
