"""Bytes to values and back. Broken bytes become `Malformed`, never an exception in a loop."""

from functools import cache
from types import UnionType
from typing import Any, TypeVar, overload

import msgspec

T = TypeVar("T")
_encoder = msgspec.json.Encoder()


class Malformed(msgspec.Struct, frozen=True):
    """What came could not be read; `reason` says where."""

    reason: str


def encode(value: Any) -> bytes:
    return _encoder.encode(value)


@overload
def decode(payload: bytes | msgspec.Raw, type_: type[T]) -> T | Malformed: ...


@overload
def decode(payload: bytes | msgspec.Raw, type_: UnionType) -> Any: ...


def decode(payload: bytes | msgspec.Raw, type_: Any) -> Any:
    """The value, or `Malformed` with the reason. `type_` may also be a union such as `Taken`."""
    try:
        value = _decoder(type_).decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Malformed(str(error)[:200])
    return value


@cache
def _decoder(type_: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_)
