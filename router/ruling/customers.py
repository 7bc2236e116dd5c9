"""A contact as rules and segments see it, from its rows."""

from router.core.rulebook.facts import Customer
from router.store.sql import Rows
from wire import codec


def customer(rows: Rows, contact: int) -> Customer:
    row = rows.one("contact", id=contact)
    addresses = tuple(each.address for each in rows.all("identities_of", contact=contact))
    return Customer(row.id, row.name, row.language, row.company, tags_of(row.tags), addresses)


def tags_of(text: str) -> tuple[str, ...]:
    tags = codec.decode(text.encode(), tuple[str, ...])
    return tags if isinstance(tags, tuple) else ()
