"""Random desks to decide on: every kind of requirement, agent and strategy."""

import math
from random import Random

from router.core.desk import Desk
from router.core.need import Need, Step, Waiting
from router.core.people import Agent
from router.core.scheme import Scheme, Strategy
from wire.messages.desk import Presence

TEAMS, SKILLS, KINDS = ("support", "sales", "it"), ("de", "fr", "tax"), ("email", "webchat", "sms")
NAMES = tuple(f"a{number}" for number in range(12))
PRESENCES: tuple[Presence, ...] = ("online",) * 5 + (
    "busy",
    "break",
    "wrap-up",
    "away",
    "not-responding",
    "offline",
)
STRATEGIES: tuple[Strategy, ...] = (
    "longest_idle",
    "least_loaded",
    "best_level",
    "round_robin",
    "scored",
)


def scheme(chance: Random) -> Scheme:
    return Scheme(
        weights={"webchat": chance.randint(1, 3), "": 1},
        admits={"webchat": frozenset(chance.sample(KINDS, 1))} if chance.random() < 0.3 else {},
        interruptible=frozenset(("email",)) if chance.random() < 0.3 else frozenset(),
        strategies={team: chance.choice(STRATEGIES) for team in TEAMS},
    )


def agent(chance: Random, name: str) -> Agent:
    return Agent(
        name, name.title(), teams=tuple(chance.sample(TEAMS, chance.randint(0, 2))),
        secondary=tuple(chance.sample(TEAMS, chance.randint(0, 1))),
        skills={skill: chance.randint(1, 5) for skill in chance.sample(SKILLS, 2)},
        capacity=chance.randint(0, 4),
        limits={"webchat": chance.randint(0, 2)} if chance.random() < 0.3 else {},
        presence=chance.choice(PRESENCES), reason=chance.choice(("", "", "lunch")),
        idle_since=float(chance.randint(0, 4)), turn=chance.randint(0, 4),
        enabled=chance.random() < 0.9,
    )  # fmt: skip


def need(chance: Random) -> Need:
    asked = chance.sample(SKILLS, chance.choice((0, 1, 1, 2)))
    without = {name: chance.choice((5.0, 90.0, math.inf)) for name in chance.sample(NAMES, 2)}
    return Need(
        chance.choice(TEAMS), chance.choice(KINDS),
        tuple(sorted((skill, chance.randint(1, 4)) for skill in asked)),
        either=((("de", 2),), (("fr", 1), ("tax", 1))) if chance.random() < 0.2 else (),
        language=chance.choice(("", "", "", "fr")),
        only=tuple(chance.sample(NAMES, 2)) if chance.random() < 0.2 else (),
        without=tuple(without.items()) if chance.random() < 0.3 else (),
    )  # fmt: skip


def step(chance: Random) -> Step:
    return Step(
        after=float(chance.randint(0, 120)),
        drop=tuple(chance.sample(SKILLS, chance.randint(0, 1))),
        lower=((chance.choice(SKILLS), 1),), any_language=chance.random() < 0.3,
        widen=tuple(chance.sample(TEAMS, chance.randint(0, 1))),
        prefer=chance.choice((None, (), ())), sooner=chance.choice((0.0, 2.0)),
        tier=chance.choice((None, 0)), skip=chance.random() < 0.3,
    )  # fmt: skip


def waiting(chance: Random, number: int) -> Waiting:
    steps = sorted((step(chance) for _ in range(chance.randint(0, 3))), key=lambda one: one.after)
    return Waiting(number, need(chance), float(chance.randint(0, 50)), tier=chance.randint(0, 1),
                   slope=chance.choice((1.0, 1.0, 2.0)), entered=float(chance.randint(0, 50)),
                   steps=tuple(steps))  # fmt: skip


def desk(chance: Random) -> Desk:
    """Some people, some work held by hand beyond all rules, and some that waits."""
    made = Desk()
    made.set_scheme(scheme(chance))
    for name in NAMES[: chance.randint(1, len(NAMES))]:
        made.put_agent(agent(chance, name))
    for number in range(100, 100 + chance.randint(0, 12)):
        made.give(number, chance.choice(list(made.agents)), chance.choice(KINDS), 3.0)
    for number in range(chance.randint(1, 8)):
        made.wait(waiting(chance, number))
    return made
