"""What the rules make of a message that opens a conversation. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from router.core.demand import StepOf
from router.core.rulebook.conditions import Calendars, Condition, conditions, many
from router.core.rulebook.facts import Opening
from router.core.rulebook.written import Rule, StepThen, Then
from wire.query.fields import PRIORITIES
from wire.query.values import level

THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is asked beyond the defaults of the account; None and empty leave those."""

    # Names of the rules that matched, in order.
    rules: tuple[str, ...] = ()
    team: str = ""
    priority: int | None = None
    skills: dict[str, int] = field(default_factory=dict)
    either: tuple[dict[str, int], ...] = ()
    language: str = ""
    tier: int = 0
    slope: float = 1.0
    head_start: float = 0.0
    tags: tuple[str, ...] = ()
    steps: tuple[StepOf, ...] = ()
    preferred: tuple[str, ...] = ()
    prefer_for: float = 0.0
    excluded: tuple[str, ...] = ()
    reply: str = ""


NOTHING = Outcome()


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """A rule, ready to be asked."""

    name: str
    conditions: tuple[Condition, ...]
    then: Then
    steps: tuple[StepOf, ...]

    def matches(self, opening: Opening) -> bool:
        return all(condition(opening) for condition in self.conditions)


def ready(rule: Rule, calendars: Calendars) -> Ready:
    steps = sorted(map(step, rule.then.steps), key=lambda each: each.after)
    return Ready(rule.name, conditions(rule.if_, calendars), rule.then, tuple(steps))


def decide(rules: Sequence[Ready], order: Literal["first", "all"], opening: Opening) -> Outcome:
    """The first rule that matches, or all of them, added up in their order."""
    outcome = NOTHING
    for rule in rules:
        if rule.matches(opening):
            outcome = _with(outcome, rule, opening)
            if order == "first":
                break
    return outcome


def _with(before: Outcome, rule: Ready, opening: Opening) -> Outcome:
    """Where there can be one value the later rule's counts; of a skill the higher level."""
    then = rule.then
    priority = priority_of(then.priority)
    language = opening.language if then.language == THEIRS else then.language
    return replace(
        before,
        rules=(*before.rules, rule.name),
        team=then.team or before.team,
        priority=before.priority if priority is None else priority,
        skills=_higher(before.skills, then.skills),
        either=then.either or before.either,
        language=language or before.language,
        tier=before.tier if then.tier is None else then.tier,
        slope=before.slope if then.slope is None else then.slope,
        head_start=before.head_start + (then.head_start or 0.0),
        tags=_added(before.tags, many(then.tag)),
        steps=tuple(sorted((*before.steps, *rule.steps), key=lambda each: each.after)),
        preferred=many(then.prefer) or before.preferred,
        prefer_for=then.prefer_for if then.prefer else before.prefer_for,
        excluded=_added(before.excluded, many(then.exclude)),
        reply=then.reply or before.reply,
    )


def _higher(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return one | {skill: max(level, one.get(skill, 0)) for skill, level in other.items()}


def _added(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def priority_of(typed: int | str | None) -> int | None:
    """By name or number; None when it is none."""
    found = None if typed is None else level(str(typed))
    return None if found is None else int(found)


def priority_name(number: int) -> str:
    return PRIORITIES[number]


def step(written: StepThen) -> StepOf:
    return StepOf(
        after=written.after, drop=many(written.drop), lower=written.lower,
        any_language=written.any_language, widen=many(written.widen),
        prefer=None if written.prefer is None else many(written.prefer),
        sooner=written.sooner, tier=written.tier, skip=written.skip,
    )  # fmt: skip
