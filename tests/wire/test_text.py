"""Outside text is harmless after `clean`, whatever it was."""

import os
import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.shield import BAD
from wire.text import MARKS, clean, clean_line

pytestmark = pytest.mark.pure


PILES = re.compile("[\u0300-\u036f]+")
CASES = int(os.environ.get("CORDBOARD_TEST_CASES", "150"))
# What attackers write with, among letters of every kind.
NASTY = st.sampled_from(
    [
        *("\x00", "\x07", "\x08", "\t", "\n", "\r", "\x0b", "\x1b", "\x7f", "\x85", "\x9b", "\x9d"),
        *("\xad", "\u061c", "\u200b", "\u200d", "\u200e", "\u2028", "\u2029", "\u202e", "\u2066"),
        *("\u2060", "\u206f", "\ufeff", "\ufff9", "\ufffe", "\ufdd0", "\ue000", "\ud800", "\udfff"),
        *("\U000e0001", "\U000e0041", "\U0010ffff", "\U0001d173", "\u0301", "\u0323", "a"),
        *("\x1b]52;c;x\x07", "\x1b[2J", "\r\n", "[/nope]", "👩\u200d👩", "й", "ﬁ"),
        *("\uac00", "\u1100\u1161", "e\u0301"),
    ]
)
TEXTS = st.lists(NASTY | st.text(max_size=20), max_size=40).map("".join)
TURNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@settings(max_examples=CASES, deadline=None)
@given(TEXTS, st.sampled_from([1, 10, 300, 200_000]))
def test_nothing_that_steers_a_terminal_is_left(text: str, limit: int) -> None:
    for cleaned in (clean(text, limit), clean_line(text, limit)):
        assert len(cleaned) <= limit
        for character in cleaned:
            assert character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs", "Co")
            assert character not in TURNS
            assert character not in "\u2028\u2029\ufeff\ufff9"
            assert not 0xE0000 <= ord(character) <= 0xE0FFF
        assert BAD.search(cleaned.replace("\r", "")) is None  # nothing is left for the last filter
        cleaned.encode()  # no half letters
    assert "\n" not in clean_line(text, limit)
    assert max((len(pile) for pile in PILES.findall(clean(text))), default=0) <= MARKS


@settings(max_examples=CASES, deadline=None)
@given(TEXTS)
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
