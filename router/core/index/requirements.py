"""Requirements with a number each: which agents meet one, and which ones an agent meets. Pure.

Both are a few ANDs and ORs of ints (bits of seats, bits of requirements); nobody is gone through.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from router.core.choosing import level
from router.core.index.bits import numbers
from router.core.index.seats import Capability, Seat, Seats
from router.core.need import Need, Skills

# What is asked of skills, whoever is preferred or gave it back.
Bare = tuple[Any, ...]
# New ones are looked at one by one up to here; more, and an agent is compared with all at once.
ONE_BY_ONE = 32
# So many that nothing waits for any more may lie beside the others.
SPARE = 1_000


class Requirement:
    """What conversations ask apart from names of agents. `waiting` counts them."""

    __slots__ = ("_helped", "_levels", "_own", "_seats", "_version", "asked", "either", "kind",
                 "need", "number", "teams", "waiting")  # fmt: skip

    def __init__(self, need: Need, seats: Seats) -> None:
        self.need = need
        self.number = -1
        self.waiting = 0
        self.kind = seats.kind(need.kind)
        self.teams = tuple(dict.fromkeys((need.team, *need.widened)))
        spoken = ((need.language, 1),) if need.language else ()
        self.asked = (*spoken, *demanded(need.skills))
        self.either = tuple(demanded(group) for group in need.either)
        self._seats = seats
        self._version = -1
        self._own = self._helped = 0
        self._levels: list[int] | None = None

    def members(self, helping: bool) -> int:
        """The seats of those who meet it in a team of their own, or in one that they help."""
        if self._version != self._seats.version:
            self._find()
        return self._helped if helping else self._own

    def everybody(self) -> int:
        return self.members(helping=False) | self._helped

    def best(self, able: int) -> int:
        """Those of them with the highest mean level in what is asked."""
        if not self.need.skills:
            return able
        return next((found for group in self._by_level() if (found := able & group)), able)

    def level(self, seat: Seat) -> float:
        return level(seat.agent, self.need)

    def _find(self) -> None:
        seats, skilled = self._seats, self._seats.skilled
        able = -1
        for capability in self.asked:
            able &= skilled.get(capability, 0)
        if self.either:
            some = 0
            for group in self.either:
                some |= _all(skilled.get(capability, 0) for capability in group)
            able &= some
        self._own = able & _any(seats.own.get(team, 0) for team in self.teams)
        self._helped = able & _any(seats.helped.get(team, 0) for team in self.teams) & ~self._own
        self._version, self._levels = seats.version, None

    def _by_level(self) -> list[int]:
        """Seats of equal mean level, the best first."""
        if self._version != self._seats.version or self._levels is None:
            levels: dict[float, int] = {}
            for seat in self._seats.each(self.everybody()):
                at = self.level(seat)
                levels[at] = levels.get(at, 0) | 1 << seat.number
            self._levels = [levels[at] for at in sorted(levels, reverse=True)]
        return self._levels


def _all(sets: Iterable[int]) -> int:
    found = -1
    for one in sets:
        found &= one
    return found


def _any(sets: Iterable[int]) -> int:
    found = 0
    for one in sets:
        found |= one
    return found


def demanded(skills: Skills) -> tuple[Capability, ...]:
    """Without those of level 0: a wish refuses nobody."""
    return tuple((skill, least) for skill, least in skills if least > 0)


class Requirements:
    """Mutable. Those of lines have a number; what is only asked about has none."""

    def __init__(self, seats: Seats) -> None:
        self._seats = seats
        self._known: dict[Bare, Requirement] = {}
        self.numbered: list[Requirement] = []
        # Sets of requirements: by a capability that they ask, a team that may take it, a kind.
        self._asking: dict[Capability, int] = {}
        self._teams: dict[str, int] = {}
        self._asked_first: dict[str, int] = {}
        self._kinds: dict[int, int] = {}
        self._alternatives = 0
        self._in_room: dict[int, int] = {}
        self._most = SPARE

    def find(self, need: Need) -> Requirement:
        """The numbered one, or one that is asked about and forgotten."""
        return self._known.get(bare(need)) or Requirement(need, self._seats)

    def number(self, need: Need) -> Requirement:
        name = bare(need)
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = Requirement(need, self._seats)
            self._write(known)
        return known

    def met_by(self, seat: Seat, helping: bool) -> int:
        """The requirements that they meet, those for which they have room."""
        if seat.seen != len(self.numbered):
            self._compare(seat)
        met = seat.helped if helping else seat.own
        if not met or not seat.room:
            return 0
        fitting = self._in_room.get(seat.room)
        return met & (self._with_room(seat.room) if fitting is None else fitting)

    def of_team(self, team: str) -> int:
        """Those that this team is asked before it was widened to others."""
        return self._asked_first.get(team, 0)

    def waiting_for(self, team: str) -> int:
        """How many conversations wait in it."""
        return sum(self.numbered[number].waiting for number in numbers(self.of_team(team)))

    @property
    def overgrown(self) -> bool:
        return len(self.numbered) > self._most

    def tidy(self) -> None:
        """Only those for which something waits keep a number, another one."""
        live = [one for one in self.numbered if one.waiting]
        self.__init__(self._seats)  # type: ignore[misc]
        for one in live:
            self._known[bare(one.need)] = one
            self._write(one)
        self._most = 2 * len(live) + SPARE
        for seat in self._seats.by_name.values():
            seat.own = seat.helped = seat.seen = 0

    # --- keeping -------------------------------------------------------------------------------

    def _write(self, one: Requirement) -> None:
        one.number = len(self.numbered)
        self.numbered.append(one)
        bit = 1 << one.number
        for capability in one.asked:
            self._asking[capability] = self._asking.get(capability, 0) | bit
        for team in one.teams:
            self._teams[team] = self._teams.get(team, 0) | bit
        self._asked_first[one.need.team] = self._asked_first.get(one.need.team, 0) | bit
        self._kinds[one.kind] = self._kinds.get(one.kind, 0) | bit
        if one.either:
            self._alternatives |= bit
        self._in_room.clear()

    def _compare(self, seat: Seat) -> None:
        """See which requirements they meet, of those that are new since the last time."""
        fresh = len(self.numbered) - seat.seen
        if not seat.agent.enabled:
            bits = 0
        elif fresh <= ONE_BY_ONE and seat.seen:
            bits = ((1 << fresh) - 1) << seat.seen
        else:
            bits = self._likely(seat)
        self._look(seat, bits)
        seat.seen = len(self.numbered)

    def _likely(self, seat: Seat) -> int:
        """All that they meet, and of those with alternatives perhaps more."""
        teams = (*seat.agent.teams, *seat.agent.secondary)
        met = _any(self._teams.get(team, 0) for team in teams)
        wanting = 0
        for capability, bits in self._asking.items():
            if capability not in seat.capabilities:
                wanting |= bits
        return met & ~wanting

    def _look(self, seat: Seat, bits: int) -> None:
        if bits.bit_count() <= ONE_BY_ONE:
            for number in numbers(bits):
                one, bit = self.numbered[number], 1 << number
                if one.members(helping=False) >> seat.number & 1:
                    seat.own |= bit
                elif one.members(helping=True) >> seat.number & 1:
                    seat.helped |= bit
            return
        own = _any(self._teams.get(team, 0) for team in seat.agent.teams)
        certain = bits & ~self._alternatives
        seat.own, seat.helped = certain & own, certain & ~own
        for part in _parts(bits & self._alternatives):
            self._look(seat, part)

    def _with_room(self, room: int) -> int:
        fitting = _any(self._kinds.get(kind, 0) for kind in numbers(room))
        self._in_room[room] = fitting
        return fitting


def _parts(bits: int) -> Iterator[int]:
    """So few at a time that they are looked at one by one."""
    part = 0
    for count, number in enumerate(numbers(bits), 1):
        part |= 1 << number
        if count % ONE_BY_ONE == 0:
            yield part
            part = 0
    yield part


def bare(need: Need) -> Bare:
    return need.team, need.kind, need.skills, need.either, need.language, need.widened
