"""Where the keys of a TOML text stand, so that a fault can say its line. Pure."""

import re

Path = tuple[str | int, ...]

NAME = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_DOTTED = rf"({NAME}(?:\s*\.\s*{NAME})*)"
_HEAD = re.compile(rf"\s*(\[\[?)\s*{_DOTTED}\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"\s*{_DOTTED}\s*=")
_PART = re.compile(NAME)
_LONG = re.compile(r'"""|\'\'\'')


def places(text: str) -> dict[Path, tuple[int, int]]:
    """(line, column) of each table and key that begins a line; both count from 1."""
    found: dict[Path, tuple[int, int]] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    quote = ""
    for number, line in enumerate(text.split("\n"), 1):
        if not quote and (head := _HEAD.match(line)):
            table = _table(head, counts)
            found.setdefault(table, (number, head.start(1) + 1))
        elif not quote and (key := _KEY.match(line)):
            _note(found, table, _parts(key[1]), (number, key.start(1) + 1))
        quote = _within(line, quote)
    return found


def place(found: dict[Path, tuple[int, int]], path: Path) -> tuple[int, int]:
    """That of the key, or of the nearest table around it; (0, 0) when none is known."""
    while path and path not in found:
        path = path[:-1]
    return found.get(path, (0, 0))


def _table(head: re.Match[str], counts: dict[Path, int]) -> Path:
    """A name in double brackets is one more of a list: `rule`, 0; `rule`, 1 …"""
    *before, last = _parts(head[2])
    path: Path = ()
    for part in before:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path])
    path = (*path, last)
    if head[1] == "[[":
        counts[path] = counts.get(path, -1) + 1
        path = (*path, counts[path])
    return path


def _note(
    found: dict[Path, tuple[int, int]], table: Path, parts: list[str], at: tuple[int, int]
) -> None:
    for length in range(1, len(parts) + 1):
        found.setdefault((*table, *parts[:length]), at)


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]


def _within(line: str, quote: str) -> str:
    """The quotes of several lines in which the next line stands, "" for none."""
    for mark in _LONG.findall(line):
        if not quote:
            quote = mark
        elif mark == quote:
            quote = ""
    return quote
