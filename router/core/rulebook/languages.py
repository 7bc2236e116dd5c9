"""Which languages a routing file speaks of: without one nobody has to tell any. Pure."""

from collections.abc import Iterator

from router.core.rulebook.conditions import many
from router.core.rulebook.written import Rulebook
from wire.query.evaluating import fold
from wire.query.nodes import Node, Not, Query, Term, Words
from wire.query.parsing import parse


def languages(written: Rulebook) -> frozenset[str]:
    """By their letters, and "theirs" where the customer's own is asked."""
    return frozenset(fold(name).partition("-")[0] for name in _named(written) if name)


def _named(written: Rulebook) -> Iterator[str]:
    for text in written.segments.values():
        yield from _of_query(parse(text, "contact"))
    for rule in written.rule:
        yield from many(rule.if_.language)
        yield rule.then.language
        yield from _of_query(parse(rule.if_.query, "message"))


def _of_query(query: object) -> Iterator[str]:
    if isinstance(query, Query):
        yield from _of(query.root)


def _of(node: Node) -> Iterator[str]:
    if isinstance(node, Term):
        if node.field == "language":
            yield from map(str, node.values)
    elif isinstance(node, Not):
        yield from _of(node.part)
    elif not isinstance(node, Words):
        for part in node.parts:
            yield from _of(part)
