"""Which text of a mail is shown, and which files it carries."""

import base64

import pytest

from adapters.email import parse
from adapters.email.mail import Unreadable
from adapters.email.reading import body, flowed
from tests.adapters.email.letters import letter, mixed, part, read

pytestmark = pytest.mark.pure

HTML = "Content-Type: text/html; charset=utf-8"
PDF = "Content-Type: application/pdf"


def test_plain_text_is_preferred_to_html() -> None:
    mail = read(mixed(part("plain words"), part("<p>html words</p>", HTML), kind="alternative"))
    assert (mail.text, mail.html_only) == ("plain words", False)


@pytest.mark.parametrize(
    "stub",
    [
        "",
        " \n ",
        "View this email in your browser",
        "Your mail program does not support HTML.",
        "https://news.example.test/12345",
        "Посмотреть письмо в браузере: https://x.test",
    ],
)
def test_a_plain_part_that_says_nothing_gives_way_to_html(stub: str) -> None:
    page = part("<p>the words</p>", HTML)
    plain = part(stub, "Content-Type: text/plain; charset=utf-8")
    assert read(mixed(plain, page, kind="alternative")).text == "the words"


def test_a_mail_of_html_alone_says_so() -> None:
    mail = read(letter("<p>words</p>", HTML))
    assert (mail.text, mail.html_only) == ("words", True)


def test_all_text_parts_are_shown_in_order() -> None:
    assert read(mixed(part("first"), part("list footer"))).text == "first\n\nlist footer"


def test_an_encoded_body_is_decoded() -> None:
    russian = "Где мой заказ?"
    coded = base64.b64encode(russian.encode("koi8-r"))
    headers = ("Content-Type: text/plain; charset=koi8-r", "Content-Transfer-Encoding: base64")
    assert read(letter(coded, *headers)).text == russian


def test_a_broken_encoding_is_read_as_far_as_it_goes() -> None:
    assert read(letter("aGVsbG8=!!!", "Content-Transfer-Encoding: base64")).text.startswith("hello")
    assert read(letter("a=ZZb=", "Content-Transfer-Encoding: quoted-printable")).text == "a=ZZb"
    assert read(letter("begin 1 x\n#86)C\nend\n", "Content-Transfer-Encoding: x-uuencode")).text
    assert read(letter("hello", "Content-Transfer-Encoding: nonsense")).text == "hello"


def test_flowed_lines_are_joined_and_quotes_and_signature_are_not() -> None:
    raw = ">> quoted \n>> more\n> less\nA line that \nflows.\n From here\n-- \nAnn \nDoe"
    joined = ">> quoted more\n> less\nA line that flows.\nFrom here\n-- \nAnn Doe"
    assert flowed.unfold(raw) == joined


def test_flowed_text_of_languages_without_spaces_loses_the_added_ones() -> None:
    mail = read(letter("長い \r\n行", "Content-Type: text/plain; format=flowed; delsp=yes"))
    assert mail.text == "長い行"


def test_escapes_and_hidden_direction_never_come_through() -> None:
    mail = read(letter("a\x1b[2Jb\u202ec\x9bd"))
    assert not set(mail.text) & set("\x1b\u202e\x9b")


def test_a_text_beyond_measure_is_cut_and_it_is_said() -> None:
    mail = read(letter("words " * 100_000))
    assert len(mail.text) <= 200_000
    assert mail.problems == (body.CUT_SHORT,)


def test_the_same_words_have_the_same_hash_however_they_are_broken() -> None:
    one, two = read(letter("some  words\r\nhere")), read(letter("some words here\n\n", "X: y"))
    assert one.body_hash == two.body_hash != read(letter("other words")).body_hash


def test_the_same_words_of_another_sender_or_with_another_file_have_another_hash() -> None:
    mine = read(letter("hello", sender="Ann@example.test"))
    assert mine.body_hash == read(letter("hello", sender="ann@example.test")).body_hash
    assert mine.body_hash != read(letter("hello", sender="bo@example.test")).body_hash
    words, disposition = (
        part("see it", "Content-Type: text/plain"),
        "Content-Disposition: attachment",
    )
    first, other = (read(mixed(words, part(file, disposition))) for file in ("a", "b"))
    assert first.body_hash != other.body_hash


def test_files_are_told_from_text() -> None:
    mail = read(
        mixed(
            part("see the files"),
            part(
                "log", "Content-Type: text/plain", 'Content-Disposition: inline; filename="a.log"'
            ),
            part("%PDF", PDF, "Content-Disposition: attachment; filename=b.pdf", "Content-ID: <p>"),
            part("GIF", "Content-Type: image/gif", "Content-ID: <logo@x>"),
            part("nameless", "Content-Disposition: attachment"),
        )
    )
    assert mail.text == "see the files"
    seen = [(one.name, one.content, one.inline, one.content_id) for one in mail.attachments]
    assert seen == [
        ("a.log", b"log", True, ""),
        ("b.pdf", b"%PDF", False, "p"),
        ("unnamed.gif", b"GIF", True, "logo@x"),
        ("unnamed.txt", b"nameless", False, ""),
    ]
    assert [one.size for one in mail.attachments] == [3, 4, 3, 8]


def test_a_mail_inside_a_mail_is_a_file() -> None:
    inner = letter("From the inside", "Subject: =?utf-8?q?in/ner?=")
    mail = read(mixed(part("outside"), part(inner, "Content-Type: message/rfc822")))
    assert mail.text == "outside"
    assert mail.attachments[0].name == "in-ner.eml"
    assert b"\nFrom the inside" in mail.attachments[0].content


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="..\\..\\boot.ini"', "boot.ini"),
        ("filename*=utf-8''..%2F..%2Fx", "x"),
        ("filename*0=../; filename*1=../a; filename*2=b", "ab"),
        ('filename="=?utf-8?q?..=2F..=2F=D0=B6.txt?="', "ж.txt"),
        ('filename="a\0b"', "a␀b"),
        ('filename=".bashrc"', "bashrc"),
        ('filename="-rf"', "rf"),
        ('filename="CON"', "_CON"),
        ('filename="com1.txt"', "_com1.txt"),
        ('filename="x\u202egpj.exe"', "x\ufffdgpj.exe"),
        ("filename*=zlib_codec''%41", "A"),
        ("filename*=idna''%41.pdf", "A.pdf"),
        ("filename=", "unnamed.pdf"),
        ('filename=""', "unnamed.pdf"),
        (f'filename="{"é" * 200}.pdf"', "é" * 58 + ".pdf"),
        (f'filename="{"é" * 5000}.pdf"', "é" * 60),
    ],
    ids=range(17),
)
def test_a_file_name_is_only_a_name(disposition: str, name: str) -> None:
    mail = read(mixed(part("x", PDF, f"Content-Disposition: attachment; {disposition}")))
    assert mail.attachments[0].name == name
    assert len(mail.attachments[0].name.encode()) <= 120


def test_outlooks_own_wrapping_is_said_and_kept() -> None:
    mail = read(
        mixed(part("words"), part(b"\x78\x9f\x3e\x22", "Content-Type: application/ms-tnef"))
    )
    assert (mail.text, mail.attachments[0].name) == ("words", "winmail.dat")
    assert mail.attachments[0].content == b"\x78\x9f\x3e\x22"
    assert mail.problems == (parse.SEALED,)


@pytest.mark.parametrize(
    "kind", ["", "x", "a/b/c", "text", "/", "application/\x1b", ";", "a" * 9000]
)
def test_a_strange_type_is_bytes_or_text(kind: str) -> None:
    mail = read(mixed(part("x", f"Content-Type: {kind}", "Content-Disposition: attachment")))
    assert mail.attachments[0].media_type in ("text/plain", "application/octet-stream")


def test_a_multipart_without_parts_or_boundary_is_read_as_it_is() -> None:
    assert (
        "words"
        in read(letter("words", "Content-Type: multipart/mixed")).attachments[0].content.decode()
    )
    assert read(letter("", "Content-Type: multipart/mixed; boundary=x")).text == ""


def test_remote_content_and_hidden_text_are_noticed_and_not_fetched() -> None:
    hidden = letter("<p style='display: none'>a</p><img src='https://t.test/1.gif'>words", HTML)
    mail = read(hidden)
    assert (mail.text, mail.remote_content) == ("words", True)
    assert mail.problems == (body.HIDDEN,)
    assert not read(letter("<img src='cid:1'>words", HTML)).remote_content


@pytest.mark.parametrize(
    "raw",
    [
        letter(b"--b\r\n\r\nx\r\n" * 1100, "Content-Type: multipart/mixed; boundary=b"),
        letter(
            b"".join(
                b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
                for n in range(60)
            )
        ).replace(b"\r\n\r\n", b"\r\n", 1),
        letter(b"Content-Type: message/rfc822\r\n\r\n" * 3000, "Content-Type: message/rfc822"),
        b"a" * 40_000_001,
    ],
)
def test_a_mail_beyond_the_limits_is_refused_with_a_sentence(raw: bytes) -> None:
    with pytest.raises(Unreadable, match=r"^The mail .*\.$"):
        read(raw)
