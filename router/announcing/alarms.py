"""Who is told that a target comes near or passed, and in which words."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from router.doors.asker import Asker
from router.handling.alarms import EVENTS
from router.store.sql import Rows
from wire.messages.base import Said, say
from wire.messages.desk import Change
from wire.messages.news import Notice

Row = Any
# What concerns leads as well when nobody has the conversation.
PASSED = ("target_passed", "resolution_passed")
RINGS = (*EVENTS.values(), "let_pass")


def notices(
    rows: Rows, changes: Iterable[Change], here: Sequence[str], asker: Callable[[str], Asker | None]
) -> Iterator[tuple[str, int, Notice]]:  # fmt: skip
    """(agent, sequence of the event, what is said)."""
    for change in changes:
        if change.what not in RINGS:
            continue
        row = rows.one("conversation", id=change.conversation)
        if change.what == "let_pass":
            yield from _passed_on(change, row)
            continue
        urgent = change.what in PASSED
        notice = Notice(said=_said(change.what, row), conversation=row.id, urgent=urgent)
        for agent in _whom(change, row, here, asker):
            yield agent, change.seq, notice


def _whom(
    change: Change, row: Row, here: Sequence[str], asker: Callable[[str], Asker | None]
) -> Iterator[str]:  # fmt: skip
    """Whoever has it; leads of its team when it waits and is late already."""
    if row.owner:
        yield row.owner
    elif change.what in PASSED:
        for agent in here:
            known = asker(agent)
            if known is not None and known.leads and row.team in known.teams:
                yield agent


def _said(what: str, row: Row) -> Said:
    match what:
        case "target_near":
            return say("#{number}: three quarters of the time for a reply are gone", number=row.id)
        case "target_passed":
            return say("#{number}: the reply target is passed", number=row.id)
        case "resolution_near":
            return say("#{number}: three quarters of the time to resolve it are gone",
                       number=row.id)  # fmt: skip
    return say("#{number}: it was to be resolved by now", number=row.id)


def _passed_on(change: Change, row: Row) -> Iterator[tuple[str, int, Notice]]:
    """To whoever let it pass, and to whoever has it now."""
    gone = say("#{number} is offered to others: its reply target passed", number=row.id)
    yield change.agent, change.seq, Notice(said=gone, conversation=row.id)
    if row.owner not in ("", change.agent):
        come = say("#{number} comes to you: {agent} let its reply target pass", number=row.id,
                   agent=change.agent)  # fmt: skip
        yield row.owner, change.seq, Notice(said=come, conversation=row.id, urgent=True)
