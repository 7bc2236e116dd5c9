"""Keys that are typed while a command is still at work wait for it.

What comes after "r" is meant for the composer that "r" is about to open, and a letter after "v" for
its menu; served too early, "e" would resolve a conversation instead of being written.
"""

import time
from collections.abc import Callable

from textual import events

# A desk that does not answer must not take the keys away for longer.
PATIENCE = 2.0


class TypeAhead:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0
        self._keys: list[events.Key] = []

    def hold(self) -> None:
        self._until = self._clock() + PATIENCE

    def holds(self, event: events.Key) -> bool:
        """Whether this key waits; it is kept then."""
        if self._clock() >= self._until:
            return False
        self._keys.append(event)
        return True

    def release(self) -> list[events.Key]:
        """The keys that waited, in the order in which they were pressed."""
        self._until = 0.0
        waited, self._keys = sorted(self._keys, key=lambda key: key.time), []
        return waited
