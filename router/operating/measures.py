"""What a running router counts of itself. Health and metrics read it; nothing is decided by it."""

import asyncio
import time
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

TICK = 0.25
# How far back the worst lag is looked for.
REMEMBERED = 60.0
# Seconds of a commit, and items of a batch.
SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
ITEMS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0)


class Spread:
    """How often a figure was up to each bound."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class LoopLag:
    """How late the event loop comes to what is due: while it is stuck nobody is answered."""

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._late: deque[float] = deque([0.0], maxlen=int(REMEMBERED / TICK))
        self._due = steady() + TICK

    @property
    def now(self) -> float:
        return max(0.0, self._steady() - self._due)

    @property
    def worst(self) -> float:
        """Of the last minute."""
        return max(*self._late, self.now)

    async def run(self) -> None:
        while True:
            self._due = self._steady() + TICK
            await asyncio.sleep(TICK)
            self._late.append(self.now)


@dataclass
class Measures:
    """Counted since this router started. Read and written in the event loop only."""

    commits: Spread = field(default_factory=lambda: Spread(SECONDS))
    batches: Spread = field(default_factory=lambda: Spread(ITEMS))
    lag: LoopLag = field(default_factory=LoopLag)
    # (kind, account, verdict) of every item that came in.
    taken: Counter[tuple[str, str, str]] = field(default_factory=Counter)
