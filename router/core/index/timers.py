"""When time alone changes something: steps that come, and who is not asked until then. Pure.

A heap of (when, conversation). What is no longer so is dropped when it is met: O(log n) a change.
"""

import math
from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush

from router.core.need import Waiting

# So many that are no longer so may lie in the heap beside those that are.
SPARE = 1_000


class Timers:
    """Mutable. `waiting` finds a conversation as it is now."""

    def __init__(self, waiting: Callable[[int], Waiting | None]) -> None:
        self._waiting = waiting
        self._heap: list[tuple[float, int]] = []
        self._kept = 0

    def set(self, waiting: Waiting) -> None:
        for at in times(waiting):
            heappush(self._heap, (at, waiting.conversation))

    def due(self, now: float) -> list[int]:
        """Conversations for which something came; each may be named more than once."""
        came = []
        while self._heap and self._heap[0][0] <= now:
            came.append(heappop(self._heap)[1])
        return came

    def next(self) -> float:
        """When the next comes; infinity when nothing will."""
        while self._heap:
            at, conversation = self._heap[0]
            waiting = self._waiting(conversation)
            if waiting is not None and at in times(waiting):
                return at
            heappop(self._heap)
        return math.inf

    def again(self, all_waiting: Iterable[Waiting]) -> None:
        """Set them all anew: the clock was set back, or most of the heap is of the past."""
        self._heap = [(at, one.conversation) for one in all_waiting for at in times(one)]
        heapify(self._heap)
        self._kept = len(self._heap)

    @property
    def overgrown(self) -> bool:
        return len(self._heap) > 2 * self._kept + SPARE


def times(waiting: Waiting) -> list[float]:
    """When its next step comes, and when those who are not asked are asked again."""
    at = [until for _, until in waiting.need.without if until < math.inf]
    if waiting.steps:
        at.append(waiting.entered + waiting.steps[0].after)
    return at
