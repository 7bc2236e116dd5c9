"""Whom a conversation goes to, among those who can take it. Pure."""

from collections.abc import Callable
from typing import Any

from router.core.need import Need, Waiting, membership, unfit
from router.core.people import Agent, Load
from router.core.scheme import Strategy

# A scored head: so many seconds of waiting count as much as one level of skill.
SECONDS_A_LEVEL = 30.0


def agent_first(agent: Agent, load: Load, waiting: Waiting, strategy: Strategy) -> tuple[Any, ...]:
    """The lowest is asked first: the ring dominates, then their own teams, then the strategy."""
    return ring(agent, waiting), -membership(agent, waiting.need), *_by[strategy](
        agent, load, waiting.need), agent.idle_since, agent.id  # fmt: skip


def ring(agent: Agent, waiting: Waiting) -> int:
    """The first of its requirements that they meet: 0 is what it asked at first."""
    for number, need in enumerate(waiting.rings):
        if unfit(agent, need) is None:
            return number
    return len(waiting.rings)


def level(agent: Agent, need: Need) -> float:
    """The mean of their levels in the skills that are asked; 0 where none is."""
    if not need.skills:
        return 0.0
    return sum(agent.skills.get(skill, 0) for skill, _ in need.skills) / len(need.skills)


def ratio(agent: Agent, load: Load) -> float:
    """How full they are, 0 to 1 (source: Azure Job Router, longest idle mode)."""
    return load.units / agent.capacity if agent.capacity else 1.0


_by: dict[Strategy, Callable[[Agent, Load, Need], tuple[Any, ...]]] = {
    "longest_idle": lambda agent, load, need: (),
    "least_loaded": lambda agent, load, need: (ratio(agent, load),),
    "best_level": lambda agent, load, need: (-level(agent, need),),
    "scored": lambda agent, load, need: (-level(agent, need),),
    "round_robin": lambda agent, load, need: (agent.turn,),
}
