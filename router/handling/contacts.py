"""Who wrote: an address belongs to one contact, and nothing merges on unverified evidence."""

from typing import Any, TypeVar

import msgspec

from router.core.naming import called
from router.handling import conversations, messages, parting
from router.lane import Work
from router.policy import Policy
from router.store.sql import Rows
from wire.messages.base import say
from wire.messages.channel import Party

Row = Any  # a named tuple of the table `identities`
T = TypeVar("T", bound=msgspec.Struct)


def replaced(value: T, **changes: Any) -> T:
    return msgspec.structs.replace(value, **changes)


def known(rows: Rows, kind: str, address: str) -> Row | None:
    """The identity of an address. People write the same mail address small and large."""
    row = rows.one("identity", kind=kind, address=address)
    if row is None and kind == "email":
        row = rows.one("identity_of_mail", address=address)
    return row


def identify(work: Work, kind: str, party: Party, language: str) -> Row:
    """The identity of a sender, with a contact of its own when it is new."""
    row = known(work.tx, kind, party.address)
    if row is None:
        contact = work.tx.run("add_contact", name=called(party), language=language, now=work.now)
        return add_identity(work, contact, kind, party)
    if party.verified and not row.verified:
        work.tx.run("believe_identity", id=row.id, verified=True, evidence=party.evidence,
                    name=party.name or row.name)  # fmt: skip
        row = work.tx.one("identity_by_id", id=row.id)
    return row


def add_identity(work: Work, contact: int, kind: str, party: Party) -> Row:
    """One more address of a contact."""
    row = work.tx.one(
        "add_identity", contact=contact, kind=kind, address=party.address, name=party.name,
        verified=party.verified, evidence=party.evidence, now=work.now,
    )  # fmt: skip
    work.event("contact", contact=contact)
    return row


def tell_other(
    work: Work, identity: Row, kind: str, other: Party, policy: Policy
) -> None:  # fmt: skip
    """The sender named another address of theirs: linked when it is proved, told when it is not."""
    theirs = known(work.tx, kind, other.address)
    if theirs is None:
        add_identity(work, identity.own, kind, other)
        if other.verified:
            return
    elif theirs.contact == identity.contact:
        return
    elif other.verified:
        link(work, identity, theirs.own, other.evidence, policy)
        return
    row = _newest(work, identity)
    if row is not None:
        said = (
            say("they gave the address {address} (not verified)", address=other.address)
            if theirs is None
            else say(
                "they gave the address {address} (not verified); it belongs to #{contact}",
                address=other.address,
                contact=theirs.contact,
            )
        )
        messages.add_line(work, row, said)


def link(work: Work, identity: Row, own: int, by: str, policy: Policy) -> None:
    """The identity and its conversations are of this contact now; `born` knows the first one."""
    before, contact = identity.contact, standing(work.tx, own)
    work.tx.run("link_identity", id=identity.id, own=own, contact=contact, linked_by=by)
    if contact != before:
        taken = work.tx.all("identity_takes_conversations", identity=identity.id, contact=contact)
        parting.settle(work, before, contact, taken, policy)


def unlink(work: Work, identity: Row, policy: Policy) -> None:
    """Undo a link: back to the contact that it was made with."""
    link(work, identity, identity.born, "", policy)


def standing(rows: Rows, contact: int) -> int:
    """The contact in which this one stands: itself, unless it was merged."""
    row = rows.one("contact", id=contact)
    return row.stands or contact if row is not None else contact


def _newest(work: Work, identity: Row) -> conversations.Row | None:
    rows = work.tx.all("conversations_of_identity", identity=identity.id)
    return max(rows, key=lambda row: row.last_at, default=None)
