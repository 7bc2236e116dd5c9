"""The keys of people's consoles: which may be added, and whom the bus lets in. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from router.nats.accounts import AgentKeys
from router.nats.keys import PUBLIC
from wire.messages.base import Said, say

# Consoles of one agent; the oldest is logged out when one more comes.
MOST = 20


def unfit(key: str, house: Iterable[str] = ()) -> Said | None:
    """Why this key cannot be let in; None when it can. `house` are the keys of our own programs."""
    if PUBLIC.fullmatch(key) is None or key in house:
        return say("This is no key of a console. Make a new one with: cordboard login")
    return None


def surplus(keys_by_age: list[str]) -> list[str]:
    """Of an agent's keys, oldest first, those to forget before one more is added."""
    return keys_by_age[: max(0, len(keys_by_age) - MOST + 1)]


def let_in(
    agents: Iterable[tuple[str, tuple[str, ...]]], keys: Iterable[tuple[str, str]]
) -> tuple[AgentKeys, ...]:
    """The bus's list from (enabled agent, teams) and (agent, key)."""
    keys_of: dict[str, list[str]] = defaultdict(list)
    for agent, key in keys:
        keys_of[agent].append(key)
    return tuple(AgentKeys(agent, tuple(keys_of[agent]), teams) for agent, teams in agents)
