"""A wrong label on a text costs nothing but the label."""

import pytest

from adapters.email.reading.charset import decode
from tests.adapters.email.letters import letter, read

pytestmark = pytest.mark.pure

RUSSIAN = "Здравствуйте, заказ до сих пор не пришёл, где он сейчас?"


@pytest.mark.parametrize(
    ("raw", "label", "text"),
    [
        ("สวัสดี".encode("cp874"), "windows-874", "สวัสดี"),
        ("שלום".encode("iso8859-8"), "iso-8859-8-i", "שלום"),
        ("naïve 🙂".encode(), "utf8mb4", "naïve 🙂"),
        ("naïve".encode(), "unknown-8bit", "naïve"),
        ("naïve".encode("cp1252"), "x-unknown", "naïve"),
        ("“smart” €5".encode("cp1252"), "iso-8859-1", "“smart” €5"),
        (RUSSIAN.encode(), "us-ascii", RUSSIAN),
        (RUSSIAN.encode(), "", RUSSIAN),
        (RUSSIAN.encode("koi8-r"), "KOI8-R", RUSSIAN),
        (RUSSIAN.encode("cp1251"), '"windows-1251"', RUSSIAN),
        ("朱镕基 繁體".encode("gb18030"), "gb2312", "朱镕基 繁體"),
        ("㈱髙島屋".encode("cp932"), "shift_jis", "㈱髙島屋"),
        ("caf\u00e9".encode(), "../../x", "café"),
        ("caf\u00e9".encode(), "zlib_codec", "café"),
        ("caf\u00e9".encode(), "rot13", "café"),
        ("caf\u00e9".encode(), "idna", "café"),
        ("caf\u00e9".encode(), "unicode_escape", "café"),
        ("caf\u00e9".encode(), "utf-8\0", "café"),
        (b"", "utf-8", ""),
    ],
)
def test_text_is_read_by_what_its_label_means(raw: bytes, label: str, text: str) -> None:
    assert decode(raw, label) == text


@pytest.mark.parametrize("label", ["utf-7", "UTF7", "unicode-1-1-utf-7", "u7"])
def test_utf_7_stays_harmless_ascii(label: str) -> None:
    assert decode(b"+ADw-script+AD4-", label) == "+ADw-script+AD4-"


def test_an_unlabelled_cyrillic_text_is_recognised() -> None:
    assert decode((RUSSIAN * 5).encode("cp1251"), "x-user-defined") == RUSSIAN * 5


def test_a_few_broken_bytes_do_not_cost_the_whole_text() -> None:
    assert decode(RUSSIAN.encode() * 3 + b"\xff", "utf-8") == RUSSIAN * 3 + "\ufffd"


def test_lone_surrogates_never_come_out() -> None:
    read(letter(b"\xed\xa0\x80 text")).text.encode()
    read(letter("x", b"Subject: \xed\xa0\x80\xff")).subject.encode()
