"""A start with many on both sides: as much as can be given out, found before any is. Pure.

First greedily: what the fewest can take goes first, to who is good for the least else. That alone
is within half a percent of the most that is possible; then each that found nobody may push another
aside that finds somebody else (augmenting paths), which for work of equal weight gives the most.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from router.core.index.among import Among
from router.core.index.bits import numbers
from router.core.index.deciding import Deciding
from router.core.index.lines import Line, Lines, Place, Queue
from router.core.index.room import Burden
from router.core.index.seats import Seat, Seats
from router.core.need import Waiting


@dataclass(slots=True, eq=False)
class Group:
    """Conversations that the same agents can take. `taken` are the seats of the first so many."""

    line: Line
    members: int
    own: int
    places: list[Place]
    waiting: int
    taken: list[Seat] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.line.requirement.need.kind


def plan(seats: Seats, lines: Lines, deciding: Deciding, now: float
         ) -> Iterator[tuple[Waiting, Seat]]:  # fmt: skip
    """Each decision of such a start, by rank; one that no longer holds is left out."""
    trial = _Trial(seats, deciding)
    found = [pair for tier in lines.tiers() for pair in trial.given(tier, now)]
    for waiting, seat in sorted(found, key=lambda pair: pair[0].rank(now)):
        if deciding.holds(waiting, seat, now):
            yield waiting, seat


class _Trial:
    """Room as it would be, while nothing is given yet."""

    def __init__(self, seats: Seats, deciding: Deciding) -> None:
        self._seats = seats
        self._deciding = deciding
        self._free = list(seats.free)
        self._burdens: dict[Seat, Burden] = {}
        able = [seat for seat in seats.by_name.values() if seat.room]
        self._order: Among[tuple[int, float, str, int, Seat]] = Among()
        for seat in able:  # good for the least else, then longest idle
            self._order.add((deciding.options(seat), seat.idle, seat.agent.id, seat.number, seat))
        self._held: dict[Seat, list[Group]] = {}

    def given(self, tier: list[Queue], now: float) -> Iterator[tuple[Waiting, Seat]]:
        groups = [group for queue in tier for group in self._groups(queue, now)]
        kinds = {group: group.line.requirement.kind for group in groups}
        groups.sort(key=lambda group: (group.members & self._free[kinds[group]]).bit_count())
        for group in groups:
            self._fill(group)
        self._hopeless: set[Group] = set()
        self._passed = 0
        for group in groups:
            while len(group.taken) < group.waiting and self._push(group):
                continue
        for group in groups:
            places = group.places or islice(group.line.places, len(group.taken))
            for (_, conversation), seat in zip(places, group.taken, strict=False):
                yield self._deciding.waiting(conversation), seat
        self._held.clear()

    def _groups(self, queue: Queue, now: float) -> Iterator[Group]:
        for line in queue.lines():
            own, helped = (self._deciding.suited(line, helping) for helping in (False, True))
            if not line.block.picky:
                yield Group(line, own | helped, own, [], len(line.places))
                continue
            for place in line.places:
                but = ~self._deciding.excluded(self._deciding.waiting(place[1]), now)
                yield Group(line, (own | helped) & but, own & but, [place], 1)

    # --- greedily --------------------------------------------------------------------------------

    def _fill(self, group: Group) -> None:
        while len(group.taken) < group.waiting:
            able = self._able(group)
            if not able:
                return
            self._take(group, self._least_flexible(able & group.own or able))

    def _able(self, group: Group) -> int:
        return group.members & self._free[group.line.requirement.kind]

    def _least_flexible(self, able: int) -> Seat:
        first = self._order.first(able)
        if first is None:
            raise LookupError("nobody of these had room when it began")
        return first[-1]

    def _take(self, group: Group, seat: Seat) -> None:
        group.taken.append(seat)
        self._held.setdefault(seat, []).append(group)
        self._load(seat, self._seats.burdens.plus(self._burden(seat), group.kind))

    def _release(self, group: Group, seat: Seat) -> None:
        group.taken.remove(seat)
        self._held[seat].remove(group)
        self._load(seat, self._seats.burdens.minus(self._burden(seat), group.kind))

    def _burden(self, seat: Seat) -> Burden:
        return self._burdens.get(seat, seat.burden)

    def _load(self, seat: Seat, after: Burden) -> None:
        flipped = self._room(seat, self._burden(seat)) ^ self._room(seat, after)
        for kind in numbers(flipped):
            self._free[kind] ^= 1 << seat.number
        self._burdens[seat] = after

    def _room(self, seat: Seat, burden: Burden) -> int:
        return self._seats.burdens.room(burden, seat.agent, seat.terms)

    # --- pushing aside ---------------------------------------------------------------------------

    def _push(self, group: Group) -> bool:
        """Whether one more of it found somebody, others having moved on.

        Breadth first over groups; `came` says from whom a group is to get a seat. What a search
        that failed has seen is not looked at again: nothing leads out of it.
        """
        came: dict[Group, tuple[Seat, Group] | None] = {group: None}
        seen = self._passed
        line = [group]
        for wanting in line:
            able = self._able(wanting)
            if able:
                self._move_on(wanting, self._least_flexible(able & wanting.own or able), came)
                return True
            fresh = wanting.members & ~seen
            seen |= fresh
            for seat in self._seats.each(fresh):
                for holding in dict.fromkeys(self._held.get(seat, ())):
                    if (holding not in came and holding not in self._hopeless
                            and self._fits_instead(wanting, holding, seat)):  # fmt: skip
                        came[holding] = seat, wanting
                        line.append(holding)
        self._hopeless.update(came)
        self._passed = seen
        return False

    def _move_on(self, last: Group, seat: Seat, came: dict[Group, tuple[Seat, Group] | None]
                 ) -> None:  # fmt: skip
        step = came[last]
        while step is not None:
            left, wanting = step
            self._release(last, left)
            self._take(last, seat)
            last, seat, step = wanting, left, came[wanting]
        self._take(last, seat)

    def _fits_instead(self, wanting: Group, holding: Group, seat: Seat) -> bool:
        if wanting.kind == holding.kind:
            return True
        without = self._seats.burdens.minus(self._burden(seat), holding.kind)
        return bool(self._room(seat, without) >> wanting.line.requirement.kind & 1)
