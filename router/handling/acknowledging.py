"""An automatic answer to who opens a conversation: once, in our words only, to no machine."""

from router.core import loops
from router.handling import conversations, messages
from router.lane import Work
from wire import codec
from wire.messages.base import say
from wire.messages.channel import MessageIn, Outbound
from wire.settings import Account

TAG = "loop"


def acknowledge(
    work: Work, row: conversations.Row, event: MessageIn, account: Account, text: str = ""
) -> conversations.Row:
    """Say that it came, to a proved address: others may be somebody else's, who asked nothing.

    `text` is what a rule says instead of the account.
    """
    text = text or account.acknowledge
    proved = event.sender.verified and not event.sender.doubt
    if not text or event.automatic or not proved:
        return row
    match loops.verdict(_before(work, row)):
        case "answer":
            return _answered(work, row, event, account, text)
        case "loop":
            return _flagged(work, row)
    return row


def _before(work: Work, row: conversations.Row) -> loops.Before:
    since, hour = work.now - loops.DAY, work.now - loops.HOUR
    told = work.tx.one("automatic_answers", contact=row.contact, since=since, hour=hour)
    heard = work.tx.value("heard_since", contact=row.contact, since=told.newest or work.now)
    return loops.Before(told.within_hour, told.within_day, int(heard))


def _answered(
    work: Work, row: conversations.Row, event: MessageIn, account: Account, text: str
) -> conversations.Row:
    """Nothing of their mail is in it, the subject neither: it may be a stranger's advertisement."""
    outbound = Outbound(
        id="", epoch=0, remote=event.remote, text=text, at=work.now,
        conversation=row.id, author=account.title, subject=account.title, automatic=True,
    )  # fmt: skip
    return messages.add_outbound(work, row, outbound, "", 0.0)[1]


def _flagged(work: Work, row: conversations.Row) -> conversations.Row:
    tags = codec.decode(row.tags.encode(), list[str])
    known = tags if isinstance(tags, list) else []
    if TAG in known:
        return row
    messages.add_line(work, row, say("a machine may be answering us: it gets no automatic answer"))
    return conversations.save(work, row, "tagged", tags=messages.as_json([*known, TAG]))
