"""Who wrote: strictly, for this is what an agent believes."""

import pytest

from adapters.email import events
from adapters.email.mail import Address, Sender
from adapters.email.reading import addresses
from adapters.sdk import MessageIn
from tests.adapters.email.letters import NOW, letter, read

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


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        # The second letter of the domain is Cyrillic.
        ("Bank <service@p\u0430ypal.test>", addresses.MIXED_ADDRESS),
        ("Bank <service@xn--pypal-4ve.test>", addresses.MIXED_ADDRESS),
        # All letters are Cyrillic, the end is not.
        ("<a@\u0430\u0440\u0440\u04cf\u0435.com>", addresses.MIXED_ADDRESS),
        ("<a@xn--80ak6aa92e.com>", addresses.MIXED_ADDRESS),
        ("<s\u0443pport@bank.test>", addresses.MIXED_ADDRESS),
        ("Su\u0440\u0440ort <a@x.test>", addresses.MIXED_NAME),
        # Honest ones.
        ("Иван Ivanov <a@x.test>", ""),
        ("Müller <a@münchen.test>", ""),
        ("Іван <іван@пошта.укр>", ""),
        ("Иван <ivan@xn--80a1acny.xn--p1ai>", ""),
        ("田中 <t@例え.jp>", ""),
        ("<a@xn--!!.test>", ""),
        ("<a@xn--99999999999999.test>", ""),
    ],
)
def test_letters_that_pass_for_others_are_flagged(value: str, problem: str) -> None:
    assert read(letter(sender=value)).sender.problem == problem


def test_a_domain_is_shown_as_it_reads_and_as_it_is_written() -> None:
    def spelled(address: str) -> str:
        raw = letter(sender=address)
        found = events.event(
            read(raw), raw, id_="1", at=NOW, secret=b"key of ours", domain="desk.test"
        )
        assert isinstance(found, MessageIn)
        return found.notes.get("address", "")

    assert spelled("a@xn--pypal-4ve.test") == "p\u0430ypal.test = xn--pypal-4ve.test"
    assert spelled("a@p\u0430ypal.test") == "p\u0430ypal.test = xn--pypal-4ve.test"
    assert spelled("a@paypal.test") == ""
