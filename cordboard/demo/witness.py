"""What the desk shows, asked like a console would, for the reckoning."""

from collections.abc import AsyncIterator
from typing import Literal

from cordboard.demo.customers import tokens
from cordboard.demo.reckoning import Shown
from wire.desk_client import Desk
from wire.messages.desk import ConversationRow, MessageRow
from wire.messages.verbs import Queue, QueuePage, Timeline, TimelinePage

View = Literal["all", "snoozed", "resolved"]
VIEWS: tuple[View, ...] = ("all", "snoozed", "resolved")


async def testimony(desk: Desk, since: float) -> tuple[list[Shown], set[int]]:
    """All messages accepted since then, and the conversations that an agent had or has."""
    rows = {row.id: row async for row in _rows(desk, since)}
    shown: list[Shown] = []
    owned = {row.id for row in rows.values() if row.owner}
    for contact in {row.contact for row in rows.values()}:
        async for message in _messages(desk, contact, since):
            shown.append(_shown(message))
            if message.by == "agent":
                owned.add(message.conversation)
    return shown, owned


async def _rows(desk: Desk, since: float) -> AsyncIterator[ConversationRow]:
    for view in VIEWS:
        after, more = "", True
        while more:
            page: QueuePage = await desk.call(Queue(view=view, after=after, limit=500))
            recent = [row for row in page.rows if row.last_at >= since]
            for row in recent:
                yield row
            # What was resolved stands newest first: an old page is followed by older ones.
            more = bool(page.next) and (view != "resolved" or bool(recent))
            after = page.next


async def _messages(desk: Desk, contact: int, since: float) -> AsyncIterator[MessageRow]:
    """Newest page first, back to the time asked for."""
    before, more = 0, True
    while more:
        page: TimelinePage = await desk.call(
            Timeline(contact=contact, before=before, limit=200, watch=False)
        )
        recent = [message for message in page.messages if message.accepted >= since]
        for message in recent:
            yield message
        more = page.more and len(recent) == len(page.messages)
        before = page.messages[0].id if page.messages else 0


def _shown(message: MessageRow) -> Shown:
    text = "\n".join([message.text, *(fold.text for fold in message.folds if fold.kind != "quote")])
    return Shown(
        id=message.id,
        conversation=message.conversation,
        by=message.by,
        tokens=tuple(dict.fromkeys(tokens.found(text))),
        state=message.state,
    )
