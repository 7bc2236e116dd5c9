"""The desk's one clock: the wall's, which goes on while somebody sets the wall's back."""

import time
from collections.abc import Callable


class Clock:
    """Epoch seconds. What is due in five seconds is due in five seconds, whatever the wall says.

    Ahead of a wall clock that was set back, until that has passed it again or the router restarts.
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall, self._steady = wall, steady
        self._ahead = wall() - steady()

    def __call__(self) -> float:
        steady = self._steady()
        self._ahead = max(self._ahead, self._wall() - steady)
        return self._ahead + steady
