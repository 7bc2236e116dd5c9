"""What agents have, as a small machine: from each state it is known where one more or less leads.

Thousands of agents are in a few hundred states, so nothing is counted twice: O(1) a change. Pure.
"""

from collections.abc import Iterable

from router.core.people import Agent, Load, has_room
from router.core.scheme import Scheme

# Capacity and own limits: agents of equal terms have equal room in equal states.
Terms = tuple[int, tuple[tuple[str, int], ...]]


class Burden:
    """A state. `room` by terms: a bit for each channel kind of which one more would fit."""

    __slots__ = ("less", "load", "more", "room")

    def __init__(self, load: Load) -> None:
        self.load = load
        self.more: dict[str, Burden] = {}
        self.less: dict[str, Burden] = {}
        self.room: dict[Terms, int] = {}


class Burdens:
    """All states under one scheme, and the channel kinds that anything asked of so far."""

    def __init__(self, scheme: Scheme, kinds: Iterable[str] = ()) -> None:
        self.scheme = scheme
        self.kinds: dict[str, int] = {kind: number for number, kind in enumerate(kinds)}
        self._known: dict[frozenset[tuple[str, int]], Burden] = {}
        self.nothing = self._state({})

    def kind(self, kind: str) -> int:
        """Its number. What a kind that was never seen has room for is not known yet."""
        number = self.kinds.get(kind)
        if number is None:
            number = self.kinds[kind] = len(self.kinds)
            for burden in self._known.values():
                burden.room.clear()
        return number

    def plus(self, burden: Burden, kind: str) -> Burden:
        after = burden.more.get(kind)
        if after is None:
            after = burden.more[kind] = self._changed(burden, kind, 1)
        return after

    def minus(self, burden: Burden, kind: str) -> Burden:
        after = burden.less.get(kind)
        if after is None:
            after = burden.less[kind] = self._changed(burden, kind, -1)
        return after

    def of(self, kinds: Iterable[str]) -> Burden:
        burden = self.nothing
        for kind in kinds:
            burden = self.plus(burden, kind)
        return burden

    def room(self, burden: Burden, agent: Agent, terms: Terms) -> int:
        """The kinds of which one more fits."""
        room = burden.room.get(terms)
        if room is None:
            room = burden.room[terms] = sum(
                1 << number for kind, number in self.kinds.items()
                if has_room(agent, burden.load, kind, self.scheme)
            )  # fmt: skip
        return room

    def _changed(self, burden: Burden, kind: str, by: int) -> Burden:
        return self._state(burden.load.kinds | {kind: burden.load.kinds.get(kind, 0) + by})

    def _state(self, counts: dict[str, int]) -> Burden:
        counts = {kind: count for kind, count in counts.items() if count}
        name = frozenset(counts.items())
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = Burden(_load(counts, self.scheme))
        return known


def _load(counts: dict[str, int], scheme: Scheme) -> Load:
    units = {kind: count * scheme.weight(kind) for kind, count in counts.items()}
    light = sum(many for kind, many in units.items() if kind in scheme.interruptible)
    return Load(sum(units.values()), light, counts)


def terms_of(agent: Agent) -> Terms:
    return agent.capacity, tuple(sorted(agent.limits.items()))
