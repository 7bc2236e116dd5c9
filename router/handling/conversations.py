"""What can happen to a conversation. Each change is a new row value, saved with an event."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import msgspec

from router.core.demand import Demand, StepOf
from router.core.desk import Holding
from router.core.need import Need, Step, Waiting, skills_of
from router.core.offering import State
from router.core.targets.calendar import deadline
from router.core.targets.choosing import chosen
from router.core.targets.clock import put_down
from router.core.targets.place import order_key
from router.handling import clocks
from router.lane import Work
from router.policy import Policy
from router.store.sql import Rows
from wire import codec
from wire.messages.base import Said

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
    after = clocks.follow(work, row, row._replace(version=row.version + 1, **changes))
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
    levels = (levels if isinstance(levels, dict) else {}) | asked.asked
    without = tuple(sorted(dict.fromkeys(asked.excluded, math.inf) | asked.resting))
    return Need(
        team, kind, skills_of(levels),
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
    before = _ended(work, row.id)
    row = save(work, row, what, **changes)
    stand_in_line(work, row)
    _let_go(work, row.id, before)
    return row


def reopened(work: Work, row: Row) -> dict[str, Any]:
    """It comes now, a little before others, and is asked of who had it first, if they are here."""
    returning = work.desk.scheme.pace.returning
    minutes = returning.head_start + demand(row).head_start
    key = order_key(work.now - minutes * 60.0, row.priority)
    changes = {"order_key": key, "entered": work.now}
    if returning.former_first and row.owner:
        until = work.now + returning.former_first
        changes |= {"preferred": row.owner, "preferred_until": until}
    return changes


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
    """The agent has it, however it came to them: pushed, accepted, taken, handed over, reopened."""
    before = _ended(work, row.id)
    work.desk.give(row.id, agent, row.kind, work.now)
    changes = {"status": "assigned", "owner": agent, "snoozed_until": None, "resolved_at": None,
               "preferred": "", "preferred_until": 0.0} | changes  # fmt: skip
    row = save(work, row, what, **changes)
    _let_go(work, row.id, before)
    save_load(work, agent)
    _to_begin(work, row)
    return row


def _to_begin(work: Work, row: Row) -> None:
    """Its owner has some business time to do something about what is unanswered."""
    seconds = work.desk.scheme.pace.to_begin(row.kind)
    if not seconds or not row.unanswered:
        return
    calendar = chosen(work.shelf.targets, clocks.asked(work, row)).calendar
    work.tx.run("add_fresh", conversation=row.id, agent=row.owner, now=work.now,
                until=deadline(calendar, work.now, seconds))  # fmt: skip


def offer(work: Work, row: Row, agent: str, seconds: float, because: Said) -> int:
    """It is asked of the agent and kept free for them so long; it waits until they accept."""
    until = work.now + seconds
    number = work.tx.run("add_offer", conversation=row.id, agent=agent, now=work.now, until=until,
                         said=codec.encode(because).decode())  # fmt: skip
    work.desk.offer(row.id, agent, row.kind, number, until, work.now)
    work.event("offer", agent=agent)
    save_load(work, agent)
    return number


def end_offer(work: Work, number: int, agent: str, state: State, reason: str = "") -> None:
    """The first thing that ends it counts."""
    if work.tx.changed("end_offer", id=number, state=state, reason=reason, now=work.now):
        work.event("offer", agent=agent)


def wait_on(work: Work, row: Row, agent: str, seconds: float) -> Row:
    """The agent will not have it: it waits at its old place and is not asked of them for a time."""
    before = _ended(work, row.id)
    changes = {"preferred": "", "preferred_until": 0.0} if row.preferred == agent else {}
    asked = demand_text(rested(work, demand(row), agent, seconds))
    row = save(work, row, "returned", status="waiting", owner="", demand=asked, **changes)
    stand_in_line(work, row)
    _let_go(work, row.id, before)
    return row


def withdraw(work: Work, row: Row) -> None:
    """It waits, and whoever it was offered to is not asked any more."""
    before = _ended(work, row.id)
    stand_in_line(work, row)
    _let_go(work, row.id, before)


def free(work: Work, conversation: int) -> None:
    """Whoever holds it does not any more; where it stands stays as it is."""
    _let_go(work, conversation, _ended(work, conversation))


def rested(work: Work, asked: Demand, agent: str, seconds: float) -> Demand:
    """The agent rests from it; whose rest is over is forgotten."""
    still = {name: until for name, until in asked.resting.items() if until > work.now}
    return msgspec.structs.replace(asked, resting=still | {agent: work.now + seconds})


def demand_text(asked: Demand) -> str:
    """As it stands in its row."""
    return "" if asked == Demand() else codec.encode(asked).decode()


def _ended(work: Work, conversation: int) -> Holding | None:
    """Nobody holds it for the moment. Returns who did."""
    before = work.desk.held.get(conversation)
    work.desk.end(conversation, work.now)
    return before


def _let_go(work: Work, conversation: int, before: Holding | None) -> None:
    """Who had it, was offered it or wrapped it up has room again, and everybody sees so."""
    if before is None:
        return
    if before.offer:
        end_offer(work, before.offer, before.agent, "revoked")
    elif before.until:
        work.tx.run("end_wrap_up", conversation=conversation)
        work.tx.run("save_wrapping", agent=before.agent)
    save_load(work, before.agent)


def move_to(work: Work, row: Row, what: str, *, kind: str, account: str, remote: str) -> Row:
    """It goes on by another channel: the next words of both sides go there."""
    if (row.kind, row.account, row.remote) == (kind, account, remote):
        return row
    came_from = row.kind if row.kind != kind else row.came_from
    row = save(work, row, what, kind=kind, account=account, remote=remote, came_from=came_from)
    if row.status == "assigned":  # another channel takes other units
        work.desk.give(row.id, row.owner, row.kind, work.now)
        save_load(work, row.owner)
    elif row.status == "waiting":  # and is asked of others
        withdraw(work, row)
    return row


def put_away(work: Work, row: Row, what: str, wrap: float = 0.0, **changes: Any) -> Row:
    """It neither waits nor is held: resolved or snoozed. The owner stays written on it.

    `wrap`: it takes its owner's room for so many seconds yet.
    """
    before = work.desk.held.get(row.id)
    wraps = wrap > 0 and before is not None and not before.offer
    if wraps:
        work.desk.wrap_up(row.id, work.now + wrap)
    else:
        work.desk.end(row.id, work.now)
    row = save(work, row, what, **changes)
    _let_go(work, row.id, before)
    if wraps:
        work.tx.run("add_wrap_up", conversation=row.id, agent=row.owner, kind=row.kind,
                    until=work.now + wrap)  # fmt: skip
        work.tx.run("save_wrapping", agent=row.owner)
    return row


def resolve(work: Work, row: Row, *, wraps: bool = False) -> Row:
    """What was asked for this stretch of work only, and who was not to be asked, is over."""
    asked = msgspec.structs.replace(demand(row), asked={}, resting={})
    return put_away(
        work, row, "resolved", wrap=work.desk.scheme.pace.wrapped(row.kind) if wraps else 0.0,
        status="resolved", resolved_at=work.now, snoozed_until=None,
        settled=int(work.tx.value("newest_message")),
        demand=demand_text(asked),
        **clocks.changes(put_down(clocks.of(row))),
    )  # fmt: skip


def save_load(work: Work, agent: str) -> None:
    """What the agent holds, for everybody to see."""
    known = work.desk.agents.get(agent)
    if known is not None:
        load = work.desk.load_of(agent).units
        work.tx.run("save_agent_load", id=agent, load=load, idle_since=known.idle_since,
                    turn=known.turn)  # fmt: skip
        work.event("agent", agent=agent)
