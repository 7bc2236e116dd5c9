"""What was, played again through the core, and how it went: waits, targets kept, loads. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median

from router.core.desk import Desk
from router.core.need import Waiting
from router.core.people import Agent
from router.core.playing.past import Stint
from router.core.playing.player import Arrival, Played, Shift, play
from router.core.scheme import Scheme

# Where no time of its kind is known, one conversation takes so long (seconds).
UNKNOWN_SERVICE = 600.0


@dataclass(frozen=True, slots=True)
class Stay:
    """How one stint went: in which team it waited how long, and who had it for how long."""

    stint: Stint
    team: str
    agent: str = ""
    # Until it was begun or given up, or until the end, when it waits still.
    wait: float = 0.0
    held: float = 0.0
    still: bool = False

    @property
    def begun(self) -> bool:
        return self.agent != ""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What came between two moments, and who was there. `counted` is when counting begins."""

    stints: Sequence[Stint]
    kinds: Mapping[int, str]
    agents: Sequence[Agent]
    shifts: Sequence[Shift]
    counted: float
    until: float
    services: Mapping[int, float] = field(default_factory=dict)


def services(stints: Iterable[Stint], kinds: Mapping[int, str], until: float) -> dict[int, float]:
    """How long each stint was handled; where it never was, the median of its kind."""
    known = {s.number: (s.ended or until) - s.begun for s in stints if s.begun is not None}
    of: dict[str, list[float]] = {}
    for stint in stints:
        if stint.begun is not None and stint.ended is not None:
            of.setdefault(kinds[stint.conversation], []).append(known[stint.number])
    usual = {kind: median(each) for kind, each in of.items()}
    return {
        stint.number: known.get(stint.number, usual.get(kinds[stint.conversation], UNKNOWN_SERVICE))
        for stint in stints
    }


def recorded(traffic: Traffic) -> list[Stay]:
    """As it went."""
    return [
        Stay(stint, stint.team, stint.agent, (_left(stint) or traffic.until) - stint.came,
             traffic.services[stint.number] if stint.begun is not None else 0.0,
             still=_left(stint) is None)
        for stint in traffic.stints if stint.waited and stint.came >= traffic.counted
    ]  # fmt: skip


def _left(stint: Stint) -> float | None:
    """When it left the queue."""
    return stint.ended if stint.begun is None else stint.begun


def replayed(
    traffic: Traffic, scheme: Scheme, waiting: Callable[[Stint], Waiting],
    step: Callable[[float], None] = lambda at: None,
) -> list[Stay]:  # fmt: skip
    """As it would have gone. `waiting` says what each asks; `step` hears how far the play is."""
    desk = Desk()
    desk.set_scheme(scheme)
    for agent in traffic.agents:
        desk.put_agent(agent)
    stints = {stint.number: stint for stint in traffic.stints}
    needs = {number: waiting(stint) for number, stint in stints.items()}
    arrivals = [_arrival(stint, needs[stint.number], traffic) for stint in traffic.stints
                if stint.waited or stint.agent in desk.agents]  # fmt: skip
    stays = []
    for played in play(desk, arrivals, traffic.shifts, until=traffic.until):
        step(played.arrival.at)
        stint = stints[played.arrival.waiting.conversation]
        if stint.waited and stint.came >= traffic.counted:
            stays.append(_stay(stint, played, traffic.until))
    return sorted(stays, key=lambda stay: stay.stint.number)


def _arrival(stint: Stint, waiting: Waiting, traffic: Traffic) -> Arrival:
    patience = float("inf")
    if stint.waited and stint.begun is None and stint.ended is not None:
        patience = stint.ended - stint.came
    service = traffic.services[stint.number]
    return Arrival(stint.came, waiting, service, patience, "" if stint.waited else stint.agent)


def _stay(stint: Stint, played: Played, until: float) -> Stay:
    team, wait = played.arrival.waiting.need.team, played.wait
    if wait is None:
        return Stay(stint, team, wait=until - stint.came, still=True)
    held = 0.0 if played.started is None else (played.ended or until) - played.started
    return Stay(stint, team, played.agent, wait, held)


# --- how it went ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Went:
    """Some stints together. Waits in seconds, of all; who waits still has waited until the end."""

    came: int = 0
    begun: int = 0
    gave_up: int = 0
    waiting: int = 0
    mean: float = 0.0
    p50: float = 0.0
    p90: float = 0.0
    # Of all that came, those begun within their target (served in time / offered).
    within: float = 0.0
    # First answers later than their target.
    breaches: int = 0


# When a stint that came then is to be answered (epoch seconds).
Due = Callable[[Stay], float]


def went(stays: Sequence[Stay], due: Due) -> Went:
    if not stays:
        return Went()
    waits = sorted(stay.wait for stay in stays)
    soon = sum(1 for stay in stays if stay.begun and stay.stint.came + stay.wait <= due(stay))
    return Went(
        came=len(stays), begun=sum(1 for stay in stays if stay.begun),
        gave_up=sum(1 for stay in stays if not stay.begun and not stay.still),
        waiting=sum(1 for stay in stays if stay.still), mean=fmean(waits),
        p50=quantile(waits, 0.5), p90=quantile(waits, 0.9),
        within=soon / len(stays), breaches=sum(1 for stay in stays if _late(stay, due)),
    )  # fmt: skip


def _late(stay: Stay, due: Due) -> bool:
    """The agent needs as long for the first words as was recorded."""
    stint = stay.stint
    if not stint.first or (not stay.begun and not stay.still):
        return False
    words = (stint.replied - stint.begun) if stint.replied and stint.begun is not None else 0.0
    return stint.came + stay.wait + words > due(stay)


def quantile(ordered: Sequence[float], share: float) -> float:
    """Of values in order, by the nearest rank; 0 where there is none."""
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def by(stays: Iterable[Stay], name: Callable[[Stay], str]) -> dict[str, list[Stay]]:
    found: dict[str, list[Stay]] = {}
    for stay in stays:
        if name(stay):
            found.setdefault(name(stay), []).append(stay)
    return dict(sorted(found.items()))


def moves(before: Sequence[Stay], after: Sequence[Stay]) -> Counter[tuple[str, str]]:
    """How many come to another team: (from, to)."""
    teams = {stay.stint.number: stay.team for stay in before}
    return Counter(
        (teams[stay.stint.number], stay.team) for stay in after
        if teams.get(stay.stint.number, stay.team) != stay.team
    )  # fmt: skip
