"""Keys that are typed while a command is still at work wait for it.

What comes after "r" is meant for the composer that "r" is about to open, and a letter after "v" for
its menu; served too early, "e" would resolve a conversation instead of being written.
"""

import time
from collections import deque
from collections.abc import Callable

from textual import events

# A desk that does not answer must not take the keys away for longer.
PATIENCE = 2.0
# Keys between the app's door and the end of a widget's queue.
IN_FLIGHT = 256


class TypeAhead:
    """Whoever waits is served before what was pressed later, however full the app's queue is."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0
        self._keys: list[events.Key] = []
        # Those that are on their way through the app's queue once more.
        self._coming: list[events.Key] = []
        # Whose keys they were when they passed; the last ones, some of which are still on the way.
        self._aims: deque[tuple[events.Key, object]] = deque(maxlen=IN_FLIGHT)

    def hold(self) -> None:
        self._until = self._clock() + PATIENCE

    def waits(self, event: events.Key) -> bool:
        """Whether this key waits, for a command or behind an earlier key; it is kept then."""
        self._coming = [key for key in self._coming if key is not event]
        earlier = any(key.time < event.time for key in (*self._keys, *self._coming))
        if not (self._holds or earlier):
            return False
        self._keys.append(event)
        return True

    def passes(self, event: events.Key, focused: object) -> None:
        """It goes to who has the keys now."""
        self._aims.append((event, focused))

    def missed(self, event: events.Key, focused: object) -> bool:
        """Whether a command gave the keys to another while this one was on its way."""
        return any(key is event and aim is not focused for key, aim in self._aims)

    @property
    def due(self) -> bool:
        """Keys wait, and nothing is left that they wait for."""
        return bool(self._keys) and not self._coming and not self._holds

    def release(self) -> list[events.Key]:
        """The keys that waited, in the order in which they were pressed; to be pressed again."""
        self._until = 0.0
        if self._coming:
            return []
        waited, self._keys = sorted(self._keys, key=lambda key: key.time), []
        return [self.again(key) for key in waited]

    def again(self, event: events.Key) -> events.Key:
        """The same key, to be served anew at its time."""
        key = events.Key(event.key, event.character)
        key.time = event.time
        self._coming.append(key)
        return key

    @property
    def _holds(self) -> bool:
        return self._clock() < self._until
