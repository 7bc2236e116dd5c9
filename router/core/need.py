"""What a conversation asks of an agent, and the first reason why one is not it. Pure."""

from dataclasses import dataclass

from router.core.people import Agent, Load, has_room, weight
from wire.messages.base import Said, say


@dataclass(frozen=True, slots=True)
class Need:
    """A requirement. Conversations with equal needs wait in one line."""

    team: str
    kind: str
    # Sorted (skill, least level).
    skills: tuple[tuple[str, int], ...] = ()
    # Only this agent, as long as the preference lasts.
    only: str = ""
    # Not these: they gave it back.
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation in the queue. `key` (epoch seconds less head start) never changes."""

    conversation: int
    need: Need
    key: float
    # Until when `need.only` holds; 0 when it does not.
    until: float = 0.0


def skills_of(levels: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(levels.items()))


def lacking(agent: Agent, load: Load, need: Need) -> Said | None:
    """Why this agent cannot take it now; None when they can."""
    if not agent.enabled:
        return say("is switched off")
    if need.only not in ("", agent.id):
        return say("somebody else is preferred for a while")
    if need.team not in agent.teams:
        return say("is not in team {team}", team=need.team)
    return _unskilled(agent, need) or _absent(agent) or _full(agent, load, need)


def _unskilled(agent: Agent, need: Need) -> Said | None:
    for skill, level in need.skills:
        have = agent.skills.get(skill, 0)
        if have == 0:
            return say("lacks {skill}", skill=skill)
        if have < level:
            return say("has {skill} {have}, {level} is needed", skill=skill, have=have, level=level)
    return None


def _absent(agent: Agent) -> Said | None:
    if agent.presence == "online":
        return None
    return _ABSENT[agent.presence]


_ABSENT = {
    "busy": say("is busy"),
    "break": say("is on a break"),
    "away": say("is away"),
    "offline": say("is offline"),
}


def _full(agent: Agent, load: Load, need: Need) -> Said | None:
    if need.only == "" and agent.id in need.without:
        return say("gave it back")
    if has_room(agent, load, need.kind):
        return None
    limit = agent.limits.get(need.kind)
    if limit is not None and load.kinds.get(need.kind, 0) >= limit:
        return say("has {count} of {limit} by {kind}", count=limit, limit=limit, kind=need.kind)
    return say(
        "at {load} of {capacity} units, this one takes {weight}",
        load=load.units,
        capacity=agent.capacity,
        weight=weight(need.kind),
    )
