"""Bytes to values and back. Broken bytes become `Malformed`, never an exception in a loop."""

from functools import cache
from typing import Any, TypeVar, cast

import msgspec

T = TypeVar("T")
_encoder = msgspec.json.Encoder()


class Malformed(msgspec.Struct, frozen=True):
    """What came could not be read; `reason` says where."""

    reason: str


def encode(value: Any) -> bytes:
    return _encoder.encode(value)


def decode(payload: bytes | msgspec.Raw, type_: type[T]) -> T | Malformed:
    """The value, or why it is none. `type_` may also be a union such as `Taken`."""
    try:
        value: T = _decoder(cast(Any, type_)).decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Malformed(str(error)[:200])
    return value


@cache
def _decoder(type_: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_)
