"""How an account does: the worst of its parts is what people see."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from wire.messages.channel import Health

Condition = Literal["starting", "ready", "retrying", "paused", "stopping"]
_WORST_FIRST: tuple[Condition, ...] = ("stopping", "paused", "retrying", "starting", "ready")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that an account does: watching a mailbox, sending."""

    condition: Condition
    since: float
    said: str = ""


class Pulse:
    """Parts by name, and three counters. `changed` is set whenever people should hear of it."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._parts = {"": Part("starting", clock())}
        self.received = self.sent = self.failures = 0
        self.changed = asyncio.Event()

    def is_(self, condition: Condition, said: str = "", part: str = "") -> None:
        before = self._parts.get(part)
        if before is None or before.condition != condition:
            self._parts[part] = Part(condition, self._clock(), said)
        elif before.said != said:
            self._parts[part] = replace(before, said=said)
        else:
            return
        self.changed.set()

    def ready_for(self, part: str) -> float:
        """Seconds for which the part is ready by now; 0 when it is not."""
        found = self._parts.get(part)
        if found is None or found.condition != "ready":
            return 0.0
        return self._clock() - found.since

    def health(self) -> Health:
        worst = min(_WORST_FIRST.index(part.condition) for part in self._parts.values())
        parts = [p for p in self._parts.values() if p.condition == _WORST_FIRST[worst]]
        return Health(
            state=_WORST_FIRST[worst],
            since=max(part.since for part in parts),
            said="; ".join(dict.fromkeys(part.said for part in parts if part.said)),
            received=self.received,
            sent=self.sent,
            failures=self.failures,
        )
