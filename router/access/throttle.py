"""How soon somebody may try to log in again, for one agent and in all. Pure: `now` is given."""

from collections import OrderedDict, deque
from dataclasses import dataclass

# Failures of one agent that cost nothing; after them each doubles the wait.
FREE = 5
FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0
# Without a failure for so long all is forgotten.
FORGOTTEN_AFTER = 3_600.0
# Failures in all, of any names, within a minute.
IN_ALL, WITHIN = 60, 60.0
NAMES = 1_000


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    last: float


class Throttle:
    """Counts failures. Consoles that are logged in have their keys and never come here."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, _Failures] = OrderedDict()
        self._all: deque[float] = deque(maxlen=IN_ALL)

    def wait(self, agent: str, now: float) -> float:
        """Seconds until this agent may be tried; 0.0 means now."""
        return max(self._agent_wait(agent, now), self._wait_in_all(now), 0.0)

    def failed(self, agent: str, now: float) -> None:
        before = self._of.pop(agent, _Failures(0, now))
        if now - before.last > FORGOTTEN_AFTER:
            before = _Failures(0, now)
        self._of[agent] = _Failures(before.count + 1, now)
        while len(self._of) > NAMES:
            self._of.popitem(last=False)
        self._all.append(now)

    def passed(self, agent: str) -> None:
        self._of.pop(agent, None)

    def _agent_wait(self, agent: str, now: float) -> float:
        failures = self._of.get(agent)
        if failures is None or failures.count < FREE:
            return 0.0
        pause = min(FIRST_WAIT * 2.0 ** min(failures.count - FREE, 20), LONGEST_WAIT)
        return failures.last + pause - now

    def _wait_in_all(self, now: float) -> float:
        return self._all[0] + WITHIN - now if len(self._all) == IN_ALL else 0.0
