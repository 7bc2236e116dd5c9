"""Outside text is cleaned where it comes in."""

import pytest
from rich.segment import Segment
from textual.color import Color

from console.flows.files import display_name
from console.paint.message import host, place
from console.safe import harmless
from console.shield import Shield
from wire.messages.base import say
from wire.messages.channel import Party
from wire.messages.desk import MessageRow

pytestmark = pytest.mark.pure


def test_every_text_of_a_value_is_cleaned_wherever_it_stands() -> None:
    bad = "a\x1b[2J\x9b0m\u202eb"
    message = MessageRow(
        id=1, version=1, conversation=1, contact=1, by="customer", at=0.0, accepted=0.0,
        text=bad, notes={bad: bad}, to=(Party(address=bad),), said=say("{x}", x=bad),
    )  # fmt: skip
    clean = harmless(message)
    shown = repr(clean)
    assert "\\x1b" not in shown
    assert "\\x9b" not in shown
    assert "\\u202e" not in shown
    assert clean.text.startswith("a\u241b[2J")


def test_what_is_clean_is_not_copied() -> None:
    message = MessageRow(
        id=1, version=1, conversation=1, contact=1, by="customer", at=0.0, accepted=0.0,
        text="hello", to=(Party(address="x"),),
    )  # fmt: skip
    assert harmless(message) is message


def test_the_shield_lets_no_control_byte_through_and_keeps_the_rest() -> None:
    segments = [Segment("ok\x1b]0;PWN\x07ok"), Segment("fine")]
    passed = Shield().apply(segments, Color(0, 0, 0))
    assert [segment.text for segment in passed] == ["ok]0;PWNok", "fine"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../etc/passwd", "passwd"), ("..\\x.exe", "x.exe"), (".bashrc", "bashrc"),
     ("a\nb.pdf", "a b.pdf"), ("", "file"), ("/", "file")],
)  # fmt: skip
def test_a_file_name_stays_in_its_folder(given: str, kept: str) -> None:
    assert display_name(given) == kept


@pytest.mark.parametrize(
    ("url", "name"),
    [("https://kvit.example/x", "kvit.example"),
     ("https://kvit.example@evil.example", "evil.example"),
     ("https://раураl.example/", "xn--l-7sba6dbr.example")],
)  # fmt: skip
def test_a_link_says_whose_page_it_is(url: str, name: str) -> None:
    assert host(url) == name


@pytest.mark.parametrize(
    ("page", "shown"),
    [("https://shop.kvit.example/orders/7?x=1", "/orders/7"),
     ("https://shop.kvit.example/", "shop.kvit.example"),
     ("/orders/7", "/orders/7"), ("https://[::", "https://[::"), ("shop", "shop")],
)  # fmt: skip
def test_a_page_is_named_by_its_place_on_the_site(page: str, shown: str) -> None:
    assert place(page) == shown
