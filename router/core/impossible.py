"""What waits for nobody: requirements that no agent could ever meet, however they loosen. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from router.core.need import Need, Step, unfit
from router.core.people import Agent
from router.core.relaxing import looser
from wire.messages.base import Said, say


def in_vain_for_ever(need: Need, steps: Iterable[Step], agents: Sequence[Agent]) -> bool:
    """Nobody who is enabled could take it, now or after any of its steps."""
    need = replace(need, only=(), without=())
    for step in (None, *steps):
        need = replace(need if step is None else looser(need, step), only=())
        if any(unfit(agent, need) is None for agent in agents):
            return False
    return True


def because(need: Need, agents: Sequence[Agent]) -> Said:
    """The first thing that nobody has."""
    enabled = [agent for agent in agents if agent.enabled]
    teams = {need.team, *need.widened}
    members = [agent for agent in enabled if teams & {*agent.teams, *agent.secondary}]
    if not members:
        return say("nobody is in team {team}", team=need.team)
    for skill, level in need.skills:
        if not any(agent.skills.get(skill, 0) >= level for agent in members):
            return say("nobody of {team} has {skill} {level}", team=need.team, skill=skill,
                       level=level)  # fmt: skip
    if need.language and not any(agent.skills.get(need.language) for agent in members):
        return say("nobody of {team} speaks {language}", team=need.team, language=need.language)
    return say("nobody of {team} has all that is asked together", team=need.team)
