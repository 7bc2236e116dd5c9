"""Whether a query holds of some facts: compiled once into functions. Pure."""

import datetime
import operator
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from wire.query.fields import FIELDS
from wire.query.nodes import And, Node, Not, Or, Query, Term, Words
from wire.query.values import span


class Facts(Protocol):
    """What is asked about; texts are folded, a number is None where there is none."""

    def texts(self, field: str) -> Collection[str]:
        """The values of a field of names; of a field of text, and "words", what it is found in."""
        ...

    def number(self, field: str) -> float | None:
        """Of a field that compares; durations in seconds, days as the moment."""
        ...


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks and when; days begin at midnight of the zone."""

    now: float = 0.0
    me: str = ""
    zone: datetime.tzinfo = datetime.UTC


Holds = Callable[[Facts, Asking], bool]
COMPARE: dict[str, Callable[[float, float], bool]] = {
    "": operator.eq, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip


def fold(text: str) -> str:
    """Large and small letters are the same."""
    return text.casefold()


def domain(address: str) -> str:
    """What stands behind the @; "" where none is."""
    return address.rpartition("@")[2] if "@" in address else ""


def holds(query: Query, facts: Facts, asking: Asking = Asking()) -> bool:
    return compiled(query)(facts, asking)


@lru_cache(maxsize=1_024)
def compiled(query: Query) -> Holds:
    return _node(query.root)


def _node(node: Node) -> Holds:
    if isinstance(node, Words):
        wanted = fold(node.text)
        return lambda facts, asking: any(wanted in text for text in facts.texts("words"))
    if isinstance(node, Term):
        return _term(node)
    if isinstance(node, Not):
        part = _node(node.part)
        return lambda facts, asking: not part(facts, asking)
    parts = [_node(each) for each in node.parts]
    if isinstance(node, Or):
        return lambda facts, asking: any(part(facts, asking) for part in parts)
    assert isinstance(node, And)  # noqa: S101  for the type checker
    return lambda facts, asking: all(part(facts, asking) for part in parts)


def _term(term: Term) -> Holds:
    kind = FIELDS[term.field].kind
    if kind == "name":
        return _name(term)
    if kind == "text":
        wanted = [fold(str(value)) for value in term.values]
        return lambda facts, asking: any(
            each in text for text in facts.texts(term.field) for each in wanted
        )
    return _day(term) if kind == "day" else _compared(term)


def _name(term: Term) -> Holds:
    names = [str(value) for value in term.values]
    patterns = [pattern(name).fullmatch for name in names if "*" in name]
    plain = frozenset(fold(name) for name in names if "*" not in name)
    of_owner = term.field == "owner"

    def hold(facts: Facts, asking: Asking) -> bool:
        texts = facts.texts(term.field)
        if not (owners(plain, asking.me) if of_owner else plain).isdisjoint(texts):
            return True
        return any(each(text) for text in texts for each in patterns)

    return hold


def owners(names: frozenset[str], me: str) -> frozenset[str]:
    """`me` is who asks, `none` nobody."""
    meant = {"me": me, "none": ""}
    return frozenset(meant.get(name, name) for name in names)


@lru_cache(maxsize=1_024)
def pattern(name: str) -> re.Pattern[str]:
    """`*` is anything, or nothing."""
    first, *between = map(re.escape, fold(name).split("*"))
    if not between:
        return re.compile(first)
    # Each part where it comes first and never tried elsewhere: many stars cost no more than few.
    inner = "".join(f"(?>.*?{part})" for part in between[:-1] if part)
    return re.compile(f"{first}{inner}.*{between[-1]}", re.DOTALL)


def _compared(term: Term) -> Holds:
    compare = COMPARE[term.op]
    wanted = [float(value) for value in term.values]

    def hold(facts: Facts, asking: Asking) -> bool:
        known = facts.number(term.field)
        return known is not None and any(compare(known, each) for each in wanted)

    return hold


def _day(term: Term) -> Holds:
    days = [str(value) for value in term.values]

    def hold(facts: Facts, asking: Asking) -> bool:
        known = facts.number(term.field)
        return known is not None and any(
            within(known, term.op, *span(day, asking.now, asking.zone)) for day in days
        )

    return hold


def within(moment: float, op: str, begin: float, end: float) -> bool:
    """Before, on or after a day."""
    match op:
        case ">":
            return moment >= end
        case ">=":
            return moment >= begin
        case "<":
            return moment < begin
        case "<=":
            return moment < end
    return begin <= moment < end
