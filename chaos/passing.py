"""The other run: each point in the code is passed once, and whoever passes it is killed there.

Several points are armed at a time, one for each part of the desk: while one starts again the
others are on their way.
"""

import contextlib
import itertools
import random
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chaos.points import AT_START, IN_NO_DAY, ROOT, WHEN_HIRING, Point, points
from chaos.premises import CHAT, MAIL, ROUTER, TELEGRAM, Premises
from chaos.reckoning import Kill
from chaos.run import Plan, Run, Say
from chaos.watching import Watching
from wire.bus import BusError
from wire.desk_client import Refused
from wire.messages.verbs import SetAgent

# Longer is nobody waited for at a point.
PASSED_WITHIN = 60.0
# A part has worked for so long before its next point is armed.
AT_WORK = 0.1
LOOK_EVERY = 0.01
# Plenty: customers and agents go on until the last point was passed.
PASSING = Plan(seed=1, customers=4, messages=1_000, replies=100_000, least=0, rate=12.0, after=1)


@dataclass
class Armed:
    point: Point
    pid: int
    since: float


class Row:
    """The points of one part, one after another."""

    def __init__(self, run: "PassingRun", desk: Premises, part: str, own: Iterable[Point]) -> None:
        self._run, self._desk, self._part = run, desk, part
        self._left = deque(own)
        self._armed: Armed | None = None
        self._up_since = 0.0

    @property
    def done(self) -> bool:
        return not self._left and self._armed is None

    def look(self) -> None:
        if self._armed is not None:
            self._look_at(self._armed)
        elif self._left and self._at_work():
            self._arm(self._left.popleft())

    def _at_work(self) -> bool:
        if not self._desk.part(self._part):
            self._up_since = 0.0
        elif not self._up_since:
            self._up_since = time.monotonic()
        return bool(self._up_since) and time.monotonic() - self._up_since > AT_WORK

    def _arm(self, point: Point) -> None:
        self._armed = Armed(point, self._desk.part(self._part), time.monotonic())
        self._desk.arm(point.mark, point.passage)
        if point.is_one_of(AT_START):
            self._run.killed(Kill(self._part, time.time()))
            self._desk.kill(self._part)
        if point.is_one_of(WHEN_HIRING):
            self._run.hires(self._desk)

    def _look_at(self, armed: Armed) -> None:
        file = self._desk.marks / armed.point.mark
        if not file.exists():
            self._run.killed(Kill(self._part, time.time(), point=str(armed.point)))
        elif time.monotonic() - armed.since > PASSED_WITHIN:
            with contextlib.suppress(FileNotFoundError):
                file.unlink()
            self._run.nobody_passed(armed.point)
        else:
            return
        self._armed, self._up_since = None, 0.0


class PassingRun(Run):
    """A desk of its own for some points."""

    # Here they end again and again, and each time they are started at once.
    runs = (sys.executable, "-P", str(ROOT / "chaos/launch.py"))

    def __init__(self, plan: Plan, home: Path, say: Say, own: Sequence[Point]) -> None:
        super().__init__(plan, home, say)
        self._points = own
        self._guests = itertools.count(1)

    def killed(self, kill: Kill) -> None:
        self._kills.append(kill)
        self._say(f"{len(self._kills):3} {kill.part} {kill.point}")

    def nobody_passed(self, point: Point) -> None:
        self._not_passed.append(str(point))
        self._say(f"    nobody passed {point}")

    def hires(self, desk: Premises) -> None:
        """Somebody new: the bus has to let them in."""

        def hiring() -> None:
            ask = SetAgent(agent=f"guest{next(self._guests)}", name="Guest", teams=("support",))
            with contextlib.suppress(BusError, Refused):
                desk.asks(ask)

        threading.Thread(target=hiring, daemon=True).start()

    @contextmanager
    def _looked_on(self, desk: Premises) -> Iterator[None]:
        """Nobody looks on: painting costs more than all else. What there is, is read at the end."""
        with desk.console("ana") as ana:
            ana.goes_on_duty()
        yield

    def _shoot(
        self, desk: Premises, watching: Watching | None, customers: "subprocess.Popen[bytes]"
    ) -> None:
        rows = [
            Row(self, desk, part, [one for one in self._points if one.owner == part])
            for part in (ROUTER, MAIL, CHAT, TELEGRAM)
        ]
        while not all(row.done for row in rows):
            for row in rows:
                row.look()
            time.sleep(LOOK_EVERY)
        time.sleep(1.0)  # after the last one too something is written
        customers.send_signal(signal.SIGUSR1)
        desk.until(lambda: self._through(customers), "customers who are through")


def in_a_day(seed: int) -> list[Point]:
    """All that are passed in a desk's daily work, in an order of the seed's."""
    own = [each for each in points() if not each.is_one_of(IN_NO_DAY)]
    random.Random(seed).shuffle(own)
    return own
