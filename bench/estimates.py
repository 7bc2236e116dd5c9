"""Whether what customers are told of their wait holds: simulated days, hour by hour busier."""

import math
import random
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from statistics import fmean

from bench.kit.figure import Figure, Reach
from cordboard.plotting import plotted
from router.core.desk import Desk
from router.core.estimating import Estimates, Standing
from router.core.need import Need, Waiting
from router.core.people import Agent
from router.core.playing.player import Arrival, Look, play

DAYS, DAY, LOOK = 6, 36_000.0, 5.0
# The first day teaches: nothing of it is counted.
TAUGHT = DAY
TEAMS = {"support": 12, "billing": 6, "sales": 4}
HANDLING = {"webchat": 420.0, "email": 300.0}
PATIENCE = 600.0
BUCKETS = {"next": 1, "2nd to 5th": 5, "6th to 15th": 15, "further back": 10_000}


@dataclass(frozen=True, slots=True)
class Told:
    """What one was told, and how long it was then."""

    standing: Standing
    waited: float

    @property
    def bucket(self) -> str:
        return next(name for name, most in BUCKETS.items() if self.standing.position <= most)


async def figures() -> AsyncIterator[Figure]:
    told = calibration(random.Random(11))
    for name, some in (("all", told), *_by_bucket(told).items()):
        said = f"{len(some):,} waits of {DAYS - 1} simulated days, told at any moment: {name}."
        yield Figure(name=f"estimates.within {name}", value=within(some) * 100, unit="%",
                     reach=Reach(at_least=75.0, value=85.0) if name == "all" else None,
                     said=f"within the interval that is to hold for 80 %; {said}")  # fmt: skip
        yield Figure(name=f"estimates.bias {name}", value=bias(some) * 100, unit="%",
                     reach=Reach(at_least=-10.0, value=10.0) if name == "all" else None,
                     said=f"told too long (+) or too short (-) on average; {said}")  # fmt: skip
    print(plot(told), file=sys.stderr)


def plot(told: list[Told]) -> str:
    """What it was, beside what was told: the mean and the interval, ten equal parts of all."""
    told = sorted(told, key=lambda one: one.standing.mean or 0.0)
    parts = [told[len(told) * n // 10 : len(told) * (n + 1) // 10] for n in range(10)]
    means = [fmean(one.standing.mean or 0.0 for one in part) for part in parts]
    curves = {
        "as it was": (means, [fmean(one.waited for one in part) for part in parts]),
        "as told": (means, means),
        "told: from": (means, [fmean(one.standing.low or 0.0 for one in part) for part in parts]),
        "told: to": (means, [fmean(one.standing.high or 0.0 for one in part) for part in parts]),
    }
    return plotted(curves, title="seconds of waiting, by what was told", across="told", up="")


def calibration(chance: random.Random) -> list[Told]:
    """All that was told of who waited to the end of it."""
    desk, estimates = _desk(), Estimates()
    told: dict[int, list[tuple[float, Standing]]] = defaultdict(list)
    patient: set[int] = set()

    def look(desk: Desk, now: float) -> None:
        estimates.look(desk, now)
        waiting = [number for number in desk.waiting if number in patient]
        if waiting and now > TAUGHT:
            number = chance.choice(waiting)
            standing = estimates.standing(desk, number, now)
            if standing is not None and standing.mean is not None:
                told[number].append((now, standing))

    looks = (Look(tick * LOOK, look) for tick in range(int(DAYS * DAY / LOOK)))
    begun = {}
    for played in play(desk, _arrivals(chance, patient), looks):
        if played.started is not None:
            begun[played.arrival.waiting.conversation] = played.started
    return [Told(standing, begun[number] - at) for number, each in told.items()
            for at, standing in each if number in begun]  # fmt: skip


def _desk() -> Desk:
    """Three teams; a fifth of support helps billing, every third speaks French."""
    desk = Desk()
    for team, size in TEAMS.items():
        for number in range(size):
            helps = ("billing",) if team == "support" and number % 5 == 0 else ()
            skills = {"french": 3} if number % 3 == 0 else {}
            desk.put_agent(Agent(f"{team}-{number:02}", team, (team,), helps, skills,
                                 presence="online"))  # fmt: skip
    return desk


def _arrivals(chance: random.Random, patient: set[int]) -> Iterator[Arrival]:
    """Twice a day more come than can be served; a fifth of the work is e-mail, a tenth French."""
    at, number = 0.0, 0
    # Room for chats at once is three each; on average this many are served a second.
    fastest = sum(TEAMS.values()) * 3 / HANDLING["webchat"]
    while at < DAYS * DAY:
        at += chance.expovariate(fastest * 1.2)
        load = 0.9 + 0.25 * math.sin(4 * math.pi * at / DAY)
        if chance.random() > load / 1.2:
            continue
        number += 1
        team = chance.choices(list(TEAMS), weights=list(TEAMS.values()))[0]
        kind = "email" if chance.random() < 0.2 else "webchat"
        need = Need(team, kind, (("french", 1),) if chance.random() < 0.1 else ())
        patience = chance.expovariate(1 / PATIENCE)
        if chance.random() < 0.2:
            patient.add(number)
            patience = math.inf
        # Long ones are longer than in an exponential world, short ones rarer.
        service = HANDLING[kind] * chance.lognormvariate(-0.32, 0.8)
        head_start = 120.0 if chance.random() < 0.1 else 0.0
        waiting = Waiting(number, need, at - head_start, entered=at)
        yield Arrival(at, waiting, service, patience)


def within(told: list[Told]) -> float:
    held = sum(1 for one in told if (one.standing.low or 0.0) <= one.waited
               <= (one.standing.high or 0.0))  # fmt: skip
    return held / max(len(told), 1)


def bias(told: list[Told]) -> float:
    """Of what was told together, over what it was together, less one."""
    return sum(one.standing.mean or 0.0 for one in told) / max(
        sum(one.waited for one in told), 1e-9) - 1  # fmt: skip


def _by_bucket(told: list[Told]) -> dict[str, list[Told]]:
    return {name: [one for one in told if one.bucket == name] for name in BUCKETS}
