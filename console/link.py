"""The console's line to the router: hello, news with gaps noticed, a heartbeat, a state.

What comes is put where the app's timer finds it. Anything that is not `News` is dropped: inside an
agent's account others can publish to a reply subject.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from console.calls import CleanDesk
from console.events import Event, WritingIs
from console.safe import harmless
from console.view import LinkIs, LinkState
from wire import codec, subjects
from wire.bus import Bus, BusError, NotAllowed, Stop
from wire.codec import Malformed
from wire.desk_client import Refused
from wire.messages.base import Said
from wire.messages.desk import AgentRow
from wire.messages.news import AgentIs, Beat, News
from wire.messages.verbs import Changes, Heartbeat, Hello, Since, Welcome

log = logging.getLogger("cordboard.console")

BEAT_EVERY = 5.0
# The router beats each second; after so much silence what we show is old.
SILENCE = 4.0
LOOK_EVERY = 0.5
# A connection that is gone for so long is made anew, from what the profile says then.
GIVE_UP = 15.0
RELEASE = "0.1.0"


class Listener(Protocol):
    """Who owns the view: gets events, and is asked to fetch what the link found missing."""

    def tell(self, event: Event) -> None: ...

    async def refresh_pages(self) -> None:
        """Fetch every page that is on the screen anew."""
        ...

    async def missed(self, changes: Changes) -> None: ...

    def standing(self) -> tuple[int, bool]:
        """The conversation that is open, and whether its agent writes in it."""
        ...


class Link:
    """One agent's line. `run` keeps it for as long as the console lives."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Bus]],
        agent: str,
        listener: Listener,
        *,
        now: Callable[[], float],
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect = connect
        self._agent = agent
        self._listener = listener
        self._now = now
        # What is measured in waiting: a wall clock that is set leaves it alone.
        self._steady = steady
        self._console = secrets.token_hex(4)
        self._bus: Bus | None = None
        self._desk: CleanDesk | None = None
        self._stops: list[Stop] = []
        self._epoch = 0
        self._heard: dict[str, int] = {}
        self._base = 0
        self._gap: int | None = None
        self._last_news = 0.0
        self._said = LinkIs()
        self._so_since = steady()
        self._writes: tuple[Said | None, bool] = (None, False)
        self._rights: tuple[object, ...] = ()
        self._unheard: list[str] = []

    @property
    def desk(self) -> CleanDesk:
        if self._desk is None:
            raise BusError("no link to the desk yet")
        return self._desk

    async def run(self) -> None:
        try:
            await self._attach()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch(), name="link watch")
                group.create_task(self._beat(), name="link beat")
        finally:
            if self._bus:
                await self._bus.close()

    async def _attach(self) -> None:
        bus = self._bus = await self._connected()
        self._desk = CleanDesk(bus, self._agent)

    async def _connected(self) -> Bus:
        while True:
            try:
                return await self._connect()
            except NotAllowed as error:
                self._state("refused", said=str(error))
            except BusError as error:
                self._state("connecting", said=str(error))
            await asyncio.sleep(1)

    # --- up and down -----------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Greet when the line is there, fetch what was missed, notice when it is gone."""
        while True:
            try:
                await self._look()
            except Exception:  # a link that dies is not noticed by anybody; the log has what it ate
                log.exception("the link stumbled")
                self._state("down")
            await asyncio.sleep(LOOK_EVERY)

    async def _look(self) -> None:
        if self._given_up():
            await self._anew()
        elif self._said.state != "up":
            await self._greet()
        elif not self._alive():
            self._state("down")
        elif self._gap is not None:
            await self._fill()
        elif self._unheard and self._bus:
            await self._listen(self._bus)

    def _given_up(self) -> bool:
        """The bus's own attempts ended or lead nowhere: another port, another key."""
        cut = self._bus is None or not self._bus.connected
        return cut and self._steady() - self._so_since > GIVE_UP and self._said.state != "up"

    async def _anew(self) -> None:
        if self._bus:
            await self._bus.close()
        self._stops = []
        await self._attach()

    def _alive(self) -> bool:
        return (
            bool(self._bus and self._bus.connected) and self._steady() - self._last_news < SILENCE
        )

    async def _greet(self) -> None:
        if not (self._bus and self._bus.connected):
            return
        try:
            began = self._steady()
            welcome: Welcome = await self.desk.call(Hello(release=RELEASE))
            rtt = self._steady() - began
            await self._subscribe(self._bus, welcome)
            self._writes = (welcome.read_only, welcome.paused)
            self._listener.tell(welcome)
            self._last_news = self._steady()
            self._state("up", rtt=rtt)
            await self._listener.refresh_pages()
        except Refused as refused:
            self._state("refused", said=str(refused.no.said))
        except BusError as error:
            log.info("the desk does not answer: %s", error)
            if self._said.state == "up":
                self._state("down")

    async def _subscribe(self, bus: Bus, welcome: Welcome) -> None:
        self._epoch, self._base = welcome.epoch, welcome.seq
        self._heard, self._gap = {}, None
        for stop in self._stops:
            await stop()
        wanted = [subjects.news_agent(self._agent)]
        wanted += [subjects.news_team(team) for team in _teams_heard(welcome)]
        self._rights, self._stops = _rights(welcome.agent), []
        self._unheard = wanted
        await self._listen(bus)

    async def _listen(self, bus: Bus) -> None:
        """What the bus does not let us hear yet is tried again: it learns of new rights behind."""
        wanted, self._unheard = self._unheard, []
        for subject in wanted:
            try:
                self._stops.append(await bus.listen(subject, self._heard_news))
            except NotAllowed as error:
                log.info("%s", error)
                self._unheard.append(subject)

    def _state(self, state: LinkState, *, rtt: float | None = None, said: str = "") -> None:
        if (state, said) != (self._said.state, self._said.said):
            self._so_since = self._steady()
            self._said = LinkIs(state, self._now(), rtt, said)
        elif rtt is not None:
            self._said = LinkIs(state, self._said.since, rtt, said)
        else:
            return
        self._listener.tell(self._said)

    # --- news ------------------------------------------------------------------------------------

    def _heard_news(self, subject: str, payload: bytes) -> None:
        told = codec.decode(payload, News)
        if isinstance(told, Malformed):
            log.warning("dropped what is not news on %s: %s", subject, told.reason)
            return
        self._last_news = self._steady()
        if told.epoch != self._epoch:
            if told.epoch > self._epoch:
                self._gap = 0
            return
        self._count(subject, told)
        if isinstance(told.body, Beat):
            self._writing(harmless(told.body))
        else:
            self._listener.tell(harmless(told.body))
        if isinstance(told.body, AgentIs) and told.body.row.id == self._agent:
            self._may(told.body.row)

    def _may(self, row: AgentRow) -> None:
        """With other rights everything on the screen is fetched anew, and other teams are heard."""
        if _rights(row) != self._rights:
            self._gap = 0

    def _writing(self, beat: Beat) -> None:
        if self._writes != (beat.read_only, beat.paused):
            self._writes = (beat.read_only, beat.paused)
            self._listener.tell(WritingIs(*self._writes))

    def _count(self, subject: str, told: News) -> None:
        """Notice a gap: this subject's last news was another than this one follows."""
        # Of a subject's first news, what came after our hello and before it is a gap as well.
        heard = self._heard.get(subject, self._base)
        before = told.seq if isinstance(told.body, Beat) else told.prev
        if before > heard:
            self._gap = heard if self._gap is None else min(self._gap, heard)
        self._heard[subject] = max(heard, told.seq)

    async def _fill(self) -> None:
        since, self._gap = self._gap, None
        try:
            if not since:
                self._state("down")  # another epoch: greet again
                return
            changes: Changes = await self.desk.call(Since(seq=since))
            if changes.far:
                await self._listener.refresh_pages()
            else:
                await self._listener.missed(changes)
        except (BusError, Refused) as error:
            log.info("could not fetch what was missed: %s", error)
            self._gap = since

    # --- being there -----------------------------------------------------------------------------

    async def _beat(self) -> None:
        while True:
            if self._said.state == "up":
                await self._beat_once()
            await asyncio.sleep(BEAT_EVERY)

    async def _beat_once(self) -> None:
        conversation, writing = self._listener.standing()
        began = self._steady()
        try:
            await self.desk.call(
                Heartbeat(console=self._console, conversation=conversation, writing=writing)
            )
        except (BusError, Refused) as error:
            log.info("no answer to a heartbeat: %s", error)
            return
        if self._said.state == "up":
            self._state("up", rtt=self._steady() - began)

    async def stands_elsewhere(self) -> None:
        """The agent opened something else or began to write: say so now."""
        if self._said.state == "up":
            await self._beat_once()


def _rights(agent: AgentRow) -> tuple[object, ...]:
    return agent.role, agent.teams


def _teams_heard(welcome: Welcome) -> tuple[str, ...]:
    """Leads and admins see every list, so they hear every team."""
    if welcome.agent.role == "agent":
        return welcome.agent.teams
    return tuple(team.id for team in welcome.teams)
