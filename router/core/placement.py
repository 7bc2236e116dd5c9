"""Into which conversation a message goes, and the reason in words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wire.messages.base import Said, say


@dataclass(frozen=True, slots=True)
class Candidate:
    """A conversation that the message may belong to."""

    id: int
    contact: int
    status: str
    # When it was resolved, None while it is open.
    resolved_at: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a message's place. Candidates that do not exist are None."""

    contact: int
    now: float
    # Named by our own signed token.
    proved: Candidate | None = None
    # Found by In-Reply-To or References.
    referred: Candidate | None = None
    # The newest of the same remote conversation, for channels that have sessions.
    session: Candidate | None = None
    # Seconds after which a resolved conversation is not reopened.
    reopen_within: float = 14 * 86_400.0
    automatic: bool = False
    # Addresses that took part in a candidate, by conversation.
    participants: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """`join` it, `reopen` it, or open a new one (`conversation` is 0) that may continue another."""

    do: Literal["join", "reopen", "open"]
    conversation: int
    because: Said
    continues: int = 0


def place(facts: Facts) -> Place:
    """The first of token, reference and session that holds; otherwise a conversation of its own."""
    for candidate, because in (
        (facts.proved, say("it carries our reply token")),
        (facts.referred, say("it answers a message of this conversation")),
        (facts.session, say("it comes from the same chat")),
    ):
        if candidate is not None:
            return _placed(facts, candidate, because)
    return Place("open", 0, say("it is a new topic"))


def _placed(facts: Facts, candidate: Candidate, because: Said) -> Place:
    if candidate.contact != facts.contact and candidate.id not in facts.participants:
        return Place(
            "open",
            0,
            say("possibly related to #{conversation}, but its sender took no part there",
                conversation=candidate.id),
        )  # fmt: skip
    if candidate.status != "resolved" or facts.automatic:
        return Place("join", candidate.id, because)
    age = facts.now - (candidate.resolved_at or 0.0)
    if age > facts.reopen_within:
        said = say("it continues #{conversation}, closed too long ago", conversation=candidate.id)
        return Place("open", 0, said, continues=candidate.id)
    return Place("reopen", candidate.id, because)
