"""Lines fit their width whatever is in them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.lines import Line, Span, cut, fitted, width_of, wrapped
from console.strips import Look, strip
from console.themes import PALETTES

pytestmark = pytest.mark.pure

texts = st.text(
    alphabet=st.sampled_from("ab c\n\tїя漢字😀👩‍👩‍👧é[/nope]"), max_size=60
)  # fmt: skip


@given(texts, texts, st.integers(1, 60))
def test_a_line_is_exactly_as_wide_as_it_is_told(left: str, right: str, width: int) -> None:
    given_line = Line((Span(left),), (Span(right),))
    assert width_of(fitted(given_line, width)) == width
    assert strip(given_line, width, Look()).cell_length == width


@given(texts, st.integers(4, 40))
@example("\u200d\t[[[", 4)
def test_wrapped_lines_fit_and_lose_no_word(text: str, width: int) -> None:
    found = wrapped(text, width)
    assert all(cell_len(part) <= width for part in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_a_cut_says_that_something_is_missing() -> None:
    assert cut("a longer sentence", 8) == "a longe…"
    assert cut("short", 8) == "short"
    assert cut("two\nlines", 20) == "two lines"


def test_paragraphs_and_indents_stay() -> None:
    assert wrapped("one\n\n  two three four", 10) == ["one", "", "  two", "three four"]


def test_ascii_has_a_twin_for_each_glyph_of_ours() -> None:
    given_line = Line((Span("▌▎┆─… · − ● ✓ ▤ ▸"),))
    painted = strip(given_line, 30, Look("dark", ascii=True)).text
    assert painted.isascii()
    assert len(painted) == 30


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["dark", "light", "contrast"])
def test_text_has_a_contrast_of_4_5_on_every_ground(name: str) -> None:
    palette = PALETTES[name]
    weak = [
        f"{ink} on {ground}: {contrast(colour, back):.1f}"
        for ink, colour in palette.ink.items()
        if ink != "faint"  # rules and dots: nothing to read
        for ground, back in palette.ground.items()
        if contrast(colour, back) < 4.5
    ]
    assert weak == []
