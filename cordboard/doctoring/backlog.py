"""What waits in the desk and does not get further by itself."""

from collections.abc import Iterator, Sequence
from typing import Any

from cordboard.doctoring.finding import Finding, fail, warn
from wire.messages.base import say
from wire.messages.rulebook import Problem

# What is older than this is not on its way, it is stuck (seconds).
OUTBOX_OLD, WAITING_OLD, CLOCKS_APART = 300.0, 3_600.0, 60.0


def impossible(problems: Sequence[Problem]) -> Iterator[Finding]:
    """What nobody could ever take."""
    if problems:
        waiting = sum(each.waiting for each in problems)
        said = say("{n} conversations ask for what nobody has, #{first} first.", n=waiting,
                   first=problems[0].conversation)  # fmt: skip
        yield warn(said, say("See: cordboard route problems"))


def waiting(backlog: Any, now: float) -> Iterator[Finding]:
    """What does not get further by itself, and what has waited for long."""
    if backlog.newest > now + CLOCKS_APART:
        yield fail(
            say("The newest event lies in the future."), say("Set the machine's clock right.")
        )
    if backlog.paused is not None:
        said = say("Nothing is sent, by an operator's word or since a restore.")
        yield warn(said, say("When the old desk has ended for good: cordboard resume"))
    if doubtful := backlog.outbox.get("ambiguous", 0):
        said = say("Of {n} messages nobody knows whether they arrived.", n=doubtful)
        yield warn(said, say("Agents are asked about each. See: cordboard outbox"))
    elif backlog.outbox_since is not None and now - backlog.outbox_since > OUTBOX_OLD:
        said = say("The oldest message on its way out is {minutes} minutes old.",
                   minutes=round((now - backlog.outbox_since) / 60))  # fmt: skip
        yield warn(said, say("See: cordboard outbox, and how its account does below."))
    if backlog.quarantined:
        said = say("{n} items could not be read and are put aside.", n=backlog.quarantined)
        yield warn(said, say("See: cordboard ledger --verdict quarantined"))
    if backlog.waiting_since is not None and now - backlog.waiting_since > WAITING_OLD:
        hours = round((now - backlog.waiting_since) / 3_600, 1)
        yield warn(
            say(
                "{n} conversations wait for an agent, the oldest for {hours} hours.",
                n=backlog.waiting,
                hours=hours,
            )
        )
