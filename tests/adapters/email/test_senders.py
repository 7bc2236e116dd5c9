"""Who wrote: strictly, for this is what an agent believes."""

import pytest

from adapters.email.mail import Address, Sender
from adapters.email.reading import addresses
from tests.adapters.email.letters import letter, read

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("value", "sender"),
    [
        ("Ann <ann@example.test>", Sender("ann@example.test", "Ann")),
        ("ann@EXAMPLE.test", Sender("ann@example.test")),
        ("ann@example.test (Ann)", Sender("ann@example.test", "Ann")),
        ('"Doe, Ann" <ann@example.test>', Sender("ann@example.test", "Doe, Ann")),
        ("=?utf-8?q?=C3=84nn=2C_x?= <ann@example.test>", Sender("ann@example.test", "Änn, x")),
        ('"ann@example.test" <ann@example.test>', Sender("ann@example.test", "ann@example.test")),
        ("<@relay.test:ann@example.test>", Sender("ann@example.test")),
        ("анна@пошта.укр", Sender("анна@пошта.укр")),
    ],
)
def test_an_honest_sender_is_read_as_written(value: str, sender: Sender) -> None:
    assert read(letter(sender=value)).sender == sender


@pytest.mark.parametrize(
    ("value", "address", "problem"),
    [
        ("ceo@bank.test <evil@x.test>", "evil@x.test", addresses.NAME_IS_ADDRESS),
        ('"ceo@bank.test" <evil@x.test>', "evil@x.test", addresses.NAME_IS_ADDRESS),
        ("=?utf-8?q?ceo=40bank.test?= <evil@x.test>", "evil@x.test", addresses.NAME_IS_ADDRESS),
        ("evil@x.test (ceo@bank.test)", "evil@x.test", addresses.NAME_IS_ADDRESS),
        ("ceo@bank.test, evil@x.test", "ceo@bank.test", addresses.TWO_ADDRESSES),
        ("<ceo@bank.test> <evil@x.test>", "ceo@bank.test", addresses.MALFORMED),
        ("ann <ann@example.test", "ann@example.test", addresses.MALFORMED),
        ("<a@b@c>", "", addresses.NO_ADDRESS),
        ('"q"@', "", addresses.NO_ADDRESS),
        ("ann\0@example.test", "", addresses.NO_ADDRESS),
        ("support\u200b@example.test", "", addresses.NO_ADDRESS),
        ("ann@example..test", "", addresses.NO_ADDRESS),
        ("", "", addresses.NO_ADDRESS),
        ("(" * 5000, "", addresses.NO_ADDRESS),
        ('"' * 20_001, "", addresses.NO_ADDRESS),
        ("undisclosed:;", "", addresses.NO_ADDRESS),
    ],
)
def test_a_doubtful_sender_is_flagged(value: str, address: str, problem: str) -> None:
    raw = b"From: " + value.encode() + b"\r\nX: y\r\n\r\nhello"
    found = read(raw).sender
    assert (found.address, found.problem) == (address, problem)


def test_two_from_headers_are_flagged() -> None:
    found = read(letter("hello", "From: evil@x.test")).sender
    assert found == Sender("ann@example.test", "Ann", addresses.TWO_FROM)


def test_no_from_header_is_flagged() -> None:
    assert read(b"Subject: x\r\n\r\nhello").sender == Sender("", "", addresses.NO_FROM)


def test_recipients_of_all_headers_are_listed_and_the_unusable_left_out() -> None:
    mail = read(
        letter(
            "hello",
            'To: <a@b@c>, "q"@, Bob <bob@x.test>, friends: carl@x.test, dan@x.test;',
            "To: =?utf-8?q?eve=3E=2C_evil=40x.test?= <eve@x.test>",
            "Cc: " + ", ".join(f"u{number}@x.test" for number in range(5)),
            "Reply-To: other@x.test",
        )
    )
    listed = [one.address for one in mail.to]
    assert listed == ["bob@x.test", "carl@x.test", "dan@x.test", "eve@x.test"]
    assert len(mail.cc) == 5
    assert mail.reply_to == (Address("other@x.test"),)


def test_thousands_of_recipients_are_cut_and_it_is_said() -> None:
    many = ", ".join(f"user{number}@example.test" for number in range(30_000))
    mail = read(letter("hello", f"To: {many}"))
    assert len(mail.to) == 1000
    assert mail.problems
