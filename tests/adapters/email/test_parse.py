"""Whatever bytes come, a clean value or a sentence comes out."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.email.mail import Mail, Unreadable
from adapters.email.parse import message
from tests.adapters.email.letters import NOW, letter, mixed, part, read

pytestmark = pytest.mark.pure

MAILS = [
    letter(
        "hello\r\n\r\nOn Fri, 4 Oct 2024 at 12:30, Ann wrote:\r\n> one\r\n", "Subject: =?x?q?y?="
    ),
    letter("<p>words <a href='http://x.test'>x</a></p><blockquote>q", "Content-Type: text/html"),
    mixed(
        part("plain", "Content-Type: text/plain; charset=utf-8; format=flowed"),
        part("<b>words</b>", "Content-Type: text/html; charset=windows-1251"),
        kind="alternative",
    ),
    mixed(
        part("aGVsbG8=", "Content-Transfer-Encoding: base64"),
        part("x", "Content-Type: image/png", "Content-Disposition: attachment; filename*0*=u''%41"),
        part(letter("inner", "Subject: in"), "Content-Type: message/rfc822"),
    ),
    mixed(
        part(
            "Final-Recipient: rfc822; a@x.test\r\n\r\nStatus: 5.1.1",
            "Content-Type: message/delivery-status",
        ),
        kind="report; report-type=delivery-status",
    ),
]
PIECES = [
    *(
        b"\r\n",
        b"\r\n\r\n",
        b"--edge\r\n",
        b"--edge--",
        b"=?utf-8?b?",
        b"?=",
        b"<",
        b">",
        b'"',
        b"(",
    ),
    *(
        b"\0",
        b"\x1b[2J",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\xe2\x80\xae",
        b"charset=zlib_codec",
        b"=3D",
    ),
    *(
        b"From: <@@>",
        b"Content-Type: multipart/mixed; boundary=edge\r\n",
        b"On 1 Jan 2020, a@b wrote:",
    ),
    *(
        b"Content-Type: message/rfc822\r\n",
        b"Date: 99 99 99",
        b"To: a:;,;<",
        b"&#xD800;",
        b"%00%2F",
    ),
]


def check(raw: bytes) -> None:
    try:
        mail = message(raw, received=NOW, authserv_id="mx.test")
    except Unreadable as error:
        return said(error)
    packed = msgspec.msgpack.encode(mail)
    assert msgspec.msgpack.decode(packed, type=Mail) == mail
    shown = [mail.text, mail.signature, mail.quoted, mail.subject, mail.sender.name]
    shown += [one.name for one in (*mail.to, *mail.cc)]
    shown += [one.name for one in mail.attachments]
    assert not any(set(text) & set("\0\x1b\x07\x9b\u202e\ue0f1\ue0f2") for text in shown)
    assert not any("\n" in text for text in shown[3:])


def said(error: Unreadable) -> None:
    assert error.reason.endswith(".")


@given(st.binary(max_size=600))
@settings(max_examples=300)
def test_arbitrary_bytes_do_no_harm(raw: bytes) -> None:
    check(raw)


@given(st.sampled_from(MAILS), st.data())
@settings(max_examples=500)
def test_a_mutated_mail_does_no_harm(raw: bytes, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(raw)))
        end = start + data.draw(st.sampled_from([0, 0, 1, 5, 40]))
        piece = data.draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=6)))
        raw = raw[:start] + piece + raw[end:]
    check(raw)


@pytest.mark.parametrize("raw", MAILS)
def test_the_unchanged_mails_are_read(raw: bytes) -> None:
    assert read(raw).sender.address == "ann@example.test"


def test_an_ordinary_reply_is_understood_as_a_whole() -> None:
    mail = read(
        letter(
            "Да, подходит.\r\n\r\nС уважением,\r\nИван\r\n\r\n"
            "пт, 4 окт. 2024 г. в 12:30, Стол <support@desk.test>:\r\n\r\n> Вам подходит?\r\n",
            "To: Support <support@desk.test>",
            "Subject: =?utf-8?b?UmU6INCX0LDQutCw0Lc=?=",
            "Message-ID: <two@example.test>",
            "In-Reply-To: <one@desk.test>",
            "References: <zero@example.test> <one@desk.test>",
            "Delivered-To: support+c12@desk.test",
            "Date: Fri, 4 Oct 2024 15:30:00 +0300",
            "Content-Type: text/plain; charset=utf-8",
        )
    )
    assert mail.subject == "Re: Заказ"
    assert mail.text == "Да, подходит."
    assert mail.signature == "С уважением,\nИван"
    assert mail.quoted.endswith("> Вам подходит?")
    assert (mail.message_id, mail.in_reply_to) == ("<two@example.test>", "<one@desk.test>")
    assert mail.references == ("<zero@example.test>", "<one@desk.test>")
    assert mail.date == 1728045000.0
    assert (mail.auto, mail.bounce, mail.problems, mail.html_only) == (False, None, (), False)
