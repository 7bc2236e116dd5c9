"""Agents as routing sees them. Pure values; capacity is in units, levels are 1 to 5."""

from dataclasses import dataclass, field

from router.core.scheme import Scheme
from wire.messages.base import Wire
from wire.messages.desk import Presence


@dataclass(frozen=True, slots=True)
class Agent:
    """Who could take a conversation. `idle_since` is when they last got or ended one."""

    id: str
    name: str
    teams: tuple[str, ...] = ()
    # Teams that they help when their own have nothing for them.
    secondary: tuple[str, ...] = ()
    # A language is a skill too: its two letters ("uk").
    skills: dict[str, int] = field(default_factory=dict)
    capacity: int = 6
    limits: dict[str, int] = field(default_factory=dict)
    presence: Presence = "offline"
    # Why they are not here, in their own words ("lunch").
    reason: str = ""
    idle_since: float = 0.0
    # Whose turn it is: grows with each conversation that was given out.
    turn: int = 0
    enabled: bool = True


class OwnLimits(Wire, frozen=True):
    """What an agent takes less of for a while, by their own will."""

    capacity: int | None = None
    limits: dict[str, int] = {}


def lowered(
    capacity: int, limits: dict[str, int], own: OwnLimits
) -> tuple[int, dict[str, int]]:  # fmt: skip
    """Capacity and limits with their own; nobody raises what the house gave them."""
    if own.capacity is not None:
        capacity = min(capacity, own.capacity)
    lower = {kind: min(most, limits.get(kind, most)) for kind, most in own.limits.items()}
    return capacity, limits | lower


@dataclass(frozen=True, slots=True)
class Load:
    """What an agent has: units in all, of them by interruptible kinds, conversations by kind.

    What is offered to them and what they wrap up counts as theirs.
    """

    units: int = 0
    interruptible: int = 0
    kinds: dict[str, int] = field(default_factory=dict)

    def plus(self, kind: str, scheme: Scheme, sign: int = 1) -> "Load":
        units = sign * scheme.weight(kind)
        light = units if kind in scheme.interruptible else 0
        kinds = self.kinds | {kind: self.kinds.get(kind, 0) + sign}
        return Load(self.units + units, self.interruptible + light, kinds)


def has_room(agent: Agent, load: Load, kind: str, scheme: Scheme) -> bool:
    """Whether one more conversation of that kind fits: in its kind, beside the others, in all."""
    limit = agent.limits.get(kind)
    if limit is not None and load.kinds.get(kind, 0) >= limit:
        return False
    return not shutting_out(load, kind, scheme) and fits(agent, load, kind, scheme)


def shutting_out(load: Load, kind: str, scheme: Scheme) -> str:
    """A kind that the agent has now and that lets this one not come; "" when none."""
    for held, count in load.kinds.items():
        admitted = scheme.admits.get(held)
        if count > 0 and held != kind and admitted is not None and kind not in admitted:
            return held
    return ""


def fits(agent: Agent, load: Load, kind: str, scheme: Scheme) -> bool:
    """Whether its units fit. What is interruptible is no burden for what is not."""
    burden = load.units if kind in scheme.interruptible else load.units - load.interruptible
    return burden + scheme.weight(kind) <= agent.capacity
