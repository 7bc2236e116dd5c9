"""A desk that came out of a backup does not know what the old one sent afterwards."""

from router.handling import conversations, messages
from router.lane import Work
from wire.messages.base import say
from wire.words import N_

WHY = N_("the desk came out of a backup, and it may have been sent afterwards")


def settle(work: Work) -> None:
    """Once after a restore: whatever was not sent yet may have been; a person decides each."""
    if work.tx.one("operating").restored is None:
        return
    for row in work.tx.all("unsent"):
        if row.state == "ambiguous":
            continue
        work.tx.run("save_outbox", **row._asdict() | {"state": "ambiguous", "reason": WHY})
        message = work.tx.one("message", id=row.message)
        messages.change(work, message, state="ambiguous", reason=WHY, undo_until=None)
        conversation = conversations.load(work, row.conversation)
        said = say("the desk came out of a backup: perhaps the last message was sent already; "
                   "send it again or let it be")  # fmt: skip
        messages.add_line(work, conversation, said)
    work.tx.run("mark_settled")
