"""What is to be told because a target comes near or passed; what passed may go to somebody else."""

from typing import Any

from router.core.relaxing import in_vain
from router.core.targets import clock as thinking
from router.core.targets.clock import (
    LATE,
    PASSED_ON,
    RESOLUTION_LATE,
    RESOLUTION_WARNED,
    WARNED,
)
from router.handling import clocks, conversations, messages
from router.lane import Work
from wire.messages.base import say

Row = Any
# Who let it pass is not asked for it again so long (seconds).
REST = 3_600.0
# Nobody else could take it now: it is tried again after so long (seconds).
AGAIN = 60.0
# What the events are called.
EVENTS = {
    WARNED: "target_near", LATE: "target_passed", RESOLUTION_WARNED: "resolution_near",
    RESOLUTION_LATE: "resolution_passed",
}  # fmt: skip


def ring(work: Work) -> None:
    """Everything whose time has come."""
    for row in work.tx.all("alarms_due", now=work.now):
        _ring(work, row)


def _ring(work: Work, row: Row) -> None:
    told = thinking.rings(clocks.of(row), work.shelf.targets, clocks.asked(work, row), work.now)
    for stage in _worst(told):
        conversations.tell(work, row, EVENTS[stage])
    passed_on = not told & PASSED_ON or _passed_on(work, row)
    row = conversations.load(work, row.id)
    row = clocks.timed(work, row._replace(told=row.told | told))
    if not passed_on:
        again = work.now + AGAIN
        row = row._replace(told=row.told & ~PASSED_ON, alarm_at=min(again, row.alarm_at or again))
    work.tx.run("save_alarm", id=row.id, told=row.told, alarm_at=row.alarm_at)


def _worst(told: int) -> list[int]:
    """Late is not told as near as well."""
    if told & LATE:
        told &= ~WARNED
    if told & RESOLUTION_LATE:
        told &= ~RESOLUTION_WARNED
    return [stage for stage in EVENTS if told & stage]


def _passed_on(work: Work, row: Row) -> bool:
    """To the queue at its old place, unless nobody else who is here could take it."""
    if row.status != "assigned":
        return True  # it is offered to everybody already
    others = [agent for agent in work.desk.agents.values() if agent.id != row.owner]
    if in_vain(conversations.need(row), others):
        return False
    known = work.desk.agents.get(row.owner)
    name = known.name if known is not None else row.owner
    conversations.tell(work, row, "let_pass")
    row = conversations.wait_on(work, row, row.owner, REST)
    messages.add_line(work, row, say("{agent} let the reply target pass; somebody else is asked",
                                     agent=name))  # fmt: skip
    return True
