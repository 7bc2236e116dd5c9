"""What the service tells, turned into events of the desk. Pure, and believes nothing."""

import msgspec

from adapters.sdk import Event, MessageIn, Party, UnreadableIn


class Update(msgspec.Struct, frozen=True):
    """A message of a customer. `number` grows, and names it for ever."""

    number: int
    sender: str = msgspec.field(name="from")
    text: str
    at: float
    name: str = ""


class Numbered(msgspec.Struct, frozen=True):
    """All that must be readable of an update, to go on behind it."""

    number: int


def number(raw: bytes) -> int:
    """Raises msgspec.DecodeError: what answers there is not the service."""
    return msgspec.json.decode(raw, type=Numbered).number


def event(raw: bytes, now: float) -> Event:
    """What cannot be read is shown to a person: a channel must not stop at it for ever."""
    try:
        return _message(msgspec.json.decode(raw, type=Update))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        reason = "The service told something that this channel cannot read."
        return UnreadableIn(id=str(number(raw)), remote="unknown", at=now, reason=reason)


def _message(update: Update) -> MessageIn:
    return MessageIn(
        id=str(update.number),
        remote=update.sender,
        # Only a service that knows who its people are may say so.
        sender=Party(address=update.sender, name=update.name),
        at=update.at,
        text=update.text,
    )
