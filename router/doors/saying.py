"""What an agent says: answers, first letters, forwards, words for colleagues; taking them back."""

from datetime import UTC, datetime
from typing import Any

from router.core.targets.place import order_key
from router.doors import channels, moving, sight
from router.doors.asker import Doing, Refused
from router.doors.channels import Channel
from router.doors.words import written
from router.handling import contacts, conversations, dispatch, messages
from router.sending import capabilities
from wire.messages.base import say
from wire.messages.channel import Outbound, Party
from wire.messages.verbs import Comment, Compose, Done, Forward, Reply, Resend, Undo
from wire.text import clean_line

Row = Any
COMMENT = 20_000


def reply(doing: Doing, ask: Reply) -> Done:
    """Answer the customer. One who answers a conversation that nobody has, has it."""
    row = sight.conversation(doing, ask.conversation)
    text = written(ask.text, empty=bool(ask.attachments))
    _check_stale(doing, row, ask)
    channel = channels.of_reply(doing, row, ask)
    outbound = _answer(doing, row, channel, ask, text)
    row = _switched(doing, _taken(doing, row), channel)
    message, row = messages.add_outbound(
        doing.work, row, outbound, doing.asker.id, channel.can.undo
    )
    return moving.done(row, message=message)


def compose(doing: Doing, ask: Compose) -> Done:
    """Write first: a conversation of its own, held by its writer."""
    to = channels.somebody(ask.to)
    channel = channels.to_start(doing, ask.kind, ask.account, to[0].address)
    channels.check_people(channel, to[1:], ask.cc, ask.bcc)
    row = _opened(doing, channel, to[0], ask.contact, clean_line(ask.subject))
    outbound = _outbound(
        doing, channel, row, written(ask.text, empty=bool(ask.attachments)),
        to=to if channel.can.recipients else (), cc=channels.parties(ask.cc),
        bcc=channels.parties(ask.bcc), subject=row.subject,
        attachments=channels.files(doing, channel, ask.attachments),
    )  # fmt: skip
    message, row = messages.add_outbound(
        doing.work, row, outbound, doing.asker.id, channel.can.undo
    )
    return moving.done(row, message=message)


def forward(doing: Doing, ask: Forward) -> Done:
    """On to somebody else, as a conversation with them; the old thread says where it went.

    Their answer must not look like the customer's, so it never lands in the customer's thread.
    Only the message's words go along, as a quotation.
    """
    message = sight.message(doing, ask.message)
    if message.author_is not in ("customer", "agent"):
        raise Refused("forbidden", say("Only what was written to or by a customer is forwarded."))
    to = channels.somebody(ask.to)
    before = sight.conversation(doing, message.conversation)
    channel = channels.to_start(doing, *_mailing(doing, message), to[0].address)
    row = _opened(doing, channel, to[0], 0, _forwarded(message.subject or before.subject))
    outbound = _outbound(
        doing, channel, row, _with_quotation(written(ask.text, empty=True), message), to=to,
        cc=channels.parties(ask.cc), subject=row.subject,
    )  # fmt: skip
    number, row = messages.add_outbound(doing.work, row, outbound, doing.asker.id, channel.can.undo)
    said = say("{agent} forwarded a message to {address}: #{conversation}", agent=doing.asker.name,
               address=to[0].address, conversation=row.id)  # fmt: skip
    messages.add_line(doing.work, before, said)
    return moving.done(row, message=number)


def comment(doing: Doing, ask: Comment) -> Done:
    row = sight.conversation(doing, ask.conversation)
    text = written(ask.text, most=COMMENT)
    message, row = messages.add_comment(doing.work, row, doing.asker.id, doing.asker.name, text)
    return moving.done(row, message=message)


def undo(doing: Doing, ask: Undo) -> Done:
    """Take it back before it went: the customer waits again, the text can be edited."""
    message, outbox = _sent_by_us(doing, ask.message)
    if message.agent != doing.asker.id and not doing.asker.leads:
        raise Refused("forbidden", say("Only its writer can take it back."))
    if outbox.state == "cancelled":
        raise Refused("late", say("It was taken back already."))
    if outbox.state != "held":
        raise Refused("late", say("It is on its way already."))
    doing.work.tx.run("save_outbox", **outbox._asdict() | {"state": "cancelled"})
    messages.change(doing.work, message, state="cancelled", undo_until=None)
    row = _waits_again(doing, conversations.load(doing.work, message.conversation))
    return moving.done(row, message=message.id)


def resend(doing: Doing, ask: Resend) -> Done:
    """Settle a message of which the channel said no, or nothing."""
    message, outbox = _sent_by_us(doing, ask.message)
    waits = outbox.state == "ready" and ask.settle != "sent"  # for its next try
    if outbox.state not in ("failed", "ambiguous") and message.state != "failed" and not waits:
        raise Refused("conflict", say("It is neither failed nor uncertain."))
    state = {"again": "ready", "sent": "sent", "drop": "cancelled"}[ask.settle]
    # Tried anew by a person, it has all its tries again, under the same id for the channel.
    changes = {"state": state, "not_before": doing.now, "attempt": 0, "reason": "",
               "anew": outbox.state == "sent"}  # fmt: skip
    doing.work.tx.run("save_outbox", **outbox._asdict() | changes)
    messages.change(doing.work, message, state=state, reason="")
    row = conversations.load(doing.work, message.conversation)
    if ask.settle == "drop":
        row = _waits_again(doing, row)
    return moving.done(row, message=message.id)


# --- an answer ---------------------------------------------------------------------------------


def _check_stale(doing: Doing, row: Row, ask: Reply) -> None:
    if ask.anyway:
        return
    newer = doing.rows.value(
        "newer_of_others", conversation=row.id, seen=ask.seen, agent=doing.asker.id
    )
    if newer is not None:
        said = say("Something was written since you began. Look, then send it anyway or change it.")
        raise Refused("stale", said, now=newer)


def _answer(doing: Doing, row: Row, channel: Channel, ask: Reply, text: str) -> Outbound:
    channels.check_people(channel, ask.to, ask.cc, ask.bcc)
    answered = doing.rows.one("last_customer_message", conversation=row.id)
    quotes = answered is not None and channel.can.subject and not answered.deleted
    return _outbound(
        doing, channel, row, text,
        to=channels.recipients(channel, answered, ask.to),
        cc=channels.parties(ask.cc), bcc=channels.parties(ask.bcc),
        subject=channels.subject(channel, ask.subject, row.subject),
        attachments=channels.files(doing, channel, ask.attachments),
        quoted=answered.text if quotes else "",
        quoted_author=answered.author if quotes else "",
        quoted_at=answered.at if quotes else 0.0,
    )  # fmt: skip


def _outbound(doing: Doing, channel: Channel, row: Row, text: str, **more: Any) -> Outbound:
    """As it will be sent; the sender adds its id, epoch, number and references when it goes."""
    return Outbound(id="", epoch=0, remote=channel.remote, text=text, at=doing.now,
                    conversation=row.id, author=doing.asker.name, **more)  # fmt: skip


def _taken(doing: Doing, row: Row) -> Row:
    if row.status == "waiting":
        said = say("{agent} took it by answering", agent=doing.asker.name)
    elif row.status == "resolved":
        said = say("{agent} reopened it by answering", agent=doing.asker.name)
    else:
        return row
    return moving.hold(doing, row, doing.asker.id, said, "answer")


def _switched(doing: Doing, row: Row, channel: Channel) -> Row:
    """The conversation goes on where we answered, so that the next words come back to it."""
    return conversations.move_to(
        doing.work, row, "switched",
        kind=channel.kind, account=channel.account, remote=channel.remote,
    )  # fmt: skip


# --- a first letter ----------------------------------------------------------------------------


def _opened(doing: Doing, channel: Channel, to: Party, contact: int, subject: str) -> Row:
    """A new conversation with whoever has this address, held by its writer."""
    work = doing.work
    identity = _identity(doing, channel.kind, to, contact)
    account = doing.policy.account(channel.account, channel.kind)
    row = work.tx.one(
        "add_conversation", contact=identity.contact, identity=identity.id, kind=channel.kind,
        account=channel.account, remote=channel.remote, subject=subject, team=account.team,
        priority=account.priority, skills=messages.as_json(account.skills), tags="[]",
        opened=doing.now, order_key=order_key(doing.now, account.priority), came_from="",
        continues=0,
    )  # fmt: skip
    row = conversations.give(work, row, doing.asker.id, "opened")
    said = say("{agent} wrote first", agent=doing.asker.name)
    dispatch.taken(work, row, doing.asker.id, said, "compose")
    return row


def _identity(doing: Doing, kind: str, to: Party, contact: int) -> Row:
    """Writing to somebody must not open the thread of a contact who is another team's."""
    known = contacts.known(doing.rows, kind, to.address)
    if known is not None:
        sight.identity(doing, known.id)
        if contact not in (0, known.contact):
            raise Refused("conflict", say("{address} belongs to the contact #{contact}.",
                                          address=to.address, contact=known.contact))  # fmt: skip
        return known
    if not contact:
        return contacts.identify(doing.work, kind, Party(address=to.address, name=to.name), "")
    sight.contact(doing, contact)
    return contacts.add_identity(
        doing.work, contact, kind, Party(address=to.address, name=to.name,
                                         evidence=f"{doing.asker.id} wrote there"),
    )  # fmt: skip


def _mailing(doing: Doing, message: Row) -> tuple[str, str]:
    """The account that a forward goes by: the message's own, or any of ours that can."""
    rows = doing.rows.all("accounts")
    rows.sort(key=lambda row: (row.kind, row.account) != (message.kind, message.account))
    for row in rows:
        can = capabilities(doing.rows, row.kind, row.account)
        ours = channels.may_start(doing, row.kind, row.account)
        if ours and can.can_start and can.recipients:
            return row.kind, row.account
    raise Refused("invalid", say("No channel of this desk can write to others first."))


def _with_quotation(text: str, message: Row) -> str:
    """The message in the text itself, so that our thread shows all that went out."""
    when = datetime.fromtimestamp(message.at, UTC)
    quoted = "\n".join(f"> {line}" for line in message.text.split("\n"))
    return f"{text}\n\n{message.author}, {when:%Y-%m-%d %H:%M} UTC:\n{quoted}".lstrip()


def _forwarded(subject: str) -> str:
    return clean_line(subject if subject.lower().startswith("fwd:") else f"Fwd: {subject}")


# --- taking back -------------------------------------------------------------------------------


def _sent_by_us(doing: Doing, number: int) -> tuple[Row, Row]:
    message = sight.message(doing, number)
    outbox = doing.rows.one("outbox_of_message", message=number)
    if outbox is None:
        raise Refused("invalid", say("This message was not sent by us."))
    return message, outbox


def _waits_again(doing: Doing, row: Row) -> Row:
    """What we said does not count: the clock of what the customer wrote before runs again."""
    changes = messages.recounted(doing.work, row)
    return conversations.save(doing.work, row, "message", **changes)
