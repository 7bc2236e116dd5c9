"""A mail that was read becomes a message, a bounce, or something a person looks at."""

from email.message import EmailMessage

import pytest

from adapters.email import events, tokens
from adapters.email.mail import Unreadable
from adapters.email.parse import message as parse
from adapters.sdk import Attachment, BouncedIn, Event, MessageIn, Party

pytestmark = pytest.mark.pure

KEY = b"a key of ours for this account"
OURS = tokens.message_id(KEY, 42, "out-9", "desk.test")
NOW = 1_790_000_000.0


def mail(**headers: str) -> bytes:
    message = EmailMessage()
    plain = {"From": "Anna <anna@home.test>", "To": "support@desk.test", "Subject": "Hello"}
    for name, value in {**plain, **{k.replace("_", "-"): v for k, v in headers.items()}}.items():
        message[name] = value
    message.set_content(
        "Where is my order?\n\nOn 2026-09-21 at 11:26 UTC, Support wrote:\n> It is on its way.\n"
    )
    return message.as_bytes()


def event(raw: bytes, recipients: tuple[str, ...] = (), authserv_id: str = "") -> Event:
    read = parse(raw, received=NOW, authserv_id=authserv_id)
    return events.event(
        read,
        raw,
        id_="imap.INBOX.1.7",
        at=NOW,
        secret=KEY,
        domain="desk.test",
        evidence="e" * 64,
        recipients=recipients,
    )


def message(raw: bytes, recipients: tuple[str, ...] = (), authserv_id: str = "") -> MessageIn:
    found = event(raw, recipients, authserv_id)
    assert isinstance(found, MessageIn)
    return found


def test_a_mail_becomes_a_message() -> None:
    found = message(mail(Message_ID="<m1@home.test>", Cc="Boss <boss@home.test>"))
    assert (found.id, found.remote) == ("imap.INBOX.1.7", "anna@home.test")
    assert found.sender == Party(address="anna@home.test", name="Anna")
    assert (found.subject, found.text) == ("Hello", "Where is my order?")
    assert found.to == (Party(address="support@desk.test"),)
    assert found.cc == (Party(address="boss@home.test", name="Boss"),)
    assert (found.message_id, found.raw) == ("<m1@home.test>", "e" * 64)
    assert [fold.kind for fold in found.folds] == ["quote"]
    assert found.body_hash
    assert not found.automatic


def test_an_answer_to_our_mail_proves_its_conversation() -> None:
    assert message(mail(In_Reply_To=OURS)).proved == 42
    assert message(mail(References=f"{OURS} <later@home.test>")).proved == 42
    assert message(mail(In_Reply_To=OURS.replace("42", "43"))).proved == 0


def test_a_tagged_address_proves_it_even_when_only_the_envelope_knew() -> None:
    tagged = tokens.reply_address(KEY, "support@desk.test", 42)
    assert message(mail(To=tagged)).proved == 42
    assert message(mail(), recipients=(tagged,)).proved == 42
    assert message(mail(Delivered_To=tagged)).proved == 42


def test_a_machine_is_marked() -> None:
    found = message(mail(Auto_Submitted="auto-replied"))
    assert found.automatic
    assert found.notes["automatic"]


def test_a_mail_of_ours_that_comes_back_is_never_answered() -> None:
    found = message(mail(Message_ID=OURS))
    assert found.automatic
    assert found.notes["automatic"] == events.CAME_BACK


def test_only_our_own_server_vouches_for_a_sender() -> None:
    told = "mx.desk.test; dmarc=pass header.from=home.test"
    ours = message(mail(Authentication_Results=told), authserv_id="mx.desk.test")
    assert (ours.sender.verified, ours.sender.evidence) == (True, "mail authentication pass")
    theirs = message(mail(Authentication_Results=told), authserv_id="another")
    assert (theirs.sender.verified, theirs.sender.evidence) == (False, "")


def test_a_sender_whom_their_domain_disowns_is_doubted() -> None:
    told = "mx.desk.test; dmarc=fail header.from=home.test"
    found = message(mail(Authentication_Results=told), authserv_id="mx.desk.test")
    assert "not from there" in found.sender.doubt


def bounce(action: str = "failed", status: str = "5.1.1", mail_id: str = OURS) -> bytes:
    return f"""\
From: MAILER-DAEMON@mx.test
To: support@desk.test
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

The mail could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.test

Final-Recipient: rfc822; anna@home.test
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1
 user unknown

--B
Content-Type: message/rfc822

Message-ID: {mail_id}
Subject: Re: Hello

Hi
--B--
""".replace("\n", "\r\n").encode()


def test_a_bounce_names_our_mail_the_address_and_the_reason() -> None:
    found = event(bounce())
    assert isinstance(found, BouncedIn)
    assert (found.message_id, found.address) == (OURS, "anna@home.test")
    assert found.reason == "5.1.1 smtp; 550 5.1.1 user unknown"
    assert found.raw == "e" * 64


def test_a_bounce_of_a_mail_that_we_never_sent_names_none() -> None:
    found = event(bounce(mail_id=OURS.replace("42", "43")))
    assert isinstance(found, BouncedIn)
    assert found.message_id == ""


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("", "4.4.1")])
def test_a_delay_is_no_bounce_and_still_a_message(action: str, status: str) -> None:
    found = event(bounce(action, status))
    assert isinstance(found, MessageIn)
    assert (found.automatic, found.proved) == (True, 42)


def test_what_cannot_be_read_is_shown_with_its_reason() -> None:
    file = Attachment(sha256="e", name="mail.eml", media_type="message/rfc822", size=7)
    found = events.unreadable(Unreadable("too deep"), id_="1", at=NOW, evidence=file)
    assert (found.reason, found.raw, found.remote) == ("too deep", "e", "unknown")
    assert found.attachments == (file,)


def test_files_that_were_not_kept_are_named() -> None:
    raw = mail()
    file = Attachment(sha256="0" * 64, name="a.pdf", media_type="application/pdf", size=1)
    found = events.event(
        parse(raw, received=NOW),
        raw,
        id_="1",
        at=NOW,
        secret=KEY,
        domain="desk.test",
        files=(file,),
        lost="b.pdf",
    )
    assert isinstance(found, MessageIn)
    assert (found.attachments, found.notes["lost"]) == ((file,), "b.pdf")


def test_a_mail_without_a_sender_is_of_somebody_unknown() -> None:
    found = event(b"Subject: hello\r\n\r\nwho am I?\r\n")
    assert isinstance(found, MessageIn)
    assert (found.sender.address, found.remote) == ("unknown", "unknown")


def test_a_mail_without_an_id_is_known_again_by_all_of_it() -> None:
    first, again, other = (event(mail(Subject=subject)) for subject in ("one", "one", "two"))
    assert isinstance(first, MessageIn)
    assert isinstance(again, MessageIn)
    assert isinstance(other, MessageIn)
    assert first.message_id == again.message_id != other.message_id
    # Nobody refers to it: it is no Message-ID.
    assert not first.message_id.startswith("<")
