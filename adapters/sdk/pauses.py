"""Pauses that grow while something fails, and are never the same for two who fail together."""

import random
import time
from collections.abc import Callable


class Pauses:
    """Doubles from `first` up to `most`; begins anew once it went well for `healthy` seconds.

    Several may share one: it doubles once a pause, however many of them fail in it.
    """

    def __init__(
        self,
        first: float = 0.1,
        most: float = 30.0,
        *,
        healthy: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._first, self._most, self._healthy = first, most, healthy
        self._clock, self._chance = clock, chance
        self._pause = 0.0
        self._grown = 0.0
        self._well: float | None = None

    def worked(self) -> None:
        """It works (again). The first such call starts the time of health."""
        if self._well is None:
            self._well = self._clock()

    def after_failure(self) -> float:
        """Seconds to wait now: between half the present pause and all of it."""
        now = self._clock()
        if self._well is not None and now - self._well >= self._healthy:
            self._pause = 0.0
        self._well = None
        if not self._pause or now - self._grown >= self._pause:
            self._pause = min(self._most, self._pause * 2 or self._first)
            self._grown = now
        return self._pause * (0.5 + self._chance() / 2)
