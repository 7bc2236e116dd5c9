"""An agent moves what was written: a message, or a whole conversation; and moves it back.

What a customer's page shows, where answers go and what was sent stay as they were: a move changes
only where our side reads it.
"""

from dataclasses import dataclass
from typing import Any

from router.core.targets.place import order_key
from router.handling import (
    contacts,
    conversations,
    dispatch,
    messages,
    parting,
    retargeting,
)
from router.lane import Work
from router.policy import Policy
from wire import codec
from wire.messages.base import Said, say

Row = Any
_KEPT = ("status", "owner", "snoozed_until", "resolved_at", "settled", "own")


@dataclass(frozen=True, slots=True)
class Mover:
    """Who moves, and by which rules."""

    work: Work
    agent: str
    name: str
    policy: Policy


def opened(mover: Mover, message: Row, contact: Row, host: Row) -> Row:
    """A new conversation for a message: of its own contact, or of the one that an agent named."""
    work = mover.work
    row = work.tx.one(
        "add_conversation", contact=contact.id, identity=host.identity, kind=message.kind or
        host.kind, account=message.account or host.account, remote=message.remote or host.remote,
        subject=message.subject, team=host.team, priority=host.priority, skills=host.skills,
        tags="[]", opened=work.now, order_key=order_key(work.now, host.priority), came_from="",
        continues=0,
    )  # fmt: skip
    if contact.id != work.tx.one("identity_by_id", id=host.identity).contact:
        row = work.tx.one("move_to_contact", id=row.id, own=contact.id, contact=contact.id)
    row = conversations.give(work, row, mover.agent, "opened")
    dispatch.taken(work, row, mover.agent, say("{agent} moved it out", agent=mover.name), "moved")
    return row


def message(mover: Mover, moved: Row, source: Row, target: Row, *, new: bool) -> int:
    """A message goes to another conversation; if nobody answered it, that is so there as well."""
    work = mover.work
    waits = _waits(work, source, moved)
    number = _noted(mover, source, target, message=moved.id, opened=new)
    work.tx.run("remember_moved", move=number, message=moved.id)
    gone = say("{agent} moved a message to #{conversation}", agent=mover.name,
               conversation=target.id)  # fmt: skip
    line = messages.add_line(work, source, gone)
    if source.contact != target.contact:
        line = messages.add_line(work, target, _from(mover, source))
    counts = (line if waits else 0) if moved.author_is == "customer" else -1
    work.tx.run(
        "move_message", id=moved.id, conversation=target.id, contact=target.contact,
        came_from=source.id, counts=counts, placed=messages.as_json(_from(mover, source)),
    )  # fmt: skip
    work.tx.run("outbox_follows", move=number)
    _settled(mover, source, target)
    conversations.tell(work, conversations.load(work, target.id), "message_changed", moved.id)
    return number


def join(mover: Mover, source: Row, target: Row) -> int:
    """All of a conversation goes into another; what comes for it from now on goes there too."""
    work = mover.work
    answered = work.tx.value("answered_up_to", conversation=source.id)
    if source.status == "resolved":
        answered = work.tx.value("newest_message")
    number = _noted(mover, source, target)
    gone = say("{agent} joined it to #{conversation}", agent=mover.name, conversation=target.id)
    line = messages.add_line(work, source, gone)
    work.tx.run("remember_joined", move=number, conversation=source.id, before=line)
    work.tx.run(
        "join_messages", conversation=target.id, contact=target.contact, came_from=source.id,
        line=line, answered=answered,
    )  # fmt: skip
    work.tx.run("outbox_follows", move=number)
    messages.add_line(work, target, say("{agent} joined #{conversation} to it",
                                        agent=mover.name, conversation=source.id))  # fmt: skip
    source = conversations.resolve(work, source)
    source = conversations.save(work, source, "joined", joined=target.id)
    _settled(mover, source, target)
    return number


def to_contact(mover: Mover, source: Row, contact: Row) -> int:
    """The conversation stays one, and is another contact's."""
    work = mover.work
    number = _noted(mover, source, source._replace(id=0, contact=contact.id))
    row = work.tx.one("move_to_contact", id=source.id, own=contact.id, contact=contact.id)
    _follows(work, row, source.contact)
    messages.add_line(work, row, say("{agent} moved it here from contact #{contact}",
                                     agent=mover.name, contact=source.contact))  # fmt: skip
    return number


# --- back --------------------------------------------------------------------------------------


def back(mover: Mover, move: Row) -> Row:
    """Everything that is still where the move put it goes back. Returns its conversation."""
    work = mover.work
    work.tx.run("undo_move", id=move.id, now=work.now)
    source = conversations.load(work, move.conversation)
    if not move.into_conversation:
        return _contact_back(mover, move, source)
    target = conversations.load(work, move.into_conversation)
    work.tx.run("moved_back", move=move.id, conversation=source.id, contact=source.contact,
                came_from=target.id)  # fmt: skip
    work.tx.run("outbox_follows", move=move.id)
    messages.add_line(work, target, say("{agent} moved it back to #{conversation}",
                                        agent=mover.name, conversation=source.id))  # fmt: skip
    if not move.message:
        source = _parted(mover, move, source)
    _settled(mover, source, target)
    for row in (source, target):
        _part(mover, row)
    target = conversations.load(work, target.id)
    if move.opened and work.tx.one("words_in", conversation=target.id) is None:
        target = conversations.resolve(work, target)
        conversations.save(work, target, "joined", joined=source.id)
    if move.message:
        conversations.tell(work, conversations.load(work, source.id), "message_changed",
                           move.message)  # fmt: skip
    return conversations.load(work, source.id)


def _contact_back(mover: Mover, move: Row, source: Row) -> Row:
    """To the contact whose it was: whom an agent said before, or that of its identity."""
    work, own = mover.work, int(_before(move).get("own", 0))
    identity = work.tx.one("identity_by_id", id=source.identity)
    contact = contacts.standing(work.tx, own) if own else identity.contact
    row = work.tx.one("move_to_contact", id=source.id, own=own, contact=contact)
    _follows(work, row, source.contact)
    messages.add_line(work, row, say("{agent} moved it back here", agent=mover.name))
    _part(mover, row)
    return conversations.load(work, row.id)


def _part(mover: Mover, row: Row) -> None:
    """What came in only because of the move leaves; so does what became another customer's."""
    guests = mover.work.tx.all("guests_in", conversation=row.id)
    parting.part(mover.work, guests, mover.policy)


def _parted(mover: Mover, move: Row, source: Row) -> Row:
    """It is a conversation of its own again, and stands as it stood."""
    work, before = mover.work, _before(move)
    source = conversations.save(work, source, "joined", joined=0, settled=before["settled"])
    owner = work.desk.agents.get(before["owner"])
    if before["status"] in ("resolved", "snoozed"):
        return conversations.save(work, source, "message", status=before["status"],
                                  snoozed_until=before["snoozed_until"])  # fmt: skip
    if before["status"] == "assigned" and owner is not None and owner.enabled:
        source = conversations.give(work, source, owner.id)
        said = say("{agent} moved it back", agent=mover.name)
        dispatch.taken(work, source, owner.id, said, "moved back")
        return source
    source = conversations.queue(work, source, "message", mover.policy)
    dispatch.dispatch(work, "moved back", source.id)
    return conversations.load(work, source.id)


# --- what they share ---------------------------------------------------------------------------


def _noted(
    mover: Mover, source: Row, target: Row, *, message: int = 0, opened: bool = False
) -> int:  # fmt: skip
    before = {name: getattr(source, name) for name in _KEPT}
    return mover.work.tx.run(
        "add_move", now=mover.work.now, agent=mover.agent, message=message,
        conversation=source.id, contact=source.contact, into_conversation=target.id,
        into_contact=target.contact, opened=opened, before=messages.as_json(before),
    )  # fmt: skip


def _before(move: Row) -> dict[str, Any]:
    found = codec.decode(move.before.encode(), dict[str, Any])
    return found if isinstance(found, dict) else {}


def _from(mover: Mover, source: Row) -> Said:
    return say("moved here from #{conversation} by {agent}", conversation=source.id,
               agent=mover.name)  # fmt: skip


def _waits(work: Work, source: Row, moved: Row) -> bool:
    """Whether nobody answered it where it stands."""
    answered = work.tx.value("answered_up_to", conversation=source.id)
    counts = moved.id if moved.counts < 0 else moved.counts
    customer = moved.author_is == "customer" and not moved.automatic
    return bool(customer and source.status != "resolved" and counts > answered)


def _settled(mover: Mover, source: Row, target: Row) -> None:
    """Clocks, newest words and threads of both are as what stands in them says."""
    for row in (source, target):
        _recount(mover, conversations.load(mover.work, row.id))
    _woken(mover, conversations.load(mover.work, target.id))
    for contact in {source.contact, target.contact}:
        mover.work.event("thread", contact=contact)


def _recount(mover: Mover, row: Row) -> None:
    work = mover.work
    newest = work.tx.one("newest_words", conversation=row.id)
    said = work.tx.value("newest_said", conversation=row.id)
    conversations.save(
        work, row, "message", last_at=newest.accepted if newest else row.opened,
        last_message=said or 0, **messages.recounted(work, row),
    )  # fmt: skip


def _woken(mover: Mover, target: Row) -> None:
    """What waits for an answer is not put away."""
    work = mover.work
    if target.status not in ("resolved", "snoozed") or target.joined:
        return
    answered = work.tx.value("answered_up_to", conversation=target.id)
    if not work.tx.all("unanswered_of", conversation=target.id, answered=answered):
        return
    row = conversations.queue(work, target, "message", mover.policy)
    conversations.save(work, row, "message", **messages.recounted(work, row))
    dispatch.dispatch(work, "moved", row.id)


def _follows(work: Work, row: Row, before: int) -> None:
    """The messages go with their conversation."""
    work.tx.run("messages_follow", contact=row.contact)
    conversations.tell(work, row, "moved")
    for contact in (before, row.contact):
        work.tx.run("touch_contact", id=contact)
        work.event("contact", contact=contact)
        work.event("thread", contact=contact)
    retargeting.retarget(work, row.contact)
