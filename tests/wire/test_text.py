"""Outside text is harmless after `clean`, whatever it was."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wire.text import MARKS, clean, clean_line

pytestmark = pytest.mark.pure


@given(st.text(max_size=400))
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    for character in clean(text):
        assert character in "\n\t" or unicodedata.category(character) != "Cc"
        assert character not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@given(st.text(max_size=400))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_line(clean_line(text)) == clean_line(text)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x1b]52;c;cHdu\x07b", "a␛]52;c;cHdu␇b"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("support\u200b@", "support@"),
        ("👩\u200d👩\u200d👧 stays whole", "👩\u200d👩\u200d👧 stays whole"),
        ("a" + "\u0301" * 50, "á" + "\u0301" * MARKS),
    ],
)
def test_what_becomes_of(raw: str, shown: str) -> None:
    assert clean(raw) == unicodedata.normalize("NFC", shown)


def test_a_line_is_one_line_and_bounded() -> None:
    assert clean_line(" a\nb\tc ") == "a b c"
    assert len(clean_line("x" * 10_000)) == 300
