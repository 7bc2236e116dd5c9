"""Reply targets: business calendars, which targets apply, and a conversation's clocks. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from router.core.targets.place import order_key as order_key


@dataclass(frozen=True, slots=True)
class Clock:
    """`due` is None when nothing waits for us. Times are epoch seconds."""

    due: float | None = None
    target: float = 0.0
    unanswered: int = 0
    since: float | None = None


def target(kind: str, targets: Mapping[str, float]) -> float:
    """Seconds within which a message of that channel kind is to be answered."""
    return targets.get(kind, targets.get("", 3_600.0))


def wrote(clock: Clock, kind: str, accepted: float, targets: Mapping[str, float]) -> Clock:
    """The customer wrote: the oldest unanswered message keeps the clock, by its own channel."""
    if clock.due is not None:
        return Clock(clock.due, clock.target, clock.unanswered + 1, clock.since)
    seconds = target(kind, targets)
    return Clock(accepted + seconds, seconds, clock.unanswered + 1, accepted)


def answered() -> Clock:
    """We wrote: nothing waits for us."""
    return Clock()
