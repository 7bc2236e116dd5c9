"""A contact as rules and segments see it, from its rows."""

from router.core.rulebook.facts import Customer
from router.store.sql import Rows
from wire import codec


def customer(rows: Rows, contact: int, *, addresses: bool = True) -> Customer:
    """Without addresses where nobody asks for them: only segments do."""
    row = rows.one("contact", id=contact)
    found = rows.all("identities_of", contact=contact) if addresses else ()
    return Customer(row.id, row.name, row.language, row.company, tags_of(row.tags),
                    tuple(each.address for each in found))  # fmt: skip


def tags_of(text: str) -> tuple[str, ...]:
    tags = codec.decode(text.encode(), tuple[str, ...])
    return tags if isinstance(tags, tuple) else ()
