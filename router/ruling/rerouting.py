"""What is open is decided anew: its contact changed, or other rules are in force."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from router.core.demand import Demand
from router.core.rulebook.deciding import NOTHING
from router.core.rulebook.facts import Opening
from router.core.targets.place import order_key
from router.handling import conversations, dispatch, retargeting
from router.lane import Work
from router.policy import Policy
from router.ruling import opening
from router.ruling.opening import ByHand
from wire import codec
from wire.messages.channel import Party
from wire.settings import Account

Row = Any
# So many are decided anew in one item of the lane.
TOGETHER = 200


def contact_changed(work: Work, contact: int, policy: Policy) -> None:
    """Tags, company or language: what it has open is asked of others, and due at another time."""
    if work.book.version:
        for row in work.tx.all("open_of_contact", contact=contact):
            reroute(work, row, policy)
    retargeting.retarget(work, contact)
    dispatch.dispatch(work, "contact")


def open_ones(work: Work) -> list[int]:
    """All that waits or is held, the oldest first."""
    return sorted({*work.desk.waiting, *work.desk.held})


def some(ids: Sequence[int], policy: Policy) -> Callable[[Work], None]:
    """A job of the lane: these are decided anew."""

    def job(work: Work) -> None:
        for row in (conversations.load(work, number) for number in ids):
            if row is not None and row.status != "resolved":
                retargeting.anew(work, reroute(work, row, policy))
        dispatch.dispatch(work, "rulebook")

    return job


def reroute(work: Work, row: Row, policy: Policy) -> Row:
    """By its first message and its contact as they are now. What a person changed stays so."""
    changes = _changes(work, row, policy)
    if all(getattr(row, name) == value for name, value in changes.items()):
        return row
    row = conversations.save(work, row, "rerouted", **changes)
    if row.id in work.desk.waiting:
        conversations.stand_in_line(work, row)
    return row


def _changes(work: Work, row: Row, policy: Policy) -> dict[str, Any]:
    account, before = policy.account(row.account, row.kind), conversations.demand(row)
    first = work.tx.one("first_heard", conversation=row.id)
    outcome = NOTHING if first is None else opening.decided(work, _asked(row, first), row.contact)
    by_hand = _by_hand(row, before, account)
    after = opening.made(work, outcome, row.kind, row.contact, account, by_hand)
    changes = {name: after.columns[name] for name in ("team", "priority", "skills")}
    demand = msgspec.structs.replace(after.demand, resting=before.resting, asked=before.asked)
    moved = _head_start(row.priority, before) - _head_start(changes["priority"], demand)
    return changes | {
        "demand": conversations.demand_text(demand), "order_key": row.order_key + moved,
    }  # fmt: skip


def _by_hand(row: Row, before: Demand, account: Account) -> ByHand:
    """What is otherwise than rules and account had it."""
    priority = account.priority if before.priority is None else before.priority
    return ByHand(
        team="" if row.team == (before.team or account.team) else row.team,
        priority=None if row.priority == priority else row.priority,
    )


def _head_start(priority: int, demand: Demand) -> float:
    return demand.head_start * 60.0 - order_key(0.0, priority)


def _asked(row: Row, first: Row) -> Opening:
    sender = codec.decode(first.sender.encode(), Party) if first.sender else None
    return Opening(
        channel=row.kind, account=row.account, subject=first.subject, text=first.text,
        sender=sender.address if isinstance(sender, Party) else "", at=first.accepted,
    )  # fmt: skip
