"""A conversation's clock: time until the target of its oldest unanswered message. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

# Minutes of head start that a priority gives in the queue (low, normal, high, urgent).
HEAD_START = (-30.0, 0.0, 30.0, 240.0)


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


def order_key(since: float, priority: int) -> float:
    """Its place in the queue: when it began to wait, less the head start of its priority."""
    return since - HEAD_START[priority] * 60.0
