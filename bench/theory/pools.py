"""Several kinds of agents, first come first served and longest idle: the exact product form.

Adan & Weiss, Stochastic Systems 4(1), 2014. A state is the busy agents in the order in which their
customers came, how many wait between them, and the idle agents in the order of their idleness.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations


@dataclass(frozen=True, slots=True)
class Pools:
    """Types of customers and how many come; agents, what each can do and how fast."""

    lam: Mapping[str, float]
    can: Sequence[frozenset[str]]
    mu: Sequence[float]


@dataclass(frozen=True, slots=True)
class Met:
    """What each type meets, and how busy each agent is."""

    mean_wait: dict[str, float]
    p_wait: dict[str, float]
    busy: list[float]

    def overall(self, lam: Mapping[str, float]) -> float:
        """The mean wait of everybody."""
        return sum(lam[one] * self.mean_wait[one] for one in lam) / sum(lam.values())


def product_form(pools: Pools) -> Met:
    agents = range(len(pools.can))
    queue = dict.fromkeys(pools.lam, 0.0)
    delayed = dict.fromkeys(pools.lam, 0.0)
    busy, whole = [0.0] * len(pools.can), 0.0
    for number in range(len(pools.can) + 1):
        for order in permutations(agents, number):
            weight, lines = _busy(pools, order)
            weight *= _idle(pools, frozenset(agents) - frozenset(order))
            whole += weight
            for agent in order:
                busy[agent] += weight
            for one, mean in lines.items():
                queue[one] += weight * mean
            for one in pools.lam:
                if all(one not in pools.can[agent] for agent in agents if agent not in order):
                    delayed[one] += weight
    return Met({one: queue[one] / whole / lam for one, lam in pools.lam.items()},
               {one: weight / whole for one, weight in delayed.items()},
               [weight / whole for weight in busy])  # fmt: skip


def _busy(pools: Pools, order: Sequence[int]) -> tuple[float, dict[str, float]]:
    """The weight of these busy agents, and how many of each type wait then."""
    weight, lines = 1.0, dict.fromkeys(pools.lam, 0.0)
    for number in range(1, len(order) + 1):
        first = frozenset(order[:number])
        only = [one for one in pools.lam if _only_by(pools, one, first)]
        lam, mu = sum(pools.lam[one] for one in only), sum(pools.mu[agent] for agent in first)
        weight /= mu - lam
        for one in only:
            lines[one] += pools.lam[one] / (mu - lam)
    return weight, lines


def _only_by(pools: Pools, one: str, first: frozenset[int]) -> bool:
    return all(agent in first for agent, can in enumerate(pools.can) if one in can)


def _idle(pools: Pools, idle: frozenset[int]) -> float:
    """Summed over all orders of idleness, agent by agent."""
    known: dict[frozenset[int], float] = {frozenset(): 1.0}

    def of(rest: frozenset[int]) -> float:
        if rest not in known:
            types = frozenset().union(*(pools.can[agent] for agent in rest))
            known[rest] = sum(of(rest - {agent}) for agent in rest) / sum(
                pools.lam[one] for one in types)  # fmt: skip
        return known[rest]

    return of(idle)
