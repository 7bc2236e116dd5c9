"""A query as SQL: the same rows as by `wire.query.evaluating`, chosen where they lie.

The condition is over a row `c` of conversations and its contact `p`; values are parameters only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from wire.query.evaluating import Asking, fold, owners, pattern
from wire.query.fields import FIELDS
from wire.query.nodes import And, Node, Not, Or, Query, Term, Words
from wire.query.values import span

Value = str | float


@dataclass(slots=True)
class Condition:
    """SQL of a condition, and its values by name."""

    sql: str = ""
    values: dict[str, Value] = field(default_factory=dict)

    def value(self, value: Value) -> str:
        name = f"q{len(self.values)}"
        self.values[name] = value
        return f":{name}"


# Fields of names: the statements that give their values, in a column `v`.
_OF_CONTACT = {
    "tag": ("SELECT fold(value) AS v FROM json_each(p.tags)",),
    "language": ("SELECT fold(p.language) AS v",),
    "company": ("SELECT fold(p.company) AS v",),
    "sender": ("SELECT fold(address) AS v FROM identities WHERE contact = p.id",),
    "domain": ("SELECT domain(fold(address)) AS v FROM identities WHERE contact = p.id",),
}
_NAMES = _OF_CONTACT | {
    "channel": ("SELECT c.kind AS v",),
    "account": ("SELECT c.account AS v",),
    "team": ("SELECT c.team AS v",),
    "owner": ("SELECT c.owner AS v",),
    "status": ("SELECT c.status AS v",),
    "is": (
        "SELECT 'open' AS v WHERE c.status IN ('waiting', 'assigned')",
        "SELECT 'late' AS v WHERE c.due < :now",
        "SELECT 'unanswered' AS v WHERE c.unanswered > 0",
    ),
    "skill": ("SELECT fold(key) AS v FROM json_each(c.skills)",),
    "tag": ("SELECT fold(value) AS v FROM json_each(c.tags)", *_OF_CONTACT["tag"]),
}
_TEXTS = {
    "name": "fold(p.name)",
    "subject": "fold(c.subject)",
    "words": "fold(p.name || ' ' || c.subject || ' ' || c.last_text || ' ' || c.kind"
    " || ' ' || c.owner || ' ' || c.team || ' ' ||"
    " ifnull((SELECT group_concat(value, ' ') FROM json_each(c.tags)), ''))",
}
_NUMBERS = {
    "priority": "c.priority",
    "waiting": "CASE WHEN c.status = 'waiting' THEN :now - c.entered END",
    "unanswered": ":now - c.unanswered_since",
    "due": "c.due - :now",
    "age": ":now - c.opened",
    "quiet": ":now - c.last_at",
    "opened": "c.opened",
    "id": "c.id",
    "contact": "c.contact",
}


def condition(query: Query, asking: Asking, segments: Mapping[str, Query]) -> Condition:
    """`segments` are those of the routing file in force."""
    made = Condition(values={"now": asking.now})
    made.sql = _node(made, query.root, asking, segments, _NAMES)
    return made


Names = Mapping[str, tuple[str, ...]]


def _node(
    made: Condition, node: Node, asking: Asking, segments: Mapping[str, Query], names: Names
) -> str:
    if isinstance(node, Words):
        # Within a segment they are looked for in the contact's name.
        text = _TEXTS["words" if names is _NAMES else "name"]
        return f"instr({text}, {made.value(fold(node.text))}) > 0"
    if isinstance(node, Term):
        return f"({' OR '.join(_term(made, node, asking, segments, names)) or '0'})"
    if isinstance(node, Not):
        return f"NOT {_node(made, node.part, asking, segments, names)}"
    together = " OR " if isinstance(node, Or) else " AND "
    parts = [_node(made, part, asking, segments, names) for part in node.parts]
    nothing = "1" if isinstance(node, And) else "0"
    return f"({together.join(parts) or nothing})"


def _term(
    made: Condition, term: Term, asking: Asking, segments: Mapping[str, Query], names: Names
) -> Iterator[str]:
    kind = FIELDS[term.field].kind
    if term.field == "segment":
        yield from _segments(made, term, asking, segments)
    elif kind == "name":
        yield _name(made, term, asking, names)
    elif kind == "text":
        for value in term.values:
            yield f"instr({_TEXTS[term.field]}, {made.value(fold(str(value)))}) > 0"
    elif kind == "day":
        for value in term.values:
            yield _day(made, term, *span(str(value), asking.now, asking.zone))
    else:
        op = term.op or "="
        for value in term.values:
            number = made.value(float(value))
            yield f"ifnull({_NUMBERS[term.field]} {op} {number}, 0)"


def _segments(
    made: Condition, term: Term, asking: Asking, segments: Mapping[str, Query]
) -> Iterator[str]:
    """What the segments ask, of the contact alone."""
    wanted = [fold(str(value)) for value in term.values]
    for name, query in segments.items():
        if any(pattern(each).fullmatch(fold(name)) for each in wanted):
            yield _node(made, query.root, asking, {}, _OF_CONTACT)


def _name(made: Condition, term: Term, asking: Asking, names: Names) -> str:
    typed = frozenset(fold(str(value)) for value in term.values)
    if term.field == "owner":
        typed = owners(typed, asking.me)
    plain = [made.value(name) for name in sorted(typed) if "*" not in name]
    wild = [f"v GLOB {made.value(_glob(name))}" for name in sorted(typed) if "*" in name]
    tests = [*([f"v IN ({', '.join(plain)})"] if plain else []), *wild]
    values = " UNION ALL ".join(names[term.field])
    return f"EXISTS (SELECT 1 FROM ({values}) WHERE {' OR '.join(tests)})"  # noqa: S608  no value


def _day(made: Condition, term: Term, begin: float, end: float) -> str:
    column = _NUMBERS[term.field]
    first, last = made.value(begin), made.value(end)
    match term.op:
        case ">":
            return f"{column} >= {last}"
        case ">=":
            return f"{column} >= {first}"
        case "<":
            return f"{column} < {first}"
        case "<=":
            return f"{column} < {last}"
    return f"({column} >= {first} AND {column} < {last})"


def _glob(name: str) -> str:
    """Only `*` is more than itself."""
    return "".join(f"[{letter}]" if letter in "[?" else letter for letter in name)
