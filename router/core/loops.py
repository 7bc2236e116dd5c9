"""May an automatic answer go out, or would two machines talk to each other? Pure."""

from dataclasses import dataclass
from typing import Literal

HOUR, DAY = 3_600.0, 86_400.0
PER_HOUR, PER_DAY = 1, 5
# Whoever writes so often within an hour of an automatic answer may be a machine.
MACHINE = 5

Verdict = Literal["answer", "enough", "loop"]


@dataclass(frozen=True, slots=True)
class Before:
    """What went between us and one contact: automatic answers of ours within the hour and the day,
    and how often they wrote since the newest of them."""

    within_hour: int = 0
    within_day: int = 0
    heard_since: int = 0


def verdict(before: Before) -> Verdict:
    """The budget holds for all conversations of a contact: a machine opens new ones."""
    if before.within_day >= PER_DAY:
        return "loop"
    if before.within_hour < PER_HOUR:
        return "answer"
    return "loop" if before.heard_since >= MACHINE else "enough"
