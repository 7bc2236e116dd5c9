"""How long who waits will wait: looked at every few seconds, told to agents and to customers.

It lives in the lane's loop: between two of its awaits nothing moves on the desk.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import apsw

from router.attendance import Attendance
from router.core.desk import Desk
from router.core.estimating import Estimates
from router.core.need import Waiting
from router.store.sql import Rows
from router.store.store import Store
from wire import codec
from wire.messages.channel import Cue, Standing

log = logging.getLogger("cordboard.forecasts")

# A large desk is looked at less often: so many conversations for each second between.
LOOK, A_SECOND = 5.0, 4_000
# News may be lost, and a page be loaded anew: told again after so long.
AGAIN = 30.0
# So many customers who are here are told where they stand, those who came last.
TOLD = 1_000

Tell = Callable[[str, str, Cue], None]


@dataclass(frozen=True, slots=True)
class Told:
    """What a customer was told, where and when."""

    kind: str
    account: str
    remote: str
    shown: tuple[int, int, int]
    at: float


class Forecasting:
    """`tell` sends a cue to an account's adapter; `clock` is the lane's."""

    def __init__(self, desk: Desk, store: Store, attendance: Attendance, tell: Tell,
                 clock: Callable[[], float]) -> None:  # fmt: skip
        self._desk, self._store, self._attendance = desk, store, attendance
        self._tell, self._clock = tell, clock
        self._estimates = Estimates()
        self._told: dict[int, Told] = {}
        # Of each team, how whoever came last stands; read by others as it was at the last look.
        self.teams: dict[str, Standing] = {}

    async def run(self) -> None:
        """For ever."""
        await self._learn()
        while True:
            try:
                self.look()
                await self.tell_customers()
            except Exception:  # a desk without forecasts is still a desk; the log has what it was
                log.exception("it could not be reckoned how long who waits will wait")
            size = len(self._desk.waiting) + len(self._desk.held)
            await asyncio.sleep(max(LOOK, size / A_SECOND))

    def standing(self, conversation: int) -> Standing | None:
        """None when it does not wait. For the lane's loop."""
        found = self._estimates.standing(self._desk, conversation, self._clock())
        if found is None:
            return None
        seconds, low, high = (None if value is None else round(value, 1)
                              for value in (found.mean, found.low, found.high))  # fmt: skip
        return Standing(position=found.position, seconds=seconds, low=low, high=high)

    async def _learn(self) -> None:
        """What a router before this one has seen."""
        for row in await self._store.read(lambda rows: rows.all("lately_held", now=self._clock())):
            self._estimates.know(row.kind, row.ended, row.seconds)

    def look(self) -> None:
        now = self._clock()
        self._estimates.look(self._desk, now)
        last: dict[str, Waiting] = {}
        for waiting in self._desk.waiting.values():
            known = last.get(waiting.need.team)
            if known is None or waiting.key >= known.key:
                last[waiting.need.team] = waiting
        found = {team: self.standing(one.conversation) for team, one in last.items()}
        self.teams = {team: one for team, one in found.items() if one is not None}

    async def tell_customers(self) -> None:
        """Those who are here and wait, where it changed; and those who wait no more."""
        here = self._attendance.customers()[-TOLD:]
        if not here and not self._told:
            return
        try:
            rows = await self._store.read(lambda rows: _waiting(rows, here))
        except apsw.Error as error:
            log.warning("who waits could not be read: %s", error)
            return
        told = {}
        for row in rows:
            standing = self.standing(row.id)
            if standing is not None:
                told[row.id] = self._one_told(row, standing)
        for number in self._told.keys() - told.keys():
            gone = self._told[number]
            self._tell(gone.kind, gone.account, Cue(remote=gone.remote, standing=Standing()))
        self._told = told

    def _one_told(self, row: Any, standing: Standing) -> Told:
        before, now = self._told.get(row.id), self._clock()
        if before is not None and before.shown == _shown(standing) and now < before.at + AGAIN:
            return before
        self._tell(row.kind, row.account, Cue(remote=row.remote, standing=standing))
        return Told(row.kind, row.account, row.remote, _shown(standing), now)


def _waiting(rows: Rows, contacts: list[int]) -> list[Any]:
    return rows.all("waiting_here", contacts=codec.encode(contacts).decode()) if contacts else []


def _shown(standing: Standing) -> tuple[int, int, int]:
    """A minute more or less is no news."""
    return standing.position, round((standing.low or 0) / 60), round((standing.high or 0) / 60)
