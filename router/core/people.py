"""Agents as routing sees them. Pure values; capacity is in units, levels are 1 to 5."""

from dataclasses import dataclass, field

from wire.messages.desk import Presence

# Units that one conversation of a channel kind takes; "" is for all others.
WEIGHTS = {"webchat": 2, "telegram": 2, "": 1}


def weight(kind: str) -> int:
    return WEIGHTS.get(kind, WEIGHTS[""])


@dataclass(frozen=True, slots=True)
class Agent:
    """Who could take a conversation. `idle_since` is when they last got or ended one."""

    id: str
    name: str
    teams: tuple[str, ...] = ()
    skills: dict[str, int] = field(default_factory=dict)
    capacity: int = 6
    limits: dict[str, int] = field(default_factory=dict)
    presence: Presence = "offline"
    idle_since: float = 0.0
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Load:
    """What an agent has open: units in all and conversations per channel kind."""

    units: int = 0
    kinds: dict[str, int] = field(default_factory=dict)

    def plus(self, kind: str, sign: int = 1) -> "Load":
        count = self.kinds.get(kind, 0) + sign
        return Load(self.units + sign * weight(kind), self.kinds | {kind: count})


def has_room(agent: Agent, load: Load, kind: str) -> bool:
    """Whether one more conversation of that kind fits, in all and in its kind."""
    limit = agent.limits.get(kind)
    fits_kind = limit is None or load.kinds.get(kind, 0) < limit
    return fits_kind and load.units + weight(kind) <= agent.capacity
