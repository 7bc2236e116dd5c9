"""The agents, each with a seat number: who has what skill, who has room, who is idle longest. Pure.

Sets of agents are ints with a bit for each seat. What an agent can do changes rarely and is kept by
capability; whether they have room changes all the time and is one bit for each channel kind that
flips only when the answer does.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from router.core.choosing import ratio
from router.core.index.among import Among
from router.core.index.bits import numbers
from router.core.index.room import Burden, Burdens, Terms, terms_of
from router.core.people import Agent
from router.core.relaxing import HERE
from router.core.scheme import Scheme

# A skill with a level: who has 3 has 1, 2 and 3 (a thermometer), so "at least" is one bit.
Capability = tuple[str, int]
# So many seats may wait to be put in order; more are put there at once.
SLACK = 16


class Seat:
    """Where an agent sits. `idle` and `turn` are theirs now, whatever the frozen value says."""

    __slots__ = ("agent", "burden", "capabilities", "helped", "idle", "number",
                 "online", "own", "ratio", "room", "seen", "terms", "turn")  # fmt: skip

    def __init__(self, number: int, agent: Agent, burden: Burden) -> None:
        self.number = number
        self.agent = agent
        self.idle, self.turn = agent.idle_since, agent.turn
        self.burden = burden
        self.terms: Terms = terms_of(agent)
        self.capabilities = capabilities(agent)
        self.online = False
        # Bits of channel kinds of which one more fits; 0 while they are not here.
        self.room = 0
        self.ratio = -1.0
        # Requirements that they meet in their own teams and in teams they help, of those seen.
        self.own = self.helped = self.seen = 0


class Seats:
    """Mutable. `freed` is told of each seat that has room for a kind for which it had none."""

    def __init__(self, scheme: Scheme) -> None:
        self.freed: Callable[[Seat], None] = lambda seat: None
        self.burdens = Burdens(scheme)
        self.by_name: dict[str, Seat] = {}
        # Grows with each change of what anybody can do: what was found by it is found again.
        self.version = 0
        # Whether somebody may do less than before, or has gone.
        self.shrunk = False
        self.own: dict[str, int] = {}
        self.helped: dict[str, int] = {}
        self.skilled: dict[Capability, int] = {}
        self.free: list[int] = []
        self.here = 0
        self.tiers: dict[float, int] = {}
        self._by_number: list[Seat | None] = []
        self._vacant: list[int] = []
        # Those with room, by when they last got or ended one, and by turn.
        self._idle: Among[tuple[float, str, int, Seat]] = Among()
        self._turns: Among[tuple[int, float, str, int, Seat]] = Among()
        self._unordered: dict[Seat, None] = {}
        self._notice(scheme)

    # --- changes -------------------------------------------------------------------------------

    def put(self, agent: Agent, burden: Burden) -> Seat:
        """They came, or are other than they were."""
        seat = self.by_name.get(agent.id)
        if seat is None:
            seat = self._new(agent, burden)
            self._static(seat, 0)
        elif not same_abilities(seat.agent, agent):
            self._static(seat, 1 << seat.number)
            seat.agent, seat.capabilities = agent, capabilities(agent)
            self._static(seat, 0)
        seat.agent, seat.terms = agent, terms_of(agent)
        seat.idle, seat.turn = agent.idle_since, agent.turn
        self._see_presence(seat)
        self.load(seat, seat.burden)
        if seat.room:  # also who had room before may be able to do more now
            self.freed(seat)
        return seat

    def drop(self, name: str) -> None:
        """They never came: that was undone."""
        seat = self.by_name.pop(name)
        self._static(seat, 1 << seat.number)
        self.here &= ~(1 << seat.number)
        self._flip(seat, seat.room)
        self._rate(seat, -1.0)
        self._unordered[seat] = None
        self.order()
        self._by_number[seat.number] = None
        self._vacant.append(seat.number)

    def load(self, seat: Seat, burden: Burden) -> None:
        """They have more or less than before, or got or ended one at another time."""
        seat.burden = burden
        self._room(seat)
        if self._rates:
            self._rate(seat, ratio(seat.agent, burden.load))

    def set_scheme(self, scheme: Scheme, burdens: Burdens) -> None:
        """Room is another thing from now on; each load is to be set anew."""
        for kind in self.burdens.kinds:
            burdens.kind(kind)
        self.burdens = burdens
        self._notice(scheme)

    def kind(self, kind: str) -> int:
        """The number of a channel kind; a new one is asked of everybody once."""
        number = self.burdens.kind(kind)
        if number == len(self.free):
            self.free.append(0)
            for seat in self.by_name.values():
                self._room(seat)
        return number

    # --- questions -----------------------------------------------------------------------------

    def named(self, names: Iterable[str]) -> int:
        bits = 0
        for name in names:
            seat = self.by_name.get(name)
            if seat is not None:
                bits |= 1 << seat.number
        return bits

    def each(self, bits: int) -> Iterator[Seat]:
        for number in numbers(bits):
            seat = self._by_number[number]
            if seat is not None:
                yield seat

    def longest_idle(self, able: int) -> Seat:
        """The first of these in (idle since, id); there is one, and all of them have room."""
        if able & (able - 1) == 0:
            return self._sitting(able)
        self.order()
        first = self._idle.first(able)
        return first[-1] if first else self._sitting(able)

    def next_in_turn(self, able: int) -> Seat:
        """The first of these in (turn, idle since, id); there is one, and all have room."""
        self.order()
        first = self._turns.first(able)
        return first[-1] if first else self._sitting(able)

    def _sitting(self, one: int) -> Seat:
        return next(self.each(one & -one))

    def least_loaded(self, able: int) -> int:
        """Those of them with the lowest share of their units taken."""
        return next(found for ratio in sorted(self.tiers) if (found := able & self.tiers[ratio]))

    # --- keeping -------------------------------------------------------------------------------

    def order(self) -> None:
        """Put those who moved where they belong. Who took work and is full again needs no place."""
        for seat in self._unordered:
            number = seat.number
            if number in self._idle.of:
                self._idle.remove(number)
                if self._takes_turns:
                    self._turns.remove(number)
            if seat.room:
                self._idle.add((seat.idle, seat.agent.id, number, seat))
                if self._takes_turns:
                    self._turns.add((seat.turn, seat.idle, seat.agent.id, number, seat))
        self._unordered.clear()

    def _notice(self, scheme: Scheme) -> None:
        """Orders that no strategy asks for are not kept."""
        self.order()
        used = set(scheme.strategies.values())
        self._rates, self._takes_turns = "least_loaded" in used, "round_robin" in used
        self.tiers, self._turns = {}, Among()
        for seat in self.by_name.values():
            seat.ratio = -1.0
            if self._takes_turns and seat.number in self._idle.of:
                self._turns.add((seat.turn, seat.idle, seat.agent.id, seat.number, seat))

    def _new(self, agent: Agent, burden: Burden) -> Seat:
        number = self._vacant.pop() if self._vacant else len(self._by_number)
        seat = Seat(number, agent, burden)
        if number == len(self._by_number):
            self._by_number.append(seat)
        self._by_number[number] = seat
        self.by_name[agent.id] = seat
        return seat

    def _static(self, seat: Seat, before: int) -> None:
        """Write into each set what they can do; with their bit in `before`, take it out."""
        bit = 1 << seat.number
        agent = seat.agent
        known: tuple[tuple[dict[Any, int], Iterable[Any]], ...] = (
            (self.own, agent.teams), (self.helped, agent.secondary),
            (self.skilled, seat.capabilities))  # fmt: skip
        for table, names in known if agent.enabled else ():
            for name in names:
                held = table.get(name, 0)
                table[name] = held & ~bit if before else held | bit
        self.version += 1
        self.shrunk |= bool(before)
        seat.own = seat.helped = seat.seen = 0

    def _see_presence(self, seat: Seat) -> None:
        bit = 1 << seat.number
        seat.online = seat.agent.presence == "online" and seat.agent.enabled
        if seat.agent.presence in HERE and seat.agent.enabled:
            self.here |= bit
        elif self.here & bit:
            self.here ^= bit
            self.shrunk = True

    def _room(self, seat: Seat) -> None:
        """The bits of the kinds for which the answer is another one now."""
        room = 0
        if seat.online:
            room = seat.burden.room.get(seat.terms, -1)
            if room < 0:
                room = self.burdens.room(seat.burden, seat.agent, seat.terms)
        flipped = room ^ seat.room
        if flipped:
            self._flip(seat, flipped)
            if flipped & room:
                self.freed(seat)
        if room or seat.number in self._idle.of:
            self._unordered[seat] = None
            if len(self._unordered) > SLACK:
                self.order()

    def _flip(self, seat: Seat, kinds: int) -> None:
        bit = 1 << seat.number
        seat.room ^= kinds
        while kinds:
            least = kinds & -kinds
            self.free[least.bit_length() - 1] ^= bit
            kinds ^= least

    def _rate(self, seat: Seat, now: float) -> None:
        """Put them among those who have as much to do."""
        if seat.ratio == now:
            return
        bit = 1 << seat.number
        if seat.ratio >= 0.0 and (left := self.tiers.get(seat.ratio, 0) & ~bit):
            self.tiers[seat.ratio] = left
        else:
            self.tiers.pop(seat.ratio, None)
        if now >= 0.0:
            self.tiers[now] = self.tiers.get(now, 0) | bit
        seat.ratio = now


def same_abilities(one: Agent, other: Agent) -> bool:
    return one is other or (
        one.enabled == other.enabled and one.teams == other.teams
        and one.secondary == other.secondary and one.skills == other.skills
    )  # fmt: skip


def capabilities(agent: Agent) -> frozenset[Capability]:
    return frozenset((skill, level) for skill, most in agent.skills.items()
                     for level in range(1, most + 1))  # fmt: skip
