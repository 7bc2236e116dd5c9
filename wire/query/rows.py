"""A row of a list as facts: for a console that has the row and not the database."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from wire.messages.desk import ConversationRow
from wire.query.evaluating import Asking, Holds, compiled, fold
from wire.query.nodes import Node, Not, Query, Term, Words

# What a row tells; the rest only the desk knows.
TOLD = frozenset((
    "channel", "account", "team", "owner", "status", "is", "priority", "skill", "name", "subject",
    "unanswered", "due", "age", "quiet", "opened", "id", "contact",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowFacts:
    row: ConversationRow
    now: float

    def texts(self, field: str) -> Collection[str]:
        row = self.row
        match field:
            case "channel":
                return (row.kind,)
            case "account" | "team" | "owner" | "status":
                return (str(getattr(row, field)),)
            case "is":
                return tuple(_flags(row, self.now))
            case "skill":
                return tuple(map(fold, row.skills))
            case "tag":
                return tuple(map(fold, row.tags))
            case "name":
                return (fold(row.contact_name),)
            case "subject":
                return (fold(row.subject),)
            case "words":
                return (words(row),)
        return ()

    def number(self, field: str) -> float | None:
        row, now = self.row, self.now
        match field:
            case "priority" | "id" | "contact" | "opened":
                return float(getattr(row, field))
            case "unanswered":
                return None if row.unanswered_since is None else now - row.unanswered_since
            case "due":
                return None if row.due is None else row.due - now
            case "age":
                return now - row.opened
            case "quiet":
                return now - row.last_at
        return None


def words(row: ConversationRow) -> str:
    """What words without a field are looked for in."""
    each = (row.contact_name, row.subject, row.last_text, row.kind, row.owner, row.team, *row.tags)
    return fold(" ".join(each))


def _flags(row: ConversationRow, now: float) -> Iterator[str]:
    if row.status in ("waiting", "assigned"):
        yield "open"
    if row.due is not None and row.due < now:
        yield "late"
    if row.unanswered > 0:
        yield "unanswered"


def told(query: Query) -> Holds | None:
    """How to ask a row, None when it asks for more than a row tells."""
    return compiled(query) if all(field in TOLD for field in _fields(query.root)) else None


def holds(query: Query, row: ConversationRow, asking: Asking) -> bool:
    """Whether a row fits as far as rows tell; where they do not, the desk says which do."""
    found = told(query)
    return found is not None and found(RowFacts(row, asking.now), asking)


def _fields(node: Node) -> Iterator[str]:
    if isinstance(node, Term):
        yield node.field
    elif isinstance(node, Not):
        yield from _fields(node.part)
    elif not isinstance(node, Words):
        for part in node.parts:
            yield from _fields(part)
