"""A TOML text as frozen values: all faults at once, each with line and nearest key. Pure."""

import difflib
import re
import tomllib
import types
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from router.core.rulebook.places import NAME, Path, place, places
from wire.messages.base import Said, say
from wire.messages.rulebook import Fault

T = TypeVar("T", bound=msgspec.Struct)
# The most characters of a routing file.
MOST = 100_000
# A name of this many parts means nothing, and costs the parser the square of its length.
_DEEP = re.compile(rf"(?<![\w-])(?:{NAME}[ \t]*\.[ \t]*){{40}}")


@dataclass(slots=True)
class Faults:
    """What is wrong, in the order of the file; `places` tells where."""

    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    found: list[Fault] = field(default_factory=list)

    def place(self, path: Path) -> tuple[int, int]:
        return place(self.places, path)

    def add(self, path: Path, said: Said, *, line: int = 0, column: int = 0) -> None:
        known = (line, column) if line else self.place(path)
        args = {name: _carried(value) for name, value in said.args.items()}
        said = msgspec.structs.replace(said, args=args)
        self.found.append(Fault(said=said, at=named(path), line=known[0], column=known[1]))

    def sorted(self) -> tuple[Fault, ...]:
        return tuple(sorted(self.found, key=lambda fault: (fault.line, fault.column)))


def _carried(value: str | float) -> str | float:
    """TOML knows nan, inf and endless numbers; an answer on the bus does not."""
    return value if isinstance(value, str) or abs(value) < 2**53 else str(value)[:40]


def shaped(text: str, type_: type[T], faults: Faults) -> T | None:
    """The text as this struct; None when something is wrong, which stands in `faults`."""
    if len(text) > MOST:
        faults.add((), say("A routing file has at most {most} characters.", most=MOST))
        return None
    if _DEEP.search(text):
        faults.add((), say("This is no TOML: {reason}", reason="nested too deeply"))
        return None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, line, column = _place(str(error))
        faults.add((), say("This is no TOML: {reason}", reason=reason), line=line, column=column)
        return None
    except RecursionError:
        faults.add((), say("This is no TOML: {reason}", reason="nested too deeply"))
        return None
    except ValueError:
        faults.add((), say("This is no TOML: {reason}", reason="a number is far too long"))
        return None
    faults.places = places(text)
    return _struct(table, type_, (), faults)


def _place(reason: str) -> tuple[str, int, int]:
    """The parser's words, and the place that stands at their end."""
    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", reason, re.DOTALL)
    if found is None:
        return reason[:300], 0, 0
    return found[1][:300], int(found[2]), int(found[3])


def named(path: Path) -> str:
    """A path as a person says it: `rule 3: then.skills`."""
    said = ""
    for part in path:
        if isinstance(part, int):
            said += f" {part + 1}:"
        else:
            said += (" " if said.endswith(":") else "." if said else "") + part
    return said.rstrip(":")


def unknown(word: str, known: Iterable[str]) -> Said:
    """That a name is not known, and which is meant."""
    names = sorted(name for name in known if name)
    near = difflib.get_close_matches(word, names, 1)
    if near:
        return say('"{word}" is unknown. Did you mean "{near}"?', word=word[:60], near=near[0])
    if not names:
        return say('"{word}" is unknown: there is none.', word=word[:60])
    return say('"{word}" is unknown. Known are: {known}', word=word[:60],
               known=", ".join(names)[:500])  # fmt: skip


def _struct(table: dict[str, Any], type_: type[T], path: Path, faults: Faults) -> T | None:
    before = len(faults.found)
    fields = {each.encode_name: each for each in msgspec.structs.fields(type_)}
    hints = get_type_hints(type_)
    for key in table:
        if key not in fields:
            faults.add((*path, key), unknown(key, fields))
    values: dict[str, Any] = {}
    for key, each in fields.items():
        if key in table:
            values[each.name] = _value(table[key], hints[each.name], (*path, key), faults)
        elif each.required:
            faults.add((*path, key), say("is missing"))
    return type_(**values) if len(faults.found) == before else None


def _value(raw: Any, hint: Any, path: Path, faults: Faults) -> Any:
    hint = _not_none(hint)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        if isinstance(raw, dict):
            return _struct(raw, hint, path, faults)
        faults.add(path, say("a table is expected"))
        return None
    if get_origin(hint) is dict and isinstance(raw, dict):
        inner = get_args(hint)[1]
        return {key: _value(value, inner, (*path, key), faults) for key, value in raw.items()}
    if get_origin(hint) is tuple and isinstance(raw, list) and _of_structs(hint):
        inner = get_args(hint)[0]
        return tuple(_value(one, inner, (*path, n), faults) for n, one in enumerate(raw))
    return _plain(raw, hint, path, faults)


def _of_structs(hint: Any) -> bool:
    inner = get_args(hint)[0]
    return get_origin(inner) is dict or (
        isinstance(inner, type) and issubclass(inner, msgspec.Struct)
    )


def _plain(raw: Any, hint: Any, path: Path, faults: Faults) -> Any:
    try:
        return msgspec.convert(raw, hint)
    except msgspec.ValidationError as error:
        faults.add(path, say("is not what is expected here: {reason}", reason=str(error)[:300]))
        return None


def _not_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        kept = [arg for arg in get_args(hint) if arg is not type(None)]
        return kept[0] if len(kept) == 1 else hint
    return hint
