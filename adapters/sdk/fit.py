"""An event made small enough for the bus: quotes are shortened first, the text last. Pure."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from wire.blobs import SMALL
from wire.codec import encode
from wire.messages.channel import BouncedIn, EditedIn, Event, MessageIn, UnreadableIn
from wire.text import LINE
from wire.words import N_

# Below the bus's limit, less headers and the envelope.
ROOM = 900_000
PEOPLE = 200
IN_PART = N_("The text was too long and is shown in part.")


def fit(event: Event, room: int = ROOM) -> Event:
    """The event itself when it fits. What is cut is in the raw message, and a note says so."""
    event = _sound(event)
    while len(encode(event)) > room:
        event, before = _shorter(event), event
        if event == before:
            return _nothing_of(event)
    return event


def share_room(event: Event, files: Sequence[bytes]) -> tuple[tuple[bytes, ...], list[bytes]]:
    """The files that have room beside the event, and those that must go ahead of it."""
    left = ROOM - len(encode(event)) if files else 0
    beside: list[bytes] = []
    ahead: list[bytes] = []
    for data in files:
        size = 4 * len(data) // 3 + 8  # they are written in base64
        fits = len(data) <= SMALL and size <= left
        (beside if fits else ahead).append(data)
        left -= size * fits
    return tuple(beside), ahead


def _sound(event: Event) -> Event:
    """With halves of characters spelled out: no channel may stop at one for ever."""
    try:
        encode(event)
    except UnicodeEncodeError:
        return msgspec.convert(_spelled(msgspec.to_builtins(event)), type(event))
    return event


def _spelled(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_spelled(name): _spelled(each) for name, each in value.items()}
    return [_spelled(each) for each in value] if isinstance(value, list | tuple) else value


def _shorter(event: Event) -> Event:
    if isinstance(event, MessageIn):
        return _shorter_message(event)
    if isinstance(event, BouncedIn | EditedIn):
        return replace(event, text=_half(event.text))
    return event


def _shorter_message(event: MessageIn) -> MessageIn:
    notes = {**event.notes, "cut": IN_PART}
    if any(fold.text for fold in event.folds):
        folds = tuple(replace(fold, text=_half(fold.text)) for fold in event.folds)
        return replace(event, folds=folds, notes=notes)
    return replace(
        event, text=_half(event.text), to=event.to[:PEOPLE], cc=event.cc[:PEOPLE], notes=notes
    )


def _nothing_of(event: Event) -> Event:
    """Not even its frame fits: a person is told, and sees the raw message."""
    raw = event.raw if isinstance(event, MessageIn) else ""
    return UnreadableIn(
        id=event.id[:LINE],
        remote=event.remote[:LINE],
        at=event.at,
        reason=N_("The message is too large for the desk."),
        raw=raw,
    )


def _half(text: str) -> str:
    return text[: len(text) // 2]
