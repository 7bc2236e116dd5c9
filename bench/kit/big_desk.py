"""A large desk: people whose skills are popular in Zipf's way, and what is asked of them."""

import random
from dataclasses import dataclass

from router.core.desk import Desk
from router.core.need import Need, Waiting
from router.core.people import Agent

SKILLS, NEEDS, TEAMS, KINDS = 64, 2_000, 8, ("email", "webchat")
UNIVERSAL = 0.02


@dataclass
class BigDesk:
    """`desk` is the product's own; `needs` are drawn by their weights."""

    desk: Desk
    chance: random.Random
    needs: list[Need]
    weights: list[float]
    number: int = 0

    def come(self, now: float) -> Waiting:
        """One more that asks something, not yet in the queue."""
        self.number += 1
        (need,) = self.chance.choices(self.needs, cum_weights=self.weights)
        return Waiting(self.number, need, now)


def big_desk(agents: int, *, seed: int = 5, presence: str = "online") -> BigDesk:
    """Everybody is in one or two of the teams and has 4 to 14 skills; one of fifty has all."""
    chance = random.Random(seed)
    skills = [f"skill-{number}" for number in range(SKILLS)]
    popular = [1 / (number + 1) for number in range(SKILLS)]
    teams = [f"team-{number}" for number in range(TEAMS)]
    desk = Desk()
    for number in range(agents):
        universal = chance.random() < UNIVERSAL
        count = SKILLS if universal else chance.randint(4, 14)
        known = skills if universal else drawn(chance, skills, popular, count)
        desk.put_agent(Agent(
            id=f"agent-{number}", name=f"Agent {number}",
            teams=tuple(teams) if universal else tuple(chance.sample(teams, chance.choice((1, 2)))),
            skills={skill: chance.randint(1, 5) for skill in known},
            presence=presence, idle_since=float(number % 97),  # type: ignore[arg-type]
        ))  # fmt: skip
    needs = list({need_of(chance, teams, skills, popular): None for _ in range(NEEDS * 2)})[:NEEDS]
    weights, total = [], 0.0
    for number in range(len(needs)):
        total += 1 / (number + 1)
        weights.append(total)
    desk.forget_marks()
    return BigDesk(desk, chance, needs, weights)


def need_of(chance: random.Random, teams: list[str], skills: list[str], popular: list[float]
            ) -> Need:  # fmt: skip
    asked = drawn(chance, skills, popular, chance.choice((1, 1, 2, 2, 3)))
    levels = tuple(sorted((skill, chance.choice((1, 1, 2, 3))) for skill in asked))
    return Need(chance.choice(teams), chance.choice(KINDS), levels)


def drawn(chance: random.Random, names: list[str], popular: list[float], count: int) -> list[str]:
    """So many different ones, the popular ones more often."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[chance.choices(names, popular)[0]] = None
    return list(found)
