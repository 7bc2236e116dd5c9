"""One account at work: the adapter on one side, the bus on the other, until told to stop."""

import asyncio
from typing import Any

from adapters.sdk.adapter import Adapter
from adapters.sdk.inbox import BusInbox
from adapters.sdk.listing import Lister
from adapters.sdk.pace import Pace
from adapters.sdk.pulse import Pulse
from adapters.sdk.sending import Sending
from adapters.sdk.verdicts import Rejected
from wire import codec, subjects
from wire.bus import Bus, BusError, Stop
from wire.codec import Malformed
from wire.messages.capabilities import Announce
from wire.messages.channel import Cue

# Processes of one account share this: of two, one sends each message.
QUEUE = "adapter"
# Agents' typing that waits for the channel; what is older is dropped.
CUES = 100


class Host:
    """Everything that runs for one account. `run` returns after `stop` and leaves nothing."""

    def __init__(
        self, adapter: Adapter[Any], bus: Bus, *, title: str = "", pace: Pace | None = None
    ) -> None:
        self._adapter, self._bus, self._pace = adapter, bus, pace or Pace()
        self._kind, self._account = adapter.capabilities.kind, adapter.account
        self._pulse = Pulse(self._pace.wall)
        self._inbox = BusInbox(
            bus,
            self._kind,
            self._account,
            pulse=self._pulse,
            pace=self._pace,
            limit=adapter.capabilities.attachment_limit,
        )
        adapter.inbox = self._inbox
        self._title = title
        # A bot learns its own name only once it is connected.
        self._told_address: str | None = None
        self._news_of_router = asyncio.Event()
        self._stopping = asyncio.Event()
        self._cues: asyncio.Queue[Cue] = asyncio.Queue(CUES)
        self.sending = Sending(
            adapter,
            pulse=self._pulse,
            log=self._inbox.log,
            newer_router=self._news_of_router.set,
            auth_pause=self._pace.auth,
            clock=self._pace.wall,
            steady=self._pace.steady,
        )

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Serve until `stop`: then no new message is taken up, and those on their way arrive."""
        doors = await self._doors()
        try:
            await self._work()
        finally:
            await self._tell_health()
            for close in doors:
                await close()
            await self.sending.finish(self._pace.last_sends)
            await self._adapter.close()

    async def _doors(self) -> list[Stop]:
        subject = subjects.send(self._kind, self._account)
        doors = [await self._bus.serve(subject, self.sending.answer, queue=QUEUE)]
        if _overrides(self._adapter, "listing"):
            lister = Lister(self._adapter, self._inbox.log)
            listing = subjects.listing(self._kind, self._account)
            doors.append(await self._bus.serve(listing, lister.answer, queue=QUEUE))
        if _overrides(self._adapter, "cue"):
            cues = subjects.cue(self._kind, self._account)
            doors.append(await self._bus.listen(cues, self._on_cue))
        return doors

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self._inbox.keep(self._run_adapter, ""), name="run"),
                group.create_task(self._introduce(), name="announce"),
                group.create_task(self._beat(), name="health"),
                group.create_task(self._inbox.tell_signals(), name="signals"),
                group.create_task(self._pass_cues(), name="cues"),
            ]
            await self._stopping.wait()
            self._pulse.is_("stopping")
            for task in tasks:
                task.cancel()

    async def _run_adapter(self) -> None:
        await self._adapter.run(self._inbox)

    async def _introduce(self) -> None:
        """Again and again: a router that starts with an empty table learns who we are."""
        while True:
            try:
                await self._inbox.announce(self._announcement())
            except Rejected as error:
                self._inbox.log.warning("%s", error.reason)
            self._news_of_router.clear()
            await _set_within(self._news_of_router, self._pace.announce)

    def _announcement(self) -> Announce:
        self._told_address = self._adapter.address
        return Announce(
            capabilities=self._adapter.capabilities,
            address=self._told_address,
            title=self._title,
        )

    async def _beat(self) -> None:
        while True:
            self._pulse.changed.clear()
            if self._told_address not in (None, self._adapter.address):
                self._news_of_router.set()
            await self._tell_health()
            await _set_within(self._pulse.changed, self._pace.health)

    async def _tell_health(self) -> None:
        subject = subjects.health(self._kind, self._account)
        try:
            await self._bus.publish(subject, codec.encode(self._pulse.health()))
        except BusError as error:
            self._inbox.log.debug("health was not told: %s", error)

    def _on_cue(self, _subject: str, payload: bytes) -> None:
        cue = codec.decode(payload, Cue)
        if isinstance(cue, Malformed) or self._cues.full():
            return
        self._cues.put_nowait(cue)

    async def _pass_cues(self) -> None:
        while True:
            cue = await self._cues.get()
            try:
                await self._adapter.cue(cue)
            except Exception as error:  # noqa: BLE001  a loop that must not die for a nicety
                self._inbox.log.warning("cue: %s", error)


def _overrides(adapter: Adapter[Any], name: str) -> bool:
    return getattr(type(adapter), name) is not getattr(Adapter, name)


async def _set_within(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
