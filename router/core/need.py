"""What a conversation asks of an agent, and the first reason why one is not it. Pure."""

from dataclasses import dataclass

from router.core.people import Agent, Load, fits, has_room, shutting_out
from router.core.scheme import Scheme
from wire.messages.base import Said, say

# Sorted (skill, least level): all of them are asked. Level 0 is a wish: who has most of it is
# preferred where levels count, and nobody is refused for it.
Skills = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Need:
    """A requirement. Conversations with equal needs wait in one line."""

    team: str
    kind: str
    skills: Skills = ()
    # Any one of these groups in full, beside `skills`.
    either: tuple[Skills, ...] = ()
    # The language that the agent speaks, as a skill of any level.
    language: str = ""
    # Other teams that may take it as well, once it was widened to them.
    widened: tuple[str, ...] = ()
    # Only one of these agents: a preference, which a step ends.
    only: tuple[str, ...] = ()
    # Not these until then (epoch seconds): they gave it back, declined or missed it.
    without: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """`after` so many seconds of waiting the requirement gets looser, or it more urgent.

    The seconds count from when it first began to wait and go on while it is offered.
    """

    after: float
    drop: tuple[str, ...] = ()
    lower: Skills = ()
    any_language: bool = False
    widen: tuple[str, ...] = ()
    # Only these agents from now on, () for anybody; None leaves it.
    prefer: tuple[str, ...] | None = None
    # Minutes of head start more; a tier (lower goes first), None leaves it.
    sooner: float = 0.0
    tier: int | None = None
    # At once when nobody who is here could take it as it is, however full they are.
    skip: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation in the queue. `key` (epoch seconds less head start) never changes by waiting.

    The lowest `tier` goes first, then the highest `slope * (now - key)`, then the lowest id.
    """

    conversation: int
    need: Need
    key: float
    tier: int = 0
    slope: float = 1.0
    # When it first began to wait: steps count from then.
    entered: float = 0.0
    # What it asked before each step, first of all first: who meets an earlier one goes first.
    rings: tuple[Need, ...] = ()
    # What is still to come, soonest first.
    steps: tuple[Step, ...] = ()

    def rank(self, now: float) -> tuple[int, float, int]:
        """The lowest is the next. Constant among equal slopes, whatever `now` is."""
        value = self.key if self.slope == 1.0 else now - self.slope * (now - self.key)
        return self.tier, value, self.conversation


def skills_of(levels: dict[str, int]) -> Skills:
    return tuple(sorted(levels.items()))


def lacking(agent: Agent, load: Load, need: Need, scheme: Scheme, now: float = 0.0) -> Said | None:
    """Why this agent cannot take it now; None when they can."""
    return unfit(agent, need) or _absent(agent) or _passed(agent, need, now) or _full(
        agent, load, need, scheme)  # fmt: skip


def unfit(agent: Agent, need: Need) -> Said | None:
    """Why they could not take it even if they were here and had nothing to do."""
    if not agent.enabled:
        return say("is switched off")
    if need.only and agent.id not in need.only:
        return say("somebody else is preferred for a while")
    if not membership(agent, need):
        return say("is not in team {team}", team=need.team)
    return _unskilled(agent, need)


def membership(agent: Agent, need: Need) -> int:
    """2 in a team of their own that may take it, 1 in one that they help, 0 in none."""
    teams = (need.team, *need.widened)
    if any(team in agent.teams for team in teams):
        return 2
    return int(any(team in agent.secondary for team in teams))


def _unskilled(agent: Agent, need: Need) -> Said | None:
    if need.language and not agent.skills.get(need.language):
        return say("does not speak {language}", language=need.language)
    missing = _missing(agent, need.skills)
    if missing is not None or not need.either:
        return missing
    for group in need.either:
        missing = _missing(agent, group)
        if missing is None:
            return None
    return missing


def _missing(agent: Agent, skills: Skills) -> Said | None:
    for skill, level in skills:
        have = agent.skills.get(skill, 0)
        if have == 0 and level > 0:
            return say("lacks {skill} {level}", skill=skill, level=level)
        if have < level:
            return say("has {skill} {have}, {level} is needed", skill=skill, have=have, level=level)
    return None


def _absent(agent: Agent) -> Said | None:
    if agent.presence == "online":
        return None
    if not agent.reason:
        return _ABSENT[agent.presence]
    because = _ABSENT_BECAUSE[agent.presence]
    return say(because.text, reason=agent.reason)


_ABSENT = {
    "busy": say("is busy"),
    "break": say("is on a break"),
    "wrap-up": say("is wrapping up"),
    "away": say("is away"),
    "not-responding": say("did not respond"),
    "offline": say("is offline"),
}
_ABSENT_BECAUSE = {
    "busy": say("is busy: {reason}"),
    "break": say("is on a break: {reason}"),
    "wrap-up": say("is wrapping up: {reason}"),
    "away": say("is away: {reason}"),
    "not-responding": say("did not respond: {reason}"),
    "offline": say("is offline: {reason}"),
}


def _passed(agent: Agent, need: Need, now: float) -> Said | None:
    for name, until in need.without:
        if name == agent.id and now < until:
            return say("gave it back")
    return None


def _full(agent: Agent, load: Load, need: Need, scheme: Scheme) -> Said | None:
    if has_room(agent, load, need.kind, scheme):
        return None
    limit = agent.limits.get(need.kind)
    count = load.kinds.get(need.kind, 0)
    if limit is not None and count >= limit:
        return say("has {count} of {limit} by {kind}", count=count, limit=limit, kind=need.kind)
    if fits(agent, load, need.kind, scheme):
        return say("takes no {kind} beside {held}", kind=need.kind,
                   held=shutting_out(load, need.kind, scheme))  # fmt: skip
    return say(
        "at {load} of {capacity} units, this one takes {weight}",
        load=load.units,
        capacity=agent.capacity,
        weight=scheme.weight(need.kind),
    )
