"""The open thread: its messages, its card, its note. Pure."""

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from console.advancing.listing import merged, ordered
from console.events import CardCame, MessagesCame, StrandChosen, ThreadClosed, ThreadOpened
from console.view import Thread, View
from wire.messages.desk import ContactCard, MessageRow, Note


def read(
    view: View,
    event: ThreadOpened | StrandChosen | ThreadClosed | MessagesCame | CardCame,
) -> View:
    match event:
        case ThreadOpened(contact, strand):
            if view.thread and view.thread.contact == contact:
                return replace(view, thread=replace(view.thread, strand=strand))
            return replace(view, thread=Thread(contact, strand))
        case ThreadClosed():
            return replace(view, thread=None)
    if view.thread is None:
        return view
    match event:
        case StrandChosen(conversation):
            return replace(view, thread=replace(view.thread, strand=conversation))
        case MessagesCame():
            return _turned(view, view.thread, event)
        case CardCame(card):
            return _carded(view, view.thread, card)
    return view


def _turned(view: View, thread: Thread, came: MessagesCame) -> View:
    page = came.page
    if page.contact != thread.contact:
        return view
    fresh = came.part == "newest" and not _joins(thread.messages, page.messages)
    # What news told while the page was on its way must not be lost by it.
    late = tuple(m for m in thread.messages if not page.messages or m.id > page.messages[-1].id)
    messages = with_messages(late if fresh else thread.messages, page.messages)
    if came.part == "anew":
        messages, fresh = page.messages, True
    begins = not thread.messages or fresh or messages[0].id < thread.messages[0].id
    more = page.more if begins else thread.more
    thread = replace(
        thread,
        messages=messages,
        more=more,
        loaded=True,
        conversations=tuple(row.id for row in page.conversations) or thread.conversations,
    )
    return ordered(replace(view, thread=thread, rows=merged(view, page.conversations)))


def _joins(known: tuple[MessageRow, ...], came: tuple[MessageRow, ...]) -> bool:
    """Whether the page overlaps with what is there, so that nothing is missing between them."""
    return bool(known and came and known[0].id <= came[0].id <= known[-1].id)


def with_messages(
    known: tuple[MessageRow, ...], came: Iterable[MessageRow]
) -> tuple[MessageRow, ...]:
    by_id = {message.id: message for message in known}
    for message in came:
        if message.id not in by_id or message.version >= by_id[message.id].version:
            by_id[message.id] = message
    return tuple(by_id[number] for number in sorted(by_id))


def _carded(view: View, thread: Thread, card: ContactCard) -> View:
    old = thread.card
    if card.id != thread.contact or (old and old.version > card.version):
        return view
    # Whether somebody is there comes as news only when it changes; the card tells how it is now.
    online = card.online if thread.online is None else thread.online
    thread = replace(thread, card=card, online=online)
    return ordered(replace(view, thread=thread, rows=merged(view, card.conversations)))


def noted(view: View, note: Note) -> View:
    thread = view.thread
    if thread is None or thread.card is None or thread.contact != note.contact:
        return view
    old = thread.card.note
    if old and old.revision > note.revision:
        return view
    card = _card_with_note(thread.card, note)
    return replace(view, thread=replace(thread, card=card))


def _card_with_note(card: ContactCard, note: Note) -> ContactCard:
    return msgspec.structs.replace(card, note=note)
