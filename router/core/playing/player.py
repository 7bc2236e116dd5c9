"""The desk on a virtual clock: what came is data, and the core itself decides who takes it. Pure.

The same `Desk` runs live, in a replay of the past and in a simulation. There is no chance in it:
handling times and patience come with each arrival.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Any

from router.core.desk import Desk
from router.core.need import Waiting
from wire.messages.desk import Presence


@dataclass(frozen=True, slots=True)
class Arrival:
    """Work that comes `at`, is handled for `service` seconds and waits `patience` at most.

    What is given `to` an agent by hand does not wait; it takes their room all the same.
    """

    at: float
    waiting: Waiting
    service: float
    patience: float = inf
    to: str = ""


@dataclass(frozen=True, slots=True)
class Shift:
    """An agent comes, goes or has a break."""

    at: float
    agent: str
    presence: Presence


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looks at the desk at that moment; who only looks changes nothing."""

    at: float
    look: Callable[[Desk, float], None]


@dataclass(frozen=True, slots=True)
class Played:
    """What became of an arrival: begun by an agent and ended, or given up.

    Without `started` it gave up at `ended`; without both it waits still at the end of the play.
    """

    arrival: Arrival
    agent: str = ""
    started: float | None = None
    ended: float | None = None

    @property
    def wait(self) -> float | None:
        """Until it was begun or given up; None when neither came."""
        until = self.ended if self.started is None else self.started
        return None if until is None else until - self.arrival.at


# How long this agent needs for it.
Serving = Callable[[Arrival, str], float]


@dataclass
class Player:
    """One play. `desk` has its agents already; what happens on it is read from it meanwhile."""

    desk: Desk
    serving: Serving = lambda arrival, agent: arrival.service
    now: float = 0.0
    _ahead: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _open: dict[int, Arrival] = field(default_factory=dict)
    _done: list[Played] = field(default_factory=list)
    _count: int = 0

    def play(self, arrivals: Iterable[Arrival], shifts: Iterable[Shift | Look] = (), *,
             until: float = inf) -> Iterator[Played]:  # fmt: skip
        """Each arrival once, when it is begun or given up; at last those that still wait.

        `arrivals` and `shifts` are in the order of their times, and may be endless.
        """
        for at, happen in self._happenings(arrivals, shifts):
            if at > until:
                break
            self.now = max(self.now, at)
            happen()
            yield from self._settled()
        yield from [Played(arrival) for arrival in self._open.values()]

    def _happenings(self, arrivals: Iterable[Arrival], shifts: Iterable[Shift | Look]
                    ) -> Iterator[tuple[float, Callable[[], None]]]:  # fmt: skip
        """All in one order: what ends goes before what comes at the same moment."""
        outside = heapq.merge(
            ((shift.at, 0, shift) for shift in shifts),
            ((arrival.at, 1, arrival) for arrival in arrivals),
            key=lambda one: one[:2],
        )
        coming: Any = next(outside, None)
        while coming is not None or self._ahead:
            if coming is None or (self._ahead and self._ahead[0][0] <= coming[0]):
                at, _, happen = heapq.heappop(self._ahead)
                yield at, happen
            else:
                yield coming[0], self._outside(coming[2])
                coming = next(outside, None)

    def _outside(self, one: Shift | Look | Arrival) -> Callable[[], None]:
        if isinstance(one, Look):
            return lambda: one.look(self.desk, self.now)
        if isinstance(one, Shift):
            return lambda: self.desk.set_presence(one.agent, one.presence)
        return lambda: self._come(one)

    def _come(self, arrival: Arrival) -> None:
        number, waiting = arrival.waiting.conversation, arrival.waiting
        if arrival.to:
            self.desk.give(number, arrival.to, waiting.need.kind, self.now)
            self._begin(arrival, arrival.to)
            return
        self._open[number] = arrival
        self.desk.wait(waiting)
        for step in waiting.steps:
            self._at(waiting.entered + step.after, lambda: None)
        for _, rested in waiting.need.without:
            if rested < inf:
                self._at(rested, lambda: None)
        if arrival.patience < inf:
            self._at(self.now + arrival.patience, lambda: self._give_up(arrival))

    def _settled(self) -> list[Played]:
        for match in self.desk.settle(self.now):
            self._begin(self._open.pop(match.waiting.conversation), match.agent)
        self.desk.forget_marks()
        done, self._done = self._done, []
        return done

    def _begin(self, arrival: Arrival, agent: str) -> None:
        ends = self.now + self.serving(arrival, agent)
        number = arrival.waiting.conversation
        self._at(ends, lambda: self.desk.end(number, self.now))
        self._done.append(Played(arrival, agent, self.now, ends))

    def _give_up(self, arrival: Arrival) -> None:
        number = arrival.waiting.conversation
        if self._open.get(number) is arrival:
            del self._open[number]
            self.desk.end(number)
            self._done.append(Played(arrival, ended=self.now))

    def _at(self, when: float, happen: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._ahead, (max(when, self.now), self._count, happen))


def play(desk: Desk, arrivals: Iterable[Arrival], shifts: Iterable[Shift | Look] = (), *,
         until: float = inf, serving: Serving | None = None) -> Iterator[Played]:  # fmt: skip
    """One play on this desk, from its beginning to its end."""
    player = Player(desk) if serving is None else Player(desk, serving)
    return player.play(arrivals, shifts, until=until)
