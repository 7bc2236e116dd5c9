"""A query chooses the same rows in SQL as by the plain evaluation, whatever it is."""

import random
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.core.rulebook.book import read
from router.core.rulebook.facts import Customer
from router.doors import querying, shown
from router.store.sql import Rows
from router.store.store import open_database
from tests.router.doors.office import Office
from tests.wire.query.generated import nodes
from wire.desk_client import Refused
from wire.messages.desk import ConversationRow
from wire.messages.verbs import Queue, RulebookLoad, SetContact
from wire.query.evaluating import Asking, fold, holds
from wire.query.fields import FIELDS
from wire.query.nodes import Node, Query
from wire.query.parsing import parse
from wire.query.rows import RowFacts

pytestmark = pytest.mark.contract

NOW = 1_795_000_000.0
ASKING = Asking(NOW, "mia")
BOOK = read("""[segments]
vip = "tag:VIP OR company:acme*"
"Їжак" = "-language:uk domain:*.example olga"
""").book
assert BOOK is not None
WORDS = ("vip", "VIP", "gold", "Їжак", "їжак", "a*b", "[x]", "ß", "ss", "ё", "olga", "", "x y", '"')
NAMES = ("Olga Kvit", "ольга", "Jan [1]", "STRASSE straße")


@dataclass(frozen=True)
class Whole:
    """The plain definition: the row, its contact, and when it began to wait."""

    row: ConversationRow
    customer: Customer
    entered: float

    def texts(self, field: str) -> Collection[str]:
        if field == "tag":
            return [fold(tag) for tag in (*self.row.tags, *self.customer.tags)]
        if field == "segment":
            assert BOOK is not None
            return [fold(name) for name in BOOK.segments_of(self.customer)]
        if field in ("company", "language", "sender", "domain"):
            return self.customer.texts(field)
        return RowFacts(self.row, NOW).texts(field)

    def number(self, field: str) -> float | None:
        if field == "waiting":
            return NOW - self.entered if self.row.status == "waiting" else None
        return RowFacts(self.row, NOW).number(field)


def filled() -> tuple[apsw.Connection, list[Whole]]:
    """A database of random rows, and the same as values."""
    dice, db = random.Random(7), open_database(":memory:")
    for contact in range(1, 13):
        _add(db, "contacts", id=contact, name=dice.choice(NAMES), made=0.0,
             language=dice.choice(("", "uk", "de")), tags=_tags(dice),
             company=dice.choice(("", "Acme Ltd", "ACME", "ж")))  # fmt: skip
        for n in range(dice.randrange(1, 3)):
            _add(db, "identities", contact=contact, born=contact, own=contact, kind="email",
                 address=f"{dice.choice(WORDS)}{contact}{n}@Shop.{dice.choice('ab')}.example",
                 since=0.0)  # fmt: skip
    for number in range(1, 61):
        _add(db, "conversations", id=number, contact=dice.randrange(1, 13), identity=1,
             kind=dice.choice(("email", "webchat")), account=dice.choice(("help", "site")),
             remote="r", subject=dice.choice(WORDS), last_text=dice.choice(WORDS), team="support",
             status=dice.choice(("waiting", "assigned", "snoozed", "resolved")),
             owner=dice.choice(("", "mia", "tom")), priority=dice.randrange(4), tags=_tags(dice),
             skills=dice.choice(("{}", '{"fr":3}', '{"FR":1,"vip":2}')), order_key=0.0,
             opened=NOW - dice.choice((5.0, 90_000.0, 600.0)), entered=NOW - dice.choice((60, 600)),
             due=dice.choice((None, NOW - 60, NOW + 600)), unanswered=dice.randrange(2),
             unanswered_since=dice.choice((None, NOW - 600)), last_at=NOW - dice.randrange(700),
        )  # fmt: skip
    return db, [_whole(Rows(db), number) for number in range(1, 61)]


def _tags(dice: random.Random) -> str:
    from wire import codec

    return codec.encode(dice.sample(WORDS, dice.randrange(3))).decode()


def _add(db: apsw.Connection, table: str, **values: Any) -> None:
    places = ", ".join(f":{name}" for name in values)
    db.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", values)


def _whole(rows: Rows, number: int) -> Whole:
    from router.ruling.customers import customer

    row = rows.one("seen_conversations", ids=f"[{number}]", everything=True, agent="", teams="[]")
    return Whole(shown.conversation(row), customer(rows, row.contact), row.entered)


DB, ALL = filled()


def chosen(query: Query) -> list[int]:
    assert BOOK is not None
    made = querying.condition(query, ASKING, BOOK.segments)
    sql = f"SELECT c.id FROM conversations c JOIN contacts p ON p.id = c.contact WHERE {made.sql}"
    return sorted(int(row[0]) for row in DB.execute(sql, made.values))


SEEN = st.sampled_from([*WORDS, "acme*", "*", "*ltd", "me", "none", "mia", "email", "help",
                        "*.example", "shop.a.example", "waiting", "late", "fr", "uk", "*?*",
                        "[x]"])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(nodes(SEEN, -100_000, 100_000))
def test_sql_and_the_plain_evaluation_choose_the_same(node: Node) -> None:
    query = Query(node)
    assert chosen(query) == [w.row.id for w in ALL if holds(query, w, ASKING)]


@pytest.mark.parametrize("text", [
    "tag:vip", "-tag:vip", "segment:vip", "segment:ї*", "company:acme*", "domain:*.a.example",
    "owner:me", "owner:none", "is:late", "is:open,unanswered", "waiting:>5m", "due:<0s",
    "priority:>=high", "opened:today", "opened:<=yesterday", "skill:FR", "name:straße", "ольга",
    "unanswered:>5m quiet:<10m", "id:>30 OR id:<3", "subject:ss", "account:s*", "language:uk,de",
])  # fmt: skip
def test_the_usual_queries_choose_some_and_not_all(text: str) -> None:
    query = parse(text)
    assert isinstance(query, Query)
    found = chosen(query)
    assert 0 < len(found) < len(ALL)
    assert found == [w.row.id for w in ALL if holds(query, w, ASKING)]


def test_every_field_of_a_list_is_known_to_sql() -> None:
    for name, each in FIELDS.items():
        value = {"duration": "1m", "number": "1", "level": "high", "day": "today"}.get(each.kind)
        query = parse(f"{name}:{value or (each.choices or ('x',))[0]}")
        assert isinstance(query, Query), query
        chosen(query)


async def test_a_list_is_filtered_by_a_query(office: Office) -> None:
    await office.desk.agent("lea", role="lead", presence="away")
    for number in range(4):
        await office.desk.mail(str(number), f"letter {number}")
    await office.ask("lea", RulebookLoad(text='[segments]\nvip = "tag:vip"'))
    await office.ask("lea", SetContact(contact=1, add=("vip",)))
    contact = await office.desk.one("SELECT contact FROM conversations WHERE id = 2")
    for text, ids in (("segment:vip channel:mail", contact == 1), ("-segment:vip", contact != 1)):
        page = await office.ask("lea", Queue(view="waiting", filter=text))
        assert (2 in [row.id for row in page.rows]) is ids, text
    page = await office.ask("lea", Queue(view="waiting", filter="status:assigned"))
    assert (page.rows, page.total) == ((), 0)


async def test_a_wrong_query_is_refused_with_its_column(office: Office) -> None:
    await office.desk.agent("lea", role="lead", presence="away")
    with pytest.raises(Refused, match='from column 9 on: "ownr" cannot be asked') as refused:
        await office.ask("lea", Queue(view="waiting", filter="tag:vip ownr:me"))
    assert refused.value.no.code == "invalid"
