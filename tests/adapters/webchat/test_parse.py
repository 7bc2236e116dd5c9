"""What pages say becomes events, and nonsense becomes nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sdk import Attachment, Party
from adapters.webchat import parse

pytestmark = pytest.mark.pure

CID = "0123456789abcdef"
OLGA = Party(address="a1" * 16)
FILE = Attachment(sha256="00" * 32, name="a.pdf", media_type="application/pdf", size=1)


@pytest.mark.parametrize(
    ("raw", "frame"),
    [
        ('{"type":"hello"}', parse.Hello()),
        ('{"type":"hello","lang":"uk","of_tomorrow":[1]}', parse.Hello(lang="uk")),
        (f'{{"type":"msg","cid":"{CID}","text":"hi"}}', parse.Msg(CID, "hi")),
        ('{"type":"typing","on":true}', parse.Typing(on=True)),
        ('{"type":"read","seq":7}', parse.Read(7)),
        ('{"type":"history","before":7}', parse.History(7)),
        ('{"type":"bye"}', parse.Bye()),
    ],
)
def test_frames_of_ours_are_read(raw: str, frame: parse.Frame) -> None:
    assert parse.frame(raw) == frame


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "hello",
        "[]",
        "{}",
        '{"type":"give_me_everything"}',
        '{"type":"msg"}',
        '{"type":"msg","cid":"short","text":"hi"}',
        '{"type":"msg","cid":"../../../etc/passwd","text":"hi"}',
        json.dumps({"type": "msg", "cid": CID, "text": "x" * 4001}),
        json.dumps({"type": "msg", "cid": CID, "text": 5}),
        json.dumps({"type": "msg", "cid": CID, "files": ["x"] * 6}),
        '{"type":"read","seq":-1}',
        '{"type":"read","seq":99999999999999999999}',
        '{"type":"typing","on":"yes"}',
        '{"type":"hello","x":' + "[" * 30_000 + "]" * 30_000 + "}",
        '{"type":"hello","page":"' + "x" * 3000 + '"}',
    ],
)
def test_frames_of_others_are_none(raw: str) -> None:
    assert parse.frame(raw) is None


@given(st.text() | st.recursive(st.integers() | st.text(), st.lists).map(json.dumps))
def test_no_text_breaks_the_reading(raw: str) -> None:
    parse.frame(raw)


def test_a_message_says_who_where_and_in_which_language() -> None:
    said = parse.Msg(CID, " Добрий день \r\n друга ")
    event = parse.message(said, (), OLGA, 5.0, "https://shop.example/", "uk")
    assert event is not None
    assert (event.id, event.remote) == (f"{OLGA.address}-{CID}", OLGA.address)
    assert event.text == "Добрий день \n друга"
    assert (event.at, event.language) == (5.0, "uk")
    assert event.notes == {"page": "https://shop.example/"}


def test_a_message_of_nothing_is_none_but_a_file_is_something() -> None:
    assert parse.message(parse.Msg(CID, " \n "), (), OLGA, 5.0, "", "") is None
    assert parse.message(parse.Msg(CID), (FILE,), OLGA, 5.0, "", "") is not None


def test_controls_and_hidden_directions_do_not_come_through() -> None:
    event = parse.message(parse.Msg(CID, "a\x1b[2Jb\u202ec"), (), OLGA, 5.0, "", "")
    assert event is not None
    assert "\x1b" not in event.text
    assert "\u202e" not in event.text


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://shop.example/orders/88120?token=x#y", "https://shop.example/orders/88120"),
        ("http://user:pass@shop.example:8080/a", "http://shop.example:8080/a"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("https://[bad/", ""),
        ("https://shop.example:99999/", ""),
        ("https://shop.example/" + "x" * 900, "https://shop.example/" + "x" * 279),
        ("", ""),
    ],
)
def test_a_page_is_shown_without_what_may_be_secret(url: str, page: str) -> None:
    assert parse.page(url) == page


@pytest.mark.parametrize(
    ("said", "language"),
    [("uk-UA", "uk"), ("EN", "en"), ("", ""), ("<b>", ""), ("русский", "")],
)
def test_a_language_is_two_or_three_letters(said: str, language: str) -> None:
    assert parse.language(said) == language


@pytest.mark.parametrize(
    ("said", "name"),
    [("a.pdf", "a.pdf"), ("C:\\x\\a.pdf", "a.pdf"), ("../../a", "a"), ("", "file"), ("a/", "file")],
)
def test_a_file_name_has_no_folders(said: str, name: str) -> None:
    assert parse.file_name(said) == name


@pytest.mark.parametrize("said", ["text/html\r\nX: y", "html", "", "a/b; charset=x"])
def test_an_odd_media_type_is_just_bytes(said: str) -> None:
    assert parse.media_type(said) == "application/octet-stream"


def test_an_address_is_kept_as_what_the_visitor_says() -> None:
    event = parse.identity(parse.Email(" olga@kvit.example "), OLGA, 5.0)
    assert event is not None
    assert event.other_kind == "email"
    assert event.other == Party(address="olga@kvit.example", evidence="typed into the chat")
    assert not event.other.verified


@pytest.mark.parametrize("said", ["", "olga", "a@b", "a b@c.de", "a@b.c,d@e.fg", "a@b.c\nd@e.fg"])
def test_what_is_no_address_is_none(said: str) -> None:
    assert parse.identity(parse.Email(said), OLGA, 5.0) is None
