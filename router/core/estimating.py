"""Where a conversation stands in the queue and how long it will wait, with an interval. Pure.

Who is ahead goes first, each when somebody who could take this one too has ended something; some of
them give up before. That is a sum of exponential times: its mean and its spread are exact, and the
interval is that of the gamma distribution that has both. How fast work ends and who gives up is
watched; so is how often the interval held, and it is widened or narrowed until 80 % do.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from heapq import nsmallest
from math import inf, sqrt

from router.core.desk import Desk
from router.core.need import Need, unfit
from router.core.people import Agent
from router.core.relaxing import HERE
from router.core.scheme import Scheme

# What was watched so long ago counts half (seconds).
HALF = 3_600.0
# Of a normal distribution: a tenth lies beyond on each side.
TENTH = 1.2816
# How quickly the interval follows what is seen, and how far it may go.
GAIN, NARROWEST, WIDEST = 0.03, 0.3, 4.0
# Requirements that are compared with the asked one, so many of the most frequent.
COMPARED = 20
# New ones in a look whose forecasts are remembered, to see whether they held.
SAMPLED, REMEMBERED = 50, 5_000


@dataclass(frozen=True, slots=True)
class Standing:
    """`position` counts from 1. Seconds from now; None when nobody who is here could take it."""

    position: int
    mean: float | None = None
    # Eight of ten wait between these.
    low: float | None = None
    high: float | None = None


@dataclass(slots=True)
class Rate:
    """Events a second, as seen lately."""

    seen: float = 0.0
    seconds: float = 0.0

    def add(self, seen: float, seconds: float, fading: float) -> None:
        self.seen = self.seen * fading + seen
        self.seconds = self.seconds * fading + seconds

    def value(self, unknown: float = 0.0) -> float:
        """Before anything was seen, the unknown is worth one event."""
        weight = 1.0 / unknown if unknown else 0.0
        seen, seconds = self.seen + (1.0 if unknown else 0.0), self.seconds + weight
        return seen / seconds if seconds > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """Agents who are alike to routing, and what they hold together, by kind."""

    like: Agent
    holds: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Forecast:
    """What was said of one that waits, and when; `raw` is the mean before what was learnt."""

    at: float
    raw: float
    low: float
    high: float


# A conversation takes ten minutes where nothing is known.
USUAL = 1 / 600.0


@dataclass
class Estimates:
    """Mutable, owned by the lane's loop; it only looks at the desk."""

    # By channel kind: how often one that is held ends.
    ends: dict[str, Rate] = field(default_factory=dict)
    # How often one that waits is gone without having been begun.
    gives_up: Rate = field(default_factory=Rate)
    # What was learnt: the true mean over the raw one, and how wide the interval is down and up.
    bias: float = 1.0
    down: float = 1.0
    up: float = 1.0
    _at: float | None = None
    _held: dict[int, str] = field(default_factory=dict)
    _waiting: frozenset[int] = frozenset()
    _said: dict[int, Forecast] = field(default_factory=dict)
    _waited: float = 0.0
    _expected: float = 0.0
    _groups: list[Group] = field(default_factory=list)
    _lines: list[tuple[Need, int]] = field(default_factory=list)
    _speeds: dict[Need, tuple[float, float]] = field(default_factory=dict)

    def know(self, kind: str, ended: float, seconds: float) -> None:
        """What was seen before this began to look."""
        self.ends.setdefault(kind, Rate()).add(ended, seconds, 1.0)

    # --- watching ------------------------------------------------------------------------------

    def look(self, desk: Desk, now: float) -> None:
        """Every few seconds: what ended, who gave up, and how the forecasts held."""
        held = {number: one.kind for number, one in desk.held.items() if not one.offer}
        waiting = frozenset(desk.waiting)
        if self._at is not None and now > self._at:
            self._count(held, waiting, desk, now - self._at)
        self._learn(held, waiting, desk, now)
        self._at, self._held, self._waiting = now, held, waiting
        self._survey(desk)
        for number in nsmallest(SAMPLED, waiting - self._said.keys()):
            self._foretell(desk, number, now)

    def _count(self, held: dict[int, str], waiting: frozenset[int], desk: Desk,
               seconds: float) -> None:  # fmt: skip
        fading = 0.5 ** (seconds / HALF)
        ended = Counter(kind for number, kind in self._held.items() if number not in held)
        for kind, count in Counter(self._held.values()).items():
            self.ends.setdefault(kind, Rate()).add(ended[kind], count * seconds, fading)
        gone = sum(1 for number in self._waiting
                   if number not in waiting and number not in desk.held)  # fmt: skip
        self.gives_up.add(gone, len(self._waiting) * seconds, fading)

    def _foretell(self, desk: Desk, number: int, now: float) -> None:
        found = self._reckoned(desk, number, now)
        if found is not None and len(self._said) < REMEMBERED:
            raw, spread = found
            self._said[number] = Forecast(now, raw, *self._interval(raw, spread))

    def _learn(self, held: dict[int, str], waiting: frozenset[int], desk: Desk,
               now: float) -> None:  # fmt: skip
        """Who gave up would have waited on: what was left of their forecast is added."""
        for number in [number for number in self._said if number not in waiting]:
            said = self._said.pop(number)
            waited = now - said.at
            if number in held:
                self._held_true(said, waited)
            elif number not in desk.held:
                waited += max(said.raw * self.bias - waited, said.raw * self.bias / 2)
            self._waited = self._waited * (1 - GAIN) + waited * GAIN
            self._expected = self._expected * (1 - GAIN) + said.raw * GAIN
            self.bias = min(max((self._waited + 10.0 * GAIN) / (self._expected + 10.0 * GAIN),
                                0.25), 4.0)  # fmt: skip

    def _held_true(self, said: Forecast, waited: float) -> None:
        """A tenth may lie below, a tenth above: who does widens, who does not narrows."""
        self.down = _within(self.down + GAIN * ((waited < said.low) - 0.1))
        self.up = _within(self.up + GAIN * ((waited > said.high) - 0.1))

    # --- telling -------------------------------------------------------------------------------

    def standing(self, desk: Desk, conversation: int, now: float) -> Standing | None:
        """None when it does not wait."""
        if conversation not in desk.waiting:
            return None
        if not self._groups:
            self._survey(desk)
        position = 1 + desk.position(conversation, now).all
        found = self._reckoned(desk, conversation, now)
        if found is None:
            return Standing(position)
        return Standing(position, found[0] * self.bias, *self._interval(*found))

    def _interval(self, raw: float, spread: float) -> tuple[float, float]:
        mean, deviation = raw * self.bias, spread * self.bias
        return (_quantile(mean, deviation, -TENTH * self.down),
                _quantile(mean, deviation, TENTH * self.up))  # fmt: skip

    def _reckoned(self, desk: Desk, conversation: int, now: float) -> tuple[float, float] | None:
        """Mean and standard deviation of what is left to wait."""
        waiting = desk.waiting[conversation]
        if waiting.need not in self._speeds:
            self._speeds[waiting.need] = self._speed(waiting.need, desk.scheme)
        speed, others = self._speeds[waiting.need]
        if speed <= 0.0:
            return None
        place = desk.position(conversation, now)
        ahead = place.line + (place.all - place.line) * others
        return _drained(ahead, speed, self.gives_up.value())

    # --- who could take what -------------------------------------------------------------------

    def _survey(self, desk: Desk) -> None:
        """Agents who are alike are looked at once, and so are those who wait for the same."""
        self._speeds.clear()
        loads, found = desk.loads, dict[object, tuple[Agent, Counter[str]]]()
        for agent in desk.agents.values():
            if agent.presence in HERE and agent.enabled:
                like = (agent.teams, agent.secondary, tuple(sorted(agent.skills.items())))
                _, holds = found.setdefault(like, (agent, Counter()))
                load = loads.get(agent.id)
                if load is not None:
                    holds.update({kind: n for kind, n in load.kinds.items() if n > 0})
        self._groups = [Group(agent, holds) for agent, holds in found.values()]
        needs = Counter(waiting.need for waiting in desk.waiting.values())
        self._lines = needs.most_common(COMPARED)

    def _speed(self, need: Need, scheme: Scheme) -> tuple[float, float]:
        """How fast room for it comes, and how much of it others who wait take, each on average."""
        mine = self._speeds_of(need, scheme)
        speed, taken, counted = sum(mine), 0.0, 0
        for other, count in self._lines:
            if other == need:
                continue
            theirs = self._speeds_of(other, scheme)
            whole = sum(theirs)
            if whole > 0:
                taken += count * sum(t for t, m in zip(theirs, mine, strict=True) if m > 0) / whole
            counted += count
        return speed, taken / counted if counted else 1.0

    def _speeds_of(self, need: Need, scheme: Scheme) -> list[float]:
        asked, weight = replace(need, only=()), max(scheme.weight(need.kind), 1)
        return [
            sum(count * self._end(kind) * min(1.0, scheme.weight(kind) / weight)
                for kind, count in group.holds.items())
            if unfit(group.like, asked) is None else 0.0
            for group in self._groups
        ]  # fmt: skip

    def _end(self, kind: str) -> float:
        known = self.ends.get(kind)
        return known.value(USUAL) if known is not None else USUAL


def _drained(ahead: float, speed: float, leaving: float) -> tuple[float, float]:
    """Until all who are ahead are gone and room comes once more: its mean and deviation."""
    mean = variance = 0.0
    whole = int(ahead)
    if leaving <= speed * 1e-9 or whole > 2_000:  # none leaves; or so many that a sum is too long
        steps = ahead + 1.0
        rate = speed + leaving * min(ahead, 2_000.0) / 2
        return steps / rate, sqrt(steps) / rate
    for stage in range(whole + 1):
        rate = speed + stage * leaving
        mean, variance = mean + 1 / rate, variance + 1 / rate**2
    part, rate = ahead - whole, speed + (whole + 1) * leaving
    return mean + part / rate, sqrt(variance + part / rate**2)


def _quantile(mean: float, deviation: float, normal: float) -> float:
    """Of the gamma distribution with these two (Wilson and Hilferty's cube root)."""
    shape = (mean / deviation) ** 2 if deviation > 0 else inf
    if shape == inf:
        return mean
    root = 1 - 1 / (9 * shape) + normal / (3 * sqrt(shape))
    return mean * max(root, 0.0) ** 3


def _within(width: float) -> float:
    return min(max(width, NARROWEST), WIDEST)
