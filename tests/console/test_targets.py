"""Reply targets as they are seen: the clock's colour, and what is to be done by when."""

from dataclasses import replace

import pytest

from console.lines import Line
from console.paint.customer import customer_lines
from console.paint.queue import clock_of
from console.view import Thread, View
from wire.messages.desk import ContactCard, ConversationRow

pytestmark = pytest.mark.pure

ROW = ConversationRow(
    id=1, version=1, contact=1, contact_name="Olga", kind="email", account="support", subject="",
    status="assigned", team="support", owner="ana", unanswered=1,
)  # fmt: skip


def _plain(line: Line) -> str:
    return "".join(span.text for span in line.left)


@pytest.mark.parametrize(
    ("why", "facts", "now", "style"),
    [
        ("nothing waits", {}, 0.0, "dim"),
        ("in time", {"due": 100.0, "warn_at": 75.0}, 75.0, "dim"),
        ("three quarters are gone", {"due": 100.0, "warn_at": 75.0}, 75.5, "warn"),
        ("late", {"due": 100.0, "warn_at": 75.0}, 100.5, "late"),
        ("a night lies between", {"due": 90_000.0, "warn_at": 500.0, "target": 900.0}, 600.0,
         "warn"),
        ("the night before all of it", {"due": 90_000.0, "warn_at": 89_000.0, "target": 9e5}, 600.0,
         "dim"),
        ("snoozed", {"due": 100.0, "warn_at": 75.0, "status": "snoozed", "snoozed_until": 900.0},
         500.0, "dim"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_colour_of_a_clock_is_of_its_business_time(
    why: str, facts: dict[str, object], now: float, style: str
) -> None:
    row = ConversationRow(**({f: getattr(ROW, f) for f in ROW.__struct_fields__} | facts))
    assert clock_of(row, now)[1] == style, why


@pytest.mark.parametrize(("replied", "words"), [(False, "first reply by"), (True, "next reply by")])
def test_beside_a_thread_stands_what_is_to_be_done_by_when(replied: bool, words: str) -> None:
    facts = {f: getattr(ROW, f) for f in ROW.__struct_fields__}
    row = ConversationRow(**(facts | {"due": 50.0, "resolve_due": 90.0, "replied": replied}))
    card = ContactCard(id=1, version=1, name="Olga")
    view = replace(View(), rows={1: row}, thread=Thread(contact=1, strand=1, card=card), now=60.0)
    shown = [_plain(line) for line in customer_lines(view, 40, False)]
    assert any(words in line for line in shown)
    assert any("to be resolved by" in line for line in shown)


def test_where_no_resolution_runs_the_composer_s_clock_is_enough() -> None:
    card = ContactCard(id=1, version=1, name="Olga")
    view = replace(View(), rows={1: ROW}, thread=Thread(contact=1, strand=1, card=card))
    assert not any(" by " in _plain(line) for line in customer_lines(view, 40, False))
