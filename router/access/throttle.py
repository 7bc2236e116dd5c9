"""How soon somebody may try to log in again: by agent, by host, in all. Pure: `now` is given."""

from collections import OrderedDict, deque
from dataclasses import dataclass

# Without a failure for so long all is forgotten.
FORGOTTEN_AFTER = 3_600.0
FIRST_WAIT = 2.0
# Failures in all, of any names, within a minute.
IN_ALL, WITHIN = 60, 60.0
NAMES = 3_000


@dataclass(frozen=True, slots=True)
class _Patience:
    """So many failures cost nothing; after them each doubles the wait, up to the longest."""

    free: int
    longest: float


# Somebody from somewhere is slowed soon and for long. The agent as such is slowed late and little,
# or a stranger could keep them out; so is a host, which an office may share.
TOGETHER = _Patience(5, 300.0)
AGENT = _Patience(20, 30.0)
HOST = _Patience(30, 60.0)
_PATIENCE = {"together": TOGETHER, "agent": AGENT, "host": HOST}


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    last: float


class Throttle:
    """Counts failures. Consoles that are logged in have their keys and never come here."""

    def __init__(self) -> None:
        self._of: OrderedDict[tuple[str, ...], _Failures] = OrderedDict()
        self._all: deque[float] = deque(maxlen=IN_ALL)

    def wait(self, agent: str, host: str, now: float) -> float:
        """Seconds until this agent may be tried from there; 0.0 means now."""
        waits = (self._wait(place, now) for place in _places(agent, host))
        return max(*waits, self._wait_in_all(now), 0.0)

    def failed(self, agent: str, host: str, now: float) -> None:
        for place in _places(agent, host):
            before = self._of.pop(place, _Failures(0, now))
            if now - before.last > FORGOTTEN_AFTER:
                before = _Failures(0, now)
            self._of[place] = _Failures(before.count + 1, now)
        while len(self._of) > NAMES:
            self._of.popitem(last=False)
        self._all.append(now)

    def passed(self, agent: str, host: str) -> None:
        """Their own failures are forgiven; the host's are not: others may have made them there."""
        for place in _places(agent, host)[:2]:
            self._of.pop(place, None)

    def _wait(self, place: tuple[str, ...], now: float) -> float:
        failures, patience = self._of.get(place), _PATIENCE[place[0]]
        if failures is None or failures.count < patience.free:
            return 0.0
        pause = FIRST_WAIT * 2.0 ** min(failures.count - patience.free, 20)
        return failures.last + min(pause, patience.longest) - now

    def _wait_in_all(self, now: float) -> float:
        return self._all[0] + WITHIN - now if len(self._all) == IN_ALL else 0.0


def _places(agent: str, host: str) -> tuple[tuple[str, ...], ...]:
    return ("together", agent, host), ("agent", agent), ("host", host)
