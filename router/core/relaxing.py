"""How a requirement gets looser while it waits, one step after the other. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from router.core.need import Need, Step, Waiting, unfit
from router.core.people import Agent

# Who will have room again before long.
HERE = ("online", "wrap-up")


def due(waiting: Waiting, now: float, agents: Iterable[Agent]) -> bool:
    """Whether its next step's time has come, or nobody who is here could ever take it as it is."""
    if not waiting.steps:
        return False
    step = waiting.steps[0]
    if now >= waiting.entered + step.after:
        return True
    return step.skip and in_vain(waiting.need, agents)


def in_vain(need: Need, agents: Iterable[Agent]) -> bool:
    """Nobody who is here could take it, even with nothing to do."""
    return not any(agent.presence in HERE and unfit(agent, need) is None for agent in agents)


def loosened(waiting: Waiting) -> Waiting:
    """Its next step taken. When it came and how it ages stay; a head start may be added."""
    step, *rest = waiting.steps
    need = looser(waiting.need, step)
    rings = waiting.rings
    if need != waiting.need and not waiting.need.only:  # who was preferred is one among others now
        rings = (*rings, waiting.need)
    tier = waiting.tier if step.tier is None else step.tier
    return replace(waiting, need=need, rings=rings, tier=tier, steps=tuple(rest),
                   key=waiting.key - step.sooner * 60.0)  # fmt: skip


def looser(need: Need, step: Step) -> Need:
    lowest = dict(step.lower)
    return replace(
        need,
        skills=_skills(need.skills, step.drop, lowest),
        either=tuple(_skills(group, step.drop, lowest) for group in need.either),
        language="" if step.any_language else need.language,
        widened=tuple(dict.fromkeys((*need.widened, *step.widen))),
        only=need.only if step.prefer is None else step.prefer,
    )


def _skills(skills: tuple[tuple[str, int], ...], drop: tuple[str, ...], lowest: dict[str, int]
            ) -> tuple[tuple[str, int], ...]:  # fmt: skip
    return tuple((skill, min(level, lowest.get(skill, level)))
                 for skill, level in skills if skill not in drop)  # fmt: skip
