"""The query language: `channel:wa skill:fr waiting:>10m -owner:me (tag:vip OR "free words")`.

What stands side by side must all hold; OR, parentheses, and `-` or NOT before what must not hold.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from wire.messages.base import Said, say
from wire.query.fields import Field, Scope, field_of, fields_of
from wire.query.nodes import And, Node, Not, Op, Or, Query, QueryError, Term, Words
from wire.query.values import value

# The most characters, and the most parentheses and negations within each other.
LONGEST, DEEPEST = 500, 20

_TOKEN = re.compile(
    r"""(?P<space>\s+) | (?P<open>\() | (?P<close>\)) | (?P<not>[-!](?=[^\s)]))
      | (?P<quoted>"(?:[^"\\]|\\.)*") | (?P<half>")
      | (?P<field>[^\W\d][\w.-]*):(?P<op>>=|<=|>|<|=)? | (?P<word>[^\s()"]+)""",
    re.VERBOSE | re.DOTALL,
)
_VALUE = re.compile(r"""(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<plain>[^\s(),"]+)""", re.DOTALL)
_COMPARED = ("level", "duration", "number", "day")


class _Wrong(Exception):
    def __init__(self, column: int, said: Said, nearest: str = "") -> None:
        super().__init__(str(said))
        self.error = QueryError(column, said, nearest)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int
    node: Node | None = None


def parse(text: str, scope: Scope = "conversation") -> Query | QueryError:
    """What is asked, or the first thing that is wrong with it."""
    if len(text) > LONGEST:
        return QueryError(LONGEST + 1, say("A query has at most {most} characters.", most=LONGEST))
    try:
        return Query(_Parser(_tokens(text, scope), len(text) + 1).whole())
    except _Wrong as wrong:
        return wrong.error


class _Parser:
    """One function a rule of the grammar."""

    def __init__(self, tokens: list[_Token], end: int) -> None:
        self._tokens = tokens
        self._place = 0
        self._depth = 0
        self._end = _Token("end", "", end)

    def whole(self) -> Node:
        root = self._or()
        left = self._next
        if left.kind == "close":
            raise _Wrong(left.column, say("There is no parenthesis that this one closes."))
        return root

    def _or(self) -> Node:
        parts = [self._and()]
        while self._next.kind == "OR":
            self._take()
            parts.append(self._and(needed=True))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self, *, needed: bool = False) -> Node:
        parts: list[Node] = []
        while self._next.kind not in ("OR", "close", "end"):
            if self._next.kind == "AND" and parts:
                self._take()
                needed = True
                continue
            parts.append(self._not())
            needed = False
        if needed or (not parts and self._next.kind == "OR"):
            raise _Wrong(self._next.column, say("Something to look for is missing here."))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not(self) -> Node:
        token = self._take()
        if token.node is not None:
            return token.node
        self._depth += 1
        if self._depth > DEEPEST:
            raise _Wrong(token.column, say("It is nested too deeply."))
        node = self._group(token) if token.kind == "open" else self._negated(token)
        self._depth -= 1
        return node

    def _group(self, opened: _Token) -> Node:
        node = self._or()
        if self._next.kind != "close":
            raise _Wrong(opened.column, say("This parenthesis is never closed."))
        if node == And():
            raise _Wrong(self._next.column, say("Something to look for is missing here."))
        self._take()
        return node

    def _negated(self, token: _Token) -> Node:
        if token.kind not in ("not", "NOT") or self._next.kind in ("OR", "AND", "close", "end"):
            raise _Wrong(
                token.column if token.kind not in ("not", "NOT") else self._next.column,
                say("Something to look for is missing here."),
            )
        return Not(self._not())

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place] if self._place < len(self._tokens) else self._end

    def _take(self) -> _Token:
        token = self._next
        self._place += 1
        return token


# --- pieces ------------------------------------------------------------------------------------


def _tokens(text: str, scope: Scope) -> list[_Token]:
    found: list[_Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise _Wrong(place + 1, say("This cannot be read."))
        place = match.end()
        kind, column = str(match.lastgroup), match.start() + 1
        if match["field"] is not None:
            term, place = _term(text, match, scope)
            found.append(_Token("term", match[0], column, term))
        elif kind != "space":
            found.append(_piece(kind, match[0], column))
    return found


def _piece(kind: str, text: str, column: int) -> _Token:
    if kind == "half":
        raise _Wrong(column, say("This quotation mark is never closed."))
    if kind == "word" and text in ("OR", "AND", "NOT"):
        return _Token(text, text, column)
    if kind in ("word", "quoted"):
        words = unquoted(text) if kind == "quoted" else text
        return _Token("words", text, column, Words(" ".join(words.split()), column))
    return _Token(kind, text, column)


def _term(text: str, match: re.Match[str], scope: Scope) -> tuple[Term, int]:
    column = match.start() + 1
    field = field_of(match["field"], scope)
    if field is None:
        raise _no_field(match["field"], column, scope)
    op: Op = match["op"] or ""  # type: ignore[assignment]
    if op not in ("", "=") and field.kind not in _COMPARED:
        said = say("{field} is no number: it cannot be compared.", field=field.name)
        raise _Wrong(match.start("op") + 1, said)
    values, place = _values(text, match.end(), field)
    return Term(field.name, "" if op == "=" else op, tuple(values), column), place


def _values(text: str, place: int, field: Field) -> tuple[list[str | float], int]:
    """One or several, with commas between them."""
    values: list[str | float] = []
    while True:
        match = _VALUE.match(text, place)
        if match is None:
            half = text[place : place + 1] == '"'
            raise _Wrong(place + 1, say("This quotation mark is never closed.") if half else
                         say("{field} needs a value here.", field=field.name))  # fmt: skip
        typed = unquoted(match[0]) if match["quoted"] is not None else match[0]
        known = value(field, " ".join(typed.split()))
        if known is None:
            raise _no_value(field, typed, place + 1)
        values.append(known)
        place = match.end()
        if text[place : place + 1] != ",":
            return values, place
        place += 1


def unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)


# --- what is wrong -----------------------------------------------------------------------------


def near(word: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(word.casefold(), list(known), 1)), "")


def _no_field(typed: str, column: int, scope: Scope) -> _Wrong:
    names = [name for each in fields_of(scope) for name in (each.name, *each.aliases)]
    close = near(typed, names)
    if close:
        return _Wrong(column, say('"{typed}" cannot be asked here. Did you mean "{near}"?',
                                  typed=typed[:40], near=close), close)  # fmt: skip
    known = ", ".join(each.name for each in fields_of(scope))
    return _Wrong(column, say(
        '"{typed}" cannot be asked here: {known}. Words with a colon stand in quotation marks.',
        typed=typed[:40], known=known))  # fmt: skip


def _no_value(field: Field, typed: str, column: int) -> _Wrong:
    said = {
        "duration": say('"{typed}" is no time such as 90s, 10m, 2h or 3d.', typed=typed[:40]),
        "number": say('"{typed}" is no number.', typed=typed[:40]),
        "level": say('"{typed}" is not one of low, normal, high, urgent.', typed=typed[:40]),
        "day": say('"{typed}" is no day such as 2026-11-22 or today.', typed=typed[:40]),
    }.get(field.kind)
    if said is not None:
        return _Wrong(column, said)
    said = say('"{typed}" is not one of {known}.', typed=typed[:40], known=", ".join(field.choices))
    return _Wrong(column, said, near(typed, field.choices))
