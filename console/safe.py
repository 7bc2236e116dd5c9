"""Outside text is cleaned once, where it comes in, and the terminal gets no control bytes."""

from typing import Any, TypeVar

import msgspec

from wire.text import clean

T = TypeVar("T")


def harmless(value: T) -> T:
    """The same value with every text in it cleaned. Nothing is copied that was clean already."""
    cleaned: T = _clean(value)
    return cleaned


def _clean(value: Any) -> Any:
    kind = type(value)
    if kind is str:
        return _text(value)
    if isinstance(value, msgspec.Struct):
        return _struct(value)
    if kind is tuple:
        return _sequence(value)
    if kind is dict:
        return _mapping(value)
    return value


def _text(text: str) -> str:
    # Nearly all of it is plain: printable ASCII has nothing to clean.
    return text if text.isascii() and text.isprintable() else clean(text)


def _mapping(values: dict[Any, Any]) -> dict[Any, Any]:
    cleaned = {_clean(name): _clean(held) for name, held in values.items()}
    return values if cleaned == values else cleaned


def _struct(value: msgspec.Struct) -> msgspec.Struct:
    changed = {}
    for name in value.__struct_fields__:
        held = getattr(value, name)
        cleaned = _clean(held)
        if cleaned is not held:
            changed[name] = cleaned
    return msgspec.structs.replace(value, **changed) if changed else value


def _sequence(values: tuple[Any, ...]) -> tuple[Any, ...]:
    cleaned = tuple(_clean(value) for value in values)
    same = all(new is old for new, old in zip(cleaned, values, strict=True))
    return values if same else cleaned
