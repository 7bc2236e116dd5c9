"""One TOML file, read once, into frozen typed values; all faults at once, with the nearest key.

A secret is a reference, `{ env = "NAME" }` or `{ file = "path" }`, and prints as stars.
"""

import difflib
import os
import tomllib
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

T = TypeVar("T", bound=msgspec.Struct)


class Secret(msgspec.Struct, frozen=True):
    """A value that is used and never shown."""

    value: str

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__


class BadConfig(Exception):
    """What is wrong with a configuration: one sentence a fault, each with file and key."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def load(path: Path) -> dict[str, Any]:
    """The file as plain tables. Raises BadConfig when it is missing or no TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise BadConfig([f"{path}: there is no such file. Make one or name another"]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig([f"{path}: cannot be read: {error}"]) from error
    except tomllib.TOMLDecodeError as error:
        raise BadConfig([f"{path}: this is no TOML: {error}"]) from error


def read(table: Mapping[str, Any], type_: type[T], *, file: str, at: str = "") -> T:
    """The table as a struct. Raises BadConfig with every fault, not only the first."""
    faults: list[str] = []
    value = _read(table, type_, f"{file}: ", at, faults)
    if value is None or faults:
        raise BadConfig(faults)
    return value


def _read(
    table: Mapping[str, Any], type_: type[T], file: str, at: str, faults: list[str]
) -> T | None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(type_)}
    hints = get_type_hints(type_)
    faults += _unknown(table, list(fields), file, at)
    values: dict[str, Any] = {}
    for key, field in fields.items():
        where = f"{at}.{key}" if at else key
        if key in table:
            values[field.name] = _value(table[key], hints[field.name], file, where, faults)
        elif field.required:
            faults.append(f"{file}{where}: is missing")
    return None if faults else type_(**values)


def _unknown(table: Mapping[str, Any], known: list[str], file: str, at: str) -> Iterator[str]:
    for key in table:
        if key not in known:
            where = f"{at}.{key}" if at else key
            yield f"{file}{where}: unknown key.{nearest(key, known)}"


def nearest(word: str, known: list[str]) -> str:
    """Did you mean …?, or the whole choice when nothing is near."""
    near = difflib.get_close_matches(word, known, 1)
    if near:
        return f' Did you mean "{near[0]}"?'
    return f" Known are: {', '.join(sorted(known))}" if known else ""


def _value(raw: Any, hint: Any, file: str, where: str, faults: list[str]) -> Any:
    hint = _not_none(hint)
    if hint is Secret:
        return _secret(raw, file, where, faults)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        if isinstance(raw, dict):
            return _read(raw, hint, file, where, faults)
        faults.append(f"{file}{where}: a table is expected")
        return None
    if get_origin(hint) is dict and isinstance(raw, dict):
        inner = get_args(hint)[1]
        return {k: _value(v, inner, file, f"{where}.{k}", faults) for k, v in raw.items()}
    return _plain(raw, hint, file, where, faults)


def _plain(raw: Any, hint: Any, file: str, where: str, faults: list[str]) -> Any:
    try:
        return msgspec.convert(raw, hint)
    except msgspec.ValidationError as error:
        faults.append(f"{file}{where}: {error}")
        return None


def _not_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        kept = [arg for arg in get_args(hint) if arg is not type(None)]
        return kept[0] if len(kept) == 1 else hint
    return hint


def _secret(raw: Any, file: str, where: str, faults: list[str]) -> Secret | None:
    if isinstance(raw, dict) and list(raw) == ["env"]:
        value = os.environ.get(str(raw["env"]))
        if value is not None:
            return Secret(value)
        faults.append(f"{file}{where}: the variable {raw['env']} is not set")
    elif isinstance(raw, dict) and list(raw) == ["file"]:
        try:
            return Secret(Path(str(raw["file"])).expanduser().read_text("utf-8").strip())
        except OSError as error:
            faults.append(f"{file}{where}: {error.filename}: {error.strerror}")
    else:
        faults.append(
            f'{file}{where}: a secret is named, not written: {{ env = "NAME" }} or '
            '{ file = "path" }'
        )
    return None
