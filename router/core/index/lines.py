"""What waits, in lines of equal requirements: their heads in order, the best for an agent. Pure.

A class has one tier and one slope, so the order within it never changes by waiting. In it are three
sorts of lines: open to whoever meets the requirement; picky, where some conversations are not for
some agents (they gave them back) and are looked at one by one; and reserved, kept by the names of
those who are preferred.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from router.core.index.among import Among
from router.core.index.bits import numbers
from router.core.index.ranked import Ranked
from router.core.index.requirements import Requirement, Requirements
from router.core.index.seats import Seat
from router.core.need import Waiting

# The order within a class: what stands for the key, and the number of the conversation.
Place = tuple[float, int]
# The order among all: tier, value, number, as `Waiting.rank`.
Rank = tuple[float, ...]

# The head of a line, with the number of its requirement.
Head = tuple[float, int, int, "Line"]


class Line:
    """Conversations that ask the same, first come first. `only` are those who are preferred."""

    __slots__ = ("block", "only", "places", "requirement")

    def __init__(self, block: "Block", requirement: Requirement, only: tuple[str, ...]) -> None:
        self.block = block
        self.requirement = requirement
        self.only = only
        self.places: Ranked[Place] = Ranked()


class Block:
    """The lines of one sort and class, by the number of their requirement; heads in order."""

    __slots__ = ("heads", "lines", "nonempty", "picky", "queue")

    def __init__(self, queue: "Queue", *, picky: bool) -> None:
        self.queue = queue
        self.picky = picky
        self.lines: dict[int, Line] = {}
        self.nonempty = 0
        self.heads: Among[Head] = Among()

    def add(self, line: Line, place: Place) -> None:
        number = line.requirement.number
        head = self.heads.of.get(number)
        line.places.add(place)
        if head is None:
            self.nonempty |= 1 << number
        elif head < place:
            return
        else:
            self.heads.remove(number)
        self.heads.add((*place, number, line))

    def remove(self, line: Line, place: Place) -> None:
        number = line.requirement.number
        line.places.remove(place)
        if self.heads.of[number][1] != place[1]:
            return
        self.heads.remove(number)
        first = line.places.first()
        if first is None:
            self.nonempty ^= 1 << number
        else:
            self.heads.add((*first, number, line))

    def met(self, met: int) -> list[Line]:
        """The lines of these requirements in which anything waits."""
        return [self.lines[number] for number in numbers(met & self.nonempty)]

    def renumber(self) -> None:
        kept = [line for line in self.lines.values() if line.places]
        self.lines = {line.requirement.number: line for line in kept}
        self.nonempty = sum(1 << number for number in self.lines)
        self.heads = Among()
        for number, line in self.lines.items():
            if first := line.places.first():
                self.heads.add((*first, number, line))


class Queue:
    """A class: one tier, one slope."""

    __slots__ = ("count", "open", "picky", "reserved", "slope", "tier")

    def __init__(self, tier: int, slope: float) -> None:
        self.tier, self.slope = tier, slope
        self.count = 0
        self.open, self.picky = Block(self, picky=False), Block(self, picky=True)
        # By the name of an agent: what is for them and perhaps a few others.
        self.reserved: dict[str, dict[tuple[Requirement, tuple[str, ...]], Line]] = {}

    def place(self, waiting: Waiting) -> Place:
        """Grows as the rank does, whatever the time is."""
        key = waiting.key
        if self.slope <= 0.0:  # it gains nothing by waiting, or loses
            key = 0.0 if self.slope == 0.0 else -key
        return key, waiting.conversation

    def line(self, requirement: Requirement, waiting: Waiting) -> Line:
        """Where such a one waits; a line that is not there yet is made."""
        only = waiting.need.only
        if only:
            return self._reserved(requirement, only)
        block = self.picky if waiting.need.without else self.open
        line = block.lines.get(requirement.number)
        if line is None:
            line = block.lines[requirement.number] = Line(block, requirement, ())
        return line

    def _reserved(self, requirement: Requirement, only: tuple[str, ...]) -> Line:
        name = (requirement, only)
        line = self.reserved.setdefault(only[0], {}).get(name)
        if line is None:
            line = Line(self.picky, requirement, only)
            for agent in only:
                self.reserved.setdefault(agent, {})[name] = line
        return line

    def order(self, place: Place, now: float) -> tuple[float, int]:
        """The value of the rank for who stands at this place, and the number."""
        key, conversation = place
        if self.slope <= 0.0:
            key = -key if self.slope else now
        return key if self.slope == 1.0 else now - self.slope * (now - key), conversation

    def lines(self) -> list[Line]:
        """All in which anything waits."""
        return [*self.open.met(-1), *self.picky.met(-1), *self.reserved_for(None)]

    def reserved_for(self, agents: Iterable[str] | None) -> list[Line]:
        """The lines for these agents, each once; None for all of them."""
        names = self.reserved if agents is None else agents
        return list(dict.fromkeys(
            line for name in names for line in self.reserved.get(name, {}).values()))  # fmt: skip

    def forget(self, line: Line) -> None:
        """Nothing waits in it any more, and it was for some only."""
        for agent in line.only:
            lines = self.reserved.get(agent, {})
            lines.pop((line.requirement, line.only), None)
            if not lines:
                self.reserved.pop(agent, None)


class Lines:
    """All classes. Mutable; `waiting` is the desk's own table."""

    def __init__(self, waiting: Mapping[int, Waiting], requirements: Requirements) -> None:
        self._waiting = waiting
        self._requirements = requirements
        self._queues: dict[tuple[int, float], Queue] = {}
        # Tiers that have anything, the lowest first, and the classes of each.
        self._tiers: list[list[Queue]] = []
        self.of: dict[int, tuple[Line, Queue, Place]] = {}
        # By team, as the scheme says.
        self.shares: Mapping[str, float] = {}
        # The only class that has anything or had it last, if there is only one.
        self._single: Queue | None = None

    def add(self, waiting: Waiting) -> Line:
        queue = self._queues.get((waiting.tier, waiting.slope)) or self._queue(waiting)
        requirement = self._requirements.number(waiting.need)
        line, place = queue.line(requirement, waiting), queue.place(waiting)
        if line.only:
            line.places.add(place)
        else:
            line.block.add(line, place)
        requirement.waiting += 1
        queue.count += 1
        if queue.count == 1 and queue is not self._single:
            self._arrange()
        self.of[waiting.conversation] = line, queue, place
        return line

    def remove(self, conversation: int) -> Line | None:
        """The line that it stood in; None when it stood in none."""
        known = self.of.pop(conversation, None)
        if known is None:
            return None
        line, queue, place = known
        if line.only:
            line.places.remove(place)
            if not line.places:
                queue.forget(line)
        else:
            line.block.remove(line, place)
        line.requirement.waiting -= 1
        queue.count -= 1
        if not queue.count and queue is not self._single:
            self._arrange()
        return line

    def first(self, seat: Seat, helping: bool, now: float) -> Waiting | None:
        """The first in rank that they could take; straight where all that waits is of one sort."""
        queue = self._single
        if queue is None or queue.picky.nonempty or queue.reserved or self.shares:
            found = self.best(seat, helping, now)
            return found and found[1]
        head = queue.open.heads.first(self._requirements.met_by(seat, helping))
        return head and self._waiting[head[1]]

    def best(self, seat: Seat, helping: bool, now: float) -> tuple[Rank, Waiting] | None:
        """The first in rank that they could take, and only in such a team."""
        met = self._requirements.met_by(seat, helping)
        parts = self._parts(met) if self.shares else (met,)
        for tier in self._tiers:
            places = [place for queue in tier
                      for place in self._firsts(queue, seat, parts, helping, now)]  # fmt: skip
            if places:
                found = [self._waiting[number] for _, number in places]
                return min((self.rank(waiting, now), waiting) for waiting in found)
        return None

    def rank(self, waiting: Waiting, now: float) -> Rank:
        """The lowest goes first. Where teams have shares, who is above theirs goes before."""
        if not self.shares:
            return waiting.rank(now)
        tier, *rest = waiting.rank(now)
        return tier, self.above_share().get(waiting.need.team, 0.0), *rest

    def above_share(self) -> dict[str, float]:
        """By how many each team with a share waits above it; the lowest number is the furthest."""
        lengths = {team: self._requirements.waiting_for(team) for team in self.shares}
        total = sum(lengths.values())
        return {team: share * total - lengths[team] for team, share in self.shares.items()}

    def _parts(self, met: int) -> tuple[int, ...]:
        """By teams with shares, and all others: each part is in order by itself."""
        teams = [self._requirements.of_team(team) for team in self.shares]
        rest = met
        for team in teams:
            rest &= ~team
        return *(met & team for team in teams), rest

    def _firsts(self, queue: Queue, seat: Seat, parts: Iterable[int], helping: bool, now: float
                ) -> Iterator[Place]:  # fmt: skip
        """Of each part the first that is for them, and of each line that is kept for them."""
        for met in parts:
            if met and (place := self._first(queue, seat, met, now)):
                yield place
        if queue.reserved and seat.agent.id in queue.reserved:
            for line in queue.reserved[seat.agent.id].values():
                if self._meets(line.requirement, seat, helping):
                    found = self.acceptable(line, now, lambda waiting: _lets(waiting, seat, now))
                    if found:
                        yield found

    def _first(self, queue: Queue, seat: Seat, met: int, now: float) -> Place | None:
        head = queue.open.heads.first(met)
        place = head and head[:2]
        if met & queue.picky.nonempty:
            return self._picked(queue.picky, seat, met, place, now)
        return place

    def _picked(self, block: Block, seat: Seat, met: int, best: Place | None, now: float
                ) -> Place | None:  # fmt: skip
        met &= block.nonempty
        for key, conversation, number, line in block.heads:
            if best is not None and (key, conversation) > best:
                break
            if met >> number & 1:
                found = self.acceptable(line, now, lambda waiting: _lets(waiting, seat, now))
                best = min(filter(None, (best, found)), default=None)
        return best

    def acceptable(self, line: Line, now: float, accepts: Callable[[Waiting], bool]
                   ) -> Place | None:  # fmt: skip
        return next((place for place in line.places if accepts(self._waiting[place[1]])), None)

    def heads(self, block: Block, met: int) -> Iterator[tuple[Waiting, Line]]:
        """The first of each line of these requirements, oldest first."""
        for _, conversation, number, line in block.heads:
            if met >> number & 1:
                yield self._waiting[conversation], line

    def all_in(self, line: Line) -> Iterator[tuple[Waiting, Line]]:
        return ((self._waiting[conversation], line) for _, conversation in line.places)

    def in_tier(self, tier: int) -> Iterator[Queue]:
        for queues in self._tiers:
            if queues[0].tier == tier:
                yield from queues

    def count(self) -> int:
        """How many lines there are about."""
        return sum(len(queue.open.lines) for queues in self._tiers for queue in queues)

    def every(self) -> Iterator[Line]:
        for queues in self._tiers:
            for queue in queues:
                yield from queue.lines()

    def tiers(self) -> list[list[Queue]]:
        return list(self._tiers)

    def position(self, waiting: Waiting, now: float) -> tuple[int, int]:
        """How many go before it: of its own line, and of all."""
        line, _, place = self.of[waiting.conversation]
        queues = (queue for tier in self._tiers for queue in tier)
        return line.places.before(place), sum(self._before(queue, waiting, now) for queue in queues)

    def _before(self, queue: Queue, waiting: Waiting, now: float) -> int:
        if queue.tier != waiting.tier:
            return queue.count if queue.tier < waiting.tier else 0
        mine = waiting.rank(now)[1:]
        order = partial(queue.order, now=now)
        return sum(line.places.before(mine, order) for line in queue.lines())

    def tidy(self) -> None:
        """Forget requirements that nothing waits for."""
        self._requirements.tidy()
        for queue in self._queues.values():
            queue.open.renumber()
            queue.picky.renumber()

    @staticmethod
    def _meets(requirement: Requirement, seat: Seat, helping: bool) -> bool:
        return bool(seat.room >> requirement.kind & 1
                    and requirement.members(helping) >> seat.number & 1)  # fmt: skip

    def _queue(self, waiting: Waiting) -> Queue:
        name = waiting.tier, waiting.slope
        queue = self._queues[name] = Queue(*name)
        return queue

    def _arrange(self) -> None:
        tiers: dict[int, list[Queue]] = {}
        for (tier, _), queue in sorted(self._queues.items()):
            if queue.count:
                tiers.setdefault(tier, []).append(queue)
        self._tiers = list(tiers.values())
        several = len(self._tiers) != 1 or len(self._tiers[0]) != 1
        self._single = None if several else self._tiers[0][0]


def _lets(waiting: Waiting, seat: Seat, now: float) -> bool:
    """Whether it is not one that they gave back."""
    name = seat.agent.id
    return not any(one == name and now < until for one, until in waiting.need.without)
