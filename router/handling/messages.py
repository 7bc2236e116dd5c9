"""Entries of a thread: what the customer wrote, what we answered, what the desk says."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from router.core.naming import own_name
from router.core.targets import clock as clocking
from router.core.targets.clock import Clock, Facts
from router.handling import clocks, conversations
from router.lane import Work
from wire import codec
from wire.messages.base import Said
from wire.messages.channel import Attachment, MessageIn, Outbound, Party

Row = Any  # a named tuple of the table `messages`
# Events that a message is new; of one that is ours the sender hears.
ADDED = ("message_added", "reply_added")
# A thread's message is late when another was accepted so long after it was written (seconds).
LATE = 60.0

EMPTY: dict[str, Any] = {
    "author": "", "agent": "", "kind": "", "account": "", "remote": "", "remote_seq": 0,
    "event": "", "text": "", "folds": "[]", "subject": "", "sender": "", "recipients": "{}",
    "message_id": "",
    "body_hash": "", "raw": "", "attachments": "[]", "placed": "", "said": "", "notes": "{}",
    "state": "", "undo_until": None, "late": False, "automatic": False, "guest": 0,
}  # fmt: skip


def as_json(value: object) -> str:
    return codec.encode(value).decode()


def _add(work: Work, conversation: conversations.Row, author_is: str, **values: Any) -> int:
    values = EMPTY | {"at": work.now, "accepted": work.now} | values
    return work.tx.run(
        "add_message",
        id=next_number(work),
        conversation=conversation.id,
        contact=conversation.contact,
        author_is=author_is,
        **values,
    )


def next_seq(work: Work, kind: str, account: str, remote: str) -> int:
    return int(work.tx.value("next_feed", kind=kind, account=account, remote=remote))


def next_number(work: Work) -> int:
    """The id of the message that is written next."""
    return work.tx.next_number("newest_message")


def add_inbound(
    work: Work, conversation: conversations.Row, event: MessageIn, message: int, placed: Said, *,
    late: bool, guest: int = 0,
) -> int:  # fmt: skip
    """The customer's message in its conversation; its number on a chat's page comes back.

    Mail has no page. `guest` is the writer's identity when only their contact lets it in here.
    """
    kind, account = conversation.kind, conversation.account
    seq = 0 if event.message_id else next_seq(work, kind, account, event.remote)
    work.tx.run(
        "add_heard", id=message, conversation=conversation.id, contact=conversation.contact,
        author=own_name(event.sender) or _name(work, conversation.contact), kind=kind,
        account=account, remote=event.remote, remote_seq=seq, accepted=work.now,
        event=event.id, at=event.at, text=event.text, folds=as_json(event.folds),
        subject=event.subject, sender=as_json(event.sender),
        recipients=as_json({"to": event.to, "cc": event.cc, "reply_to": event.reply_to}),
        message_id=event.message_id, body_hash=event.body_hash, raw=event.raw,
        attachments=as_json(event.attachments), placed=as_json(placed), notes=as_json(event.notes),
        late=late, automatic=event.automatic, guest=guest,
    )  # fmt: skip
    _use_blobs(work, message, event.attachments)
    return seq


def heard(
    work: Work, clock: Clock, facts: Facts, event: MessageIn, message: int
) -> dict[str, Any]:  # fmt: skip
    """What a customer's message changes of its conversation: the clocks, and the newest words."""
    waits = clock.unanswered > 0  # then its clocks are those of the message before
    if not event.automatic:
        clock = clocking.wrote(clock, facts.asked.kind, work.now)
    if not waits:
        clock = clocking.timed(clock, work.shelf.targets, facts, work.now)
    return {
        "last_at": work.now,
        "last_text": preview(event.text),
        "last_by": "customer",
        "last_message": message,
        **clocks.changes(clock),
    }


def add_outbound(
    work: Work, conversation: conversations.Row, outbound: Outbound, agent: str, undo: float
) -> tuple[int, conversations.Row]:
    """Our message, held for `undo` seconds before it goes out; nothing waits for us any more."""
    message = _add(
        work, conversation, "agent",
        author=outbound.author, agent=agent, kind=conversation.kind, account=conversation.account,
        remote=outbound.remote, text=outbound.text, subject=outbound.subject,
        recipients=as_json({"to": outbound.to, "cc": outbound.cc, "bcc": outbound.bcc}),
        attachments=as_json(outbound.attachments), state="held", undo_until=work.now + undo,
        automatic=outbound.automatic,
    )  # fmt: skip
    _use_blobs(work, message, outbound.attachments)
    work.tx.run(
        "add_outbox",
        message=message,
        conversation=conversation.id,
        kind=conversation.kind,
        account=conversation.account,
        remote=outbound.remote,
        not_before=work.now + undo,
        payload=as_json(outbound),
    )
    changes: dict[str, Any] = {}
    if not outbound.automatic:  # to whom a machine answers, they still wait
        changes = {
            "last_at": work.now, "last_text": preview(outbound.text), "last_by": "agent",
            "last_message": message,
            **clocks.changes(clocking.answered(clocks.of(conversation))),
        }  # fmt: skip
    row = conversations.save(work, conversation, "reply", **changes)
    conversations.tell(work, row, "reply_added", message)
    return message, row


def add_comment(
    work: Work, conversation: conversations.Row, agent: str, author: str, text: str
) -> tuple[int, conversations.Row]:
    """Words for colleagues: no outbox row is ever made of them."""
    message = _add(work, conversation, "comment", agent=agent, author=author, text=text)
    row = conversations.save(
        work, conversation, "comment", last_at=work.now, last_text=preview(text), last_by="comment"
    )
    conversations.tell(work, row, "message_added", message)
    return message, row


def add_line(work: Work, conversation: conversations.Row, said: Said) -> int:
    """What the desk did, as a line in the thread."""
    message = _add(work, conversation, "desk", said=as_json(said))
    conversations.tell(work, conversation, "message_added", message)
    return message


def also_came_to(work: Work, number: int, kind: str, account: str) -> None:
    """The same mail came to another of our addresses: said on the message, shown once."""
    row = work.tx.one("message", id=number)
    known = work.tx.one("account", kind=kind, account=account)
    notes = codec.decode(row.notes.encode(), dict[str, str])
    notes = notes if isinstance(notes, dict) else {}
    before = [part for part in notes.get("also_to", "").split(", ") if part]
    address = (known.address if known else "") or account
    if address not in before:
        also = ", ".join([*before, address])
        change(work, row, notes=as_json(notes | {"also_to": also}))


def change(work: Work, row: Row, **changes: Any) -> Row:
    """A message is now otherwise: delivery state, text, reactions."""
    after = row._replace(version=row.version + 1, **changes)
    work.tx.run("save_message", **after._asdict())
    conversation = conversations.load(work, row.conversation)
    conversations.tell(work, conversation, "message_changed", row.id)
    return after


def preview(text: str) -> str:
    """The first words, as one line of a queue shows them."""
    return " ".join(text[:400].split())[:160]


def recounted(work: Work, conversation: conversations.Row) -> dict[str, Any]:
    """Its clock and its newest words, as they follow from what stands in it now."""
    replied = bool(work.tx.value("answered_in", conversation=conversation.id))
    clock = replace(clocking.put_down(clocks.of(conversation)), replied=replied)
    if conversation.status != "resolved":
        answered = work.tx.value("answered_up_to", conversation=conversation.id)
        for row in work.tx.all("unanswered_of", conversation=conversation.id, answered=answered):
            clock = clocking.wrote(clock, row.kind, row.accepted)
    newest = work.tx.one("newest_words", conversation=conversation.id)
    return {
        "last_text": preview(newest.text) if newest else "",
        "last_by": newest.author_is if newest else "",
        **clocks.changes(clock),
    }


def recipients(row: Row) -> dict[str, tuple[Party, ...]]:
    """to, cc, bcc and reply_to of a message, as far as it has them."""
    found = codec.decode(row.recipients.encode(), dict[str, tuple[Party, ...]])
    return found if isinstance(found, dict) else {}


def _use_blobs(work: Work, message: int, attachments: Sequence[Attachment]) -> None:
    for attachment in attachments:
        work.tx.run("add_blob_use", sha256=attachment.sha256, message=message)


def _name(work: Work, contact: int) -> str:
    return str(work.tx.one("contact", id=contact).name)
