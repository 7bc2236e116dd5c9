"""Who saw, sent and changed what: rows that are only added, and never a message's text.

A command's row is written in its own transaction. Looking waits for no commit: its rows are
gathered and written together, the same look of the same agent once in a while.
"""

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from router.lane import Lane, ReadOnly, Work
from wire.text import clean_line

# Looks are written so often (seconds), and the same one again after so long.
GATHER, AGAIN = 2.0, 600.0
# While nothing can be written so many looks are kept; then the oldest go, and that is written.
MOST = 10_000
DETAIL = 200


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the audit, before it has its number."""

    at: float
    agent: str
    what: str
    contact: int = 0
    conversation: int = 0
    message: int = 0
    detail: str = ""


def write(work: Work, agent: str, what: str, *, detail: str = "", **ids: int) -> None:
    """In the transaction of what it is about."""
    _add(work, Row(at=work.now, agent=agent, what=what, detail=_short(detail), **ids))


def _add(work: Work, row: Row) -> None:
    work.tx.run("add_audit", **msgspec.structs.asdict(row))


def _short(detail: str) -> str:
    return clean_line(detail, DETAIL)


class Looks:
    """What agents looked at and nobody has written down yet."""

    def __init__(self, lane: Lane, kept_for: float = 0.0) -> None:
        """`kept_for` are the seconds after which a row is forgotten; 0 is never."""
        self._lane = lane
        self._kept_for = kept_for
        self._rows: deque[Row] = deque()
        self._lost = 0
        self._lately: OrderedDict[tuple[Any, ...], float] = OrderedDict()
        self._awake = asyncio.Event()

    def saw(self, agent: str, what: str, *, detail: str = "", **ids: int) -> None:
        """Returns at once."""
        row = Row(at=self._lane.now(), agent=agent, what=what, detail=_short(detail), **ids)
        if self._was_lately(row):
            return
        if len(self._rows) >= MOST:
            self._rows.popleft()
            self._lost += 1
        self._rows.append(row)
        self._awake.set()

    async def run(self) -> None:
        """For ever: write what was gathered."""
        while True:
            await self._awake.wait()
            await asyncio.sleep(GATHER)
            await self.flush()

    async def flush(self) -> None:
        """Return once all looks so far are committed, or could not be and are kept for later."""
        self._awake.clear()
        rows, lost = list(self._rows), self._lost
        if not rows:
            return
        self._rows.clear()
        self._lost = 0
        try:
            await self._lane.submit(_writing(rows, lost, self._kept_for))
        except ReadOnly:
            self._rows.extendleft(reversed(rows))
            self._lost += lost
            self._awake.set()

    def _was_lately(self, row: Row) -> bool:
        look = (row.agent, row.what, row.contact, row.detail)
        before, now = self._lately.get(look), self._lane.steady()
        if before is not None and now - before < AGAIN:
            return True
        self._lately[look] = now
        self._lately.move_to_end(look)
        while len(self._lately) > MOST:
            self._lately.popitem(last=False)
        return False


def _writing(rows: list[Row], lost: int, kept_for: float) -> Callable[[Work], None]:
    def job(work: Work) -> None:
        if lost:
            detail = f"{lost} looks could not be written down and are lost"
            write(work, "", "lost", detail=detail)
        for row in rows:
            _add(work, row)
        if kept_for:
            _forget(work, work.now - kept_for)

    return job


def _forget(work: Work, before: float) -> None:
    oldest = work.tx.value("oldest_audit")
    if oldest is not None and oldest < before:
        with forgetting(work, "retention"):
            work.tx.run("forget_audit_before", before=before)


@contextlib.contextmanager
def forgetting(work: Work, why: str) -> Iterator[None]:
    """In here, and nowhere else, rows of the audit can be changed: erasure and retention."""
    work.tx.run("begin_forgetting", why=why)
    yield
    work.tx.run("end_forgetting")
