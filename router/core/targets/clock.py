"""A conversation's clocks: the reply to its oldest unanswered message, and the whole of it. Pure.

What happened (`wrote`, `answered`, `put_down`) changes the facts; `timed` makes all that follows
from them: deadlines, and when the next alarm is.
"""

import dataclasses
from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import replace

from router.core.targets.calendar import deadline, worked
from router.core.targets.choosing import Asked, Chosen, Targets, chosen

# So much of the time is gone when it is warned.
WARNED_AT = 0.75
# What was told about it, as bits.
WARNED, LATE, PASSED_ON, RESOLUTION_WARNED, RESOLUTION_LATE = 1, 2, 4, 8, 16
OF_REPLY = WARNED | LATE | PASSED_ON
OPEN = ("waiting", "assigned")


class Clock(Struct, frozen=True):
    """`due` is None when nothing waits for us. Times are epoch seconds."""

    due: float | None = None
    # How long that was in all, in business seconds, and when three quarters of it are gone.
    target: float = 0.0
    warn: float | None = None
    unanswered: int = 0
    # Of the oldest unanswered message: when it was accepted, and by which channel kind.
    since: float | None = None
    kind: str = ""
    # We have answered at least once.
    replied: bool = False
    # Business seconds that it took before the present stretch; since when that runs, None: paused.
    spent: float = 0.0
    runs_since: float | None = None
    resolve_due: float | None = None
    # When something is to be told next, and what was told already.
    alarm: float | None = None
    told: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What else its clocks depend on. `asked.kind` is the channel by which it goes on."""

    asked: Asked
    status: str


def wrote(clock: Clock, kind: str, accepted: float) -> Clock:
    """The customer wrote: the oldest unanswered message keeps the clock, by its own channel."""
    if clock.unanswered:
        return replace(clock, unanswered=clock.unanswered + 1)
    return replace(clock, unanswered=1, since=accepted, kind=kind)


def answered(clock: Clock) -> Clock:
    """We wrote: nothing waits for us."""
    return replace(put_down(clock), replied=True)


def put_down(clock: Clock) -> Clock:
    """It is done with, answered or not."""
    return replace(clock, unanswered=0, since=None, kind="")


def timed(clock: Clock, targets: Targets, facts: Facts, now: float) -> Clock:
    """What follows from the facts: the same facts always give the same."""
    replying, resolving = ruled(clock, targets, facts.asked)
    spent, runs_since = _running(clock, resolving, facts.status, now)
    resolve = None
    if runs_since is not None and resolving.resolution:
        resolve = deadline(resolving.calendar, runs_since, resolving.resolution - spent)
    clock = Clock(*_reply(clock, replying), clock.unanswered, clock.since, clock.kind,
                  clock.replied, spent, runs_since, resolve, None, clock.told)  # fmt: skip
    moments = _moments(clock, replying, resolving)
    told = _still_told(clock, moments, now) if clock.told else 0
    untold = [at for stage, at in moments.items() if not told & stage]
    alarm = min(untold, default=None) if facts.status in OPEN else None
    return clock if (alarm, told) == (None, clock.told) else replace(clock, alarm=alarm, told=told)


def rings(clock: Clock, targets: Targets, asked: Asked, now: float) -> int:
    """What is to be told now, as bits."""
    moments = _moments(clock, *ruled(clock, targets, asked))
    return sum(s for s, at in moments.items() if at <= now and not clock.told & s)


def ruled(clock: Clock, targets: Targets, asked: Asked) -> tuple[Chosen, Chosen]:
    """What applies to the reply, by the channel of the oldest unanswered message, and to all."""
    whole = chosen(targets, asked)
    if clock.kind in ("", asked.kind):
        return whole, whole
    return chosen(targets, dataclasses.replace(asked, kind=clock.kind)), whole


_STAGES = (WARNED, LATE, PASSED_ON, RESOLUTION_WARNED, RESOLUTION_LATE)


def _reply(clock: Clock, rule: Chosen) -> tuple[float | None, float, float | None]:
    """When it is due, how long that is in all, and when three quarters are gone."""
    seconds = rule.next if clock.replied else rule.first
    if clock.since is None or not seconds:
        return None, 0.0, None
    warn = deadline(rule.calendar, clock.since, seconds * WARNED_AT)
    return deadline(rule.calendar, clock.since, seconds), seconds, warn


def _running(
    clock: Clock, rule: Chosen, status: str, now: float
) -> tuple[float, float | None]:  # fmt: skip
    """It stands still while the customer is waited for; what was spent stays spent."""
    ours = clock.unanswered > 0 or not clock.replied
    runs = ours and (status in OPEN or (status == "snoozed" and not rule.pause_snoozed))
    if runs == (clock.runs_since is not None):
        return clock.spent, clock.runs_since
    return (clock.spent, now) if runs else (spent(clock, rule, now), None)


def spent(clock: Clock, rule: Chosen, now: float) -> float:
    """Business seconds until now that were not spent waiting on the customer."""
    if clock.runs_since is None:
        return clock.spent
    return clock.spent + worked(rule.calendar, clock.runs_since, now)


def _moments(clock: Clock, replying: Chosen, resolving: Chosen) -> dict[int, float]:
    """When each stage is reached."""
    found: dict[int, float] = {}
    if clock.due is not None and clock.warn is not None:
        found[WARNED], found[LATE] = clock.warn, clock.due
        if replying.release:
            found[PASSED_ON] = deadline(replying.calendar, clock.due, replying.release)
    if clock.resolve_due is not None and clock.runs_since is not None:
        left = resolving.resolution * WARNED_AT - clock.spent
        found[RESOLUTION_WARNED] = deadline(resolving.calendar, clock.runs_since, left)
        found[RESOLUTION_LATE] = clock.resolve_due
    return found


def _still_told(clock: Clock, moments: dict[int, float], now: float) -> int:
    """What is not reached any more (an answer, another target) is told when it is again.

    While the time to resolution stands still, what was told of it stays told.
    """
    told = clock.told
    for stage in _STAGES:
        at = moments.get(stage)
        if bool(stage & OF_REPLY) if at is None else at > now:
            told &= ~stage
    return told
