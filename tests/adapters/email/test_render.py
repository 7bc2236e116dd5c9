"""Our mails: threading, quoting, names and files, and nothing smuggled into a header."""

import email
from email import policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from adapters.email import tokens
from adapters.email.render import Account, body, letter
from adapters.sdk import Attachment, Outbound, Party, Rejected

pytestmark = pytest.mark.pure

ACCOUNT = Account(
    address="support@desk.test",
    secret=b"a key of ours for this account",
    title="Підтримка",
    signature="Olena\nCordboard",
)
REPLY = Outbound(
    id="out-9",
    epoch=1,
    remote="anna@home.test",
    conversation=42,
    text="Доброго дня, Анно!\n\nВаше замовлення вже в дорозі.",
    at=1_790_000_000,
    to=(Party(address="anna@home.test", name="Анна"),),
    subject="Re: Де моє замовлення?",
    quoted="Де моє замовлення?\n> старе",
    quoted_author="Анна",
    quoted_at=1_789_990_000,
    references=("<first@home.test>", "<second@home.test>"),
)
PDF = Attachment(sha256="0" * 64, name="рахунок.pdf", media_type="application/pdf", size=3)


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def rendered(outbound: Outbound, account: Account = ACCOUNT) -> EmailMessage:
    return read(letter(outbound, (), account).raw)


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_reply_goes_into_its_thread() -> None:
    mail = letter(REPLY, (), ACCOUNT)
    message = read(mail.raw)
    assert message["Message-ID"] == mail.message_id
    assert tokens.proved(ACCOUNT.secret, ids=[mail.message_id]) == 42
    assert message["In-Reply-To"] == "<second@home.test>"
    assert message["References"].split() == ["<first@home.test>", "<second@home.test>"]


def test_the_same_message_is_the_same_mail_at_every_attempt() -> None:
    assert letter(REPLY, (), ACCOUNT) == letter(REPLY, (), ACCOUNT)


def test_names_and_subject_arrive_as_they_were_written() -> None:
    message = rendered(REPLY)
    assert str(message["From"]) == "Підтримка <support@desk.test>"
    assert str(message["To"]) == "Анна <anna@home.test>"
    assert message["Subject"] == "Re: Де моє замовлення?"
    assert message["Date"].datetime.timestamp() == 1_790_000_000


def test_the_customers_text_is_quoted_below_the_signature() -> None:
    assert text_of(rendered(REPLY)).splitlines() == [
        "Доброго дня, Анно!",
        "",
        "Ваше замовлення вже в дорозі.",
        "",
        "-- ",
        "Olena",
        "Cordboard",
        "",
        "On 2026-09-21 at 11:26 UTC, Анна wrote:",
        "> Де моє замовлення?",
        ">> старе",
    ]


def test_a_first_mail_has_no_thread_and_no_quote() -> None:
    message = rendered(replace(REPLY, references=(), quoted=""))
    assert (message["In-Reply-To"], message["References"]) == (None, None)
    assert "wrote:" not in text_of(message)


def test_an_automatic_mail_says_so_and_repeats_nothing_of_a_stranger() -> None:
    message = rendered(replace(REPLY, automatic=True))
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert "замовлення?" not in text_of(message)


def test_bcc_is_in_the_envelope_and_in_no_header() -> None:
    out = replace(
        REPLY, cc=(Party(address="boss@home.test"),), bcc=(Party(address="secret@home.test"),)
    )
    mail = letter(out, (), ACCOUNT)
    assert mail.recipients == ("anna@home.test", "boss@home.test", "secret@home.test")
    assert b"secret@home.test" not in mail.raw
    assert str(read(mail.raw)["Cc"]) == "boss@home.test"


def test_without_recipients_it_goes_to_the_remote() -> None:
    assert letter(replace(REPLY, to=()), (), ACCOUNT).recipients == ("anna@home.test",)


def test_a_plus_address_names_the_conversation() -> None:
    account = Account(address="support@desk.test", secret=ACCOUNT.secret, plus_address=True)
    reply_to = rendered(REPLY, account)["Reply-To"].addresses[0].addr_spec
    assert tokens.proved(account.secret, addresses=[reply_to]) == 42


def test_a_file_arrives_whole_under_its_name() -> None:
    message = read(letter(REPLY, ((PDF, b"pdf"),), ACCOUNT).raw)
    (part,) = message.iter_attachments()
    assert isinstance(part, EmailMessage)
    found = (part.get_filename(), part.get_content_type(), part.get_content())
    assert found == ("рахунок.pdf", "application/pdf", b"pdf")


@pytest.mark.parametrize(
    "type_", ["message/rfc822", "multipart/mixed", "a b/c", "text", "", "x/\r\ny"]
)
def test_a_type_that_would_change_the_mail_becomes_plain_bytes(type_: str) -> None:
    file = replace(PDF, media_type=type_, name="../../x\r\nBcc: evil@x.test")
    message = read(letter(REPLY, ((file, b"data"),), ACCOUNT).raw)
    (part,) = message.iter_attachments()
    assert isinstance(part, EmailMessage)
    assert part.get_content_type() == "application/octet-stream"
    assert "/" not in (part.get_filename() or "")
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    "address",
    [
        "anna",
        "a@b@c.test",
        "anna@home.test\r\nBcc: evil@x.test",
        "anna@home.test, evil@x.test",
        "<anna@home.test>",
        "анна@home.test",
        ".anna@home.test",
        "a..b@home.test",
        "@home.test",
        "anna@",
        "",
    ],
)
def test_what_is_no_address_is_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises(Rejected, match="no address"):
        letter(replace(REPLY, to=(Party(address=address),), remote=address), (), ACCOUNT)


def test_a_domain_in_another_script_is_written_in_ascii() -> None:
    out = replace(REPLY, to=(Party(address="anna@пошта.test"),))
    assert letter(out, (), ACCOUNT).recipients == ("anna@xn--80a1acn3a.test",)


ids = st.sampled_from(["<a@b.test>", "<x y@z>", "<a@b>\r\nBcc: e@x.test", "no brackets", "<>"])
wild = st.text(max_size=60) | st.sampled_from(["\r\nBcc: evil@x.test", "a\nb: c", "\x00", '",;<'])


@given(subject=wild, name=wild, title=wild, references=st.lists(ids), file=wild, text=wild)
def test_nothing_that_is_written_makes_a_header(
    subject: str, name: str, title: str, references: list[str], file: str, text: str
) -> None:
    out = replace(
        REPLY,
        subject=subject,
        text=text,
        to=(Party(address="anna@home.test", name=name),),
        references=tuple(references),
    )
    account = Account(address="support@desk.test", secret=b"k" * 16, title=title)
    message = read(letter(out, ((replace(PDF, name=file), b"x"),), account).raw)
    allowed = {"message-id", "in-reply-to", "references", "from", "to", "subject", "date"}
    allowed |= {"mime-version", "content-type", "content-transfer-encoding"}
    assert {key.lower() for key in message} <= allowed
    assert message["To"].addresses[0].addr_spec == "anna@home.test"


def test_a_long_thread_keeps_its_newest_ids_on_short_lines() -> None:
    long = tuple(f"<{'x' * 100}{number}@home.test>" for number in range(60))
    raw = letter(replace(REPLY, references=long), (), ACCOUNT).raw
    assert read(raw)["References"].split() == list(long[-20:])
    assert max(map(len, raw.split(b"\r\n"))) < 200


def test_the_mail_is_seven_bits_with_short_lines() -> None:
    raw = letter(replace(REPLY, text="Ж" * 5_000 + "\n.\n" + "x" * 5_000), (), ACCOUNT).raw
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_the_text_is_cleaned() -> None:
    assert "\x1b" not in body(replace(REPLY, text="\x1b[31mred"), ACCOUNT)
