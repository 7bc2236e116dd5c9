"""Ready texts: which fit what was typed, and their places filled. Pure."""

import re
from collections.abc import Sequence

from console.view import View
from wire.messages.desk import CannedReply

PLACE = re.compile(r"\{\{\s*([a-z_.]+)\s*\}\}")


def fitting(replies: Sequence[CannedReply], words: str, language: str) -> list[CannedReply]:
    """Those with every word in their name, title or text; the customer's language first."""
    wanted = words.casefold().lstrip("/").split()
    found = [
        reply
        for reply in replies
        if all(word in f"{reply.id} {reply.title} {reply.text}".casefold() for word in wanted)
    ]
    return sorted(found, key=lambda reply: bool(reply.language) and reply.language != language)


def filled(text: str, view: View) -> str:
    """The text with the places filled that we know; the others stay and are seen."""
    known = places(view)
    return PLACE.sub(lambda match: known.get(match[1]) or match[0], text)


def places(view: View) -> dict[str, str]:
    card = view.thread.card if view.thread else None
    row = view.strand
    name = (card.name if card else "") or (row.contact_name if row else "")
    return {
        "contact.name": name,
        "contact.first_name": name.split(" ")[0],
        "contact.company": card.company if card else "",
        "agent.name": view.me.name or view.me.id,
        "agent.first_name": view.me.name.split(" ")[0],
        "conversation.id": str(row.id) if row else "",
        "conversation.subject": row.subject if row else "",
    }


def unfilled(text: str) -> str:
    """A place that nobody filled; "" when there is none."""
    match = PLACE.search(text)
    return match[0] if match else ""
