"""The view's owner: what is told waits for the next frame, what keys do is seen at once."""

from collections import deque
from collections.abc import Callable

from console.advancing.advance import advance
from console.events import Event, Ticked
from console.view import View
from wire.messages.verbs import Welcome


class Turns:
    def __init__(
        self,
        clock: Callable[[], float],
        *,
        show: Callable[[], None],
        hear: Callable[[Event], None],
    ) -> None:
        self.view = View(now=clock())
        self._clock = clock
        self._show = show
        self._hear = hear
        self._told: deque[Event] = deque()
        self._second = 0
        self._skew = 0.0

    @property
    def now(self) -> float:
        """By the desk's clock: countdowns run by it."""
        return self._clock() + self._skew

    def tell(self, event: Event) -> None:
        """From the link or a flow: applied with the next frame, in order."""
        self._told.append(event)

    def advance(self, event: Event) -> None:
        """From keys: applied at once."""
        self._take()
        self.view = advance(self.view, event)
        self._show()

    def catch_up(self) -> None:
        """Show at once what was told."""
        self._take()
        self._show()

    def turn(self) -> bool:
        """One frame: what was told, and each second the time. Says whether anything is new."""
        changed = self._take()
        now = self.now
        if int(now) == self._second:
            return changed
        self._second = int(now)
        self.view = advance(self.view, Ticked(now))
        return True

    def _take(self) -> bool:
        if not self._told:
            return False
        while self._told:
            event = self._told.popleft()
            self.view = advance(self.view, event)
            if isinstance(event, Welcome):
                self._skew = event.now - self._clock()
            self._hear(event)
        return True
