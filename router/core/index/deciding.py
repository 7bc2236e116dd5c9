"""Who takes what, looking only at what changed: one decision after the other to the fixpoint. Pure.

Before anything changes nothing that waits fits anybody. So a match has on one side an agent who got
room or skills, or on the other a line that something entered: these are touched, nothing else is
looked at, and when nothing is touched nothing costs anything. Of all that is touched the lowest
rank goes first; so the order of the decisions is that of somebody who compares everything.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from heapq import heapify, heappop, heappush
from typing import Any

from router.core.choosing import SECONDS_A_LEVEL
from router.core.index.lines import Line, Lines
from router.core.index.requirements import Requirement, Requirements
from router.core.index.seats import Seat, Seats
from router.core.need import Need, Waiting
from router.core.scheme import Scheme

Source = Seat | Line
# A source with the level and a rank that its best cannot be below.
Entry = tuple[bool, Any, int, Source]
# Before every rank.
FIRST: tuple[Any, ...] = ()
# The most levels of skill by which one may be better than another.
LEVELS = 5.0
# So many that are touched are looked at each for itself.
FEW = 8
# To find the best for an agent costs about as much as to see whether so many lines have anybody.
LINES_A_SEAT = 16


class Deciding:
    """Mutable. `touched` are the sources that may have a match."""

    def __init__(self, waiting: Mapping[int, Waiting], seats: Seats, requirements: Requirements,
                 lines: Lines) -> None:  # fmt: skip
        self._waiting = waiting
        self._seats = seats
        self._requirements = requirements
        self._lines = lines
        self.touched: dict[Source, None] = {}
        self._fresh: list[Source] = []
        seats.freed = self.touch

    def touch(self, source: Source) -> None:
        self.touched[source] = None
        self._fresh.append(source)

    def each(self, scheme: Scheme, now: float) -> Iterator[tuple[Waiting, Seat]]:
        """Each decision before it is carried out; what changes in between counts for the next."""
        self._fresh.clear()
        if len(self.touched) == 1 and not self._lines.shares:
            yield from self._alone(scheme, now)
        if self.touched:
            yield from self._several(scheme, now)

    def _alone(self, scheme: Scheme, now: float) -> Iterator[tuple[Waiting, Seat]]:
        """The common case, straight: one agent got room, or something entered one line."""
        (source,) = self.touched
        for helping in False, True:
            while waiting := self._oldest(source, helping, now):
                if isinstance(source, Seat) and scheme.strategy(waiting.need.team) != "scored":
                    yield waiting, source  # nobody else can take it, or it would not wait
                else:
                    yield self._decision(waiting, scheme, helping, now, [source])
                if self._fresh:
                    return
        del self.touched[source]

    def _several(self, scheme: Scheme, now: float) -> Iterator[tuple[Waiting, Seat]]:
        """Of all that is touched the lowest rank first.

        Work of somebody's own teams goes before work that they only help with, then rank decides.
        A source in the heap has there a rank that its best cannot be below.
        """
        self._gather()
        heap: list[Entry] = [
            (False, FIRST, number, source) for number, source in enumerate(self.touched)
        ]
        heapify(heap)
        self._fresh.clear()
        number = len(heap)
        while heap:
            helping, _, mine, source = heappop(heap)
            waiting = self._oldest(source, helping, now)
            if waiting is None:
                if not helping:
                    heappush(heap, (True, FIRST, mine, source))
                else:
                    self.touched.pop(source, None)
                continue
            heappush(heap, (helping, self._lines.rank(waiting, now), mine, source))
            if heap[0][2] != mine:
                continue
            yield self._decision(waiting, scheme, helping, now, self.touched)
            for fresh in self._fresh:
                number += 1
                heappush(heap, (False, FIRST, number, fresh))
            self._fresh.clear()
            if self._lines.shares:  # each that leaves moves all the others
                heap = [(helping, FIRST, mine, source) for helping, _, mine, source in heap]
                heapify(heap)

    def _gather(self) -> None:
        """For many agents at once it is cheaper to ask every line than to ask each of them."""
        if len(self.touched) < FEW:
            return
        seats = [source for source in self.touched if isinstance(source, Seat)]
        if len(seats) * LINES_A_SEAT > self._lines.count():
            for seat in seats:
                del self.touched[seat]
            self.touched.update(dict.fromkeys(self._lines.every()))

    def _oldest(self, source: Source, helping: bool, now: float) -> Waiting | None:
        """The first in rank that is in this line, or for this agent."""
        if isinstance(source, Seat):
            return self._lines.first(source, helping, now) if source.room else None
        place = source.places.first()
        able = self._members(source, helping) if place else 0
        if not able:
            return None
        if source.block.picky:
            place = self._lines.acceptable(
                source, now, lambda waiting: bool(able & ~self.excluded(waiting, now)))  # fmt: skip
        return self._waiting[place[1]] if place else None

    def _members(self, line: Line, helping: bool) -> int:
        """Who could take it now: they meet it, are here, and have room."""
        requirement = line.requirement
        able = requirement.members(helping) & self._seats.free[requirement.kind]
        return able & self._seats.named(line.only) if line.only else able

    def suited(self, line: Line, helping: bool) -> int:
        """Who could take it if they were here and had room."""
        able = line.requirement.members(helping)
        return able & self._seats.named(line.only) if line.only else able

    def meeting(self, need: Need) -> int:
        """The same of any requirement, in whatever team."""
        able = self._requirements.find(need).everybody()
        return able & self._seats.named(need.only) if need.only else able

    def able_to(self, need: Need, now: float) -> int:
        """Who could take it now."""
        able = self.meeting(need) & self._seats.free[self._seats.kind(need.kind)]
        passed = (name for name, until in need.without if now < until)
        return able & ~self._seats.named(passed) if need.without else able

    def holds(self, waiting: Waiting, seat: Seat, now: float) -> bool:
        """Whether it still waits, and they can take it."""
        known = self._waiting.get(waiting.conversation)
        return known is waiting and bool(self.able_to(waiting.need, now) >> seat.number & 1)

    def options(self, seat: Seat) -> int:
        """How many requirements of those for which anything waits they meet."""
        met = self._requirements.met_by(seat, False) | self._requirements.met_by(seat, True)
        return met.bit_count()

    def waiting(self, conversation: int) -> Waiting:
        return self._waiting[conversation]

    def excluded(self, waiting: Waiting, now: float) -> int:
        """Those who are not asked for it now."""
        without = waiting.need.without
        return self._seats.named(name for name, until in without if now < until) if without else 0

    # --- whom, and which of the heads ------------------------------------------------------------

    def _decision(self, waiting: Waiting, scheme: Scheme, helping: bool, now: float,
                  sources: Collection[Source]) -> tuple[Waiting, Seat]:  # fmt: skip
        line = self._lines.of[waiting.conversation][0]
        strategy = scheme.strategy(waiting.need.team)
        if strategy == "scored":
            return self._scored(waiting, helping, now, sources)
        able = self._able(line, waiting, helping, now)
        if waiting.rings and able & (able - 1):
            able = self._first_ring(able, waiting)
        return waiting, self._first(able, line.requirement, strategy)

    def _able(self, line: Line, waiting: Waiting, helping: bool, now: float) -> int:
        able = self._members(line, helping)
        return able & ~self.excluded(waiting, now) if waiting.need.without else able

    def _first_ring(self, able: int, waiting: Waiting) -> int:
        """Those who meet the earliest of what it asked."""
        for need in waiting.rings:
            meeting = able & self.meeting(need)
            if meeting:
                return meeting
        return able

    def _first(self, able: int, requirement: Requirement, strategy: str) -> Seat:
        if strategy == "least_loaded":
            able = self._seats.least_loaded(able)
        elif strategy == "best_level":
            able = requirement.best(able)
        elif strategy == "round_robin":
            return self._seats.next_in_turn(able)
        return self._seats.longest_idle(able)

    def _scored(self, first: Waiting, helping: bool, now: float,
                sources: Collection[Source]) -> tuple[Waiting, Seat]:  # fmt: skip
        """Among the heads of this team's lines: waiting and level together.

        The oldest are looked at first, until no level could make up for what the others waited.
        """
        best: tuple[Any, ...] | None = None
        for heads in self._heads(first, helping, sources):
            for waiting, line in heads:
                age = (now - waiting.rank(now)[1]) / SECONDS_A_LEVEL
                if best is not None and -age - LEVELS > best[0]:
                    break
                able = self._able(line, waiting, helping, now)
                if not able or waiting.need.team != first.need.team:
                    continue
                seat = self._seats.longest_idle(
                    self._first_ring(line.requirement.best(able), waiting))  # fmt: skip
                score = (-age - line.requirement.level(seat), waiting.rank(now), waiting, seat)
                if best is None or score[:2] < best[:2]:
                    best = score
        if best is None:
            raise LookupError("somebody can take it, but nobody is found")
        return best[2], best[3]

    def _heads(self, first: Waiting, helping: bool, sources: Collection[Source]
               ) -> Iterator[Iterable[tuple[Waiting, Line]]]:  # fmt: skip
        """What may be the best of its line in this tier, in sequences with the oldest first.

        Only what is touched fits anybody; when much is touched, everything is looked at.
        """
        seats = [source for source in sources if isinstance(source, Seat)]
        met, reserved = -1, None
        if len(sources) <= FEW:
            lines = [source for source in sources if isinstance(source, Line)]
            met = sum(1 << number for number in {line.requirement.number for line in lines})
            for seat in seats:
                met |= self._requirements.met_by(seat, helping)
            reserved = [seat.agent.id for seat in seats]
            reserved += [name for line in lines for name in line.only]
        met &= self._requirements.of_team(first.need.team)
        for queue in self._lines.in_tier(first.tier):
            yield self._lines.heads(queue.open, met)
            for line in (*queue.picky.met(met), *queue.reserved_for(reserved)):
                yield self._lines.all_in(line)
