"""What was counted in each batch of customers, and what follows: means with standard errors.

Batches are long beside everything that the desk remembers, so they are as good as independent.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

Column = list[float]


@dataclass(frozen=True, slots=True)
class Estimate:
    value: float
    error: float


@dataclass(slots=True)
class Tally:
    """Sums by batch, for one class of customers. Who found no place only `came`."""

    batches: int
    came: Column = field(init=False)
    entered: Column = field(init=False)
    delayed: Column = field(init=False)
    waited: Column = field(init=False)
    served: Column = field(init=False)
    wait_of_served: Column = field(init=False)
    soon: Column = field(init=False)
    # By the pool that has their name.
    by_own: Column = field(init=False)

    def __post_init__(self) -> None:
        for name in ("came", "entered", "delayed", "waited", "served", "wait_of_served", "soon",
                     "by_own"):  # fmt: skip
            setattr(self, name, [0.0] * self.batches)


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one run: who came, how long each batch lasted, how long each pool was at work."""

    tallies: dict[str, Tally]
    lam: dict[str, float]
    lasted: Column
    busy: dict[str, Column]
    sizes: dict[str, int]
    # Squares of how long an agent was idle, and how often one was.
    idle: tuple[Column, Column]
    # Times how many waited.
    line: Column
    arrivals: int
    seconds: float

    def wait(self, *names: str) -> Estimate:
        """Of who entered, until served or gone."""
        return self._share("waited", "entered", names)

    def p_wait(self, *names: str) -> Estimate:
        return self._share("delayed", "entered", names)

    def wait_of_served(self, *names: str) -> Estimate:
        return self._share("wait_of_served", "served", names)

    def soon(self, *names: str) -> Estimate:
        """Served within the time, of all who entered."""
        return self._share("soon", "entered", names)

    def lost(self, *names: str) -> Estimate:
        """Who lost patience, of all who entered."""
        served = self._share("served", "entered", names)
        return Estimate(1 - served.value, served.error)

    def blocked(self, *names: str) -> Estimate:
        """Who found no place, of all who came."""
        entered = self._share("entered", "came", names)
        return Estimate(1 - entered.value, entered.error)

    def by_own(self, *names: str) -> Estimate:
        return self._share("by_own", "served", names)

    def busy_share(self, *pools: str) -> Estimate:
        """How busy the agents of these pools are, on the average."""
        size = sum(self.sizes[pool] for pool in pools)
        return ratio(
            added([self.busy[pool] for pool in pools]), [size * one for one in self.lasted]
        )

    def idle_square(self) -> Estimate:
        """The mean square of an agent's idle time: the least where the longest idle goes first."""
        return ratio(*self.idle)

    def queue_share(self, name: str) -> Estimate:
        """How many of those who wait are theirs."""
        return ratio(self.tallies[name].waited, self._sum("waited", tuple(self.tallies)))

    def queue(self) -> Estimate:
        """The sum of `lam * W` over the classes: how many wait on the average."""
        return combined([(rate, self.tallies[name].waited, self.tallies[name].entered)
                         for name, rate in self.lam.items()])  # fmt: skip

    def wait_beside(self, queue: float, name: str, than: str = "") -> Estimate:
        """A class's wait (less another's), the mean queue being known to be that."""
        parts = [(1.0, self.tallies[name].waited, self.tallies[name].entered)]
        if than:
            parts.append((-1.0, self.tallies[than].waited, self.tallies[than].entered))
        return controlled(parts, (self.line, self.lasted), queue)

    def waiting(self) -> Estimate:
        """How many wait, looked at all the time."""
        return ratio(self.line, self.lasted)

    def _share(self, over: str, under: str, names: Sequence[str]) -> Estimate:
        return ratio(self._sum(over, names), self._sum(under, names))

    def _sum(self, column: str, names: Sequence[str]) -> Column:
        """Of all classes where none is named."""
        return added([getattr(self.tallies[name], column) for name in names or self.tallies])


def added(columns: Sequence[Column]) -> Column:
    return [math.fsum(row) for row in zip(*columns, strict=True)]


def ratio(over: Column, under: Column) -> Estimate:
    return combined([(1.0, over, under)])


def combined(parts: Sequence[tuple[float, Column, Column]]) -> Estimate:
    """A sum of ratios of sums; its error from how the batches differ (the delta method)."""
    value, deviations = _batchwise(parts)
    return Estimate(value, _error(deviations, 1))


def controlled(parts: Sequence[tuple[float, Column, Column]], line: tuple[Column, Column],
               exact: float) -> Estimate:  # fmt: skip
    """The same less what the luck of the draw explains, where the mean of something is known.

    The queue of a run is longer or shorter than theory's by chance; with it go all waits. A
    regression over the batches takes that part away (control variates).
    """
    value, deviations = _batchwise(parts)
    by_chance, lines = _batchwise([(1.0, *line)])
    slope = _product(deviations, lines) / _product(lines, lines)
    rest = [one - slope * other for one, other in zip(deviations, lines, strict=True)]
    return Estimate(value - slope * (by_chance - exact), _error(rest, 2))


def _batchwise(parts: Sequence[tuple[float, Column, Column]]) -> tuple[float, Column]:
    """The value and by how much each batch moves it."""
    value, deviations = 0.0, [0.0] * len(parts[0][1])
    for factor, over, under in parts:
        whole = math.fsum(under)
        one = math.fsum(over) / whole
        value += factor * one
        for batch, (x, y) in enumerate(zip(over, under, strict=True)):
            deviations[batch] += factor * (x - one * y) / whole
    return value, deviations


def _error(deviations: Column, estimated: int) -> float:
    batches = len(deviations)
    spread = math.fsum(deviation**2 for deviation in deviations)
    return math.sqrt(batches / (batches - estimated) * spread)


def _product(left: Column, right: Column) -> float:
    return math.fsum(one * other for one, other in zip(left, right, strict=True))
