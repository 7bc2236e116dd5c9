"""The query language: what is read, what is refused and where, what follows at the cursor."""

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.query.generated import nodes
from wire.query.completing import complete
from wire.query.describing import chips, describe
from wire.query.evaluating import Asking, holds, pattern
from wire.query.nodes import Node, Query, QueryError
from wire.query.parsing import LONGEST, parse

pytestmark = pytest.mark.pure


def query(text: str) -> Query:
    found = parse(text)
    assert isinstance(found, Query), found
    return found


def error(text: str) -> QueryError:
    found = parse(text)
    assert isinstance(found, QueryError), found
    return found


@dataclass
class Row:
    """Facts as they are given."""

    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)

    def texts(self, field: str) -> Collection[str]:
        return self.names.get(field, ())

    def number(self, field: str) -> float | None:
        return self.numbers.get(field)


ROW = Row(
    {"channel": ("whatsapp",), "skill": ("fr", "refunds"), "owner": ("",), "tag": ("vip",),
     "words": ("olga about the invoice",), "status": ("waiting",), "team": ("support",)},
    {"waiting": 700.0, "priority": 2.0, "opened": 1_000_000.0, "id": 7.0},
)  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [
    ("channel:wa skill:fr waiting:>10m -owner:me tag:vip", True),
    ("channel:whatsapp", True), ("kind:wa", True), ("CHANNEL:WA", True),
    ("channel:email,wa", True), ("channel:email", False), ("-channel:email", True),
    ("!channel:wa", False), ("NOT channel:wa", False), ("waiting:>700", False),
    ("waiting:>=700s", True), ("waiting:<12m", True), ("waiting:>1h OR tag:vip", True),
    ("(waiting:>1h OR tag:vip) team:sales", False), ("due:<1h", False), ("-due:<1h", True),
    ("priority:high", True), ("priority:>normal", True), ("priority:>=3", False),
    ("owner:none", True), ("owner:me", False), ("team:sup*", True), ("team:*port", True),
    ("team:*x*", False), ("invoice", True), ("INVOICE", True), ('"the invoice"', True),
    ('"invoice the"', False), ("olga invoice", True), ("id:7", True), ("id:>6 id:<8", True),
    ("", True), ("opened:1970-01-12", False), ("opened:<today", True), ("waiting:=700", True),
    ("tag:vip AND team:support", True), ("status:waiting,assigned", True),
])  # fmt: skip
def test_what_holds(text: str, expected: bool) -> None:
    asking = Asking(now=2_000_000_000.0, me="mia")
    assert holds(query(text), ROW, asking) is expected


def test_a_day_is_a_day_of_the_zone_of_who_asks() -> None:
    row = Row(numbers={"opened": 1_795_000_000.0})  # 2026-11-18, 11:06:40 in UTC
    for zone, day in (("UTC", "2026-11-18"), ("Pacific/Auckland", "2026-11-19")):
        asking = Asking(now=1_795_000_000.0 + 86_400, zone=ZoneInfo(zone))
        assert holds(query("opened:yesterday"), row, asking)
        assert not holds(query("opened:today"), row, asking)
        assert holds(query(f"opened:{day} opened:<=yesterday -opened:>{day}"), row, asking)


@pytest.mark.parametrize(("text", "column", "nearest"), [
    ("chanel:wa", 1, "channel"), ("tag:vip ownr:me", 9, "owner"), ("waiting:>soon", 10, ""),
    ("status:waitin", 8, "waiting"), ("tag:", 5, ""), ('"half', 1, ""), ("(tag:vip", 1, ""),
    ("tag:vip)", 8, ""), ("a OR", 5, ""), ("OR a", 1, ""), ("a AND", 6, ""), ("()", 2, ""),
    ("tag:>vip", 5, ""), ("- a", 1, ""), ("opened:tomorow", 8, ""), ("tag:a,", 7, ""),
    ("NOT", 4, ""), ('tag:"half', 5, ""), ("http://x", 1, ""), ("a NOT OR b", 7, ""),
    ("(" * 30 + "a" + ")" * 30, 21, ""), ("x" * 501, 501, ""), ("is:lat", 4, "late"),
])  # fmt: skip
def test_what_is_wrong_is_told_with_its_column(text: str, column: int, nearest: str) -> None:
    found = parse(text)
    if text == "- a":  # a dash alone is a word
        assert isinstance(found, Query)
        return
    assert isinstance(found, QueryError), found
    assert (found.column, found.nearest) == (column, nearest), found
    assert str(found.said)


def test_a_segment_asks_about_the_customer_only() -> None:
    assert isinstance(parse("tag:vip company:acme", "contact"), Query)
    wrong = parse("tag:vip waiting:>1m", "contact")
    assert isinstance(wrong, QueryError)
    assert wrong.column == 9


# --- round trip and fuzz -------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(nodes())
def test_what_is_described_is_read_as_the_same(node: Node) -> None:
    text = describe(Query(node))
    if len(text) <= LONGEST:
        assert parse(text) == Query(node), text


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=60) | st.text('()-!":<>= ,ORANDT\\tagwin*', max_size=40))
def test_nothing_that_is_typed_is_a_failure_of_ours(text: str) -> None:
    found = parse(text)
    if isinstance(found, QueryError):
        assert 1 <= found.column <= len(text) + 1
    else:
        assert parse(describe(found)) == found
        holds(found, ROW)
    complete(text, len(text))


def _matches(name: str, text: str) -> bool:
    """As one would say it, and slow."""
    if not name or not text:
        return name.strip("*") == text
    if name[0] == "*":
        return _matches(name[1:], text) or _matches(name, text[1:])
    return name[0] == text[0] and _matches(name[1:], text[1:])


@given(st.text("ab*", max_size=8), st.text("ab", max_size=10))
@settings(max_examples=500)
def test_a_star_is_anything(name: str, text: str) -> None:
    assert (pattern(name).fullmatch(text) is not None) == _matches(name, text)


def test_many_stars_take_no_longer_than_few() -> None:
    begun = time.process_time()
    assert pattern("*a" * 200 + "*b").fullmatch("a" * 4_000) is None
    assert time.process_time() - begun < 1.0  # five stars took 15 seconds


def test_each_condition_is_a_chip() -> None:
    assert chips(query("channel:wa (tag:vip OR tag:gold) -owner:me hello")) == (
        "channel:whatsapp", "(tag:vip OR tag:gold)", "-owner:me", "hello")  # fmt: skip


@pytest.mark.parametrize(("text", "first"), [
    ("cha", "channel:"), ("tag:vip own", "owner:"), ("status:w", "waiting"), ("priority:", "low"),
    ("-tea", "team:"), ("tag:v", "vip"), ("tag:vip,g", "gold"), ("(st", "status:"),
])  # fmt: skip
def test_what_can_follow_is_told(text: str, first: str) -> None:
    found = complete(text, len(text), {"tag": ("gold", "vip")})
    assert found[0].text == first
    assert isinstance(parse(text[: found[0].start] + found[0].text + ("x" if ":" in first else "")
                            + (")" if text[0] == "(" else "")), Query | QueryError)  # fmt: skip


def test_nothing_follows_within_quotation_marks() -> None:
    assert complete('"cha', 4) == []
