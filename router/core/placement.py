"""Into which conversation a message goes, and the reason in words. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wire.messages.base import Said, say

# How a message names a conversation, in the order in which that counts.
Way = Literal["tag", "reference", "token", "subject", "chat"]
_NAMED = re.compile(r"\[#(\d{1,15})\]")
# Marks of answers and forwards in the languages that customers write in.
_MARKS = ("re", "aw", "sv", "antw", "odp", "vs", "rif", "отв", "відп", "fwd", "fw", "wg", "пересл")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A conversation that the message may belong to."""

    id: int
    contact: int
    status: str
    # When it was resolved, None while it is open.
    resolved_at: float | None = None
    # The sender's address wrote or was written to in it.
    took_part: bool = False


@dataclass(frozen=True, slots=True)
class Clue:
    """What points to a conversation."""

    way: Way
    candidate: Candidate


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a message's place. `clues` in their order: see `Way`."""

    contact: int
    now: float
    clues: Sequence[Clue] = ()
    # Named by a token of ours whose signature is wrong.
    forged: Candidate | None = None
    # Of the same sender and about the same, lately.
    alike: Candidate | None = None
    # Seconds after which a resolved conversation is not reopened.
    reopen_within: float = 14 * 86_400.0
    automatic: bool = False
    # There is a reason not to believe who wrote it: then no conversation takes it in.
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """`join` it, `reopen` it, or open a new one (`conversation` is 0).

    A new one may continue another that was closed too long, or be related to one perhaps.
    """

    do: Literal["join", "reopen", "open"]
    conversation: int
    because: Said
    continues: int = 0
    related: int = 0


def place(facts: Facts) -> Place:
    """Where the first clue leads that its sender may follow; otherwise one of its own."""
    for clue in facts.clues:
        if takes_in(facts, clue.candidate):
            return _placed(facts, clue)
    return _opened(facts)


def takes_in(facts: Facts, candidate: Candidate) -> bool:
    """Whether the sender took part there: a token or a reference alone can be stolen."""
    known = candidate.contact == facts.contact or candidate.took_part
    return known and not facts.doubted


def _placed(facts: Facts, clue: Clue) -> Place:
    candidate, because = clue.candidate, _BECAUSE[clue.way]
    if candidate.status != "resolved" or facts.automatic:
        return Place("join", candidate.id, because)
    age = facts.now - (candidate.resolved_at or 0.0)
    if age > facts.reopen_within:
        said = say("it continues #{conversation}, closed too long ago", conversation=candidate.id)
        return Place("open", 0, said, continues=candidate.id)
    return Place("reopen", candidate.id, because)


_BECAUSE: dict[Way, Said] = {
    "tag": say("it carries our reply token"),
    "reference": say("it answers a message of this conversation"),
    "token": say("it carries our reply token"),
    "subject": say("its subject names this conversation"),
    "chat": say("it comes from the same chat"),
}


def _opened(facts: Facts) -> Place:
    """A new one; with what it may belong to, for a person to decide."""
    if facts.clues:
        first = facts.clues[0]
        return _related(_stranger(first, doubted=facts.doubted), first.candidate.id)
    if facts.forged is not None:
        number = facts.forged.id
        return _related(say("possibly related to #{conversation}, but its reply token is not "
                            "genuine", conversation=number), number)  # fmt: skip
    if facts.alike is not None:
        number = facts.alike.id
        return _related(say("possibly related to #{conversation}: the same sender wrote about the "
                            "same", conversation=number), number)  # fmt: skip
    return Place("open", 0, say("it is a new topic"))


def _stranger(clue: Clue, *, doubted: bool) -> Said:
    number = clue.candidate.id
    if doubted:
        return say("possibly related to #{conversation}, but it is not sure who wrote it",
                   conversation=number)  # fmt: skip
    return say("possibly related to #{conversation}, but its sender took no part there",
               conversation=number)  # fmt: skip


def _related(because: Said, conversation: int) -> Place:
    return Place("open", 0, because, related=conversation)


# --- subjects ----------------------------------------------------------------------------------


def named(subject: str) -> int:
    """The conversation that a subject names ("[#12]"), 0 when none. Anybody can write that."""
    found = _NAMED.search(subject)
    return int(found[1]) if found else 0


def topic(subject: str) -> str:
    """What a subject is about, without marks of answers: two of one topic are equal."""
    words = " ".join(_NAMED.sub(" ", subject[:500]).split()).casefold()
    while True:
        mark, colon, rest = words.partition(":")
        if not colon or mark.rstrip("[]0123456789 ") not in _MARKS:
            return words
        words = rest.strip()
