"""A snippet shows the words that were asked for, and says where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.search.snippet import snippet

pytestmark = pytest.mark.pure

LETTER = (
    "Good morning, I hope that you are all well. Two weeks ago I sent the jacket back.\n"
    "Until now I have not been refunded, and nobody answers. Please refund me today. Anna"
)


def marked(text: str, query: str, width: int) -> list[str]:
    line, ranges = snippet(text, query, width)
    return [line[start:end] for start, end in ranges]


def test_a_short_text_is_shown_whole() -> None:
    assert snippet("Where is my refund?", "refunds", 80) == ("Where is my refund?", [(12, 18)])


def test_the_window_holds_the_most_matches() -> None:
    line, _ = snippet(LETTER, "refund", 70)
    assert line.startswith("…")
    assert line.endswith("…")
    assert len(line) <= 70
    assert "\n" not in line
    assert marked(LETTER, "refund", 70) == ["refunded", "refund"]


def test_other_forms_and_other_languages_are_marked() -> None:
    assert marked("Возврата всё нет", "возврат", 80) == ["Возврата"]
    assert marked("щодо повернень", "повернення", 80) == ["повернень"]
    assert marked("Alle Rechnungen", "rechnung", 80) == ["Rechnungen"]


def test_the_word_being_typed_is_marked() -> None:
    assert marked("Rechnungsnummer 5", "Rechnungsn", 80) == ["Rechnungsnummer"]


def test_without_a_match_the_beginning_is_shown() -> None:
    line, ranges = snippet(LETTER, "zebra", 30)
    assert line == "Good morning, I hope that…"
    assert ranges == []


@given(st.text(max_size=400), st.text(max_size=30), st.integers(0, 120))
def test_a_snippet_is_never_wider_than_asked(text: str, query: str, width: int) -> None:
    line, ranges = snippet(text, query, width)
    assert len(line) <= max(width, 0)
    assert all(0 <= start < end <= len(line) for start, end in ranges)


@given(st.lists(st.sampled_from(["the", "refund", "was", "refunded", "today", "Rückgabe"])))
def test_what_is_marked_is_what_was_asked_for(parts: list[str]) -> None:
    assert set(marked(" ".join(parts), "refund", 40)) <= {"refund", "refunded"}
