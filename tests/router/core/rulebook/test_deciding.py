"""What rules make of a message: each condition, both orders, every action."""

import datetime
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.demand import StepOf
from router.core.rulebook.book import Book, read
from router.core.rulebook.deciding import Outcome
from router.core.rulebook.facts import Customer, Opening

pytestmark = pytest.mark.pure

MONDAY = datetime.datetime(2026, 11, 23, 9, 30, tzinfo=datetime.UTC).timestamp()
CUSTOMER = Customer(7, "Olga Kvit", "uk", "Acme Ltd", ("VIP",), ("Olga@Shop.acme.example",))
OPENING = Opening(
    CUSTOMER, "email", "help", "Olga@Shop.acme.example", "Refund for order 12",
    "Hello,\nI want my money-back! Повернення коштів, будь ласка.", MONDAY,
)  # fmt: skip


def book(text: str) -> Book:
    found = read(text)
    assert found.book is not None, found.faults
    return found.book


def matches(condition: str, opening: Opening = OPENING, head: str = "") -> bool:
    rules = book(f'{head}\n[[rule]]\nname = "it"\n{condition}\n')
    opening = replace(opening, segmenting=rules.segments_of)
    return rules.decide(opening).rules == ("it",)


@pytest.mark.parametrize(("condition", "expected"), [
    ("", True),
    ("if.channel = 'email'", True), ("if.channel = ['webchat', 'mail']", True),
    ("if.channel = 'webchat'", False), ("if.account = 'help'", True),
    ("if.account = 'sales'", False), ("if.language = 'uk'", True), ("if.language = 'ru'", False),
    ("if.sender = 'olga@shop.acme.example'", True), ("if.sender = 'acme.example'", True),
    ("if.sender = 'shop.acme.example'", True), ("if.sender = 'me.example'", False),
    ("if.sender = '*@shop.*'", True), ("if.sender = '*@acme.example'", False),
    ("if.tag = 'vip'", True), ("if.tag = ['gold', 'Vip']", True), ("if.tag = 'gold'", False),
    ("if.subject = 'refund'", True), ("if.subject = 'fund'", False),
    ("if.subject = 'money back'", False), ("if.words = 'money back'", True),
    ("if.words = 'back money'", False), ("if.words = 'ПОВЕРНЕННЯ'", True),
    ("if.words = 'поверн'", False), ("if.words = 'поверн*'", True), ("if.words = 'order 1'", False),
    ("if.words = ['nothing', 'hello']", True),
    ("if.time = { days = 'mon-fri', from = '09:00', until = '17:00' }", True),
    ("if.time = { days = 'sat-mon' }", True), ("if.time = { days = 'tue' }", False),
    ("if.time = { from = '11:00', until = '12:00', zone = 'Europe/Kyiv' }", True),
    ("if.time = { from = '22:00', until = '10:00' }", True),
    ("if.time = { days = 'sun', from = '22:00', until = '10:00' }", True),
    ("if.time = { days = 'tue', from = '22:00', until = '10:00' }", False),
    ("if.open = 'office'", True), ("if.closed = 'office'", False), ("if.open = 'late'", False),
    ("if.closed = ['office', 'late']", True),
    ("if.query = 'tag:vip -channel:webchat'", True), ("if.query = 'company:\"acme ltd\"'", True),
    ("if.query = 'domain:*acme.example name:olga'", True), ("if.query = 'refund'", True),
    ("if.query = 'segment:gold'", False), ("if.channel = 'email'\nif.tag = 'gold'", False),
])  # fmt: skip
def test_a_condition_holds_or_not(condition: str, expected: bool) -> None:
    calendars = "[calendars.office]\nhours = { mon-fri = '09:00-17:00' }\n"
    calendars += "[calendars.late]\nhours = { mon-fri = '17:00-20:00' }\n"
    assert matches(condition, head=calendars) is expected


@pytest.mark.parametrize(("query", "expected"), [
    ("tag:vip", True), ("company:acme*", True), ("language:uk domain:*.acme.example", True),
    ("-tag:vip", False), ("contact:7", True), ("olga", True), ("sender:olga*", True),
])  # fmt: skip
def test_a_segment_is_a_query_over_the_contact(query: str, expected: bool) -> None:
    head = f"[segments]\nhigh = '{query}'"
    assert matches("if.segment = 'high'", head=head) is expected
    assert matches("if.query = 'segment:high'", head=head) is expected


def test_a_language_that_is_not_known_is_that_of_the_text() -> None:
    asked: list[str] = []

    def detect(text: str) -> str:
        asked.append(text)
        return "pl"

    unknown = replace(OPENING, customer=replace(CUSTOMER, language=""), detect=detect)
    assert matches("if.language = 'pl'", unknown)
    assert asked == [f"{OPENING.subject}\n{OPENING.text}"]
    assert matches("if.channel = 'email'", unknown)
    assert len(asked) == 1  # nobody asked this time


TWO = """
[[rule]]
name = "one"
then.team = "sales"
then.skills = { french = 3, refunds = 1 }
then.either = [{ a = 1 }, { b = 2 }]
then.language = "theirs"
then.priority = "high"
then.tier = 2
then.slope = 1.5
then.head_start = 10
then.tag = ["x", "y"]
then.steps = [{ after = 60, drop = "french" }]
then.prefer = "mia"
then.prefer_for = 30
then.exclude = "tom"
then.reply = "We have it."
[[rule]]
name = "never"
if.channel = "webchat"
then.team = "never"
[[rule]]
name = "two"
then.team = "billing"
then.skills = { french = 1, refunds = 4 }
then.head_start = 5
then.tag = ["y", "z"]
then.steps = [{ after = 30, widen = "all" }]
then.exclude = ["eva"]
"""


def test_the_first_rule_that_matches_decides() -> None:
    assert book(TWO).decide(OPENING) == Outcome(
        rules=("one",), team="sales", priority=2, skills={"french": 3, "refunds": 1},
        either=({"a": 1}, {"b": 2}), language="uk", tier=2, slope=1.5, head_start=10.0,
        tags=("x", "y"), steps=(StepOf(after=60.0, drop=("french",)),), preferred=("mia",),
        prefer_for=30.0, excluded=("tom",), reply="We have it.",
    )  # fmt: skip


def test_or_all_that_match_add_up_in_their_order() -> None:
    outcome = book('order = "all"' + TWO).decide(OPENING)
    assert outcome.rules == ("one", "two")
    assert (outcome.team, outcome.priority, outcome.head_start) == ("billing", 2, 15.0)
    assert outcome.skills == {"french": 3, "refunds": 4}
    assert (outcome.tags, outcome.excluded) == (("x", "y", "z"), ("tom", "eva"))
    assert [step.after for step in outcome.steps] == [30.0, 60.0]
    assert (outcome.preferred, outcome.prefer_for) == (("mia",), 30.0)


def test_what_no_rule_speaks_of_stays() -> None:
    assert book('[[rule]]\nname = "x"\nif.tag = "none"').decide(OPENING) == Outcome()
    assert Book().decide(OPENING) == Outcome()


WORD = st.text(st.sampled_from("abcёжé"), min_size=1, max_size=4)


@given(st.lists(WORD, max_size=8), st.lists(WORD, min_size=1, max_size=3))
def test_a_phrase_is_found_as_whole_words_side_by_side(words: list[str], phrase: list[str]) -> None:
    """Against the plain definition."""
    places = range(len(words) - len(phrase) + 1)
    expected = any(words[place : place + len(phrase)] == phrase for place in places)
    opening: Any = replace(OPENING, subject="", text=", ".join(words).upper())
    assert matches(f"if.words = '{'-'.join(phrase)}'", opening) is expected
