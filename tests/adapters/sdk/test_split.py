"""Long texts are split by the channel's limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sdk.split import is_piece, piece_ids, split

pytestmark = pytest.mark.pure

CASES = [
    ("short", 10, ["short"]),
    ("no limit at all", 0, ["no limit at all"]),
    ("one two three", 8, ["one two", "three"]),
    ("First one. Second one.", 14, ["First one.", "Second one."]),
    ("para one\n\npara two is", 14, ["para one", "para two is"]),
    ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
    ("", 4, [""]),
]


@pytest.mark.parametrize(("text", "limit", "pieces"), CASES)
def test_a_text_is_cut_where_it_hurts_least(text: str, limit: int, pieces: list[str]) -> None:
    assert split(text, limit) == pieces


@given(st.text(alphabet="ab .\nЖ", max_size=200), st.integers(1, 50))
def test_pieces_fit_and_hold_every_word_character(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(len(piece) <= limit for piece in pieces) or not text.strip()
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_the_last_piece_bears_the_messages_own_id() -> None:
    assert piece_ids("out-9", 3) == ["out-9#1", "out-9#2", "out-9"]
    assert [is_piece(id_) for id_ in piece_ids("out-9", 2)] == [True, False]
