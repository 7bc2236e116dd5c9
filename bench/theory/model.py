"""What is played: who comes how often, what they ask, and who is there. Values.

Times are in units of the model; the desk sees `second` seconds for each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from router.core.need import Need
from router.core.people import Agent
from router.core.scheme import DEFAULT, Scheme

KIND = "call"


@dataclass(frozen=True, slots=True)
class Customers:
    """One class of them: `lam` come in a unit of time, and lose patience at the rate `theta`."""

    lam: float
    need: Need
    theta: float = 0.0
    # Head start, in units of time.
    ahead: float = 0.0
    tier: int = 0
    slope: float = 1.0
    # Whose wait is at most this is served soon.
    soon: float = 0.0


@dataclass(frozen=True, slots=True)
class Model:
    """Agents take one customer at a time; `mu` by the pool that is their name, 1 where absent."""

    customers: Mapping[str, Customers]
    agents: tuple[Agent, ...]
    mu: Mapping[str, float] = field(default_factory=dict)
    scheme: Scheme = DEFAULT
    # So many may wait; None is as many as come.
    places: int | None = None
    second: float = 1.0

    def rate(self, agent: Agent) -> float:
        return self.mu.get(agent.name, 1.0)

    @property
    def slowest(self) -> float:
        """The longest of the mean services."""
        return 1.0 / min(self.rate(agent) for agent in self.agents)

    @property
    def lam(self) -> float:
        return sum(customers.lam for customers in self.customers.values())


def need(*skills: str, team: str = "all") -> Need:
    return Need(team, KIND, tuple((skill, 1) for skill in sorted(skills)))


def pool(name: str, size: int, *skills: str, teams: tuple[str, ...] = ("all",),
         secondary: tuple[str, ...] = (), level: int = 1) -> tuple[Agent, ...]:  # fmt: skip
    """`size` agents who are alike."""
    levels = dict.fromkeys(skills, level)
    return tuple(Agent(f"{name}-{number:03}", name, teams, secondary, levels, 1, presence="online")
                 for number in range(size))  # fmt: skip
