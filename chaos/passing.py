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
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from chaos.points import AT_START, IN_NO_DAY, ROOT, WHEN_HIRING, Point, points
from chaos.premises import CHAT, MAIL, ROUTER, TELEGRAM, Premises
from chaos.reckoning import Kill
from chaos.run import Plan, Run
from chaos.watching import Watching
from wire.bus import BusError
from wire.desk_client import Refused
from wire.messages.verbs import SetAgent

# Longer is nobody waited for at a point.
PASSED_WITHIN = 30.0
# A part has worked for so long before its next point is armed.
AT_WORK = 0.15
LOOK_EVERY = 0.01
# Plenty: customers and agents go on until the last point was passed.
PASSING = Plan(seed=1, customers=8, messages=1_000, replies=100_000, least=0, rate=22.0)


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
        file = self._desk.marks / point.mark
        fresh = file.with_suffix(".new")
        fresh.write_text(point.passage, "ascii")
        fresh.rename(file)
        if point.is_one_of(AT_START):
            self._run.killed(Kill(self._part, time.time()))
            self._desk.kill(self._part)
        if point.is_one_of(WHEN_HIRING):
            self._run.hires()

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
    """`only` names marks to try alone."""

    only: tuple[str, ...] = ()
    # Here they end again and again, and each time they are started at once.
    runs: tuple[str, ...] = (sys.executable, "-P", str(ROOT / "chaos/launch.py"))

    def killed(self, kill: Kill) -> None:
        self._kills.append(kill)
        self._say(f"{len(self._kills):3} {kill.part} {kill.point}")

    def nobody_passed(self, point: Point) -> None:
        self._not_passed.append(str(point))
        self._say(f"    nobody passed {point}")

    def hires(self) -> None:
        """Somebody new: the bus has to let them in."""
        number = next(self._numbers)
        ask = SetAgent(agent=f"guest{number}", name="Guest", teams=("support",))
        threading.Thread(target=self._hired, args=(ask,), daemon=True).start()

    def _hired(self, ask: SetAgent) -> None:
        with contextlib.suppress(BusError, Refused):
            self._desk.asks(ask)

    @contextmanager
    def _looked_on(self, desk: Premises) -> Iterator[None]:
        """Nobody looks on: painting costs more than all else. What there is, is read at the end."""
        with desk.console("ana") as ana:
            ana.goes_on_duty()
        yield

    def _shoot(
        self, desk: Premises, watching: Watching | None, customers: "subprocess.Popen[bytes]"
    ) -> None:
        self._desk, self._numbers = desk, itertools.count(1)
        rows = [Row(self, desk, part, own) for part, own in self._rows().items()]
        while not all(row.done for row in rows):
            for row in rows:
                row.look()
            time.sleep(LOOK_EVERY)
        time.sleep(2.0)  # after the last one too something is written
        customers.send_signal(signal.SIGUSR1)
        desk.until(lambda: self._through(customers), "customers who are through")

    def _rows(self) -> dict[str, list[Point]]:
        """By part; in an order of the seed's."""
        wanted = [each for each in points() if not each.is_one_of(IN_NO_DAY)]
        wanted = [each for each in wanted if not self.only or each.is_one_of(self.only)]
        random.Random(self._plan.seed).shuffle(wanted)
        parts = (ROUTER, MAIL, CHAT, TELEGRAM)
        return {part: [each for each in wanted if each.owner == part] for part in parts}
