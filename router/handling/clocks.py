"""A conversation's clocks: from its row to the thinking about them, and back into the row."""

from operator import attrgetter
from typing import Any

from router.core.targets import clock as thinking
from router.core.targets.choosing import Asked
from router.core.targets.clock import Clock, Facts
from router.lane import Work
from router.ruling.customers import customer

Row = Any  # a named tuple of the table `conversations`
# What the clocks follow from; the rest is worked out.
_facts = attrgetter(
    "status", "team", "priority", "kind", "contact", "unanswered", "unanswered_since",
    "unanswered_kind", "replied",
)  # fmt: skip


def of(row: Row) -> Clock:
    return Clock(
        row.due, row.target, row.warn_at, row.unanswered, row.unanswered_since,
        row.unanswered_kind, bool(row.replied), row.spent, row.runs_since, row.resolve_due,
        row.alarm_at, row.told,
    )  # fmt: skip


def changes(clock: Clock) -> dict[str, Any]:
    """As they stand in the row."""
    return {
        "due": clock.due, "target": clock.target, "unanswered": clock.unanswered,
        "unanswered_since": clock.since, "unanswered_kind": clock.kind, "replied": clock.replied,
        "warn_at": clock.warn, "spent": clock.spent, "runs_since": clock.runs_since,
        "resolve_due": clock.resolve_due, "alarm_at": clock.alarm, "told": clock.told,
    }  # fmt: skip


def follow(work: Work, before: Row, row: Row) -> Row:
    """The changed row, with clocks that follow from what it is now."""
    return timed(work, row) if _facts(before) != _facts(row) else row


def timed(work: Work, row: Row) -> Row:
    """The row, with clocks as the targets in force make them."""
    clock = thinking.timed(of(row), work.shelf.targets, facts(work, row), work.now)
    return row._replace(**changes(clock))


def facts(work: Work, row: Row) -> Facts:
    return Facts(asked(work, row), row.status)


def segments(work: Work, contact: int) -> frozenset[str]:
    """Those that the contact is in, as far as any target asks."""
    if not work.shelf.targets.by_segment:
        return frozenset()
    return frozenset(work.book.segments_of(customer(work.tx, contact)))


def asked(work: Work, row: Row) -> Asked:
    """What its targets depend on."""
    return Asked(row.kind, row.team, row.priority, segments(work, row.contact))
