"""A contact's thread, and their card."""

from router.doors import shown, sight
from router.doors.asker import Reading
from router.store.sql import Rows
from wire import codec
from wire.messages.desk import ContactCard, ConversationRow, Merged
from wire.messages.verbs import Contact, Timeline, TimelinePage

MOST = 200
CONVERSATIONS = 100
_LAST = 2**62


def timeline(read: Reading, ask: Timeline) -> TimelinePage:
    """The newest messages, or those before or after one that the console has."""
    sight.contact(read, ask.contact)
    limit = min(max(ask.limit, 1), MOST)
    strands = _strands(read.rows, ask.contact)
    room = shown.PAGE - len(codec.encode(strands))
    if ask.after:
        found = read.rows.all(
            "later_messages", contact=ask.contact, after=ask.after, limit=limit + 1
        )
        messages = shown.bounded(map(shown.message, found[:limit]), room)
    else:
        before = ask.before or _LAST
        found = read.rows.all(
            "newest_messages", contact=ask.contact, before=before, limit=limit + 1
        )
        messages = shown.bounded(map(shown.message, found[:limit]), room)[::-1]
    return TimelinePage(
        seq=read.rows.value("last_event"),
        contact=ask.contact,
        messages=messages,
        conversations=strands,
        more=len(found) > len(messages),
    )


def contact(read: Reading, ask: Contact) -> ContactCard:
    return card(read.rows, sight.contact(read, ask.contact))


def card(rows: Rows, row: sight.Row, *, brief: bool = False) -> ContactCard:
    """All that stands beside the thread of a contact who may be seen; `brief`: who they are."""
    note = None if brief else rows.one("note", contact=row.id)
    return ContactCard(
        id=row.id,
        version=row.version,
        name=row.name,
        language=row.language,
        zone=row.zone,
        company=row.company,
        tags=shown.parsed(row.tags, tuple[str, ...], ()),
        warnings=shown.parsed(row.warnings, tuple[str, ...], ()),
        identities=tuple(map(shown.identity, rows.all("identities_of", contact=row.id)[:100])),
        note=shown.note(note) if note is not None else None,
        conversations=() if brief else _strands(rows, row.id),
        merged=() if brief else _merged(rows, row.id),
    )


def _merged(rows: Rows, contact: int) -> tuple[Merged, ...]:
    found = rows.all("merged_into", contact=contact)
    return tuple(Merged(id=row.id, name=row.name, by=row.agent, at=row.at) for row in found)


def _strands(rows: Rows, contact: int) -> tuple[ConversationRow, ...]:
    found = rows.all("conversations_of_contact", contact=contact, limit=CONVERSATIONS)
    return shown.bounded(map(shown.conversation, found), shown.PAGE // 2)
