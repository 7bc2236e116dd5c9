"""A contact as rules and segments see it, from its rows."""

from router.core.rulebook.facts import Customer
from router.store.sql import Rows
from wire import codec


def customer(rows: Rows, contact: int) -> Customer:
    row = rows.one("contact", id=contact)
    tags = codec.decode(row.tags.encode(), tuple[str, ...])
    addresses = tuple(each.address for each in rows.all("identities_of", contact=contact))
    return Customer(row.id, row.name, row.language, row.company,
                    tags if isinstance(tags, tuple) else (), addresses)  # fmt: skip
