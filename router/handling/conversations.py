"""What can happen to a conversation. Each change is a new row value, saved with an event."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from router.core import targets
from router.core.demand import Demand, StepOf
from router.core.need import Need, Step, Waiting, skills_of
from router.lane import Work
from router.policy import Policy
from router.store.sql import Rows
from wire import codec

Row = Any  # a named tuple of the table `conversations`


def load(work: Work, conversation: int) -> Row:
    """The row, or None when there is none."""
    return work.tx.one("conversation", id=conversation)


def followed(rows: Rows, row: Row) -> Row:
    """Where it goes on: what was joined to another goes on there."""
    while row is not None and row.joined:
        row = rows.one("conversation", id=row.joined)
    return row


def standing(rows: Rows, conversation: int) -> Row:
    """The conversation of this number, or that which it was joined to; None when there is none."""
    return followed(rows, rows.one("conversation", id=conversation))


def lately(work: Work, contact: int) -> Sequence[Row]:
    """The contact's newest conversations, newest first: kind, last_at, owner, status."""
    return work.tx.all("lately", contact=contact)


def save(work: Work, row: Row, what: str, **changes: Any) -> Row:
    """The changed row, its version one higher, and the event that tells it."""
    after = row._replace(version=row.version + 1, **changes)
    work.tx.run("save_conversation", **after._asdict())
    tell(work, after, what)
    if (after.status, after.team, after.owner) != (row.status, row.team, row.owner):
        work.tx.later("add_passage", work.now, row.id, after.status, after.team, after.owner)
    if after.owner != row.owner and row.owner:
        work.event("left", conversation=after.id, contact=after.contact, agent=row.owner)
    if after.team != row.team:
        work.event("left_team", conversation=after.id, contact=after.contact, team=row.team)
    return after


def tell(work: Work, row: Row, what: str, message: int = 0) -> None:
    """The event of a change of the conversation, or of one of its messages."""
    work.event(
        what,
        conversation=row.id,
        contact=row.contact,
        message=message,
        agent=row.owner,
        team=row.team,
        version=row.version,
    )


def hear(work: Work, row: Row, changes: dict[str, Any]) -> Row:
    """The customer wrote, and all else goes on as it is."""
    after = row._replace(version=row.version + 1, **changes)
    work.tx.run("hear_conversation", id=row.id, version=after.version, **changes)
    tell(work, after, "message")
    return after


def need(row: Row) -> Need:
    """What it asks of an agent; conversations that ask the same share the value."""
    return _need(row.team, row.kind, row.skills, row.demand)


@lru_cache(maxsize=4_096)
def _need(team: str, kind: str, skills: str, demand: str) -> Need:
    levels = codec.decode(skills.encode(), dict[str, int])
    asked = _demand(demand)
    without = tuple(sorted(dict.fromkeys(asked.excluded, math.inf) | asked.resting))
    return Need(
        team, kind, skills_of(levels if isinstance(levels, dict) else {}),
        either=tuple(skills_of(group) for group in asked.either), language=asked.language,
        without=tuple((name, asked.resting.get(name, math.inf)) for name in without),
    )  # fmt: skip


@lru_cache(maxsize=4_096)
def _demand(text: str) -> Demand:
    found = codec.decode(text.encode(), Demand) if text else Demand()
    return found if isinstance(found, Demand) else Demand()


def demand(row: Row) -> Demand:
    return _demand(row.demand)


def waiting(row: Row) -> Waiting:
    """Its place in the queue, as its row says: who is preferred is asked first, for a time."""
    asked, wanted = demand(row), need(row)
    steps = [_step(step) for step in asked.steps]
    if asked.preferred:
        steps.append(Step(asked.prefer_for, prefer=(), skip=True))
        wanted = replace(wanted, only=asked.preferred)
    if row.preferred_until:
        steps.append(Step(row.preferred_until - row.entered, prefer=wanted.only, skip=True))
        wanted = replace(wanted, only=(row.preferred,))
    steps.sort(key=lambda step: step.after)
    return Waiting(row.id, wanted, row.order_key, tier=asked.tier, slope=asked.slope,
                   entered=row.entered, steps=tuple(steps))  # fmt: skip


def _step(step: StepOf) -> Step:
    return Step(step.after, step.drop, skills_of(step.lower), step.any_language, step.widen,
                step.prefer, step.sooner, step.tier, step.skip)  # fmt: skip


def queue(work: Work, row: Row, what: str, policy: Policy, **changes: Any) -> Row:
    """It waits for an agent. Its place is kept when it waited or was held before."""
    preferred, until = preference(work, row.kind, lately(work, row.contact), policy)
    changes = {"status": "waiting", "owner": "", "snoozed_until": None, "resolved_at": None,
               "preferred": preferred, "preferred_until": until} | changes  # fmt: skip
    row = save(work, row, what, **changes)
    stand_in_line(work, row)
    return row


def stand_in_line(work: Work, row: Row) -> None:
    """It waits, for the agent whom it prefers if that makes sense."""
    work.desk.wait(waiting(row))


def preference(work: Work, kind: str, known: Sequence[Row], policy: Policy) -> tuple[str, float]:
    """Who served the contact last, not too long ago, and until when they are asked first."""
    since = work.now - policy.sticky
    served = [row for row in known if row.owner and row.last_at >= since]
    newest = max(served, key=lambda row: (row.status == "assigned", row.last_at), default=None)
    return (newest.owner, work.now + policy.preference(kind)) if newest else ("", 0.0)


def give(work: Work, row: Row, agent: str, what: str = "assigned", **changes: Any) -> Row:
    """The agent has it, however it came to them."""
    work.desk.give(row.id, agent, row.kind, work.now)
    changes = {"status": "assigned", "owner": agent, "snoozed_until": None, "resolved_at": None,
               "preferred": "", "preferred_until": 0.0} | changes  # fmt: skip
    row = save(work, row, what, **changes)
    save_load(work, agent)
    return row


def move_to(work: Work, row: Row, what: str, *, kind: str, account: str, remote: str) -> Row:
    """It goes on by another channel: the next words of both sides go there."""
    if (row.kind, row.account, row.remote) == (kind, account, remote):
        return row
    came_from = row.kind if row.kind != kind else row.came_from
    row = save(work, row, what, kind=kind, account=account, remote=remote, came_from=came_from)
    if row.status == "assigned":  # another channel takes other units
        work.desk.give(row.id, row.owner, row.kind, work.now)
        save_load(work, row.owner)
    return row


def put_away(work: Work, row: Row, what: str, **changes: Any) -> Row:
    """It neither waits nor is held: resolved or snoozed. The owner stays written on it."""
    work.desk.end(row.id, work.now)
    row = save(work, row, what, **changes)
    if row.owner:
        save_load(work, row.owner)
    return row


def resolve(work: Work, row: Row) -> Row:
    return put_away(
        work, row, "resolved", status="resolved", resolved_at=work.now, snoozed_until=None,
        settled=int(work.tx.value("newest_message")),
        **clock_changes(targets.answered()),
    )  # fmt: skip


def clock_changes(clock: targets.Clock) -> dict[str, Any]:
    return {"due": clock.due, "target": clock.target, "unanswered": clock.unanswered,
            "unanswered_since": clock.since}  # fmt: skip


def clock(row: Row) -> targets.Clock:
    return targets.Clock(row.due, row.target, row.unanswered, row.unanswered_since)


def save_load(work: Work, agent: str) -> None:
    """What the agent holds, for everybody to see."""
    known = work.desk.agents.get(agent)
    if known is not None:
        load = work.desk.load_of(agent).units
        work.tx.run("save_agent_load", id=agent, load=load, idle_since=known.idle_since)
        work.event("agent", agent=agent)
