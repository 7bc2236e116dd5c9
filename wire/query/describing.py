"""A query as text again: the shortest that is read as the same, and its parts as chips."""

import re

from wire.query.fields import FIELDS
from wire.query.nodes import And, Node, Not, Or, Query, Term, Words
from wire.query.values import shown

# A value that can stand without quotation marks; words that begin like something else cannot.
_PLAIN_VALUE = re.compile(r'[^\s(),"]+')
_PLAIN_WORD = re.compile(r"[^\s()\"!:\\-][^\s()\":]*")


def describe(query: Query) -> str:
    return _text(query.root, within=False)


def chips(query: Query) -> tuple[str, ...]:
    """Each condition that must hold, by itself."""
    parts = query.root.parts if isinstance(query.root, And) else (query.root,)
    return tuple(_text(part, within=True) for part in parts)


def _text(node: Node, *, within: bool) -> str:
    if isinstance(node, Term):
        return _term(node)
    if isinstance(node, Words):
        return _words(node.text)
    if isinstance(node, Not):
        return f"-{_text(node.part, within=True)}"
    together = " OR " if isinstance(node, Or) else " "
    text = together.join(_text(part, within=True) for part in node.parts)
    return f"({text})" if within else text


def _term(term: Term) -> str:
    field = FIELDS[term.field]
    values = ",".join(_quoted(shown(field, value)) for value in term.values)
    return f"{term.field}:{term.op}{values}"


def _quoted(text: str) -> str:
    plain = _PLAIN_VALUE.fullmatch(text) and text[0] not in "<>="
    return text if plain else _in_marks(text)


def _words(text: str) -> str:
    plain = _PLAIN_WORD.fullmatch(text) and text not in ("AND", "OR", "NOT")
    return text if plain else _in_marks(text)


def _in_marks(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
