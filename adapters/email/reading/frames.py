"""What the parsing process and its parent say to each other: a length, then MessagePack."""

import struct

import msgspec

from adapters.email.mail import Mail
from adapters.sdk.words import N_

HEAD = struct.Struct(">I")
READY = b"ready"
TOO_MUCH = N_("Reading the mail took too much memory or time.")


class Request(msgspec.Struct, frozen=True):
    """A mail to read, and what the reading depends on."""

    raw: bytes
    received: float
    authserv_id: str = ""


class Answer(msgspec.Struct, frozen=True):
    """The mail, or why it could not be read."""

    mail: Mail | None = None
    failed: str = ""


_packer = msgspec.msgpack.Encoder()
_requests = msgspec.msgpack.Decoder(Request)
_answers = msgspec.msgpack.Decoder(Answer)


def request(payload: bytes) -> Request:
    return _requests.decode(payload)


def answer(payload: bytes) -> Answer:
    return _answers.decode(payload)


def packed(value: Request | Answer) -> bytes:
    return _packer.encode(value)
