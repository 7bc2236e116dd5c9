"""What a decision was made on, kept so that it can be explained and made once more. Pure values.

A record names how agents stood by the hash of it: many decisions share one, and it is kept once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from router.core.choosing import agent_first, level
from router.core.need import Need, Waiting, lacking
from router.core.people import Agent, Load
from router.core.scheme import Scheme, Strategy
from wire.messages.base import Said, Wire, say

# Of those who could, the best so many are kept; of those who could not, so many one by one.
CANDIDATES, REFUSED, REASONS = 20, 200, 48
# Of more than so many, each reason still names a few.
FEW = 3
# "Never" as a time: JSON knows no infinity.
NEVER = 1e18


class Stand(Wire, frozen=True):
    """An agent and what they had, as a decision saw them; whose turn it is stands apart."""

    agent: Agent
    load: Load


class Candidate(Wire, frozen=True):
    """Somebody who could take it. `stand` is a name; the lowest score is asked first."""

    stand: str
    idle_since: float
    turn: int
    score: tuple[float | str, ...]


class Group(Wire, frozen=True):
    """Those who could not for one and the same reason: the first that holds. `more` go unnamed."""

    said: Said
    stands: tuple[str, ...] = ()
    more: int = 0


class Record(Wire, frozen=True):
    """A decision about one conversation. Whom it refused stands beside it: often many share that.

    `because` is there when a person decided, and not the desk.
    """

    conversation: int
    at: float
    trigger: str
    # As it stood then, each step taken that was due.
    waiting: Waiting
    strategy: Strategy
    # As it was when it began to wait, where a step was taken since.
    first: Waiting | None = None
    # Who served this customer last, while they are asked before all others.
    served: str = ""
    # Best first; `able` of them there were.
    candidates: tuple[Candidate, ...] = ()
    able: int = 0
    winner: str = ""
    because: Said | None = None
    # Until when the winner was asked for it; 0 when it was theirs at once.
    offered: float = 0.0
    # Many were given out at once, so that as many as possible found somebody: not each the first.
    together: bool = False
    # The name of the weights and what admits what.
    scheme: str = ""
    # What is told beside the reasons and decides nothing: how each of those who rest from it let it
    # go, and when room comes back by itself.
    let_go: dict[str, str] = {}
    frees: dict[str, float] = {}
    rules: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    targets: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A record with all that it names."""

    record: Record
    refused: tuple[Group, ...]
    scheme: Scheme
    stands: Mapping[str, Stand]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who got it, and each other's reason."""

    winner: str
    reasons: Mapping[str, Said]


def replay(case: Case) -> Outcome:
    """The decision made once more, from nothing but what was recorded."""
    record = case.record
    reasons: dict[str, Said] = {}
    able: list[tuple[tuple[Any, ...], str]] = []
    for agent, load in people(case):
        said = lacking(agent, load, record.waiting.need, case.scheme, record.at)
        if said is not None:
            reasons[agent.id] = said
        else:
            able.append((score(agent, load, record.waiting, record.strategy), agent.id))
    if record.because is not None:
        return Outcome(record.winner, reasons)
    if record.together:
        return Outcome(next((name for _, name in able if name == record.winner), ""), reasons)
    return Outcome(min(able, default=((), ""))[1], reasons)


def people(case: Case) -> Iterable[tuple[Agent, Load]]:
    """Everybody whom the record names, as they stood."""
    for one in case.record.candidates:
        stand = case.stands[one.stand]
        yield replace(stand.agent, idle_since=one.idle_since, turn=one.turn), stand.load
    for group in case.refused:
        for name in group.stands:
            yield case.stands[name].agent, case.stands[name].load


def score(agent: Agent, load: Load, waiting: Waiting, strategy: Strategy) -> tuple[Any, ...]:
    """The lowest is asked first; `meanings` says what each place of it is."""
    if strategy == "scored":  # level against waiting comes before what it asked at first
        ring, mine, *rest = agent_first(agent, load, waiting, "best_level")
        return mine, -level(agent, waiting.need), ring, *rest
    ring, mine, *rest = agent_first(agent, load, waiting, strategy)
    return mine, ring, *rest


def meanings(strategy: Strategy) -> tuple[str, ...]:
    """What the places of a score are, in their order."""
    inner = {"least_loaded": ("load",), "best_level": ("level",), "scored": ("level",),
             "round_robin": ("turn",), "longest_idle": ()}[strategy]  # fmt: skip
    head = ("team", "level") if strategy == "scored" else ("team",)
    return *head, "ring", *inner, "idle", "id"


def finite(waiting: Waiting) -> Waiting:
    """The same with "never" as a number that JSON has."""
    if not waiting.need.without and not waiting.rings:
        return waiting
    return replace(waiting, need=_finite(waiting.need),
                   rings=tuple(_finite(need) for need in waiting.rings))  # fmt: skip


def _finite(need: Need) -> Need:
    return replace(need, without=tuple((name, min(until, NEVER)) for name, until in need.without))


def bounded(found: Iterable[tuple[Said, list[str]]]) -> tuple[Group, ...]:
    """So many named one by one, in the order of their reasons; the rest are counted."""
    groups: list[Group] = []
    room, beyond = REFUSED, 0
    for said, names in found:
        if len(groups) == REASONS:
            beyond += len(names)
            continue
        named = tuple(names[: max(room, FEW)])
        room = max(room - len(named), 0)
        groups.append(Group(said=said, stands=named, more=len(names) - len(named)))
    if beyond:
        groups.append(Group(said=OTHERWISE, more=beyond))
    return tuple(groups)


OTHERWISE = say("cannot take it, each for a reason of their own")
