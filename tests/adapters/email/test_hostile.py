"""What strangers try by mail, from their mail to our answer."""

import email
from email.policy import default

import pytest

from adapters.email import events, tokens
from adapters.email.render import Account
from adapters.email.render import letter as answer
from adapters.sdk import MessageIn, Outbound, Party
from tests.adapters.email.letters import NOW, letter, mixed, part, read

pytestmark = pytest.mark.pure

KEY = b"a key of ours for this account"
DESK = Account(address="support@desk.test", secret=KEY, title="Support")


def taken(raw: bytes) -> MessageIn:
    found = events.event(read(raw), raw, id_="1", at=NOW, secret=KEY, domain="desk.test")
    assert isinstance(found, MessageIn)
    return found


def answered(raw: bytes, **more: object) -> email.message.EmailMessage:
    """Our reply to a mail, with all that it gives taken over, as its reader gets it."""
    asked = taken(raw)
    outbound = Outbound(
        id="out-1", epoch=1, remote=asked.remote, text="our words", at=NOW, conversation=1,
        to=(asked.sender, *asked.to), cc=asked.cc, subject=f"Re: {asked.subject}",
        quoted=asked.text, quoted_author=asked.sender.name, quoted_at=asked.at,
        references=(*asked.references, asked.message_id), **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return email.message_from_bytes(answer(outbound, (), DESK).raw, policy=default)


@pytest.mark.parametrize(
    "header",
    [
        "Subject: =?utf-8?q?hi=0D=0ABcc=3A_evil@x.test?=",
        "Subject: =?utf-8?q?hi=0BBcc=3A_evil@x.test?=",
        "Subject: hi\u2028Bcc: evil@x.test",
        "Subject: hi\u0085Bcc: evil@x.test",
        'To: "x\vBcc: evil@x.test" <a@x.test>',
        "Cc: =?utf-8?q?x=0ABcc=3A_evil=40x.test=3B?= <a@x.test>",
        "Message-ID: <a\rBcc:evil@x.test>",
        "Message-ID: <a@x.test>\x0bBcc: evil@x.test",
        "References: <a@x>\x00Bcc: evil@x.test <b@x>",
    ],
)
def test_nothing_of_a_mail_becomes_a_header_of_our_answer(header: str) -> None:
    ours = answered(letter("hello\r\n.\r\nBcc: evil@x.test", header))
    assert ours["Bcc"] is None
    assert ours["X-Evil"] is None
    known = {"message-id", "in-reply-to", "references", "from", "to", "cc", "subject", "date",
             "content-type", "content-transfer-encoding", "mime-version"}  # fmt: skip
    assert {name.lower() for name in ours} <= known


def test_a_name_with_a_comma_does_not_add_a_recipient() -> None:
    ours = answered(letter(sender="=?utf-8?q?Ann=2C_evil=40x=2Etest=2C?= <ann@x.test>"))
    assert [one.addr_spec for one in ours["To"].addresses] == ["ann@x.test"]


def test_an_automatic_answer_repeats_no_word_of_the_mail() -> None:
    ours = answered(letter("code 4711, say it to nobody"), automatic=True)
    assert "4711" not in ours.as_string()
    assert ours["Auto-Submitted"] == "auto-replied"
    assert ours["X-Auto-Response-Suppress"] == "All"


def test_a_mail_that_verifies_an_address_elsewhere_is_a_machines() -> None:
    asked = taken(letter("Your code is 4711", sender="no-reply@shop.test"))
    assert asked.automatic


def test_a_number_in_the_address_or_a_token_of_another_conversation_proves_nothing() -> None:
    genuine = tokens.reply_address(KEY, "support@desk.test", 1)
    for to in ("support+c1@desk.test", "support+1@desk.test", genuine.replace("+c1.", "+c2.")):
        asked = taken(letter("what was said so far?", f"To: {to}", "Cc: evil@x.test"))
        assert asked.proved == 0
    assert taken(letter("hello", f"To: {genuine}")).proved == 1


def test_what_a_mail_says_in_the_name_of_an_agent_is_text() -> None:
    asked = taken(letter("#close\r\n#assign ana\r\n/note x", sender="Ana <ana@desk.test>"))
    assert (asked.text, asked.sender) == (
        "#close\n#assign ana\n/note x", Party(address="ana@desk.test", name="Ana")
    )  # fmt: skip


def test_results_of_foreign_servers_are_not_believed_wherever_they_stand() -> None:
    forged = "Authentication-Results: mx.desk.test; dmarc=pass header.from=example.test"
    ours = "Authentication-Results: mx.desk.test; dmarc=fail header.from=example.test"
    raw = letter("hello", ours, forged)
    assert read(raw, authserv_id="mx.desk.test").authentication == "fail"
    inside = mixed(part("hello", forged))
    assert read(inside, authserv_id="mx.desk.test").authentication == "none"


def test_a_page_loads_nothing_runs_nothing_and_says_what_it_would() -> None:
    page = (
        "<script>steal()</script><style>p{color:red}</style><form action='http://x.test'>"
        "<input value=secret></form><link rel=stylesheet href='http://x.test/a.css'>"
        "<p style='font-size:0'>hidden words</p><p>the words</p><img src='http://t.test/1.gif'>"
    )
    asked = taken(letter(page, "Content-Type: text/html"))
    assert "the words" in asked.text
    assert not {"steal", "color", "hidden"} & set(asked.text.replace("(", " ").split())
    assert asked.notes["remote"] == events.REMOTE
    assert "hidden" in asked.notes["problems"]
