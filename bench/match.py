"""What a routing decision costs: who takes the next conversation."""

import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bench.kit.figure import Figure, alternating, median
from router.core.desk import Desk
from router.core.need import Need, Waiting
from router.core.people import Agent

AGENTS, WAITING, DECISIONS = 100, 1_000, 400
TEAMS, SKILLS = ("support", "billing"), ("german", "russian", "refunds", "hardware")


async def figures() -> AsyncIterator[Figure]:
    ours, theirs = await alternating(5, _ours, _scan)
    yield Figure(
        name="match.decision", value=median(ours), unit="µs", yardstick=median(theirs),
        said=f"one conversation ended and the next given out, {AGENTS} busy agents, "
        f"{WAITING:,} waiting in {len(needs())} lines, each refusal with its reason.",
        beside="the plainest program: all that waits gone through, oldest first, and for the "
        "first that the freed agent can do, done; no reasons.",
    )  # fmt: skip


def needs() -> list[Need]:
    return [
        Need(team, kind, ((skill, 2),))
        for team in TEAMS
        for kind in ("email", "webchat")
        for skill in SKILLS
    ]


def _agents(chance: random.Random) -> list[Agent]:
    return [
        Agent(
            id=f"agent-{number}", name=f"Agent {number}", teams=(TEAMS[number % 2],),
            skills={skill: chance.randint(1, 5) for skill in chance.sample(SKILLS, 2)},
            capacity=4, presence="online", idle_since=float(number),
        )
        for number in range(AGENTS)
    ]  # fmt: skip


async def _ours() -> float:
    """Everybody full, everything else waits; then one ends after another."""
    chance = random.Random(3)
    desk, lines = Desk(), needs()
    for agent in _agents(chance):
        desk.put_agent(agent)
    for number in range(WAITING + AGENTS * 4):
        desk.wait(Waiting(number, chance.choice(lines), float(number)))
    desk.settle(0.0)
    desk.forget_marks()
    spent = 0.0
    for number in range(DECISIONS):
        ended = chance.choice(list(desk.held))
        began = time.perf_counter()
        desk.end(ended, float(number))
        desk.settle(float(number))
        desk.forget_marks()
        spent += time.perf_counter() - began
    return spent / DECISIONS * 1e6


@dataclass
class _Plain:
    """Somebody with teams and skills, as the plainest program has them."""

    team: str
    skills: dict[str, int]


async def _scan() -> float:
    chance = random.Random(3)
    lines = needs()
    agents = [_Plain(agent.teams[0], agent.skills) for agent in _agents(chance)]
    waiting = [chance.choice(lines) for _ in range(WAITING)]
    spent = 0.0
    for _ in range(DECISIONS):
        freed = chance.choice(agents)
        began = time.perf_counter()
        found = next((n for n, need in enumerate(waiting) if _can(freed, need)), None)
        if found is not None:
            del waiting[found]
        spent += time.perf_counter() - began
        waiting.append(chance.choice(lines))
    return spent / DECISIONS * 1e6


def _can(agent: _Plain, need: Need) -> bool:
    return agent.team == need.team and all(
        agent.skills.get(skill, 0) >= level for skill, level in need.skills
    )
