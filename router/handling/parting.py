"""After an address changed its contact: messages follow, and what the old tie let in leaves."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from router.core.targets.place import order_key
from router.handling import clues, conversations, dispatch, messages, retargeting
from router.lane import Work
from router.policy import Policy
from wire.messages.base import say

Row = Any


def settle(
    work: Work, before: int, contact: int, taken: Sequence[Row], policy: Policy
) -> None:  # fmt: skip
    """`taken`: the conversations that came from one contact to the other."""
    work.tx.run("messages_follow", contact=contact)
    _part_guests(work, before, contact, policy)
    for touched in (before, contact):
        work.tx.run("touch_contact", id=touched)
        work.event("contact", contact=touched)
        work.event("thread", contact=touched)
        retargeting.retarget(work, touched)
    for row in taken:
        conversations.tell(work, row, "moved")


def _part_guests(work: Work, one: int, other: int, policy: Policy) -> None:
    """Two addresses of one person wrote into one conversation; they are two persons again."""
    part(work, work.tx.all("guests_between", one=one, other=other), policy)


def part(work: Work, guests: list[Row], policy: Policy) -> None:
    """Each guest's messages of a conversation become one of their own, unless they take part."""
    guests.sort(key=lambda row: (row.conversation, row.guest, row.id))
    for (conversation, guest), rows in groupby(guests, lambda row: (row.conversation, row.guest)):
        host, identity = conversations.load(work, conversation), _identity(work, guest)
        if not clues.took_part_in(work, host, identity.address):
            _part(work, host, identity, list(rows), policy)


def _identity(work: Work, number: int) -> Row:
    return work.tx.one("identity_by_id", id=number)


def _part(work: Work, host: Row, guest: Row, rows: Sequence[Row], policy: Policy) -> None:
    """A guest's messages become a conversation of their own."""
    answered = work.tx.value("answered_up_to", conversation=host.id)
    own = _opened(work, host, guest, rows[-1])
    line = messages.add_line(work, own, say("parted from #{conversation}: another customer wrote "
                                            "this", conversation=host.id))  # fmt: skip
    for row in rows:
        waits = host.status != "resolved" and _count(row) > answered and not row.automatic
        work.tx.run("guest_leaves", id=row.id, conversation=own.id, contact=own.contact,
                    placed=row.placed, counts=line if waits else 0)  # fmt: skip
        conversations.tell(work, own, "message_changed", row.id)
    conversations.save(work, host, "message", **messages.recounted(work, host))
    _goes_on(work, own, policy)


def _count(row: Row) -> int:
    """Its place for the clock."""
    return int(row.id if row.counts < 0 else row.counts)


def _opened(work: Work, host: Row, identity: Row, newest: Row) -> Row:
    row = work.tx.one(
        "add_conversation", contact=identity.contact, identity=identity.id, kind=newest.kind,
        account=newest.account, remote=newest.remote, subject=newest.subject or host.subject,
        team=host.team, priority=host.priority, skills=host.skills, tags="[]", opened=work.now,
        order_key=order_key(work.now, host.priority), came_from="", continues=0,
    )  # fmt: skip
    work.tx.run("relate", id=row.id, related=host.id)
    return row._replace(related=host.id)


def _goes_on(work: Work, row: Row, policy: Policy) -> None:
    """Somebody answers what waits in it; otherwise it is done."""
    changes = messages.recounted(work, row)
    if changes["unanswered"]:
        conversations.queue(work, row, "message", policy, **changes)
        dispatch.dispatch(work, "parted", row.id)
    else:
        conversations.resolve(work, conversations.save(work, row, "message", **changes))
