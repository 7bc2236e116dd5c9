"""What is known of a contact: the shared note, which addresses are theirs, whom we refuse."""

from router.doors import shown, sight
from router.doors.asker import Doing, Refused
from router.doors.words import written
from router.handling import contacts, merging, messages
from router.ruling import rerouting
from router.ruling.customers import tags_of
from wire.messages.base import say
from wire.messages.desk import Note
from wire.messages.verbs import Block, Done, Link, SetContact, Unlink, WriteNote
from wire.text import clean_line

NOTE = 20_000
TAGS, TAG, FIELD = 30, 40, 200


def write_note(doing: Doing, ask: WriteNote) -> Note:
    """If it is still the revision that was read; every revision is kept."""
    sight.contact(doing, ask.contact)
    known = doing.rows.one("note", contact=ask.contact)
    have = known.revision if known is not None else 0
    if ask.revision != have:
        said = say("The note was changed meanwhile. Look at it, then write again.")
        raise Refused("conflict", said, now=have)
    text = written(ask.text, most=NOTE, empty=True)
    merging.write_note(doing.work, ask.contact, text, doing.asker.id)
    return shown.note(doing.rows.one("note", contact=ask.contact))


def set_contact(doing: Doing, ask: SetContact) -> Done:
    """Tags and facts of a contact; what it has open is asked of others where rules say so."""
    row = sight.contact(doing, ask.contact)
    gone = {clean_line(name, TAG) for name in ask.remove}
    added = [clean_line(name, TAG) for name in ask.add[: TAGS * 2]]
    tags = [t for t in dict.fromkeys((*tags_of(row.tags), *added)) if t and t not in gone]
    if len(tags) > TAGS:
        raise Refused("too_large", say("A contact has at most {most} tags.", most=TAGS))
    given = {"name": ask.name, "language": ask.language, "company": ask.company}
    facts = {key: clean_line(text, FIELD) for key, text in given.items() if text is not None}
    facts["name"] = facts.get("name") or row.name
    values = {"language": row.language, "company": row.company} | facts
    doing.work.tx.run("save_contact", id=row.id, zone=row.zone, warnings=row.warnings,
                      tags=messages.as_json(tags), **values)  # fmt: skip
    doing.work.event("contact", contact=row.id)
    rerouting.contact_changed(doing.work, row.id, doing.policy)
    return Done(version=doing.rows.one("contact", id=row.id).version)


def block(doing: Doing, ask: Block) -> Done:
    identity = sight.identity(doing, ask.identity)
    doing.work.tx.run("block_identity", id=identity.id, blocked=ask.blocked)
    return _touched(doing, identity.contact)


def link(doing: Doing, ask: Link) -> Done:
    """Both contacts must be this agent's to see. The link says who made it, and can be undone."""
    identity = sight.identity(doing, ask.identity)
    contact = sight.contact(doing, ask.contact)
    if identity.contact != contact.id:
        contacts.link(doing.work, identity, contact.id, f"{doing.asker.id} said so", doing.policy)
        rerouting.contact_changed(doing.work, contact.id, doing.policy)
    return Done(version=doing.rows.one("contact", id=contact.id).version)


def unlink(doing: Doing, ask: Unlink) -> Done:
    """Back to the contact that it came with, wherever that one stands now."""
    identity = sight.identity(doing, ask.identity)
    if identity.own == identity.born:
        raise Refused("conflict", say("This address was never linked: it came with its contact."))
    contacts.unlink(doing.work, identity, doing.policy)
    rerouting.contact_changed(doing.work, identity.contact, doing.policy)
    return Done(version=doing.rows.one("contact", id=identity.born).version)


def _touched(doing: Doing, contact: int) -> Done:
    doing.work.tx.run("touch_contact", id=contact)
    doing.work.event("contact", contact=contact)
    return Done(version=doing.rows.one("contact", id=contact).version)
