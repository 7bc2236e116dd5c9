"""Headers as the world writes them."""

import pytest

from adapters.email.mail import Unreadable
from tests.adapters.email.letters import NOW, letter, read

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        ("Subject: plain", "plain"),
        ("Subject: folded\r\n over lines", "folded over lines"),
        ("Subject: =?utf-8?B?0JfQsNC60LDQtw==?=", "Заказ"),
        ("Subject: =?utf-8?B?0JfQsNC60LDQtw?=", "Заказ"),
        ("Subject: =?utf-8*ru?q?=D0=97_?= x", "З x"),
        # Two words that were cut in the middle of a letter.
        ("Subject: =?utf-8?b?0JfQ?=\r\n =?utf-8?b?sNC60LDQtw==?=", "Заказ"),
        ("Subject: =?utf-8?q?one?= =?koi8-r?q?=C4=D7=C1?=", "oneдва"),
        ("Subject: =?utf-8?q?one?= and =?utf-8?q?two?=", "one and two"),
        ("Subject: =?nonsense?q?caf=C3=A9?=", "café"),
        ("Subject: =?utf-7?q?+ADw-?=", "+ADw-"),
        ("Subject: =?broken", "=?broken"),
        ("Subject: Заказ", "Заказ"),
        (b"Subject: caf\xe9", "café"),
        ("Subject: =?utf-8?q?hi=0D=0ABcc=3A_evil?=", "hi Bcc: evil"),
        ("Subject: =?utf-8?q?=1B]0;owned=07?=", "␛]0;owned␇"),
        ("X-No: subject", ""),
    ],
)
def test_a_subject_is_one_clean_line(raw: bytes | str, subject: str) -> None:
    assert read(letter("hello", raw)).subject == subject


def test_a_very_long_subject_is_cut() -> None:
    assert len(read(letter("hello", b"Subject: " + b"a" * 1_000_000)).subject) <= 300


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("<one@x.test>", "<one@x.test>"),
        ("<[abc]@x.test> (foo)", "<[abc]@x.test>"),
        ("bare@x.test", "<bare@x.test>"),
        ("", ""),
        ("<no end", "<no>"),
    ],
)
def test_a_message_id_is_found_in_what_stands_there(value: str, found: str) -> None:
    assert read(letter("hello", f"Message-ID: {value}")).message_id == found


def test_the_last_fifty_references_are_kept() -> None:
    every = " ".join(f"<{number}@x.test>" for number in range(60_000))
    mail = read(letter("hello", f"References: {every}", "In-Reply-To: <a@x> <b@x>"))
    assert mail.references == tuple(f"<{number}@x.test>" for number in range(59_950, 60_000))
    assert mail.in_reply_to == "<a@x>"


@pytest.mark.parametrize(
    "date",
    ["Fri, 45 Foo 2024 99:99:99 +9999", "soon", "Tue, 1 Jan 2999 00:00:00 +0000", "1", "," * 500],
)
def test_an_impossible_date_is_no_date(date: str) -> None:
    assert read(letter("hello", f"Date: {date}")).date is None


def test_an_impossible_date_gives_way_to_the_last_hop() -> None:
    hop = "Received: from a by b; Fri, 20 Nov 2026 10:00:00 +0000"
    assert read(letter("hello", "Date: soon", hop)).date == 1795168800.0
    assert read(letter("hello", "Date: Fri, 20 Nov 2026 12:00:00 +0200")).date == 1795168800.0
    assert NOW > 1795168800.0


def test_plus_tags_of_the_envelope_are_kept_newest_first() -> None:
    tagged, alias = "Delivered-To: support+tok42@desk.test", "X-Original-To: Help@DESK.test"
    mail = read(letter("hello", tagged, alias, tagged))
    assert mail.delivered_to == ("support+tok42@desk.test", "Help@desk.test")


@pytest.mark.parametrize(
    "headers",
    [
        [f"X-{number}: y" for number in range(1001)],
        [f"X-{number}: {'y' * 8000}" for number in range(40)],
    ],
)
def test_too_many_headers_are_refused(headers: list[str]) -> None:
    with pytest.raises(Unreadable, match="header"):
        read(letter("hello", *headers))


@pytest.mark.parametrize("raw", [b"", b" \r\n\r\n "])
def test_nothing_is_no_mail(raw: bytes) -> None:
    with pytest.raises(Unreadable, match="empty"):
        read(raw)
