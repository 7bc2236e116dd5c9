"""What customers did and saw, line by line in a file that only grows.

A message is `sent` once and `taken` once its channel said so (SMTP 250, the chat's ack); until
then it is repeated. `refused` is a no for ever. `got` is an answer that the customer has read.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec


class Sent(msgspec.Struct, frozen=True, tag="sent", tag_field="what"):
    """A customer wrote; `token` stands in the text."""

    token: str
    channel: str
    customer: str
    at: float


class Taken(msgspec.Struct, frozen=True, tag="taken", tag_field="what"):
    """The channel said that it has it, after so many tries."""

    token: str
    at: float
    tries: int = 1


class Declined(msgspec.Struct, frozen=True, tag="refused", tag_field="what"):
    """The channel will never take it."""

    token: str
    at: float
    reason: str


class Got(msgspec.Struct, frozen=True, tag="got", tag_field="what", omit_defaults=True):
    """A customer read an answer. `id` is the channel's own: a Message-ID, a chat line's id."""

    id: str
    channel: str
    customer: str
    at: float
    # The message of theirs that it answers.
    token: str = ""
    text: str = ""


Entry = Sent | Taken | Declined | Got
_decoder: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)


class Ledger:
    """One writer. Each line is handed to the system before `write` returns."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, entry: Entry) -> None:
        os.write(self._file, msgspec.json.encode(entry) + b"\n")

    def close(self) -> None:
        os.close(self._file)


def read(path: Path) -> Iterator[Entry]:
    """All lines; the last one may be torn when the writer was killed."""
    if not path.exists():
        return
    for line in path.read_bytes().split(b"\n")[:-1]:
        yield _decoder.decode(line)
