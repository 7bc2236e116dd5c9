"""Tells consoles what was committed: at most once, in order, numbered so that a gap shows.

It reads after the commit, beside the lane: what changed twice meanwhile is told once, as it is now.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import apsw

from router.announcing import numbers, what
from router.announcing.numbers import Stale
from router.announcing.what import Does, Told
from router.attendance import Attendance
from router.store.sql import Rows
from router.store.store import Store
from wire import codec, subjects
from wire.bus import Bus, BusError
from wire.marks import passing
from wire.messages.base import Said, say
from wire.messages.channel import Cue, Health, Signal
from wire.messages.desk import Change
from wire.messages.news import AgentDoes, Beat, Body, CustomerDoes, News, Notice

log = logging.getLogger("cordboard.news")

# What is committed within so long is told together, and the answers go first.
GATHER = 0.01
# Numbers are told so often; the beat goes, and numbers are looked at anew, each so many times.
PULSE, PULSES_A_BEAT, PULSES_A_LOOK = 0.25, 4, 20
# Numbers have no number of their own: one that was lost is told again within a minute.
PULSES_A_REPEAT = 240


class Announcer:
    """`announce` is the lane's; `customer` and `health` the channels'; `colleague` the doors'."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        attendance: Attendance,
        *,
        epoch: int,
        clock: Callable[[], float],
        read_only: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._store = store
        self._bus = bus
        self._attendance = attendance
        self._epoch = epoch
        self._clock = clock
        self._read_only = read_only
        self._was_read_only: str | None = None
        self._paused = False
        self._changes: list[Change] = []
        self._does: list[Does] = []
        self._awake = asyncio.Event()
        self._stale = Stale()
        self._told: dict[str, int] = {}
        self._base = 0
        self._numbers: dict[tuple[str, type], Body] = {}
        self._cues: set[asyncio.Task[None]] = set()

    # --- heard from the rest of the house ------------------------------------------------------

    def announce(self, changes: Sequence[Change]) -> None:
        """This is committed. Returns at once."""
        self._changes.extend(changes)
        self._awake.set()

    def customer(self, contact: int, conversation: int, signal: Signal) -> None:
        """A customer types, came or left: told to who has their thread open, never stored."""
        self._attendance.signal(contact, signal)
        body = CustomerDoes(contact=contact, conversation=conversation, typing=signal.typing,
                            online=signal.online, page=signal.page[:300])  # fmt: skip
        self._do(Does(contact, conversation, body))

    def health(self, kind: str, account: str, health: Health) -> None:
        self._attendance.told_health(kind, account, health, self._clock())

    def colleague(self, agent: str, conversation: int, contact: int, *, writing: bool) -> None:
        body = AgentDoes(agent=agent, conversation=conversation, writing=writing)
        self._do(Does(contact, conversation, body, but=agent))

    def typing(self, row: Any, author: str, *, writing: bool) -> None:
        """For the customer to see, where their channel shows it."""
        cue = Cue(remote=row.remote, typing=writing, author=author)
        self.cue(row.kind, row.account, cue)

    def cue(self, kind: str, account: str, cue: Cue) -> None:
        """To an account's adapter, at most once. Returns at once."""
        task = asyncio.get_running_loop().create_task(
            self._publish(subjects.cue(kind, account), cue)
        )
        self._cues.add(task)
        task.add_done_callback(self._cues.discard)

    def _do(self, does: Does) -> None:
        self._does.append(does)
        self._awake.set()

    # --- telling -------------------------------------------------------------------------------

    async def run(self) -> None:
        """For ever: tell what was committed, and beat."""
        self._base = await self._store.read(lambda rows: int(rows.value("last_event")))
        async with asyncio.TaskGroup() as group:
            group.create_task(self._tell_for_ever(), name="news")
            group.create_task(self._pulse_for_ever(), name="news beat")

    async def _tell_for_ever(self) -> None:
        while True:
            await self._awake.wait()
            await asyncio.sleep(GATHER)
            self._awake.clear()
            await self.tell()

    async def tell(self) -> None:
        """Everything that waits to be told, now."""
        changes, self._changes = self._changes, []
        does, self._does = self._does, []
        self._stale.note(changes)
        watchers = self._attendance.watched()
        here = self._attendance.here()

        def reading(rows: Any) -> list[Told]:
            telling = what.Telling(rows, watchers, here)
            return [*telling.of(changes), *telling.doing(does)]

        if not await self._read_and_tell(reading):
            self._changes[:0] = changes

    async def _pulse_for_ever(self) -> None:
        pulse = 0
        while True:
            await asyncio.sleep(PULSE)
            pulse += 1
            if pulse % PULSES_A_LOOK == 0:
                self._stale.all = True
            if pulse % PULSES_A_REPEAT == 0:
                self.repeat_numbers()
            await self.tell_numbers()
            if self._changes:
                self._awake.set()  # what could not be read before
            if pulse % PULSES_A_BEAT == 0:
                await self.beat()

    async def tell_numbers(self) -> None:
        """Head lines, loads and teams that changed since the last time."""
        if not self._stale:
            return
        stale, here, now = self._stale.take(), self._attendance.here(), self._clock()
        await self._read_and_tell(lambda rows: self._other(numbers.told(rows, stale, here, now)))

    def repeat_numbers(self) -> None:
        """Next time all of them are told, whether they changed or not."""
        self._numbers.clear()

    def _other(self, told: Iterator[Told]) -> list[Told]:
        """Only numbers that are not what they were."""
        changed = []
        for news in told:
            place = (news.subject, type(news.body))
            if self._numbers.get(place) != news.body:
                self._numbers[place] = news.body
                changed.append(news)
        return changed

    async def beat(self) -> None:
        """The router is there: to everybody who is, and to the teams that were told something."""
        self._attendance.forget_silent(self._clock())
        with contextlib.suppress(apsw.Error):  # what was true a second ago
            self._paused = await self._store.read(_paused)
        body = Beat(at=self._clock(), read_only=self._read_only_said(), paused=self._paused)
        agents = {subjects.news_agent(agent) for agent in self._attendance.here()}
        for subject in agents | {s for s in self._told if not s.startswith("news.agent.")}:
            await self._news(subject, 0, body)
        await self._say_read_only()

    def _read_only_said(self) -> Said | None:
        reason = self._read_only()
        return say("The desk cannot write now: {reason}", reason=reason) if reason else None

    async def _say_read_only(self) -> None:
        reason = self._read_only()
        if reason == self._was_read_only:
            return
        self._was_read_only = reason
        said = self._read_only_said() or say("The desk can write again.")
        notice = Notice(said=said, urgent=reason is not None)
        for agent in self._attendance.here():
            await self._news(subjects.news_agent(agent), 0, notice)

    async def _read_and_tell(self, reading: Callable[[Any], list[Told]]) -> bool:
        try:
            told = await self._store.read(reading)
        except apsw.Error as error:
            log.warning("news could not be read: %s", error)
            return False
        for news in told:
            await self._news(news.subject, news.seq, news.body)
        return True

    async def _news(self, subject: str, seq: int, body: Body) -> None:
        """Numbered even when it is lost: the next one then shows the gap."""
        prev = self._told.get(subject, self._base)
        seq = self._told[subject] = max(prev, seq)
        await self._publish(subject, News(epoch=self._epoch, seq=seq, prev=prev, body=body))

    async def _publish(self, subject: str, value: object) -> None:
        try:
            passing("news.telling", subject)
            await self._bus.publish(subject, codec.encode(value))
            passing("news.told", subject)
        except BusError as error:
            log.debug("not told on %s: %s", subject, error)


def _paused(rows: Rows) -> bool:
    return rows.one("operating").paused is not None
