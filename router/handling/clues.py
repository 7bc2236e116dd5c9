"""What points to the conversation of a message, gathered in the order in which it counts."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from router.core.placement import Candidate, Clue, Facts, Way, named, takes_in, topic
from router.handling import conversations
from router.lane import Work
from wire import codec
from wire.messages.channel import MessageIn

Row = Any
# So many of the ids that a mail refers to are looked up, the newest first.
REFERENCES = 50


def facts(
    work: Work, event: MessageIn, identity: Row, *, kind: str, account: str, within: float,
    known: bool,
) -> Facts:  # fmt: skip
    """`within`: seconds in which a resolved conversation reopens; `known`: the contact wrote."""
    gathering = _Gathering(work, event, identity, {"kind": kind, "account": account})
    so_far = Facts(
        contact=identity.contact, now=work.now, reopen_within=within, automatic=event.automatic,
        doubted=bool(event.sender.doubt),
    )  # fmt: skip
    clues = tuple(_until_one_holds(so_far, gathering))
    if clues:
        return replace(so_far, clues=clues)
    forged = gathering.forged()
    if forged:
        return replace(so_far, forged=forged)
    if so_far.doubted or not known:
        return so_far
    alike = gathering.alike(since=work.now - within)
    return replace(so_far, alike=alike) if alike else so_far


def _until_one_holds(so_far: Facts, gathering: "_Gathering") -> Iterator[Clue]:
    """What comes after the first that the sender may follow cannot matter."""
    for clue in gathering.clues():
        yield clue
        if takes_in(so_far, clue.candidate):
            return


class _Gathering:
    """Looks up one message's clues, no further than they are asked for."""

    def __init__(self, work: Work, event: MessageIn, identity: Row, where: dict[str, str]) -> None:
        self._work = work
        self._event = event
        self._identity = identity
        self._where = where

    def clues(self) -> Iterator[Clue]:
        event = self._event
        if event.proved and not event.proved_by:
            tagged = conversations.standing(self._work.tx, event.proved)
            yield from self._clue("tag", self._moved(tagged))
        yield from self._references()
        if event.message_id and (number := named(event.subject)):
            yield from self._clue("subject", conversations.standing(self._work.tx, number))
        if not event.message_id:  # mail has topics of its own, a chat is one session
            row = self._work.tx.one("newest_of_remote", remote=event.remote, **self._where)
            yield from self._clue("chat", conversations.followed(self._work.tx, row))

    def _references(self) -> Iterator[Clue]:
        """The message that it answers, then those before it; each as stored, or as signed by us."""
        event = self._event
        ids = (event.in_reply_to, *reversed(event.references[-REFERENCES:]))
        if event.proved and event.proved_by and event.proved_by not in ids:
            yield from self._clue("token", conversations.standing(self._work.tx, event.proved))
        for id_ in dict.fromkeys(id_ for id_ in ids if id_):
            for row in self._stored(id_):
                yield from self._clue("reference", row)
            if id_ == event.proved_by:
                yield from self._clue("token", conversations.standing(self._work.tx, event.proved))

    def _moved(self, row: Row) -> Row:
        """An answer to a message that was moved away follows it, whatever its token says."""
        stored = self._stored(self._event.in_reply_to) if row and self._event.in_reply_to else []
        return next((found for found in stored if found.came_in == row.id), row)

    def _stored(self, id_: str) -> list[Row]:
        return self._work.tx.all("conversations_of_message_id", message_id=id_)

    def _clue(self, way: Way, row: Row | None) -> Iterator[Clue]:
        if row is not None:
            yield Clue(way, self._candidate(row))

    def _candidate(self, row: Row) -> Candidate:
        same = row.contact == self._identity.contact
        took_part = not same and took_part_in(self._work, row, self._event.sender.address)
        return Candidate(row.id, row.contact, row.status, row.resolved_at, took_part)

    def forged(self) -> Candidate | None:
        number = self._event.claimed
        row = conversations.standing(self._work.tx, number) if number else None
        return self._candidate(row) if row is not None else None

    def alike(self, *, since: float) -> Candidate | None:
        """What the same sender wrote about the same, lately."""
        about = topic(self._event.subject)
        if not about or not self._event.message_id:
            return None
        rows = self._work.tx.all("recent_of_identity", identity=self._identity.id, since=since)
        found = next((row for row in rows if topic(row.subject) == about), None)
        return self._candidate(found) if found is not None else None


def took_part_in(work: Work, row: Row, address: str) -> bool:
    """Whether this address wrote, was written to or copied in the conversation."""
    return bool(work.tx.value("took_part", conversation=row.id, address=_needle(address)))


def is_guest(work: Work, row: Row, identity: Row) -> bool:
    """Whether only what may be undone lets them in: one contact with its opener, or a move."""
    if row.identity == identity.id and not row.own:
        return False
    address = _needle(identity.address)
    return work.tx.value("took_part_at_first", conversation=row.id, address=address) is None


def _needle(address: str) -> str:
    return f'"address":{codec.encode(address).decode()}'
