"""How the desk gives out work: what kinds weigh, who is asked first, for how long. Pure values.

It is read from the routing file (see `router/core/rulebook`); the defaults are those of a desk that
has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from router.core.offering import Pace

# Whom a conversation goes to, among those who can take it.
Strategy = Literal["longest_idle", "least_loaded", "best_level", "round_robin", "scored"]

# Units that one conversation of a channel kind takes; "" is for all others.
WEIGHTS = {"webchat": 2, "telegram": 2, "": 1}


@dataclass(frozen=True, slots=True)
class Scheme:
    """Maps by channel kind or team have "" for all others. Times in seconds."""

    weights: Mapping[str, int] = field(default_factory=lambda: dict(WEIGHTS))
    # While an agent has one of this kind, only these other kinds come; absent: all do.
    admits: Mapping[str, frozenset[str]] = field(default_factory=dict)
    # Kinds that take no room from the others: who is full of them still gets a chat.
    interruptible: frozenset[str] = frozenset()
    # By team.
    strategies: Mapping[str, Strategy] = field(default_factory=dict)
    # By team: how many of all who wait in these teams should be its own. The team that is the
    # furthest above its share goes first (fixed queue ratio, Gurvich & Whitt); a team without one
    # goes as if it had just its share. Tiers go before this.
    shares: Mapping[str, float] = field(default_factory=dict)
    # How long offers, wrapping up and absence may take.
    pace: Pace = field(default_factory=Pace)

    def weight(self, kind: str) -> int:
        return self.weights.get(kind, self.weights.get("", 1))

    def strategy(self, team: str) -> Strategy:
        return self.strategies.get(team, self.strategies.get("", "longest_idle"))


DEFAULT = Scheme()
