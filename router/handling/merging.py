"""Two contacts become one, and two again: addresses, conversations and messages go along."""

from typing import Any

from router.core import merging
from router.core.merging import Earlier, Values
from router.handling import messages, parting
from router.lane import Work
from router.policy import Policy
from router.store.sql import Rows
from wire import codec

Row = Any


def values(rows: Rows, contact: Row) -> dict[str, Any]:
    """What is known of a contact, field by field."""
    note = rows.one("note", contact=contact.id)
    return {
        "name": contact.name, "language": contact.language, "zone": contact.zone,
        "company": contact.company, "tags": _list(contact.tags),
        "warnings": _list(contact.warnings), "note": note.text if note else "",
    }  # fmt: skip


def merge(
    work: Work, kept: Row, gone: Row, fields: Values, *, agent: str, policy: Policy
) -> int:  # fmt: skip
    """All of `gone` stands in `kept` from now on; `fields` is what is known of them together."""
    before, after = merging.changed(values(work.tx, kept), fields)
    work.tx.run("stand_with", kept=kept.id, gone=gone.id)
    work.tx.run("merge_contact", kept=kept.id, gone=gone.id)
    work.tx.run("merge_identities", kept=kept.id, gone=gone.id)
    taken = work.tx.all("merge_conversations", kept=kept.id, gone=gone.id)
    number = work.tx.run(
        "add_merge", now=work.now, agent=agent, kept=kept.id, gone=gone.id,
        before=messages.as_json(before), after=messages.as_json(after),
    )  # fmt: skip
    _save(work, kept.id, fields, agent)
    parting.settle(work, gone.id, kept.id, taken, policy)
    return number


def unmerge(work: Work, gone: Row, *, agent: str, policy: Policy) -> int:
    """It stands by itself again, with all that is of its addresses. Returns who had it."""
    done = work.tx.one("merge_of", gone=gone.id)
    house = messages.as_json([row.id for row in work.tx.all("house_of", contact=gone.id)])
    work.tx.run("unmerge_contact", gone=gone.id)
    work.tx.run("stand_again", gone=gone.id, house=house)
    work.tx.run("unmerge_identities", gone=gone.id, house=house)
    taken = work.tx.all("unmerge_conversations", kept=gone.stands, gone=gone.id, house=house)
    work.tx.run("undo_merge", id=done.id, now=work.now)
    _take_back(work, done, agent)
    parting.settle(work, gone.stands, gone.id, taken, policy)
    return int(gone.stands)


def _take_back(work: Work, done: Row, agent: str) -> None:
    later = work.tx.all("merges_since", kept=done.kept, id=done.id)
    now = values(work.tx, work.tx.one("contact", id=done.kept))
    fields, befores = merging.taken_back(now, _earlier(done), [_earlier(row) for row in later])
    for row, before in zip(later, befores, strict=True):
        work.tx.run("remember_merge", id=row.id, before=messages.as_json(before))
    _save(work, done.kept, fields, agent)


def _save(work: Work, contact: int, fields: Values, agent: str) -> None:
    work.tx.run(
        "save_contact", id=contact, name=fields["name"], language=fields["language"],
        zone=fields["zone"], company=fields["company"], tags=messages.as_json(fields["tags"]),
        warnings=messages.as_json(fields["warnings"]),
    )  # fmt: skip
    note = work.tx.one("note", contact=contact)
    if fields["note"] != (note.text if note else ""):
        write_note(work, contact, fields["note"], agent)


def write_note(work: Work, contact: int, text: str, agent: str) -> int:
    """One more revision; every one is kept."""
    known = work.tx.one("note", contact=contact)
    revision = (known.revision if known else 0) + 1
    saved = {"contact": contact, "revision": revision, "agent": agent, "now": work.now,
             "text": text}  # fmt: skip
    work.tx.run("save_note", **saved)
    work.tx.run("keep_revision", **saved)
    work.event("note", contact=contact, agent=agent, version=revision)
    return revision


def _earlier(row: Row) -> Earlier:
    return Earlier(_values(row.before), _values(row.after))


def _values(text: str) -> dict[str, Any]:
    found = codec.decode(text.encode(), dict[str, Any])
    values = found if isinstance(found, dict) else {}
    return {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}


def _list(text: str) -> tuple[str, ...]:
    found = codec.decode(text.encode(), tuple[str, ...])
    return found if isinstance(found, tuple) else ()
