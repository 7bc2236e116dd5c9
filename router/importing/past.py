"""A contact's past as a line of JSON, checked. Pure.

{"name": "…", "language": "uk", "zone": "Europe/Kyiv", "company": "", "tags": [],
 "warnings": [], "note": "", "identities": [{"kind": "email", "address": "…", "verified": true,
 "evidence": "…"}], "conversations": [{"kind": "email", "account": "support", "remote": "…",
 "team": "support", "subject": "…", "opened": 1763800000.0, "status": "resolved", "owner": "",
 "snoozed_until": 0, "priority": 1, "tags": [], "messages": [{"by": "customer",
 "at": 1763800000.0, "text": "…"}, {"by": "agent", "agent": "bo", "at": …, "text": "…"}]}]}
"""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from wire import codec, subjects
from wire.codec import Malformed
from wire.messages.base import Said, say
from wire.text import clean, clean_line

LINE = 8 * 1024 * 1024
Id = Annotated[str, msgspec.Meta(pattern=f"^{subjects.ID.pattern}$")]
Time = Annotated[float, msgspec.Meta(ge=0, le=32_503_680_000)]  # until the year 3000


class Identity(msgspec.Struct, frozen=True):
    kind: Id
    address: Annotated[str, msgspec.Meta(min_length=1, max_length=320)]
    verified: bool = False
    evidence: str = ""


class Message(msgspec.Struct, frozen=True):
    by: Literal["customer", "agent", "comment"]
    at: Time
    text: str
    agent: str = ""
    # The agent's name as people knew it; the agent's id when it is not given.
    author: str = ""


class Conversation(msgspec.Struct, frozen=True):
    kind: Id
    account: Id
    opened: Time
    status: Literal["waiting", "assigned", "snoozed", "resolved"]
    messages: tuple[Message, ...]
    remote: str = ""
    team: Id = "support"
    subject: str = ""
    owner: str = ""
    snoozed_until: Time = 0.0
    priority: Annotated[int, msgspec.Meta(ge=0, le=3)] = 1
    tags: tuple[str, ...] = ()


class Contact(msgspec.Struct, frozen=True):
    name: str
    identities: Annotated[tuple[Identity, ...], msgspec.Meta(min_length=1)]
    language: str = ""
    zone: str = ""
    company: str = ""
    tags: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    note: str = ""
    conversations: tuple[Conversation, ...] = ()


def read(line: bytes) -> Contact | Said:
    """The contact, cleaned, or why it is none."""
    if len(line) > LINE:
        return say("it is longer than {most} bytes", most=LINE)
    contact = codec.decode(line, Contact)
    if isinstance(contact, Malformed):
        return say("it cannot be read: {reason}", reason=contact.reason)
    fault = next(_faults(contact), None)
    return fault if fault is not None else _cleaned(contact)


def _faults(contact: Contact) -> Iterator[Said]:
    for conversation in contact.conversations:
        if conversation.status in ("assigned", "snoozed") and not conversation.owner:
            yield say("a conversation that is {status} needs an owner", status=conversation.status)
        if conversation.owner and subjects.ID.fullmatch(conversation.owner) is None:
            yield say("{owner} is no agent's id", owner=conversation.owner[:40])
        if conversation.status == "snoozed" and not conversation.snoozed_until:
            yield say("a conversation that is snoozed needs its snoozed_until")


def _cleaned(contact: Contact) -> Contact:
    return msgspec.structs.replace(
        contact,
        name=clean_line(contact.name) or contact.identities[0].address,
        language=clean_line(contact.language, 20),
        zone=clean_line(contact.zone, 60),
        company=clean_line(contact.company),
        tags=_lines(contact.tags),
        warnings=_lines(contact.warnings),
        note=clean(contact.note, 20_000),
        conversations=tuple(map(_conversation, contact.conversations)),
    )


def _conversation(conversation: Conversation) -> Conversation:
    return msgspec.structs.replace(
        conversation,
        remote=clean_line(conversation.remote, 320),
        subject=clean_line(conversation.subject),
        tags=_lines(conversation.tags),
        messages=tuple(
            msgspec.structs.replace(message, text=clean(message.text), agent=message.agent[:32])
            for message in conversation.messages
        ),
    )


def _lines(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(filter(None, (clean_line(text, 200) for text in texts[:30])))
