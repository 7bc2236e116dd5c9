"""How many agents it takes: days played through the core, with fewer and more of them. Pure.

Chance is an argument. What is served in time is counted against all that came (served within the
goal's time / offered); its interval is that of a ratio over independent days, 95 %.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import inf, sqrt
from typing import Protocol, TypeVar

from router.core.desk import Desk
from router.core.need import Need, Waiting
from router.core.people import Agent
from router.core.playing.erlang import Line, erlang_a, erlang_c
from router.core.playing.player import Arrival, Shift, play
from router.core.scheme import Scheme

T = TypeVar("T")
TEAM = "team"
# Days of one look, and the most of one number of agents.
BATCH, MOST = 10, 200
# No desk has more.
AGENTS = 5_000


class Chance(Protocol):
    """As much of `random.Random` as is asked here."""

    def expovariate(self, lambd: float) -> float: ...

    def choice(self, seq: Sequence[T]) -> T: ...


@dataclass(frozen=True, slots=True)
class Sort:
    """Work of one channel kind: how long it takes. Seconds; a sample, or a mean alone."""

    kind: str
    handling: tuple[float, ...] = ()
    mean: float = 0.0

    def service(self, chance: Chance) -> float:
        return chance.choice(self.handling) if self.handling else chance.expovariate(1 / self.mean)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the day: how many come a second, of which sorts, and whether that is counted."""

    length: float
    rate: float
    sorts: tuple[Sort, ...]
    # Spans of one group have the same number of agents.
    group: int
    counted: bool = True


@dataclass(frozen=True)
class Ask:
    """What is to be known. `patience` is a mean, in seconds; `share` of all within `soon`."""

    spans: tuple[Span, ...]
    scheme: Scheme
    share: float
    soon: float
    capacity: int = 6
    patience: float = inf
    # A day is so many times as busy as the usual one.
    factors: tuple[float, ...] = (1.0,)
    # An interval of so much to each side is narrow enough (a share).
    narrow: float = 0.01

    @property
    def groups(self) -> int:
        return 1 + max(span.group for span in self.spans)


@dataclass(slots=True)
class Tally:
    """What was counted of a group, a number a day."""

    came: list[int] = field(default_factory=list)
    soon: list[int] = field(default_factory=list)
    gave_up: int = 0
    waited: float = 0.0
    held: float = 0.0

    @property
    def share(self) -> float:
        """Without anybody who came, all were served in time."""
        return sum(self.soon) / sum(self.came) if sum(self.came) else 1.0

    @property
    def wait(self) -> float:
        return self.waited / sum(self.came) if sum(self.came) else 0.0

    @property
    def margin(self) -> float:
        """Half of the 95 % interval of the share; Student's factor to three digits."""
        days, came = len(self.came), sum(self.came)
        if not came:
            return 0.0
        if days < 2:
            return 1.0
        square = sum((s - self.share * c) ** 2 for s, c in zip(self.soon, self.came, strict=True))
        factor = 1.96 + 2.5 / (days - 1)
        return factor * sqrt(square / (days - 1) / days) / (came / days)


def day(ask: Ask, agents: Sequence[int], chance: Chance, tallies: Sequence[Tally]) -> None:
    """One day, with so many agents in each group of spans; it is added to the tallies."""
    desk = Desk()
    desk.set_scheme(ask.scheme)
    for number in range(max(agents)):
        name = f"{number:05}"
        desk.put_agent(Agent(name, name, (TEAM,), capacity=ask.capacity))
    begins, at = [], 0.0
    for span in ask.spans:
        begins.append(at)
        at += span.length
    factor = chance.choice(ask.factors)
    of: dict[int, int] = {}
    for tally in tallies:
        tally.came.append(0)
        tally.soon.append(0)
    arrivals = _arrivals(ask, begins, factor, chance, of)
    for played in play(desk, arrivals, _shifts(ask, begins, agents), until=at):
        span = ask.spans[of.pop(played.arrival.waiting.conversation)]
        if not span.counted:
            continue
        tally = tallies[span.group]
        tally.came[-1] += 1
        wait = at - played.arrival.at if played.wait is None else played.wait
        tally.waited += wait
        tally.held += played.arrival.service if played.agent else 0.0
        tally.gave_up += not played.agent and played.ended is not None
        tally.soon[-1] += bool(played.agent) and wait <= ask.soon


def _arrivals(ask: Ask, begins: Sequence[float], factor: float, chance: Chance,
              of: dict[int, int]) -> Iterator[Arrival]:  # fmt: skip
    number = 0
    for place, (span, begin) in enumerate(zip(ask.spans, begins, strict=True)):
        at = begin
        while span.rate > 0:
            at += chance.expovariate(span.rate * factor)
            if at >= begin + span.length:
                break
            number += 1
            of[number] = place
            sort = chance.choice(span.sorts)
            patience = chance.expovariate(1 / ask.patience) if ask.patience < inf else inf
            waiting = Waiting(number, Need(TEAM, sort.kind), at, entered=at)
            yield Arrival(at, waiting, sort.service(chance), patience)


def _shifts(ask: Ask, begins: Sequence[float], agents: Sequence[int]) -> Iterator[Shift]:
    """Who has work at the end of a shift ends it; they get no more."""
    there = 0
    for span, begin in zip(ask.spans, begins, strict=True):
        wanted = agents[span.group]
        for number in range(min(there, wanted), max(there, wanted)):
            yield Shift(begin, f"{number:05}", "online" if wanted > there else "offline")
        there = wanted


# --- how sure, and how many ----------------------------------------------------------------------


def measured(
    ask: Ask, agents: Sequence[int], chances: Callable[[int], Chance],
    tell: Callable[[], None] = lambda: None, *, narrow: bool = True,
) -> list[Tally]:  # fmt: skip
    """Days until each interval is narrow; else only until each says whether the goal is kept."""
    tallies = [Tally() for _ in range(ask.groups)]
    for number in range(MOST):
        day(ask, agents, chances(number), tallies)
        tell()
        if number % BATCH == BATCH - 1 and all(_sure(ask, one, narrow) for one in tallies):
            break
    return tallies


def _sure(ask: Ask, tally: Tally, narrow: bool) -> bool:
    if tally.margin <= ask.narrow:
        return True
    return not narrow and abs(tally.share - ask.share) > tally.margin


def fewest(ask: Ask, chances: Callable[[int], Chance], tell: Callable[[], None] = lambda: None
           ) -> list[int]:  # fmt: skip
    """The smallest numbers that keep the goal, group by group, from Erlang's on.

    Each number is tried with the same days. Groups are moved together, as each passes on what it
    leaves undone; one that is short once stays above that number.
    """
    agents = [erlang(ask, group)[0] for group in range(ask.groups)]
    short, kept = [0] * ask.groups, [AGENTS] * ask.groups
    while True:
        tallies = measured(ask, agents, chances, tell, narrow=False)
        for group, tally in enumerate(tallies):
            if not sum(tally.came):
                kept[group], short[group] = agents[group], agents[group] - 1
            elif tally.share >= ask.share:
                kept[group] = min(kept[group], agents[group])
            else:
                short[group] = max(short[group], agents[group])
                kept[group] = AGENTS if kept[group] <= short[group] else kept[group]
        after = [_next(*each) for each in zip(short, kept, agents, strict=True)]
        if after == agents:
            return agents
        agents = after


def _next(short: int, kept: int, agents: int) -> int:
    """One more, one less, or that one."""
    if kept == AGENTS:
        return min(short + 1, AGENTS - 1)
    return kept - 1 if kept - 1 > short else kept


def erlang(ask: Ask, group: int) -> tuple[int, Line]:
    """The fewest by Erlang's formula (A with patience, else C), each span by itself."""
    spans = [span for span in ask.spans if span.group == group and span.counted]
    best = 0, Line(0.0, 0.0, 0.0, soon=1.0)
    for span in spans:
        if span.rate > 0:
            found = _erlang(ask, span)
            best = max(best, found, key=lambda one: one[0])
    return best


def _erlang(ask: Ask, span: Span) -> tuple[int, Line]:
    mean, at_once = handling(span), together(ask, span)
    agents = 1
    while agents < AGENTS - 1:
        line = formula(agents * at_once, span.rate, mean, ask)
        if line is not None and line.soon >= ask.share:
            return agents, line
        agents += 1
    return agents, Line(1.0, inf, inf)


def formula(servers: int, rate: float, mean: float, ask: Ask) -> Line | None:
    """None where the line would grow for ever."""
    if ask.patience < inf:
        return erlang_a(servers, rate, 1 / ask.patience, 1 / mean, ask.soon)
    return erlang_c(servers, rate, 1 / mean, ask.soon) if rate * mean < servers else None


def handling(span: Span) -> float:
    means = [sum(s.handling) / len(s.handling) if s.handling else s.mean for s in span.sorts]
    return sum(means) / len(means)


def together(ask: Ask, span: Span) -> int:
    """So many of them one agent has at once."""
    weights = [ask.scheme.weight(sort.kind) for sort in span.sorts]
    return max(1, int(ask.capacity / (sum(weights) / len(weights))))
